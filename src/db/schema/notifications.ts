import { sql } from 'drizzle-orm'
import { date, index, integer, jsonb, pgEnum, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { sessions } from './auth.ts'
import { timestamptz } from './columns.ts'
import { users } from './users.ts'

const ofUser = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })

export const notificationType = pgEnum('notification_type', [
  'badge_earned',
  'badge_progress',
  'ranking_up',
  'ranking_down',
  'ranking_top3',
  'follow',
  'like',
  'comment',
  'invitation',
  'invitation_reminder',
  'weekly_reset',
  'monthly_report',
  'season_deadline',
  'season_open',
  'streak_broken',
  'walk_auto_ended',
  'trial_ending',
  'payment_failed',
  'come_back',
  'system',
  'moderation',
  'trial_started',
  'trial_consent',
  'trial_ended',
  'renewal_soon',
  'payment_done',
  'subscription_ended',
  'refunded',
  'purchase_moved',
  'meetup_joined',
  'meetup_request',
  'meetup_answered',
  'meetup_promoted',
  'meetup_changed',
  'meetup_cancelled',
  'meetup_reminder',
  'meetup_renewal',
  'export_ready',
])
export const pushState = pgEnum('push_state', ['waiting', 'claimed', 'pushed', 'withheld', 'failed'])

export const notifications = pgTable(
  'notifications',
  {
    id: uuid().primaryKey().defaultRandom(),
    user_id: ofUser(),
    type: notificationType().notNull(),
    topic: text().notNull(),
    facts: jsonb().notNull(),
    sender_id: uuid().references(() => users.id, { onDelete: 'cascade' }),
    created_at: timestamptz().notNull(),
    read_at: timestamptz(),
    removed_at: timestamptz(),
    push_state: pushState().notNull().default('waiting'),
    push_at: timestamptz().notNull(),
    sweep_at: timestamptz().notNull(),
    attempts: integer().notNull().default(0),
    claim: uuid(),
    claimed_until: timestamptz(),
    pushed_on: date(),
    push_reason: text(),
  },
  (table) => [
    uniqueIndex('notifications_topic').on(table.user_id, table.type, table.topic),
    index('notifications_centre')
      .on(table.user_id, table.created_at.desc().nullsFirst(), table.id.desc().nullsFirst())
      .where(sql`removed_at IS NULL`),
    index('notifications_sender')
      .on(table.sender_id, table.created_at)
      .where(sql`sender_id IS NOT NULL`),
    index('notifications_created').on(table.created_at),
    index('notifications_unswept')
      .on(table.sweep_at)
      .where(sql`push_state = ANY (ARRAY['waiting'::push_state, 'claimed'::push_state])`),
    index('notifications_claimed')
      .on(table.user_id)
      .where(sql`push_state = 'claimed'::push_state`),
    index('notifications_pushed')
      .on(table.user_id, table.pushed_on)
      .where(sql`pushed_on IS NOT NULL`),
  ],
)

export const deliveryState = pgEnum('delivery_state', ['sending', 'sent', 'retrying', 'unregistered', 'refused'])

export const pushDeliveries = pgTable(
  'push_deliveries',
  {
    notification_id: uuid()
      .notNull()
      .references(() => notifications.id, { onDelete: 'cascade' }),
    token: text().notNull(),
    state: deliveryState().notNull(),
    claim: uuid().notNull(),
    error: text(),
  },
  (table) => [primaryKey({ name: 'push_deliveries_pkey', columns: [table.notification_id, table.token] })],
)

export const pushPlatform = pgEnum('push_platform', ['ios', 'android'])

export const pushTokens = pgTable(
  'push_tokens',
  {
    token: text().primaryKey(),
    user_id: ofUser(),
    platform: pushPlatform().notNull(),
    device_id: text(),
    registered_at: timestamptz().notNull(),
    session_id: uuid()
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
  },
  (table) => [index('push_tokens_user').on(table.user_id), index('push_tokens_session').on(table.session_id)],
)

export const announcements = pgTable(
  'announcements',
  {
    id: uuid().primaryKey(),
    request_hash: text().notNull(),
    title: text().notNull(),
    body: text().notNull(),
    link: text(),
    written_by: uuid().references(() => users.id, { onDelete: 'set null' }),
    created_at: timestamptz().notNull(),
  },
  (table) => [
    index('announcements_written_by').on(table.written_by),
    index('announcements_newest').on(table.created_at.desc().nullsFirst(), table.id.desc().nullsFirst()),
  ],
)

import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { timestamptz } from './columns.ts'
import { comments } from './social.ts'
import { reportReason, users } from './users.ts'

export const moderationTarget = pgEnum('moderation_target', ['user', 'walk', 'comment', 'photo', 'meetup', 'course'])
export const reportOutcome = pgEnum('report_outcome', ['upheld', 'rejected'])
export const moderationAction = pgEnum('moderation_action', ['dismiss', 'remove', 'warn', 'suspend', 'ban', 'restore', 'close'])
export const appealDecision = pgEnum('appeal_decision', ['uphold', 'reject'])
export const takedownGround = pgEnum('takedown_ground', ['privacy', 'defamation', 'copyright', 'other'])
export const takedownState = pgEnum('takedown_state', ['received', 'closed', 'rejected', 'restored', 'removed'])

const ofUser = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })
const byUser = () => uuid().references(() => users.id, { onDelete: 'set null' })
const ofTarget = { target_type: moderationTarget().notNull(), target_id: uuid().notNull() }

export const moderationCases = pgTable(
  'moderation_cases',
  {
    ...ofTarget,
    author_id: byUser(),
    snapshot: jsonb(),
    opened_at: timestamptz().notNull(),
    due_at: timestamptz(),
    hidden_at: timestamptz(),
    removed_at: timestamptz(),
    closed_until: timestamptz(),
    decided_at: timestamptz(),
    keep_until: timestamptz(),
    is_urgent: boolean().notNull().default(false),
    is_evidence: boolean().notNull().default(false),
    is_cleared: boolean().notNull().default(false),
    decision: moderationAction(),
  },
  (table) => [
    primaryKey({ name: 'moderation_cases_pkey', columns: [table.target_type, table.target_id] }),
    index('moderation_cases_author').on(table.author_id),
    index('moderation_cases_due')
      .on(table.due_at)
      .where(sql`due_at IS NOT NULL`),
    index('moderation_cases_decided')
      .on(table.decided_at)
      .where(sql`decided_at IS NOT NULL`),
    index('moderation_cases_kept')
      .on(table.keep_until)
      .where(sql`keep_until IS NOT NULL`),
  ],
)

export const reports = pgTable(
  'reports',
  {
    id: uuid().primaryKey().defaultRandom(),
    ...ofTarget,
    reporter_id: byUser(),
    reason: reportReason().notNull(),
    description: text(),
    created_at: timestamptz().notNull(),
    outcome: reportOutcome(),
    decided_at: timestamptz(),
  },
  (table) => [
    foreignKey({
      name: 'reports_target_type_target_id_fkey',
      columns: [table.target_type, table.target_id],
      foreignColumns: [moderationCases.target_type, moderationCases.target_id],
    }).onDelete('cascade'),
    uniqueIndex('reports_once').on(table.reporter_id, table.target_type, table.target_id),
    index('reports_target').on(table.target_type, table.target_id, table.created_at),
    index('reports_judged')
      .on(table.reporter_id, table.decided_at)
      .where(sql`outcome IS NOT NULL`),
  ],
)

export const reportHides = pgTable('report_hides', { user_id: ofUser(), ...ofTarget, created_at: timestamptz().notNull() }, (table) => [
  primaryKey({ name: 'report_hides_pkey', columns: [table.user_id, table.target_type, table.target_id] }),
  index('report_hides_made').on(table.user_id, table.created_at),
  index('report_hides_target').on(table.target_id),
])

export const heldAlike = pgTable(
  'held_alike',
  {
    comment_id: uuid()
      .primaryKey()
      .references(() => comments.id, { onDelete: 'cascade' }),
    with_id: uuid().notNull(),
  },
  (table) => [index('held_alike_with').on(table.with_id)],
)

export const moderationActions = pgTable(
  'moderation_actions',
  {
    id: uuid().primaryKey(),
    admin_id: byUser(),
    ...ofTarget,
    author_id: uuid().references(() => users.id, { onDelete: 'cascade' }),
    action: moderationAction().notNull(),
    days: integer(),
    reason: reportReason(),
    note: text().notNull(),
    legal_basis: text(),
    undoes: uuid().references((): AnyPgColumn => moderationActions.id, { onDelete: 'cascade' }),
    before: jsonb().notNull(),
    created_at: timestamptz().notNull(),
  },
  (table) => [
    index('moderation_actions_author').on(table.author_id, table.created_at),
    index('moderation_actions_target').on(table.target_type, table.target_id, table.created_at),
    index('moderation_actions_admin').on(table.admin_id),
    uniqueIndex('moderation_actions_undoes').on(table.undoes),
  ],
)

export const appeals = pgTable(
  'appeals',
  {
    id: uuid().primaryKey().defaultRandom(),
    action_id: uuid()
      .notNull()
      .references(() => moderationActions.id, { onDelete: 'cascade' }),
    user_id: ofUser(),
    text: text().notNull(),
    created_at: timestamptz().notNull(),
    decision: appealDecision(),
    note: text(),
    decided_by: byUser(),
    decided_at: timestamptz(),
  },
  (table) => [
    uniqueIndex('appeals_action').on(table.action_id),
    index('appeals_user').on(table.user_id),
    index('appeals_open')
      .on(table.created_at, table.id)
      .where(sql`decided_at IS NULL`),
    index('appeals_decided')
      .on(table.decided_at, table.id)
      .where(sql`decided_at IS NOT NULL`),
    index('appeals_decider').on(table.decided_by),
  ],
)

export const takedowns = pgTable(
  'takedowns',
  {
    id: uuid().primaryKey(),
    case_number: text().notNull(),
    request_hash: text().notNull(),
    claimant_name: text().notNull(),
    contact: text().notNull(),
    url: text(),
    target_type: moderationTarget(),
    target_id: uuid(),
    ground: takedownGround().notNull(),
    statement: text().notNull(),
    state: takedownState().notNull().default('received'),
    created_at: timestamptz().notNull(),
    closed_until: timestamptz(),
    action_id: uuid().references(() => moderationActions.id, { onDelete: 'set null' }),
    author_id: byUser(),
    objection: text(),
    objected_at: timestamptz(),
    is_kept: boolean().notNull().default(false),
    note: text(),
    decided_by: byUser(),
    decided_at: timestamptz(),
  },
  (table) => [
    uniqueIndex('takedowns_number').on(table.case_number),
    index('takedowns_request').on(table.request_hash, table.created_at),
    index('takedowns_created').on(table.created_at, table.id),
    index('takedowns_target').on(table.target_type, table.target_id),
    index('takedowns_closed')
      .on(table.closed_until)
      .where(sql`state = 'closed'`),
    index('takedowns_action').on(table.action_id),
    index('takedowns_author').on(table.author_id),
    index('takedowns_decider').on(table.decided_by),
  ],
)

import { sql } from 'drizzle-orm'
import { boolean, customType, index, pgEnum, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { geographyPoint, timestamptz } from './columns.ts'
import { meetupOccurrences } from './meetups.ts'
import { users } from './users.ts'

const ofUser = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })

export const invitations = pgTable(
  'invitations',
  {
    id: uuid().primaryKey(),
    request_hash: text().notNull(),
    inviter_id: ofUser(),
    scheduled_at: timestamptz().notNull(),
    expires_at: timestamptz().notNull(),
    ends_at: timestamptz().notNull(),
    location_name: text(),
    location: geographyPoint(),
    message: text(),
    created_at: timestamptz().notNull(),
    cancelled_at: timestamptz(),
  },
  (table) => [
    index('invitations_sent').on(table.inviter_id, table.created_at.desc().nullsFirst(), table.id.desc().nullsFirst()),
    index('invitations_scheduled').on(table.scheduled_at),
  ],
)

const ofInvitation = () =>
  uuid()
    .notNull()
    .references(() => invitations.id, { onDelete: 'cascade' })

export const invitationAnswer = pgEnum('invitation_answer', ['pending', 'accepted', 'declined', 'expired'])

export const invitees = pgTable(
  'invitees',
  {
    invitation_id: ofInvitation(),
    user_id: ofUser(),
    answer: invitationAnswer().notNull().default('pending'),
    answered_at: timestamptz(),
    read_at: timestamptz(),
    created_at: timestamptz().notNull(),
  },
  (table) => [
    primaryKey({ name: 'invitees_pkey', columns: [table.invitation_id, table.user_id] }),
    index('invitees_received').on(table.user_id, table.created_at.desc().nullsFirst(), table.invitation_id.desc().nullsFirst()),
    index('invitees_pending')
      .on(table.invitation_id)
      .where(sql`answer = 'pending'::invitation_answer`),
  ],
)

const tstzmultirange = customType<{ data: string }>({ dataType: () => 'tstzmultirange' })

export const roomEncounters = pgTable(
  'room_encounters',
  {
    id: uuid().primaryKey().defaultRandom(),
    invitation_id: uuid().references(() => invitations.id, { onDelete: 'cascade' }),
    occurrence_id: uuid().references(() => meetupOccurrences.id, { onDelete: 'cascade' }),
    one_id: ofUser(),
    other_id: ofUser(),
    together: tstzmultirange().notNull(),
  },
  (table) => [
    uniqueIndex('room_encounters_invited').on(table.one_id, table.other_id, table.invitation_id),
    uniqueIndex('room_encounters_met').on(table.one_id, table.other_id, table.occurrence_id),
    index('room_encounters_other').on(table.other_id),
    index('room_encounters_invitation').on(table.invitation_id),
    index('room_encounters_occurrence')
      .on(table.occurrence_id)
      .where(sql`occurrence_id IS NOT NULL`),
  ],
)

export const locationProvisions = pgTable(
  'location_provisions',
  {
    subject_id: ofUser(),
    invitation_id: uuid().notNull(),
    viewer_id: uuid().notNull(),
    first_at: timestamptz().notNull(),
    last_at: timestamptz().notNull(),
    /** `invitation_id` then holds the occurrence's id. */
    is_meetup: boolean().notNull().default(false),
  },
  (table) => [
    primaryKey({ name: 'location_provisions_pkey', columns: [table.subject_id, table.invitation_id, table.viewer_id] }),
    index('location_provisions_shown').on(
      table.subject_id,
      table.first_at.desc().nullsFirst(),
      table.invitation_id.desc().nullsFirst(),
      table.viewer_id.desc().nullsFirst(),
    ),
    index('location_provisions_last').on(table.last_at),
    index('location_provisions_viewer').on(table.viewer_id, table.subject_id),
  ],
)

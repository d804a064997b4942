import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  customType,
  date,
  index,
  integer,
  pgEnum,
  pgSequence,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { geographyPoint, timestamptz } from './columns.ts'
import { breeds, petSize } from './pets.ts'
import { users } from './users.ts'

const timeOfDay = customType<{ data: string }>({ dataType: () => 'time without time zone' })

export const meetupCategory = pgEnum('meetup_category', ['all', 'small', 'medium', 'large', 'breed'])
export const meetupApproval = pgEnum('meetup_approval', ['auto', 'manual'])
export const participation = pgEnum('participation', ['going', 'waiting', 'requested', 'declined', 'left', 'removed'])
export const attendanceProof = pgEnum('attendance_proof', ['walk', 'host', 'nobody'])

const ofUser = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })

/** A meetup once, or the series of a weekly one. Times are Seoul's. */
export const meetups = pgTable(
  'meetups',
  {
    id: uuid().primaryKey(),
    request_hash: text().notNull(),
    host_id: ofUser(),
    created_at: timestamptz().notNull(),
    title: text().notNull(),
    description: text(),
    category: meetupCategory().notNull(),
    size_filter: petSize(),
    breed_code: text().references(() => breeds.code),
    location_name: text().notNull(),
    location: geographyPoint().notNull(),
    starts_on: date({ mode: 'string' }).notNull(),
    starts_time: timeOfDay().notNull(),
    recurrence_rule: text(),
    capacity: integer().notNull(),
    approval: meetupApproval().notNull(),
    made_until: date({ mode: 'string' }),
    renewed_at: timestamptz().notNull(),
    asked_at: timestamptz(),
    cancelled_at: timestamptz(),
  },
  (table) => [
    index('meetups_host').on(table.host_id, table.created_at.desc().nullsFirst()),
    index('meetups_breed')
      .on(table.breed_code)
      .where(sql`breed_code IS NOT NULL`),
    index('meetups_growing')
      .on(table.made_until, table.id)
      .where(sql`recurrence_rule IS NOT NULL AND cancelled_at IS NULL AND asked_at IS NULL`),
  ],
)

/** One date of a meetup, with seats of its own. The row is locked before anything of it changes. */
export const meetupOccurrences = pgTable(
  'meetup_occurrences',
  {
    id: uuid().primaryKey().defaultRandom(),
    meetup_id: uuid()
      .notNull()
      .references(() => meetups.id, { onDelete: 'cascade' }),
    slot_at: timestamptz(),
    starts_at: timestamptz().notNull(),
    ends_at: timestamptz().notNull(),
    location_name: text().notNull(),
    location: geographyPoint().notNull(),
    cell: integer()
      .notNull()
      .generatedAlwaysAs(sql`floor(ST_Y(location::geometry) * 20)::int * 10000 + floor(ST_X(location::geometry) * 20)::int`),
    category: meetupCategory().notNull(),
    size_filter: petSize(),
    capacity: integer().notNull(),
    going: integer().notNull().default(0),
    is_own: boolean().notNull().default(false),
    cancelled_at: timestamptz(),
    reminded_at: timestamptz(),
    judged_at: timestamptz(),
  },
  (table) => [
    uniqueIndex('meetup_occurrences_slot').on(table.meetup_id, table.slot_at),
    index('meetup_occurrences_cell')
      .on(table.cell, table.starts_at)
      .where(sql`cancelled_at IS NULL`),
    index('meetup_occurrences_category')
      .on(table.category, table.cell, table.starts_at)
      .where(sql`cancelled_at IS NULL`),
    index('meetup_occurrences_starts')
      .on(table.starts_at)
      .where(sql`cancelled_at IS NULL`),
    index('meetup_occurrences_meetup').on(table.meetup_id, table.starts_at),
    index('meetup_occurrences_unreminded')
      .on(table.starts_at)
      .where(sql`reminded_at IS NULL AND cancelled_at IS NULL`),
    index('meetup_occurrences_unjudged')
      .on(table.starts_at)
      .where(sql`judged_at IS NULL AND cancelled_at IS NULL`),
  ],
)

export const meetupQueue = pgSequence('meetup_queue')

export const meetupParticipants = pgTable(
  'meetup_participants',
  {
    occurrence_id: uuid()
      .notNull()
      .references(() => meetupOccurrences.id, { onDelete: 'cascade' }),
    user_id: ofUser(),
    status: participation().notNull(),
    queue_no: bigint({ mode: 'number' })
      .notNull()
      .default(sql`nextval('meetup_queue'::regclass)`),
    joined_at: timestamptz().notNull(),
    answered_at: timestamptz(),
    left_at: timestamptz(),
    is_late: boolean().notNull().default(false),
    is_excused: boolean().notNull().default(false),
    attended: boolean(),
    attended_by: attendanceProof(),
  },
  (table) => [
    primaryKey({ name: 'meetup_participants_pkey', columns: [table.occurrence_id, table.user_id] }),
    index('meetup_participants_user').on(table.user_id, table.joined_at.desc().nullsFirst()),
    index('meetup_participants_waiting')
      .on(table.occurrence_id, table.queue_no)
      .where(sql`status = 'waiting'`),
  ],
)

/** Whom a host has removed. They cannot join that meetup again. */
export const meetupRemovals = pgTable(
  'meetup_removals',
  {
    meetup_id: uuid()
      .notNull()
      .references(() => meetups.id, { onDelete: 'cascade' }),
    user_id: ofUser(),
    removed_at: timestamptz().notNull(),
  },
  (table) => [
    primaryKey({ name: 'meetup_removals_pkey', columns: [table.meetup_id, table.user_id] }),
    index('meetup_removals_user').on(table.user_id),
  ],
)

import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { timestamptz } from './columns.ts'

export const outbox = pgTable(
  'outbox',
  {
    id: uuid().primaryKey().defaultRandom(),
    type: text().notNull(),
    payload: jsonb().notNull(),
    created_at: timestamptz().notNull().defaultNow(),
    not_before: timestamptz().notNull().defaultNow(),
    attempts: integer().notNull().default(0),
    done_at: timestamptz(),
    last_error: text(),
    died_at: timestamptz(),
  },
  (table) => [
    index('outbox_waiting')
      .on(table.not_before)
      .where(sql`done_at IS NULL AND died_at IS NULL`),
    index('outbox_done')
      .on(table.done_at)
      .where(sql`done_at IS NOT NULL`),
  ],
)

export const deadLetters = pgTable(
  'dead_letters',
  {
    id: text().primaryKey(),
    queue: text().notNull(),
    body: jsonb().notNull(),
    died_at: timestamptz().notNull(),
    retried_at: timestamptz(),
  },
  (table) => [index('dead_letters_died').on(table.died_at.desc().nullsFirst(), table.id.desc().nullsFirst())],
)

export const jobRuns = pgTable(
  'job_runs',
  {
    job: text().notNull(),
    scheduled_at: timestamptz().notNull(),
    started_at: timestamptz().notNull(),
    finished_at: timestamptz(),
    result: jsonb(),
    error: text(),
    part: integer().notNull().default(0),
    cursor: jsonb(),
    lease_until: timestamptz()
      .notNull()
      .default(sql`(now() + '00:15:00'::interval)`),
    message_id: text(),
    attempt: integer(),
  },
  (table) => [
    primaryKey({ name: 'job_runs_pkey', columns: [table.job, table.scheduled_at] }),
    index('job_runs_scheduled').on(table.scheduled_at.desc().nullsFirst(), table.job),
    index('job_runs_unfinished')
      .on(table.lease_until)
      .where(sql`finished_at IS NULL`),
  ],
)

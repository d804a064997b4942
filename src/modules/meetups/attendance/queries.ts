import { type SQL, sql } from 'drizzle-orm'
import { type Db, runBatch } from '../../../db/client.ts'
import { toldOfMeetups } from '../../notifications/sql.ts'

const LEAD = sql`interval '2 hours'`

export interface Done {
  /** How many dates. */
  readonly count: number
  /** Notifications to be announced. */
  readonly told: string[]
}

async function runAndTell(db: Db, change: SQL, at: Date): Promise<Done> {
  const { done, told } = await runBatch(db, { done: sql<{ count: number }>`SELECT ${change} AS count`, told: toldOfMeetups(at) })
  return { count: done[0]?.count ?? 0, told: told.map(({ id }) => id) }
}

/** Reminds of up to `limit` dates that begin within two hours. */
export const remindOfMeetups = (db: Db, at: Date, limit: number): Promise<Done> =>
  runAndTell(db, sql`remind_of_meetups(${at.toISOString()}, ${limit})`, at)

/** Decides who came to up to `limit` dates that began two days ago. */
export const judgeMeetups = (db: Db, at: Date, limit: number): Promise<Done> =>
  runAndTell(db, sql`judge_meetups(${at.toISOString()}, ${limit})`, at)

/** When the next reminder is due, as a scalar of SQL. */
export const nextReminder = (now: Date): SQL => sql`
      SELECT min(meetup_occurrences.starts_at) - ${LEAD}
      FROM meetup_occurrences
      WHERE meetup_occurrences.reminded_at IS NULL
        AND meetup_occurrences.cancelled_at IS NULL
        AND meetup_occurrences.starts_at > ${now.toISOString()}`

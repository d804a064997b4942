import { sql } from 'drizzle-orm'
import { DAY_MS } from '../../src/core/time.ts'
import { createTestDeps } from './api.ts'
import { idOf, type Person } from './rooms.ts'
import { listRows } from './rows.ts'

export const at = (instant: Date | string | number) => ({ now: () => new Date(instant) })

export interface DateRow {
  readonly id: string
  readonly slot_at: string | null
  readonly starts_at: string
  readonly location_name: string
  readonly capacity: number
  readonly going: number
  readonly is_own: boolean
  readonly is_cancelled: boolean
}

/** All dates of a meetup in the order in which they were made. */
export async function datesOfMeetup(id: string): Promise<DateRow[]> {
  const rows = await listRows<DateRow>(sql`
    SELECT id, slot_at, starts_at, location_name, capacity, going, is_own, cancelled_at IS NOT NULL AS is_cancelled
    FROM meetup_occurrences
    WHERE meetup_id = ${id}
    ORDER BY starts_at, id`)
  const iso = (value: string | null) => value && new Date(value).toISOString()
  return rows.map((row) => ({ ...row, slot_at: iso(row.slot_at), starts_at: iso(row.starts_at)! }))
}

/** Gives somebody a seat, or a place in the queue, without the limits of a request. */
export async function joinAt(person: Person, occurrenceId: string, now: Date | string): Promise<void> {
  const [row] = await listRows<{ answer: { outcome: string } }>(
    sql`SELECT join_meetup(${occurrenceId}, ${idOf(person)}, true, ${new Date(now).toISOString()}) AS answer`,
  )
  if (row?.answer.outcome !== 'in') throw new Error(`joining was refused: ${JSON.stringify(row?.answer)}`)
}

/** What somebody was told of a meetup, the oldest first. */
export async function toldOf(person: Person, meetupId: string, type?: string) {
  return listRows<{ type: string; facts: any; created_at: string }>(sql`
    SELECT type, facts, created_at
    FROM notifications
    WHERE user_id = ${idOf(person)} AND facts ->> 'meetup_id' = ${meetupId} AND (${type ?? null}::text IS NULL OR type::text = ${type ?? null})
    ORDER BY created_at, id`)
}

export async function partOf(person: Person, occurrenceId: string) {
  const [row] = await listRows<{
    status: string
    is_excused: boolean
    is_late: boolean
    attended: boolean | null
    attended_by: string | null
  }>(sql`
    SELECT status, is_excused, is_late, attended, attended_by
    FROM meetup_participants
    WHERE occurrence_id = ${occurrenceId} AND user_id = ${idOf(person)}`)
  return row ?? null
}

/** Whether the counter of each date is what its rows say, and nobody waits more than two hours before a date with a free seat. */
export async function wrongSeats(meetupId: string, now: Date): Promise<string[]> {
  const rows = await listRows<{ id: string }>(sql`
    SELECT occurrence.id
    FROM meetup_occurrences occurrence
    WHERE occurrence.meetup_id = ${meetupId}
      AND (
        occurrence.going <> (SELECT count(*) FROM meetup_participants part WHERE part.occurrence_id = occurrence.id AND part.status = 'going')
        OR (
          occurrence.going < occurrence.capacity
          AND occurrence.cancelled_at IS NULL
          AND occurrence.starts_at > ${now.toISOString()}::timestamptz + interval '2 hours'
          AND EXISTS (SELECT 1 FROM meetup_participants part WHERE part.occurrence_id = occurrence.id AND part.status = 'waiting')
        )
      )`)
  return rows.map(({ id }) => id)
}

export const days = (count: number): number => count * DAY_MS
export const { db } = createTestDeps()

import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { type Db, firstRow, runBatch } from '../../../db/client.ts'
import { lockViewer, viewer } from '../../../db/viewer.ts'
import { mayWrite, suspendedUntil } from '../../social/suspensions/sql.ts'
import { toldOfMeetups } from '../../notifications/sql.ts'
import { readMeetup } from '../queries.ts'
import type { Meetup } from '../schema.ts'
import type { FirstDate, Plan, Series } from './plan.ts'

export interface SeriesAnswer {
  /** Why the viewer cannot change it, or null. */
  readonly outcome: 'unknown' | 'not_host' | 'cancelled' | 'over' | null
  readonly series: Series | null
  readonly first: FirstDate | null
  readonly suspended_until: string | null
}

/** What a change of when a meetup is must know: what its dates follow from, and the first date that it is about. */
export function findSeries(db: Db, actor: Actor, id: string, occurrenceId: string | null, now: Date): Promise<SeriesAnswer | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT CASE
             WHEN meetups.id IS NULL THEN 'unknown'
             WHEN meetups.host_id <> viewer.id THEN CASE WHEN sees_meetup(viewer.id, meetups.id) THEN 'not_host' ELSE 'unknown' END
             WHEN ${occurrenceId}::uuid IS NOT NULL AND chosen.id IS NULL THEN 'unknown'
             WHEN meetups.cancelled_at IS NOT NULL OR chosen.cancelled_at IS NOT NULL THEN 'cancelled'
             WHEN chosen.starts_at <= ${now.toISOString()} OR first_date.id IS NULL THEN 'over'
           END AS outcome,
           CASE WHEN meetups.host_id = viewer.id THEN series_json(meetups) END AS series,
           CASE WHEN meetups.host_id = viewer.id AND first_date.id IS NOT NULL THEN json_build_object(
             'id', first_date.id, 'slot_at', first_date.slot_at,
             'previous_slot_at', (SELECT max(before.slot_at) FROM meetup_occurrences before WHERE before.meetup_id = meetups.id AND before.slot_at < first_date.slot_at),
             'earlier_slots', ARRAY(
               SELECT earlier.slot_at
               FROM meetup_occurrences earlier
               WHERE earlier.meetup_id = meetups.id
                 AND earlier.slot_at >= first_date.slot_at
                 AND earlier.slot_at < (meetups.starts_on + meetups.starts_time) AT TIME ZONE 'Asia/Seoul'
               ORDER BY earlier.slot_at
             )
           ) END AS first,
           ${suspendedUntil(now)} AS suspended_until
    FROM viewer
    LEFT JOIN meetups ON meetups.id = ${id}
    LEFT JOIN meetup_occurrences chosen ON chosen.id = ${occurrenceId}::uuid AND chosen.meetup_id = meetups.id
    LEFT JOIN LATERAL first_date_from(meetups.id, ${occurrenceId}::uuid, ${now.toISOString()}) AS first_date ON true`,
  )
}

/** Columns of `meetups`, and `lng` and `lat`. Of one date `starts_at` as well. */
export type Change = Readonly<Record<string, string | number | null>>

export interface EditAnswer {
  /** `changed`, `stale` for a plan of something that has changed meanwhile, or why nothing was done. */
  readonly outcome: string | null
  /** Dates where more people go than there would be seats. */
  readonly occurrence_ids: string[]
  readonly meetup: Meetup | null
  readonly rooms: string[]
  readonly told: string[]
  readonly remind_at: string | null
  readonly suspended_until: string | null
}

export interface SeriesEdit {
  readonly id: string
  readonly occurrence_id: string | null
  readonly change: Change
  /** A code or a name, `null` for none, and left out where it stays. */
  readonly breed?: string | null | undefined
  readonly plan: Plan | null
}

/** Changes a meetup and its dates from one on. */
export function updateSeries(
  db: Db,
  actor: Actor,
  { id, occurrence_id, change, breed, plan }: SeriesEdit,
  now: Date,
): Promise<EditAnswer | null> {
  const code = sql`(SELECT breeds.code FROM breeds WHERE ${breed ?? null}::text IN (breeds.code, breeds.name) ORDER BY breeds.code = ${breed ?? null} DESC LIMIT 1)`
  const columns =
    breed === undefined
      ? sql`${JSON.stringify(change)}::jsonb`
      : sql`${JSON.stringify(change)}::jsonb || jsonb_build_object('breed_code', ${code})`
  return runEdit(
    db,
    actor,
    id,
    sql`CASE
      WHEN ${typeof breed === 'string'} AND ${code} IS NULL THEN '{"outcome": "unknown_breed"}'
      ELSE edit_series(${id}, ${occurrence_id}::uuid, viewer.id, ${columns}, ${plan && JSON.stringify(plan)}::jsonb, ${now.toISOString()})
    END`,
    now,
  )
}

/** Changes one date. Its time stays unless it `may_move`. */
export function updateDate(
  db: Db,
  actor: Actor,
  {
    id,
    occurrence_id,
    change,
    may_move,
  }: Pick<SeriesEdit, 'id' | 'change'> & { readonly occurrence_id: string; readonly may_move: boolean },
  now: Date,
): Promise<EditAnswer | null> {
  return runEdit(
    db,
    actor,
    id,
    sql`edit_date(${id}, ${occurrence_id}, viewer.id, ${JSON.stringify({ ...change, may_move })}::jsonb, ${now.toISOString()})`,
    now,
  )
}

async function runEdit(db: Db, actor: Actor, id: string, edit: SQL, now: Date): Promise<EditAnswer | null> {
  type Edited = Pick<EditAnswer, 'outcome'> & Partial<Pick<EditAnswer, 'rooms' | 'remind_at' | 'occurrence_ids'>>
  const { edited, told, answer } = await runBatch(db, {
    lock: lockViewer(actor),
    edited: sql<{ edited: Edited }>`
    WITH ${viewer(actor)}
    SELECT CASE WHEN ${mayWrite(now)} THEN ${edit} ELSE '{"outcome": "suspended"}' END AS edited
    FROM viewer`,
    told: toldOfMeetups(now),
    answer: sql<Pick<EditAnswer, 'meetup' | 'suspended_until'>>`
    WITH ${viewer(actor)}
    SELECT ${readMeetup(id, now)} AS meetup, ${suspendedUntil(now)} AS suspended_until
    FROM viewer`,
  })
  if (!edited[0] || !answer[0]) return null
  const { outcome, rooms = [], remind_at = null, occurrence_ids = [] } = edited[0].edited
  return { ...answer[0], outcome, rooms: rooms ?? [], remind_at, occurrence_ids, told: told.map((row) => row.id) }
}

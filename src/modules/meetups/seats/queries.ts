import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { asArray } from '../../../db/array.ts'
import { type Db, firstRow, runBatch } from '../../../db/client.ts'
import { lockViewer, viewer } from '../../../db/viewer.ts'
import { primaryPetCard } from '../../pets/sql.ts'
import { roomsOfDates } from '../../rooms/recheck/sql.ts'
import { isBlocked } from '../../social/blocks/sql.ts'
import { mayWrite, suspendedUntil } from '../../social/suspensions/sql.ts'
import type { Status } from '../schema.ts'
import { positionOf, seesMeetup, toldJson } from '../sql.ts'
import type { Participant, Seat, Standing } from './schema.ts'

/** Which date of which meetup a request is about. Without an `occurrence_id` each request has its own default. */
export interface OfDate {
  readonly id: string
  readonly occurrence_id: string | null
}

/** The id of that date, or of the first by `fallback`, as a lateral table `date`. No row has an id of another meetup. */
const dateOf = ({ id, occurrence_id }: OfDate, fallback: SQL): SQL => sql`LATERAL (
      SELECT (
        SELECT occurrence.id
        FROM meetup_occurrences occurrence
        WHERE occurrence.meetup_id = ${id} AND ${occurrence_id ? sql`occurrence.id = ${occurrence_id} LIMIT 1` : fallback}
      ) AS id
    ) AS date`

const nextDate = (now: Date): SQL => sql`occurrence.starts_at > ${now.toISOString()} AND occurrence.cancelled_at IS NULL
        ORDER BY occurrence.starts_at, occurrence.id
        LIMIT 1`

/** The next date ahead at which somebody is one of `statuses`. What a request makes of them is among those, so that asking again is about the same date. Else the next one. */
const nextDateOf = (
  userId: SQL,
  statuses: readonly Status[],
  now: Date,
): SQL => sql`occurrence.starts_at > ${now.toISOString()} AND occurrence.cancelled_at IS NULL
        ORDER BY EXISTS (
                   SELECT 1
                   FROM meetup_participants part
                   WHERE part.occurrence_id = occurrence.id AND part.user_id = ${userId} AND part.status = ANY (${asArray(statuses)}::participation[])
                 ) DESC,
                 occurrence.starts_at, occurrence.id
        LIMIT 1`

const lastDate = (now: Date): SQL => sql`occurrence.starts_at <= ${now.toISOString()} AND occurrence.cancelled_at IS NULL
        ORDER BY occurrence.starts_at DESC, occurrence.id DESC
        LIMIT 1`

/** What a request is told where there is no such date. */
const withoutDate = ({ id, occurrence_id }: OfDate): SQL => sql`jsonb_build_object('outcome', CASE
        WHEN ${occurrence_id !== null} OR NOT ${seesMeetup(sql`${id}::uuid`)} THEN 'unknown'
        WHEN EXISTS (SELECT 1 FROM meetups WHERE id = ${id} AND cancelled_at IS NOT NULL) THEN 'cancelled'
        ELSE 'over'
      END)`

/** A block or a removal that comes at the same time ends what is begun here, or forbids it. */
const lockWith = (actor: Actor, others: SQL): SQL => sql`
    WITH ${viewer(actor)}
    SELECT lock_pairs(viewer.id, ARRAY(${others}))
    FROM viewer`

const hostOf = (id: string): SQL => sql`SELECT meetups.host_id FROM meetups WHERE meetups.id = ${id}`

export interface SeatAnswer {
  /** Null where nothing was tried, because the viewer is suspended. */
  readonly outcome: string | null
  readonly seat: Seat | null
  readonly suspended_until: string | null
  readonly rooms: string[]
  readonly told: string[]
}

/** Takes a seat, a place in the queue, or asks the host. */
export function joinDate(db: Db, actor: Actor, of: OfDate, takesWaiting: boolean, now: Date): Promise<SeatAnswer | null> {
  const at = now.toISOString()
  return changeSeat(db, actor, of, nextDate(now), now, sql`join_meetup(date.id, viewer.id, ${takesWaiting}, ${at})`, mayWrite(now))
}

/** Leaves a date. What stood before a suspension may still be left. */
export function leaveDate(db: Db, actor: Actor, of: OfDate, now: Date): Promise<SeatAnswer | null> {
  return changeSeat(
    db,
    actor,
    of,
    nextDateOf(sql`viewer.id`, ['going', 'waiting', 'requested', 'left'], now),
    now,
    sql`leave_meetup(date.id, viewer.id, ${now.toISOString()})`,
    sql`true`,
  )
}

async function changeSeat(db: Db, actor: Actor, of: OfDate, fallback: SQL, now: Date, change: SQL, may: SQL): Promise<SeatAnswer | null> {
  const { changed, answer } = await runBatch(db, {
    lock: lockViewer(actor),
    pair: lockWith(actor, hostOf(of.id)),
    changed: sql<{ outcome: string }>`
    WITH ${viewer(actor)}
    SELECT (CASE WHEN date.id IS NULL THEN ${withoutDate(of)} ELSE ${change} END) ->> 'outcome' AS outcome
    FROM viewer
    CROSS JOIN ${dateOf(of, fallback)}
    WHERE ${may}`,
    answer: sql<Omit<SeatAnswer, 'outcome'>>`
    WITH ${viewer(actor)}
    SELECT CASE WHEN mine.user_id IS NOT NULL THEN json_build_object(
             'occurrence_id', occurrence.id, 'starts_at', occurrence.starts_at, 'status', mine.status, 'position', ${positionOf(sql`mine`)},
             'going', occurrence.going, 'capacity', occurrence.capacity
           ) END AS seat,
           ${suspendedUntil(now)} AS suspended_until,
           ${roomsOfDates(sql`date.id`, now)} AS rooms,
           ${toldJson(now)} AS told
    FROM viewer
    CROSS JOIN ${dateOf(of, fallback)}
    LEFT JOIN meetup_occurrences occurrence ON occurrence.id = date.id
    LEFT JOIN meetup_participants mine ON mine.occurrence_id = occurrence.id AND mine.user_id = viewer.id`,
  })
  return answer[0] ? { ...answer[0], outcome: changed[0]?.outcome ?? null } : null
}

/** One of those who are in, or have asked, as the viewer sees them: the host everything, and others who goes. `viewer`, `meetups`, `part` and `users` must be in scope. */
const participantJson = (now: Date): SQL => sql`json_build_object(
          'user', json_build_object('id', users.id, 'nickname', users.nickname),
          'pet', ${primaryPetCard(sql`users.id`, now)},
          'status', part.status,
          'position', ${positionOf(sql`part`)},
          'joined_at', CASE WHEN meetups.host_id = viewer.id THEN part.joined_at END,
          'attended', CASE WHEN meetups.host_id = viewer.id THEN part.attended END
        )`

export interface ParticipantRow extends Participant {
  readonly part: number
  readonly queue_no: number
}

export interface ParticipantFilter extends OfDate {
  readonly after: { readonly part: number; readonly queue_no: number; readonly user_id: string } | null
  readonly limit: number
}

/** Those who go, then who has asked, then the queue, each in the order of joining, one more than `limit`. `occurrence_id` is null where there is no such date. */
export function listParticipants(
  db: Db,
  actor: Actor,
  { after, limit, ...of }: ParticipantFilter,
  now: Date,
): Promise<{ occurrence_id: string | null; items: ParticipantRow[] } | null> {
  const part = sql`CASE part.status WHEN 'going' THEN 1 WHEN 'requested' THEN 2 ELSE 3 END`
  const at = now.toISOString()
  const fallback = sql`true
        ORDER BY occurrence.cancelled_at IS NOT NULL, occurrence.starts_at > ${at} DESC, CASE WHEN occurrence.starts_at > ${at} THEN occurrence.starts_at END, occurrence.starts_at DESC, occurrence.id
        LIMIT 1`
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT date.id AS occurrence_id, (
      SELECT coalesce(json_agg(page.row ORDER BY page.part, page.queue_no, page.user_id), '[]')
      FROM (
        SELECT ${participantJson(now)}::jsonb || jsonb_build_object('part', ${part}, 'queue_no', part.queue_no) AS row,
               ${part} AS part, part.queue_no, part.user_id
        FROM meetup_participants part
        JOIN meetups ON meetups.id = ${of.id}
        JOIN users ON users.id = part.user_id AND users.deleted_at IS NULL AND NOT ${isBlocked(sql`viewer.id`, sql`users.id`)}
        WHERE part.occurrence_id = date.id
          AND (part.status = 'going' OR (meetups.host_id = viewer.id AND part.status IN ('waiting', 'requested')))
          AND (${after === null} OR (${part}, part.queue_no, part.user_id) > (${after?.part ?? null}::int, ${after?.queue_no ?? null}::bigint, ${after?.user_id ?? null}::uuid))
        ORDER BY ${part}, part.queue_no, part.user_id
        LIMIT ${limit + 1}
      ) AS page
    ) AS items
    FROM viewer
    LEFT JOIN ${dateOf(of, fallback)} ON ${seesMeetup(sql`${of.id}::uuid`)}`,
  )
}

export interface ParticipantAnswer {
  readonly outcome: string | null
  readonly participant: Participant | null
  readonly rooms: string[]
  readonly told: string[]
}

/** The host answers somebody who has asked. */
export function answerRequest(
  db: Db,
  actor: Actor,
  of: OfDate,
  userId: string,
  isWelcome: boolean,
  now: Date,
): Promise<ParticipantAnswer | null> {
  const change = sql`answer_request(date.id, viewer.id, ${userId}, ${isWelcome}, ${now.toISOString()})`
  const fallback = nextDateOf(sql`${userId}::uuid`, ['going', 'waiting', 'requested', 'declined'], now)
  return changeParticipant(db, actor, of, userId, fallback, now, change)
}

/** The host says whether somebody came. */
export function updateAttendance(
  db: Db,
  actor: Actor,
  of: OfDate,
  userId: string,
  { has_come, openForMs }: { readonly has_come: boolean; readonly openForMs: number },
  now: Date,
): Promise<ParticipantAnswer | null> {
  const change = sql`mark_attendance(date.id, viewer.id, ${userId}, ${has_come}, ${openForMs} * interval '1 millisecond', ${now.toISOString()})`
  return changeParticipant(db, actor, of, userId, lastDate(now), now, change)
}

async function changeParticipant(
  db: Db,
  actor: Actor,
  of: OfDate,
  userId: string,
  fallback: SQL,
  now: Date,
  change: SQL,
): Promise<ParticipantAnswer | null> {
  const { changed, answer } = await runBatch(db, {
    lock: lockViewer(actor),
    pair: lockWith(actor, sql`SELECT ${userId}::uuid`),
    changed: sql<{ outcome: string }>`
    WITH ${viewer(actor)}
    SELECT (CASE WHEN date.id IS NULL THEN ${withoutDate(of)} ELSE ${change} END) ->> 'outcome' AS outcome
    FROM viewer
    CROSS JOIN ${dateOf(of, fallback)}`,
    answer: sql<Omit<ParticipantAnswer, 'outcome'>>`
    WITH ${viewer(actor)}
    SELECT (
             SELECT ${participantJson(now)}
             FROM meetup_participants part
             JOIN meetups ON meetups.id = ${of.id}
             JOIN users ON users.id = part.user_id AND NOT ${isBlocked(sql`viewer.id`, sql`users.id`)}
             WHERE part.occurrence_id = date.id AND part.user_id = ${userId}
           ) AS participant,
           '[]'::json AS rooms,
           ${toldJson(now)} AS told
    FROM viewer
    CROSS JOIN ${dateOf(of, fallback)}`,
  })
  return answer[0] ? { ...answer[0], outcome: changed[0]?.outcome ?? null } : null
}

/** Dates at which somebody has a seat or was removed. A seat of a date that has begun stays, and nevertheless the host wants them out of its live room. */
const datesOf = (id: string, userId: string): SQL => sql`
            SELECT part.occurrence_id
            FROM meetup_participants part
            JOIN meetup_occurrences occurrence ON occurrence.id = part.occurrence_id
            WHERE occurrence.meetup_id = ${id} AND part.user_id = ${userId} AND part.status IN ('going', 'removed')`

/** The host removes somebody from all dates ahead, for good. */
export async function deleteParticipant(db: Db, actor: Actor, id: string, userId: string, now: Date): Promise<ParticipantAnswer | null> {
  const { changed, answer } = await runBatch(db, {
    lock: lockViewer(actor),
    pair: lockWith(actor, sql`SELECT ${userId}::uuid`),
    changed: sql<{ outcome: string }>`
    WITH ${viewer(actor)}
    SELECT remove_participant(${id}, viewer.id, ${userId}, ${now.toISOString()}) ->> 'outcome' AS outcome
    FROM viewer`,
    answer: sql<Omit<ParticipantAnswer, 'outcome'>>`
    WITH ${viewer(actor)}
    SELECT NULL AS participant, ${toldJson(now)} AS told, ${roomsOfDates(datesOf(id, userId), now)} AS rooms
    FROM viewer`,
  })
  return answer[0] ? { ...answer[0], outcome: changed[0]?.outcome ?? null } : null
}

export function findStanding(db: Db, actor: Actor, now: Date): Promise<Omit<Standing, 'strikes_max'> | null> {
  const at = now.toISOString()
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT coalesce(json_agg(json_build_object(
        'occurrence_id', strike.occurrence_id, 'title', meetups.title, 'starts_at', occurrence.starts_at, 'happened_at', strike.happened_at,
        'reason', CASE WHEN strike.is_late THEN 'left_late' ELSE 'absent' END
      ) ORDER BY strike.happened_at DESC), '[]')
      FROM meetup_strikes(viewer.id, ${at}) AS strike
      JOIN meetup_occurrences occurrence ON occurrence.id = strike.occurrence_id
      JOIN meetups ON meetups.id = occurrence.meetup_id
    ) AS strikes,
    to_json(needs_approval_until(viewer.id, ${at})) AS needs_approval_until
    FROM viewer`,
  )
}

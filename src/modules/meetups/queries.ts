import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import type { LatLng } from '../../core/geo.ts'
import type { Creation } from '../../core/idempotency.ts'
import { asArray } from '../../db/array.ts'
import { answerOf, type Db, firstRow, runBatch } from '../../db/client.ts'
import { geographyPoint } from '../../db/geography.ts'
import { lockViewer, viewer } from '../../db/viewer.ts'
import { roomsOfDates } from '../rooms/recheck/sql.ts'
import { mayWrite, suspendedUntil } from '../social/suspensions/sql.ts'
import type { Plan } from './rules.ts'
import type { Category, CreateMeetup, ListedMeetup, Meetup, Size } from './schema.ts'
import { aboutDate, aboutMeetup, hostJson, MINE, petsGoing, seesMeetup, toldJson } from './sql.ts'

const DATES_SHOWN = 4
/** All who can have a seat. */
const PETS_OF_DATE = 50
const PETS_IN_LIST = 4

/** A `Meetup` as the viewer sees it. `viewer` and `meetups` must be in scope. */
const meetupJson = (now: Date): SQL => sql`json_build_object(${aboutMeetup},
        'location_name', meetups.location_name,
        'lat', ST_Y(meetups.location::geometry),
        'lng', ST_X(meetups.location::geometry),
        'max_participants', meetups.capacity,
        'host', ${hostJson(now)},
        'is_host', meetups.host_id = viewer.id,
        'is_renewal_asked', meetups.host_id = viewer.id AND meetups.asked_at IS NOT NULL,
        'dates', (
          SELECT coalesce(json_agg(next.row ORDER BY next.starts_at, next.id), '[]')
          FROM (
            SELECT json_build_object(${aboutDate}, 'pets', ${petsGoing(PETS_OF_DATE, now)}) AS row, occurrence.starts_at, occurrence.id
            FROM (
              SELECT ahead.*, row_number() OVER (PARTITION BY ahead.cancelled_at IS NULL ORDER BY ahead.starts_at, ahead.id) AS n,
                     count(*) FILTER (WHERE ahead.cancelled_at IS NULL) OVER (ORDER BY ahead.starts_at, ahead.id) AS standing
              FROM meetup_occurrences ahead
              WHERE ahead.meetup_id = meetups.id AND ahead.ends_at > ${now.toISOString()}
            ) AS occurrence
            ${MINE}
            WHERE occurrence.n <= ${DATES_SHOWN}
              AND (occurrence.cancelled_at IS NULL OR (occurrence.standing < ${DATES_SHOWN} AND mine.user_id IS NOT NULL))
          ) AS next
        ),
        'past_dates', (
          SELECT coalesce(json_agg(past.row ORDER BY past.starts_at DESC, past.id DESC), '[]')
          FROM (
            SELECT json_build_object(${aboutDate}, 'attended', mine.attended) AS row, occurrence.starts_at, occurrence.id
            FROM meetup_occurrences occurrence
            ${MINE}
            WHERE occurrence.meetup_id = meetups.id
              AND occurrence.ends_at <= ${now.toISOString()}
              AND occurrence.cancelled_at IS NULL
              AND mine.status = 'going'
            ORDER BY occurrence.starts_at DESC, occurrence.id DESC
            LIMIT ${DATES_SHOWN}
          ) AS past
        )
      )`

export interface NewMeetup extends Creation, Omit<CreateMeetup, 'id' | 'scheduled_at' | 'recurrence_rule'> {
  readonly recurrence_rule: string | null
  readonly size: Size | null
  /** Null when the time or the rule is refused. Then nothing is inserted, but an earlier request may have made it. */
  readonly plan: Plan | null
}

export interface CreateAnswer {
  readonly meetup: Meetup | null
  readonly request_hash: string | null
  readonly is_id_taken: boolean
  readonly is_breed_known: boolean
  readonly suspended_until: string | null
}

/** Makes a meetup with its dates. When it is not there afterwards, and nothing else is said, a limit has refused it. */
export function insertMeetup(
  db: Db,
  actor: Actor,
  { id, request_hash, plan, ...meetup }: NewMeetup,
  limits: { readonly daily: number; readonly open: number },
  now: Date,
): Promise<CreateAnswer | null> {
  const at = now.toISOString()
  const breed = sql`(SELECT breeds.code FROM breeds WHERE ${meetup.breed ?? null}::text IN (breeds.code, breeds.name) ORDER BY breeds.code = ${meetup.breed ?? null} DESC LIMIT 1)`
  const isBreedKnown = sql`(${meetup.breed === undefined} OR ${breed} IS NOT NULL)`
  return answerOf(db, {
    lock: lockViewer(actor),
    meetup: sql`
    WITH ${viewer(actor)}
    INSERT INTO meetups (
      id, request_hash, host_id, created_at, title, description, category, size_filter, breed_code, location_name, location, starts_on, starts_time, recurrence_rule,
      capacity, approval, made_until, renewed_at
    )
    SELECT ${id}, ${request_hash}, viewer.id, ${at}, ${meetup.title}, ${meetup.description || null}, ${meetup.category}, ${meetup.size}, ${breed},
           ${meetup.location_name}, ${geographyPoint(meetup)}, ${plan?.starts_on ?? null}::date, ${plan?.starts_time ?? null}::time, ${meetup.recurrence_rule},
           ${meetup.max_participants}, ${meetup.approval}, ${plan?.made_until ?? null}::date, ${at}
    FROM viewer
    WHERE ${plan !== null}
      AND ${mayWrite(now)}
      AND ${isBreedKnown}
      AND (SELECT count(*) FROM meetups mine WHERE mine.host_id = viewer.id AND mine.created_at > ${at}::timestamptz - interval '1 day') < ${limits.daily}
      AND (
        SELECT count(*)
        FROM meetups mine
        WHERE mine.host_id = viewer.id
          AND mine.cancelled_at IS NULL
          AND EXISTS (
            SELECT 1
            FROM meetup_occurrences occurrence
            WHERE occurrence.meetup_id = mine.id AND occurrence.starts_at > ${at} AND occurrence.cancelled_at IS NULL
          )
      ) < ${limits.open}
    ON CONFLICT (id) DO NOTHING`,
    dates: sql`
    SELECT make_dates(meetups.id, ${asArray(plan?.slots ?? [])}::timestamptz[], ${at})
    FROM meetups
    WHERE meetups.id = ${id} AND meetups.host_id = ${actor.user_id} AND meetups.request_hash = ${request_hash} AND meetups.created_at = ${at}`,
    answer: sql`
    WITH ${viewer(actor)}
    SELECT CASE WHEN meetups.id IS NOT NULL THEN ${meetupJson(now)} END AS meetup,
           meetups.request_hash,
           EXISTS (SELECT 1 FROM meetups taken WHERE taken.id = ${id}) AS is_id_taken,
           ${isBreedKnown} AS is_breed_known,
           ${suspendedUntil(now)} AS suspended_until
    FROM viewer
    LEFT JOIN meetups ON meetups.id = ${id} AND meetups.host_id = viewer.id`,
  })
}

/** A `Meetup`, or null where the viewer may not see it. `viewer` must be in scope. */
export const readMeetup = (id: string, now: Date): SQL => sql`(
      SELECT ${meetupJson(now)}
      FROM meetups
      WHERE meetups.id = ${id} AND ${seesMeetup(sql`meetups.id`)}
    )`

export function findMeetup(db: Db, actor: Actor, id: string, now: Date): Promise<{ meetup: Meetup | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT ${readMeetup(id, now)} AS meetup
    FROM viewer`,
  )
}

export interface MeetupFilter {
  readonly category: Category | null
  readonly size: Size | null
  /** The middle of the viewer's region where it is null. */
  readonly near: LatLng | null
  readonly radius_m: number
  readonly from: string
  readonly to: string | null
  readonly mine: 'hosting' | 'going' | null
  readonly after: { readonly starts_at: string; readonly id: string } | null
  readonly limit: number
}

// blocked too: `meetups_near` and `listMine` ask `sees_meetup`, and `listed_meetups` asks of the pets.
/** Soonest first, one more than `limit`. `has_place` is false where neither a place is named nor the viewer has a region. */
export function listMeetups(
  db: Db,
  actor: Actor,
  filter: MeetupFilter,
  now: Date,
): Promise<{ items: ListedMeetup[]; has_place: boolean } | null> {
  const { near, after, limit, mine } = filter
  const place = near ? geographyPoint(near) : sql`(SELECT regions.center FROM regions WHERE regions.code = viewer.region_code)`
  const found = mine
    ? listMine(filter, mine)
    : sql`
        SELECT meetups_near.occurrence_id
        FROM meetups_near(
          viewer.id, place.point, ${filter.radius_m}, ${filter.category}, ${filter.size}, ${filter.from}, ${filter.to},
          ${after?.starts_at ?? null}, ${after?.id ?? null}, ${limit + 1}
        )
        WHERE place.point IS NOT NULL`
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT place.point IS NOT NULL AS has_place,
           listed_meetups(viewer.id, ARRAY(${found}
           ), place.point, ${PETS_IN_LIST}, ${now.toISOString()}) AS items
    FROM viewer
    CROSS JOIN LATERAL (SELECT ${place} AS point) AS place`,
  )
}

/** The dates that the viewer hosts, or goes to. `viewer` must be in scope. */
function listMine({ category, size, from, to, after, limit }: MeetupFilter, mine: 'hosting' | 'going'): SQL {
  const theirs =
    mine === 'hosting'
      ? sql`meetups.host_id = viewer.id`
      : sql`meetups.host_id <> viewer.id AND occurrence.id IN (
            SELECT part.occurrence_id FROM meetup_participants part WHERE part.user_id = viewer.id AND part.status IN ('going', 'waiting', 'requested')
          )`
  return sql`
        SELECT occurrence.id AS occurrence_id
        FROM meetup_occurrences occurrence
        JOIN meetups ON meetups.id = occurrence.meetup_id
        WHERE ${theirs}
          AND ${seesMeetup(sql`meetups.id`)}
          AND occurrence.cancelled_at IS NULL
          AND occurrence.starts_at >= ${from}
          AND (${to}::timestamptz IS NULL OR occurrence.starts_at < ${to})
          AND (${category}::meetup_category IS NULL OR meetups.category = ${category})
          AND (${size}::pet_size IS NULL OR meetups.size_filter IS NULL OR meetups.size_filter = ${size})
          AND (${after?.starts_at ?? null}::timestamptz IS NULL OR (occurrence.starts_at, occurrence.id) > (${after?.starts_at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
        ORDER BY occurrence.starts_at, occurrence.id
        LIMIT ${limit + 1}`
}

export interface HostAnswer {
  /** As the viewer sees it, also when they are not its host. */
  readonly meetup: Meetup | null
  /** `done`, or why nothing was done. */
  readonly outcome: string | null
  readonly rooms: string[]
  readonly told: string[]
}

/** Cancels a meetup or one date of it. All who were in are told. Cancelling again changes nothing. */
export function cancelMeetup(db: Db, actor: Actor, id: string, occurrenceId: string | null, now: Date): Promise<HostAnswer | null> {
  return runForHost(db, actor, id, now, sql`cancel_meetup(${id}, viewer.id, ${occurrenceId}, ${now.toISOString()})`)
}

/** Lets a series go on. The next night makes the dates that are missing by then. */
export function renewMeetup(db: Db, actor: Actor, id: string, now: Date): Promise<HostAnswer | null> {
  return runForHost(db, actor, id, now, sql`renew_meetup(${id}, viewer.id, ${now.toISOString()})`)
}

async function runForHost(db: Db, actor: Actor, id: string, now: Date, change: SQL): Promise<HostAnswer | null> {
  const { changed, answer } = await runBatch(db, {
    lock: lockViewer(actor),
    changed: sql<{ outcome: string }>`
    WITH ${viewer(actor)}
    SELECT ${change} AS outcome
    FROM viewer`,
    answer: sql<Omit<HostAnswer, 'outcome'>>`
    WITH ${viewer(actor)}
    SELECT ${readMeetup(id, now)} AS meetup, ${roomsOfDates(cancelledDates(id), now)} AS rooms, ${toldJson(now)} AS told
    FROM viewer`,
  })
  return answer[0] ? { ...answer[0], outcome: changed[0]?.outcome ?? null } : null
}

/** Dates that were cancelled. Their live rooms are named again when somebody cancels again, because the first request may have died before they were told. */
const cancelledDates = (id: string): SQL => sql`
            SELECT occurrence.id FROM meetup_occurrences occurrence WHERE occurrence.meetup_id = ${id} AND occurrence.cancelled_at IS NOT NULL`

import { type SQL, sql } from 'drizzle-orm'
import { primaryPetCard } from '../pets/sql.ts'
import { isBlocked } from '../social/blocks/sql.ts'

/** Whether the viewer may see a meetup. `viewer` must be in scope. */
export const seesMeetup = (meetupId: SQL): SQL => sql`sees_meetup(viewer.id, ${meetupId})`

/** What a meetup is, as fields of a JSON object. `meetups` must be in scope. */
export const aboutMeetup: SQL = sql`
        'id', meetups.id,
        'title', meetups.title,
        'description', meetups.description,
        'category', meetups.category,
        'size_filter', meetups.size_filter,
        'breed', (SELECT json_build_object('code', breeds.code, 'name', breeds.name) FROM breeds WHERE breeds.code = meetups.breed_code),
        'recurrence_rule', meetups.recurrence_rule,
        'approval', meetups.approval,
        'created_at', meetups.created_at,
        'cancelled_at', meetups.cancelled_at`

/** The host, as `MeetupHost`. `meetups` must be in scope, and the viewer sees it. */
export const hostJson = (now: Date): SQL => sql`(
        SELECT json_build_object('id', host.id, 'nickname', host.nickname, 'pet', ${primaryPetCard(sql`host.id`, now)})
        FROM users host
        WHERE host.id = meetups.host_id
      )`

/** How many wait before somebody, and they themselves. Null unless they wait. `part` is the name of their row of `meetup_participants`. */
export const positionOf = (part: SQL): SQL => sql`CASE WHEN ${part}.status = 'waiting' THEN (
          SELECT count(*)::int
          FROM meetup_participants ahead
          WHERE ahead.occurrence_id = ${part}.occurrence_id AND ahead.status = 'waiting' AND ahead.queue_no <= ${part}.queue_no
        ) END`

/** A date, as fields of a JSON object. `occurrence` and, left-joined as `mine`, the viewer's row of `meetup_participants` must be in scope. */
export const aboutDate: SQL = sql`
        'occurrence_id', occurrence.id,
        'starts_at', occurrence.starts_at,
        'ends_at', occurrence.ends_at,
        'location_name', occurrence.location_name,
        'lat', ST_Y(occurrence.location::geometry),
        'lng', ST_X(occurrence.location::geometry),
        'capacity', occurrence.capacity,
        'going', occurrence.going,
        'is_cancelled', occurrence.cancelled_at IS NOT NULL,
        'my_status', mine.status,
        'position', ${positionOf(sql`mine`)}`

export const MINE: SQL = sql`LEFT JOIN meetup_participants mine ON mine.occurrence_id = occurrence.id AND mine.user_id = viewer.id`

/** The primary pets of who goes besides the host, first come first, of people whom the viewer may see. `viewer`, `meetups` and `occurrence` must be in scope. */
export const petsGoing = (most: number, now: Date): SQL => sql`(
        SELECT coalesce(json_agg(shown.card ORDER BY shown.queue_no), '[]')
        FROM (
          SELECT pet.card, part.queue_no
          FROM meetup_participants part
          JOIN users ON users.id = part.user_id AND users.deleted_at IS NULL
          CROSS JOIN LATERAL (
            SELECT shown_pets.card FROM shown_pets(${now.toISOString()}) WHERE shown_pets.user_id = part.user_id AND shown_pets.is_primary_shown
          ) AS pet
          WHERE part.occurrence_id = occurrence.id
            AND part.status = 'going'
            AND part.user_id <> meetups.host_id
            AND NOT ${isBlocked(sql`viewer.id`, sql`part.user_id`)}
          ORDER BY part.queue_no
          LIMIT ${most}
        ) AS shown
      )`

/** The notifications of meetups that a request has made and that wait to be pushed, as a JSON list of ids. */
export const toldJson = (now: Date): SQL => sql`(SELECT coalesce(json_agg(id), '[]') FROM told_of_meetups(${now.toISOString()}) AS id)`

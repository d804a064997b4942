import { sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { asArray } from '../../db/array.ts'
import { isBlocked } from '../social/blocks/sql.ts'
import { type Db, firstRow, runBatch } from '../../db/client.ts'
import { asLatLng } from '../../db/geography.ts'
import { viewer } from '../../db/viewer.ts'
import { outboxInsert } from '../../jobs/sql.ts'
import { JOB } from '../../jobs/types.ts'
import type { Provision, RoomName, RoomRecord, RoomTruth } from './schema.ts'

// public: a room asks for all its connections at once, and the answer says which of their sessions are alive.
/**
 * Reads all that decides who may be in a room, in one trip. An invitation's id is chosen by a phone and a date's is not, so where both have the same id it is the
 * date's room: nobody can take a room over.
 */
export async function findRoom(db: Db, id: string, sessionIds: readonly string[], now: Date): Promise<RoomTruth> {
  const at = now.toISOString()
  const asked = sql`${asArray(sessionIds)}::uuid[]`
  const truth = await firstRow<RoomTruth>(
    db,
    sql`
    WITH room AS (
      SELECT 'meetup' AS kind, meetups.host_id, room_opens_at(occurrence.starts_at) AS opens_at, occurrence.ends_at, occurrence.location,
             occurrence.cancelled_at IS NOT NULL OR is_closed_by_moderation('meetup', meetups.id) AS is_cancelled, meetups.id AS meetup_id
      FROM meetup_occurrences occurrence
      JOIN meetups ON meetups.id = occurrence.meetup_id
      WHERE occurrence.id = ${id}
      UNION ALL
      SELECT 'invitation', inviter_id, NULL, ends_at, location, cancelled_at IS NOT NULL, NULL
      FROM invitations
      WHERE id = ${id} AND NOT EXISTS (SELECT 1 FROM meetup_occurrences WHERE meetup_occurrences.id = ${id})
    ), people AS (
      SELECT users.id AS user_id, users.nickname, users.id = room.host_id AS is_host, asked.answer, ${isBlocked(sql`users.id`, sql`room.host_id`)} AS is_blocked,
             (SELECT coalesce(json_agg(json_build_array(cell_x, cell_y)), '[]') FROM hidden_areas WHERE user_id = users.id) AS cells,
             CASE WHEN users.privacy_zone_radius_m IS NOT NULL
               THEN ${asLatLng(sql`users.privacy_zone_center`)}::jsonb || jsonb_build_object('radius_m', users.privacy_zone_radius_m) END AS zone
      FROM room
      CROSS JOIN LATERAL (
        SELECT room.host_id AS user_id, NULL AS answer WHERE room.kind = 'invitation'
        UNION ALL
        SELECT invitees.user_id, invitees.answer::text FROM invitees WHERE invitees.invitation_id = ${id} AND room.kind = 'invitation'
        UNION ALL
        SELECT part.user_id, CASE WHEN part.status = 'going' THEN 'accepted' ELSE 'pending' END
        FROM meetup_participants part
        WHERE part.occurrence_id = ${id}
          AND (part.status = 'going' OR (part.status IN ('waiting', 'requested') AND part.user_id IN (SELECT user_id FROM sessions WHERE sessions.id = ANY (${asked}))))
          AND NOT EXISTS (SELECT 1 FROM meetup_removals gone WHERE gone.meetup_id = room.meetup_id AND gone.user_id = part.user_id)
      ) AS asked
      JOIN users ON users.id = asked.user_id AND users.deleted_at IS NULL
    )
    SELECT CASE
             WHEN room.kind IS NULL THEN 'unknown'
             WHEN room.is_cancelled OR NOT EXISTS (SELECT 1 FROM people WHERE is_host) THEN 'cancelled'
             WHEN room.ends_at <= ${at} THEN 'over'
             WHEN room.opens_at > ${at} THEN 'early'
             ELSE 'open'
           END AS status,
           room.kind,
           to_json(room.ends_at) AS ends_at,
           ${asLatLng(sql`room.location`)} AS place,
           (SELECT coalesce(json_agg(people), '[]') FROM people) AS people,
           (
             SELECT coalesce(json_agg(json_build_array(blocks.blocker_id, blocks.blocked_id)), '[]')
             FROM people
             JOIN blocks ON blocks.blocker_id = people.user_id
             WHERE blocks.blocked_id IN (SELECT user_id FROM people)
           ) AS apart,
           (
             SELECT coalesce(json_agg(json_build_object('id', sessions.id, 'user_id', users.id)), '[]')
             FROM sessions
             JOIN users ON users.id = sessions.user_id AND users.deleted_at IS NULL
             WHERE sessions.id = ANY (${asked}) AND sessions.revoked_at IS NULL
           ) AS sessions
    FROM (SELECT ${id}::uuid AS id) AS asked
    LEFT JOIN room ON true`,
  )
  if (!truth) throw new Error('one row was asked for, and none came')
  return truth
}

/** Where the rows of a room point to. */
const NAMED = {
  invitation: { column: sql`invitation_id`, table: sql`invitations` },
  meetup: { column: sql`occurrence_id`, table: sql`meetup_occurrences` },
} as const

/**
 * Writes what a room has seen. Writing it again changes nothing. The people are locked first: when a walk is completed at the same time, either this sees the
 * walk or the completion sees this. Answers the ids of outbox rows, one for each person with a walk that now had company.
 */
export async function insertRecord(db: Db, { kind, id }: RoomName, record: RoomRecord): Promise<string[]> {
  const { column, table } = NAMED[kind]
  const userIds = [...new Set(record.encounters.flatMap(({ one_id, other_id }) => [one_id, other_id]))]
  const encounters = record.encounters.map(({ one_id, other_id, spans }) => ({
    one_id,
    other_id,
    together: `{${spans.map(([from, to]) => `[${from},${to}]`).join(',')}}`,
  }))
  const { company } = await runBatch(db, {
    lock: sql`SELECT 1 FROM users WHERE id = ANY (${asArray(userIds)}::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    provisions: sql`
    INSERT INTO location_provisions AS known (subject_id, invitation_id, is_meetup, viewer_id, first_at, last_at)
    SELECT given.subject_id, ${id}::uuid, ${kind === 'meetup'}, given.viewer_id, given.first_at, given.last_at
    FROM json_to_recordset(${JSON.stringify(record.provisions)}) AS given (subject_id uuid, viewer_id uuid, first_at timestamptz, last_at timestamptz)
    JOIN users ON users.id = given.subject_id
    ON CONFLICT (subject_id, invitation_id, viewer_id) DO UPDATE
    SET first_at = least(known.first_at, excluded.first_at), last_at = greatest(known.last_at, excluded.last_at)`,
    encounters: sql`
    INSERT INTO room_encounters AS known (${column}, one_id, other_id, together)
    SELECT room.id, one.id, other.id, given.together
    FROM json_to_recordset(${JSON.stringify(encounters)}) AS given (one_id uuid, other_id uuid, together tstzmultirange)
    JOIN ${table} AS room ON room.id = ${id}
    JOIN users one ON one.id = given.one_id
    JOIN users other ON other.id = given.other_id
    ON CONFLICT (one_id, other_id, ${column}) DO UPDATE
    SET together = known.together + excluded.together`,
    company: outboxInsert(
      JOB.findCompany,
      sql`
      SELECT DISTINCT jsonb_build_object('user_id', walks.user_id) AS payload
      FROM room_encounters met
      CROSS JOIN LATERAL (VALUES (met.one_id), (met.other_id)) AS person (id)
      JOIN walks ON walks.user_id = person.id
        AND walks.is_valid
        AND walks.deleted_at IS NULL
        AND walks.source = 'recorded'
        AND walks.started_at BETWEEN lower(met.together) - interval '12 hours' AND upper(met.together)
      WHERE met.${column} = ${id} AND NOT company_of(walks) <@ walks.together_with`,
    ),
  })
  return company.map(({ id }) => id)
}

interface LedgerPage {
  readonly after: { readonly first_at: string; readonly room_id: string; readonly viewer_id: string } | null
  readonly limit: number
}

// blocked too: the law gives the viewer this record about themselves.
/** Lists to whom the viewer's own position was shown, newest first. Answers one row more than `limit`. */
export function listProvisions(db: Db, actor: Actor, { after, limit }: LedgerPage): Promise<{ items: Provision[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT coalesce(json_agg(page.row ORDER BY page.first_at DESC, page.invitation_id DESC, page.viewer_id DESC), '[]')
      FROM (
        SELECT json_build_object(
                 'invitation_id', CASE WHEN NOT shown.is_meetup THEN shown.invitation_id END,
                 'occurrence_id', CASE WHEN shown.is_meetup THEN shown.invitation_id END,
                 'viewer', json_build_object('id', shown.viewer_id, 'nickname', users.nickname),
                 'first_at', shown.first_at, 'last_at', shown.last_at
               ) AS row,
               shown.first_at, shown.invitation_id, shown.viewer_id
        FROM location_provisions shown
        LEFT JOIN users ON users.id = shown.viewer_id AND users.deleted_at IS NULL
        WHERE shown.subject_id = viewer.id
          AND (
            ${after === null}
            OR (shown.first_at, shown.invitation_id, shown.viewer_id)
              < (${after?.first_at ?? null}::timestamptz, ${after?.room_id ?? null}::uuid, ${after?.viewer_id ?? null}::uuid)
          )
        ORDER BY shown.first_at DESC, shown.invitation_id DESC, shown.viewer_id DESC
        LIMIT ${limit + 1}
      ) AS page
    ) AS items
    FROM viewer`,
  )
}

/** Deletes up to `limit` rows whose position was last shown before then. */
export async function deleteProvisionsBefore(db: Db, before: Date, limit: number): Promise<number> {
  const { rowCount } = await db.execute(sql`
    DELETE FROM location_provisions
    WHERE (subject_id, invitation_id, viewer_id) IN (
      SELECT subject_id, invitation_id, viewer_id FROM location_provisions WHERE last_at < ${before.toISOString()} LIMIT ${limit}
    )`)
  return rowCount
}

/** Deletes up to `limit` rows of who was beside whom at meetups that started before then. */
export async function deleteEncountersBefore(db: Db, before: Date, limit: number): Promise<number> {
  const { rowCount } = await db.execute(sql`
    DELETE FROM room_encounters
    WHERE id IN (
      SELECT met.id
      FROM meetup_occurrences occurrence
      JOIN room_encounters met ON met.occurrence_id = occurrence.id
      WHERE occurrence.starts_at < ${before.toISOString()}
      LIMIT ${limit}
    )`)
  return rowCount
}

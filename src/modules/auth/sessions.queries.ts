import { sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { liveRooms } from '../rooms/recheck/sql.ts'
import { viewer } from '../../db/viewer.ts'
import type { Session } from './schema.ts'

/** Ends the viewer's own session and deletes this device's push token if it is theirs. Their live `rooms` must be told. */
export function endSession(
  db: Db,
  actor: Actor,
  { push_token, now }: { push_token: string | null; now: Date },
): Promise<{ rooms: string[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, ended AS (
      UPDATE sessions
      SET revoked_at = ${now.toISOString()}, revoked_reason = 'logout'
      FROM viewer
      WHERE sessions.id = ${actor.session_id}
    ), forgotten AS (
      DELETE FROM push_tokens
      USING viewer
      WHERE push_tokens.user_id = viewer.id AND push_tokens.token = ${push_token}
    )
    SELECT ${liveRooms(sql`viewer.id`, now)} AS rooms
    FROM viewer`,
  )
}

/** All of them, because a login ends those beyond fifty. */
export function listSessions(db: Db, actor: Actor, now: Date): Promise<{ items: Session[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, live AS (
      SELECT sessions.id, sessions.device_name, sessions.device_platform, sessions.created_at, sessions.rotated_at
      FROM sessions
      JOIN viewer ON viewer.id = sessions.user_id
      WHERE sessions.revoked_at IS NULL AND sessions.expires_at > ${now.toISOString()}
    )
    SELECT coalesce(
      (
        SELECT json_agg(
          json_build_object(
            'id', live.id,
            'device_name', live.device_name,
            'device_platform', live.device_platform,
            'created_at', live.created_at,
            'last_used_at', live.rotated_at,
            'is_current', live.id = ${actor.session_id}
          )
          ORDER BY live.rotated_at DESC, live.id
        )
        FROM live
      ),
      '[]'
    ) AS items
    FROM viewer`,
  )
}

/** Ends every session of the viewer except the one they ask with. */
export function endOtherSessions(db: Db, actor: Actor, now: Date): Promise<{ rooms: string[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, ended AS (
      UPDATE sessions
      SET revoked_at = ${now.toISOString()}, revoked_reason = 'logout_elsewhere'
      FROM viewer
      WHERE sessions.user_id = viewer.id AND sessions.id <> ${actor.session_id} AND sessions.revoked_at IS NULL
    )
    SELECT ${liveRooms(sql`viewer.id`, now)} AS rooms
    FROM viewer`,
  )
}

/** `is_theirs` is also true for a session that had ended before. */
export function endSessionById(
  db: Db,
  actor: Actor,
  { session_id, now }: { session_id: string; now: Date },
): Promise<{ is_theirs: boolean; rooms: string[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, ended AS (
      UPDATE sessions
      SET revoked_at = coalesce(sessions.revoked_at, ${now.toISOString()}), revoked_reason = coalesce(sessions.revoked_reason, 'logout_elsewhere')
      FROM viewer
      WHERE sessions.id = ${session_id} AND sessions.user_id = viewer.id
      RETURNING sessions.id
    )
    SELECT EXISTS (SELECT FROM ended) AS is_theirs, ${liveRooms(sql`viewer.id`, now)} AS rooms
    FROM viewer`,
  )
}

import { sql } from 'drizzle-orm'
import type { User } from '../../core/actor.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { viewer } from '../../db/viewer.ts'
import type { PushToken, RegisterPushToken } from './schema.ts'

/**
 * Gives the token to the viewer, whoever had it. A device's new token takes the place of its old one, and of more devices than anybody has the ones
 * heard of longest ago are forgotten.
 */
export function upsertPushToken(
  db: Db,
  actor: User,
  { token, platform, device_id = null }: RegisterPushToken,
  { keep, now }: { keep: number; now: Date },
): Promise<PushToken | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, others AS (
      SELECT push_tokens.token, push_tokens.device_id, row_number() OVER (ORDER BY push_tokens.registered_at DESC, push_tokens.token) AS position
      FROM viewer
      JOIN push_tokens ON push_tokens.user_id = viewer.id
      WHERE push_tokens.token <> ${token}
    ), replaced AS (
      DELETE FROM push_tokens
      USING others
      WHERE push_tokens.token = others.token AND (others.device_id = ${device_id} OR others.position >= ${keep})
    )
    INSERT INTO push_tokens (token, user_id, platform, device_id, registered_at)
    SELECT ${token}, viewer.id, ${platform}, ${device_id}, ${now.toISOString()}
    FROM viewer
    ON CONFLICT (token) DO UPDATE
    SET user_id = excluded.user_id, platform = excluded.platform, device_id = excluded.device_id, registered_at = excluded.registered_at
    RETURNING platform, device_id`,
  )
}

/** Nothing happens to a token that is somebody else's by now. */
export function deletePushToken(db: Db, actor: User, token: string): Promise<{ id: string } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, forgotten AS (
      DELETE FROM push_tokens
      USING viewer
      WHERE push_tokens.token = ${token} AND push_tokens.user_id = viewer.id
    )
    SELECT viewer.id
    FROM viewer`,
  )
}

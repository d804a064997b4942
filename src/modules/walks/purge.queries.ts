import { and, eq, inArray, lt, not, or, type SQL, sql } from 'drizzle-orm'
import { type Db, firstRow } from '../../db/client.ts'
import { notify } from '../notifications/sql.ts'
import { walks } from '../../db/schema/walks.ts'

/** Ends walks. Answers how many, and the ids of the notifications that tell their owners. */
export async function endWalksActiveSince(db: Db, startedBefore: Date, now: Date): Promise<{ ended: number; told: string[] }> {
  const row = await firstRow<{ ended: number; told: string[] }>(
    db,
    sql`
    WITH ended AS (
      UPDATE walks
      SET status = 'ended', auto_ended = true
      WHERE status = 'active' AND deleted_at IS NULL AND started_at <= ${startedBefore.toISOString()}
      RETURNING id, user_id
    ), told AS (${notify(
      'walk_auto_ended',
      sql`SELECT user_id, id::text AS topic, jsonb_build_object('walk_id', id) AS facts, NULL::uuid AS sender_id FROM ended`,
      sql`${now.toISOString()}::timestamptz`,
    )}
    )
    SELECT (SELECT count(*)::int FROM ended) AS ended, coalesce((SELECT json_agg(id) FROM told), '[]') AS told`,
  )
  return row ?? { ended: 0, told: [] }
}

/** When the next walk will have been active for that long, as a scalar of SQL. */
export const nextForgottenWalk = (afterMs: number): SQL =>
  sql`SELECT min(started_at) + ${afterMs} * interval '1 millisecond' FROM walks WHERE status = 'active' AND deleted_at IS NULL`

export interface SpooledTrack {
  readonly walk_id: string
  readonly track_key: string
  readonly spooled_at: string
  /** Base64. */
  readonly content: string
}

/** Lists the next tracks after `after`, in the order in which they came. */
export async function listSpooledTracks(
  db: Db,
  after: Pick<SpooledTrack, 'spooled_at' | 'walk_id'> | null,
  limit: number,
): Promise<SpooledTrack[]> {
  const isNext = after ? sql`(spooled_at, walk_id) > (${after.spooled_at}::timestamptz, ${after.walk_id}::uuid)` : sql`true`
  // The inner select limits first, because an hour without R2 leaves gigabytes of content.
  const { rows } = await db.execute<SpooledTrack & Record<string, unknown>>(sql`
    SELECT walk_id, track_key, spooled_at::text AS spooled_at, translate(encode(content, 'base64'), E'\\n', '') AS content
    FROM (
      SELECT walk_id, track_key, spooled_at, content FROM track_spool WHERE ${isNext} ORDER BY spooled_at, walk_id LIMIT ${limit}
    ) AS next
    ORDER BY next.spooled_at, next.walk_id`)
  return rows
}

export async function deleteSpooledTracks(db: Db, tracks: readonly Pick<SpooledTrack, 'walk_id' | 'track_key'>[]): Promise<void> {
  await db.execute(sql`
    DELETE FROM track_spool
    USING jsonb_to_recordset(${JSON.stringify(tracks.map(({ walk_id, track_key }) => ({ walk_id, track_key })))}::jsonb) AS stored (walk_id uuid, track_key text)
    WHERE track_spool.walk_id = stored.walk_id AND track_spool.track_key = stored.track_key`)
}

function isPurgeable(before: Date) {
  const past = before.toISOString()
  return or(
    lt(walks.deleted_at, past),
    and(not(walks.is_valid), lt(walks.completed_at, past)),
    and(eq(walks.status, 'ended'), lt(walks.created_at, past)),
  )
}

export function listPurgeableWalks(db: Db, before: Date, limit: number) {
  return db.select({ id: walks.id, user_id: walks.user_id }).from(walks).where(isPurgeable(before)).limit(limit)
}

/** Deletes those of the walks that are still purgeable, because an ended walk may have been completed since it was listed. */
export async function deleteWalkRows(db: Db, before: Date, ids: readonly string[]): Promise<number> {
  const { rowCount } = await db.delete(walks).where(and(inArray(walks.id, ids), isPurgeable(before)))
  return rowCount
}

/** Forgets up to `limit` cells in which nobody's walk has started or ended since then. */
export async function deleteHiddenAreasBefore(db: Db, before: Date, limit: number): Promise<number> {
  const { rowCount } = await db.execute(sql`
    WITH forgotten AS (
      DELETE FROM hidden_areas
      WHERE (user_id, cell_x, cell_y) IN (
        SELECT user_id, cell_x, cell_y FROM hidden_areas WHERE last_used_on < seoul_day(${before.toISOString()}) LIMIT ${limit}
      )
      RETURNING user_id, cell_x, cell_y
    ), ends AS (
      DELETE FROM walk_ends
      USING forgotten
      WHERE (walk_ends.user_id, walk_ends.cell_x, walk_ends.cell_y) = (forgotten.user_id, forgotten.cell_x, forgotten.cell_y)
    )
    SELECT 1 FROM forgotten`)
  return rowCount
}

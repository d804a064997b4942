import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { type Db, firstRow, runBatch } from '../../../db/client.ts'
import { sharedRooms } from '../../rooms/recheck/sql.ts'
import { lockViewer, viewer } from '../../../db/viewer.ts'
import type { Block } from './schema.ts'
import { blockSomebody, isBlocking } from './sql.ts'

/**
 * Blocks. `rooms` are the live rooms that both may have been in, and `told` notifications to be announced. It makes no difference whether the other blocks the viewer, so that nobody can find out.
 */
export async function insertBlock(
  db: Db,
  actor: Actor,
  userId: string,
  now: Date,
): Promise<{ is_known: boolean; rooms: string[]; told: string[] } | null> {
  const other = sql`${userId}::uuid`
  const { rooms, told, answer } = await runBatch(db, {
    lock: lockViewer(actor),
    ...blockSomebody(actor, other, now),
    answer: sql<{ is_known: boolean }>`
    WITH ${viewer(actor)}
    SELECT ${isBlocking(other)} AS is_known
    FROM viewer`,
  })
  return answer[0] ? { ...answer[0], rooms: rooms[0]?.rooms ?? [], told: told.map(({ id }) => id) } : null
}

export function deleteBlock(db: Db, actor: Actor, userId: string, now: Date): Promise<{ rooms: string[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, lifted AS (
      DELETE FROM blocks
      USING viewer
      WHERE blocks.blocker_id = viewer.id AND blocks.blocked_id = ${userId}
    )
    SELECT ${sharedRooms(sql`viewer.id`, sql`${userId}::uuid`, now)} AS rooms
    FROM viewer`,
  )
}

interface BlockPage {
  readonly after: { readonly created_at: string; readonly user_id: string } | null
  readonly limit: number
}

// blocked too: this is where they can be unblocked.
/** People whom the viewer has blocked, newest first, one more than `limit`. */
export function listBlocks(db: Db, actor: Actor, { after, limit }: BlockPage): Promise<{ items: Block[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT coalesce(json_agg(page.row ORDER BY page.created_at DESC, page.blocked_id DESC), '[]')
      FROM (
        SELECT json_build_object('user', json_build_object('id', users.id, 'nickname', users.nickname), 'created_at', blocks.created_at) AS row,
               blocks.created_at, blocks.blocked_id
        FROM blocks
        JOIN users ON users.id = blocks.blocked_id
        WHERE blocks.blocker_id = viewer.id
          AND (
            ${after === null}
            OR (blocks.created_at, blocks.blocked_id) < (${after?.created_at ?? null}::timestamptz, ${after?.user_id ?? null}::uuid)
          )
        ORDER BY blocks.created_at DESC, blocks.blocked_id DESC
        LIMIT ${limit + 1}
      ) AS page
    ) AS items
    FROM viewer`,
  )
}

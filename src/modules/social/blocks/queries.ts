import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { answerOf, type Db, firstRow } from '../../../db/client.ts'
import { sharedRooms } from '../../rooms/recheck/sql.ts'
import { viewer } from '../../../db/viewer.ts'
import type { Block } from './schema.ts'
import { blockSomebody } from './sql.ts'

/** `rooms` are the live rooms that both may be in. It makes no difference whether the other blocks the viewer, so that nobody can find out. */
export function insertBlock(db: Db, actor: Actor, userId: string, now: Date): Promise<{ is_known: boolean; rooms: string[] } | null> {
  return answerOf(db, {
    ...blockSomebody(actor, sql`${userId}::uuid`, now),
    answer: sql`
    WITH ${viewer(actor)}
    SELECT EXISTS (SELECT 1 FROM blocks WHERE blocks.blocker_id = viewer.id AND blocks.blocked_id = ${userId}) AS is_known,
           ${sharedRooms(sql`viewer.id`, sql`${userId}::uuid`, now)} AS rooms
    FROM viewer`,
  })
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

import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import type { Creation } from '../../../core/idempotency.ts'
import { answerOf, type Db, firstRow, runBatch } from '../../../db/client.ts'
import { lockViewer, viewer } from '../../../db/viewer.ts'
import { notify } from '../../notifications/sql.ts'
import { primaryPetCard } from '../../pets/sql.ts'
import { lockPost, seesPost } from '../posts/sql.ts'
import { mayWrite, suspendedUntil } from '../suspensions/sql.ts'
import type { Comment, WriteComment } from './schema.ts'
import { VISIBLE_COMMENTS } from './sql.ts'

/** What is stored of a comment in its notification, which shows less. */
const PREVIEW_MAX = 300

/** A `Comment` as the viewer sees it. `viewer`, `comments` and its author as `users` must be in scope. */
const commentJson = (now: Date): SQL => sql`json_build_object(
          'id', comments.id,
          'walk_id', comments.walk_id,
          'author', json_build_object('id', users.id, 'nickname', users.nickname, 'pet', ${primaryPetCard(sql`users.id`, now)}),
          'content', comments.content,
          'created_at', comments.created_at,
          'is_mine', comments.user_id = viewer.id,
          'can_delete', viewer.id IN (comments.user_id, comments.author_id),
          'held', comments.held_at IS NOT NULL
        )`

export interface NewComment extends Creation, Pick<WriteComment, 'walk_id' | 'content'> {
  /** Whether it is held if its author is new here. */
  readonly is_doubtful: boolean
}

export interface CommentLimits {
  readonly dailyMax: number
  /** Accounts younger than this, and those without a valid walk, are new here. */
  readonly newMs: number
}

export interface CommentAnswer {
  /** The viewer's comment of that id, unless they have deleted it. */
  readonly comment: Comment | null
  readonly request_hash: string | null
  readonly is_id_taken: boolean
  readonly is_visible: boolean
  readonly suspended_until: string | null
}

/** Writes a comment and tells the owner of the walk. A held one tells nobody, and is a case for a moderator. */
export async function insertComment(
  db: Db,
  actor: Actor,
  { id, request_hash, walk_id, content, is_doubtful }: NewComment,
  { dailyMax, newMs }: CommentLimits,
  now: Date,
): Promise<{ answer: CommentAnswer; told: string[] } | null> {
  const at = now.toISOString()
  const isNew = sql`(
      SELECT users.created_at > ${new Date(now.getTime() - newMs).toISOString()} FROM users WHERE users.id = viewer.id
    ) OR NOT EXISTS (
      SELECT 1 FROM walks WHERE walks.user_id = viewer.id AND walks.is_valid AND walks.deleted_at IS NULL AND walks.source = 'recorded'
    )`
  /** The comment that this batch has written. */
  const written = sql`comments WHERE comments.id = ${id} AND comments.user_id = ${actor.user_id} AND comments.created_at = ${at}`
  const { answer, told } = await runBatch(db, {
    lock: lockViewer(actor),
    post: lockPost(sql`${walk_id}::uuid`),
    comment: sql`
    WITH ${viewer(actor)}
    INSERT INTO comments (id, request_hash, walk_id, user_id, author_id, content, created_at, held_at)
    SELECT ${id}, ${request_hash}, posts.walk_id, viewer.id, posts.author_id, ${content}, ${at},
           CASE WHEN ${is_doubtful} AND (${isNew}) THEN ${at}::timestamptz END
    FROM viewer
    JOIN posts ON posts.walk_id = ${walk_id}
    WHERE ${mayWrite(now)}
      AND ${seesPost(sql`viewer.id`, sql`posts.walk_id`)}
      AND (SELECT count(*) FROM comments WHERE comments.user_id = viewer.id AND comments.created_at > ${at}::timestamptz - interval '1 day') < ${dailyMax}
    ON CONFLICT (id) DO NOTHING`,
    held: sql`
    INSERT INTO moderation_cases (target_type, target_id, author_id, snapshot, opened_at, due_at, hidden_at)
    SELECT 'comment', comments.id, comments.user_id, jsonb_build_object('text', comments.content), ${at}, ${at}::timestamptz + interval '24 hours', comments.held_at
    FROM ${written} AND comments.held_at IS NOT NULL
    ON CONFLICT DO NOTHING`,
    told: notify(
      'comment',
      sql`
      SELECT comments.author_id AS user_id, comments.id::text AS topic,
             jsonb_build_object('walk_id', comments.walk_id, 'preview', left(comments.content, ${PREVIEW_MAX})) AS facts, comments.user_id AS sender_id
      FROM ${written} AND comments.held_at IS NULL AND comments.author_id <> comments.user_id`,
      sql`${at}::timestamptz`,
    ),
    answer: sql<CommentAnswer>`
    WITH ${viewer(actor)}
    SELECT CASE WHEN comments.deleted_at IS NULL AND comments.id IS NOT NULL THEN ${commentJson(now)} END AS comment,
           comments.request_hash,
           EXISTS (SELECT 1 FROM comments taken WHERE taken.id = ${id}) AS is_id_taken,
           ${seesPost(sql`viewer.id`, sql`${walk_id}::uuid`)} AS is_visible,
           ${suspendedUntil(now)} AS suspended_until
    FROM viewer
    JOIN users ON users.id = viewer.id
    LEFT JOIN comments ON comments.id = ${id} AND comments.user_id = viewer.id`,
  })
  return answer[0] ? { answer: answer[0], told: told.map((row) => row.id) } : null
}

/** Deletes a comment of the viewer, or under the viewer's walk, also while they are suspended. It counts no more, but its row stays for reports about it. */
export function deleteComment(db: Db, actor: Actor, id: string, now: Date): Promise<{ is_known: boolean } | null> {
  const isTheirs = sql`comments.id = ${id}
      AND (comments.user_id = viewer.id OR (comments.author_id = viewer.id AND comments.held_at IS NULL))`
  return answerOf(db, {
    post: lockPost(sql`(SELECT walk_id FROM comments WHERE id = ${id})`),
    deleted: sql`
    WITH ${viewer(actor)}
    UPDATE comments
    SET deleted_at = ${now.toISOString()}
    FROM viewer
    WHERE ${isTheirs} AND comments.deleted_at IS NULL`,
    answer: sql`
    WITH ${viewer(actor)}
    SELECT EXISTS (SELECT 1 FROM comments WHERE ${isTheirs}) AS is_known
    FROM viewer`,
  })
}

interface CommentPage {
  readonly after: { readonly created_at: string; readonly id: string } | null
  readonly limit: number
}

/** Oldest first, one more than `limit`. `items` is null for a walk that the viewer may not see. */
export function listComments(
  db: Db,
  actor: Actor,
  walkId: string,
  { after, limit }: CommentPage,
  now: Date,
): Promise<{ items: Comment[] | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT CASE WHEN ${seesPost(sql`viewer.id`, sql`${walkId}::uuid`)} THEN (
      SELECT coalesce(json_agg(page.row ORDER BY page.created_at, page.id), '[]')
      FROM (
        SELECT ${commentJson(now)} AS row, comments.created_at, comments.id
        FROM ${VISIBLE_COMMENTS}
          AND comments.walk_id = ${walkId}
          AND (
            ${after === null}
            OR (comments.created_at, comments.id) > (${after?.created_at ?? null}::timestamptz, ${after?.id ?? null}::uuid)
          )
        ORDER BY comments.created_at, comments.id
        LIMIT ${limit + 1}
      ) AS page
    ) END AS items
    FROM viewer`,
  )
}

import { type SQL, sql } from 'drizzle-orm'
import { notify } from '../../notifications/sql.ts'

/** A row of `moderation_actions` called `done`, as `Action` of schema.ts. */
export const actionJson = sql`jsonb_build_object(
      'id', done.id, 'action', done.action, 'days', done.days, 'reason', done.reason, 'note', done.note, 'legal_basis', done.legal_basis,
      'target_type', done.target_type, 'target_id', done.target_id,
      'admin', (SELECT jsonb_build_object('id', admin.id, 'nickname', admin.nickname) FROM users admin WHERE admin.id = done.admin_id),
      'undone_by', (SELECT later.id FROM moderation_actions later WHERE later.undoes = done.id),
      'created_at', done.created_at
    )`

/** The snapshot of a row of `moderation_cases` called `state`, as `ContentRow`. Whoever opens a case may leave out what it does not have. */
export const snapshotJson = sql`'{"text": null, "names": [], "walk_id": null, "photos": []}'::jsonb || state.snapshot`

/** Somebody's id and nickname for an admin, or null. */
export const personJson = (userId: SQL): SQL =>
  sql`(SELECT jsonb_build_object('id', person.id, 'nickname', person.nickname) FROM users person WHERE person.id = ${userId})`

/**
 * Tells the author of an action what was done and why, and never who did it or who reported it. Of a dismissal they are told only if the thing was hidden. `isTold` is a
 * condition on `done`, a row of `moderation_actions`. Answers `id`.
 */
export const tellAuthor = (isTold: SQL, at: SQL): SQL<{ id: string }> =>
  notify(
    'moderation',
    sql`
      SELECT done.author_id AS user_id, done.id::text AS topic, NULL::uuid AS sender_id,
             jsonb_build_object('action_id', done.id, 'action', done.action, 'days', done.days, 'reason', done.reason, 'target_type', done.target_type,
               'is_legal', done.legal_basis IS NOT NULL) AS facts
      FROM moderation_actions done
      JOIN users author ON author.id = done.author_id
      WHERE ${isTold} AND (done.action <> 'dismiss' OR done.before ->> 'hidden_at' IS NOT NULL)`,
    at,
  )

import { sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { viewer } from '../../db/viewer.ts'
import type { DeadLetter } from './schema.ts'

export interface LetterPage {
  readonly after: { readonly died_at: string; readonly id: string } | null
  readonly limit: number
}

/** Why the message died: the last error of its outbox row. */
const REASON = sql`(SELECT outbox.last_error FROM outbox WHERE outbox.id = uuid_of(letter.body ->> 'outbox_id'))`

const letterJson = sql`json_build_object(
               'id', letter.id, 'queue', letter.queue, 'body', letter.body, 'died_at', letter.died_at, 'retried_at', letter.retried_at, 'error', ${REASON}
             )`

/** The latest first, one more than `limit`. None for somebody who is not an admin. */
export function listDeadLetters(
  db: Db,
  actor: Actor,
  { after, limit }: LetterPage,
): Promise<{ is_admin: boolean; letters: DeadLetter[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT viewer.role = 'admin' AS is_admin,
           (
             SELECT coalesce(json_agg(page.letter ORDER BY page.died_at DESC, page.id DESC), '[]')
             FROM (
               SELECT ${letterJson} AS letter, letter.died_at, letter.id
               FROM dead_letters letter
               WHERE viewer.role = 'admin'
                 AND (${after === null} OR (letter.died_at, letter.id) < (${after?.died_at ?? null}::timestamptz, ${after?.id ?? null}::text))
               ORDER BY letter.died_at DESC, letter.id DESC
               LIMIT ${limit + 1}
             ) AS page
           ) AS letters
    FROM viewer`,
  )
}

/** Revives what a dead letter stands for: its outbox row, or its notifications. Does nothing for somebody who is not an admin. */
export function reviveDeadLetter(
  db: Db,
  actor: Actor,
  id: string,
  { now, until }: { now: Date; until: Date },
): Promise<{ is_admin: boolean; letter: DeadLetter | null } | null> {
  const at = now.toISOString()
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, letter AS (
      UPDATE dead_letters
      SET retried_at = CASE WHEN dead_letters.retried_at > ${at}::timestamptz - interval '1 minute' THEN dead_letters.retried_at ELSE ${at} END
      FROM viewer
      WHERE viewer.role = 'admin' AND dead_letters.id = ${id}
      RETURNING dead_letters.*
    ), work AS (
      UPDATE outbox
      SET died_at = NULL, not_before = ${until.toISOString()}
      FROM letter
      WHERE outbox.id = uuid_of(letter.body ->> 'outbox_id') AND outbox.done_at IS NULL
    ), pushes AS (
      UPDATE notifications
      SET push_state = 'waiting', push_reason = NULL, push_at = ${at}, sweep_at = ${until.toISOString()}, attempts = 0
      FROM letter
      CROSS JOIN LATERAL jsonb_array_elements_text(
        CASE jsonb_typeof(letter.body -> 'notification_ids') WHEN 'array' THEN letter.body -> 'notification_ids' ELSE '[]' END
      ) AS named (word)
      WHERE notifications.id = uuid_of(named.word) AND notifications.push_state = 'failed' AND notifications.push_reason = 'dead_letter'
    )
    SELECT viewer.role = 'admin' AS is_admin, (SELECT ${letterJson} FROM letter) AS letter
    FROM viewer`,
  )
}

import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { asArray } from '../../../db/array.ts'
import { answerOf, type Db, runBatch } from '../../../db/client.ts'
import { viewer } from '../../../db/viewer.ts'
import { ownerOf, settling } from '../../facts/sql.ts'
import type { CompletionRow } from '../completion/queries.ts'
import { type Alike, REPLAY_REASONS } from './rules.ts'

const refusal = (walkId: string, now: Date) =>
  settling(ownerOf(walkId), {
    refused: sql`SELECT refuse_copy(${walkId}::uuid, ${JSON.stringify(REPLAY_REASONS.refused)}::jsonb, ${now.toISOString()})`,
  })

// public: whose copy it is decides about a walk, and not who asks.
/** Refuses a walk that is a copy, whoever's it is. */
export async function refuseCopy(db: Db, walkId: string, now: Date): Promise<void> {
  await runBatch(db, refusal(walkId, now))
}

/** Refuses a walk that the caller has just completed and that is a copy, and answers its completion anew. */
export function refuseMyCopy(db: Db, actor: Actor, walkId: string, now: Date): Promise<Pick<CompletionRow, 'completion'> | null> {
  return answerOf(db, {
    ...refusal(walkId, now),
    answer: sql`WITH ${viewer(actor)} SELECT completion_json(${walkId}::uuid, viewer.id) AS completion FROM viewer`,
  })
}

export interface Uncompared {
  readonly id: string
  /** Base64. */
  readonly trace: string
  readonly alike: Alike[]
}

/** Lists the next walks after `after` that arrived until `before` and are still to be compared. Of a walk that does not count nothing is alike. */
export async function listUncompared(db: Db, before: Date, after: string | null, limit: number): Promise<Uncompared[]> {
  const { rows } = await db.execute<Uncompared & Record<string, unknown>>(sql`
    SELECT walks.id, translate(encode(traces.trace, 'base64'), E'\\n', '') AS trace,
           CASE WHEN walks.is_valid AND walks.deleted_at IS NULL THEN walks_alike(walks.id) ELSE '[]' END AS alike
    FROM (
      SELECT walk_traces.walk_id, walk_traces.trace
      FROM walk_traces
      JOIN walks arrived ON arrived.id = walk_traces.walk_id AND arrived.completed_at <= ${before.toISOString()}
      WHERE NOT walk_traces.is_compared AND (${after}::uuid IS NULL OR walk_traces.walk_id > ${after})
      ORDER BY walk_traces.walk_id
      LIMIT ${limit}
    ) AS traces
    JOIN walks ON walks.id = traces.walk_id
    ORDER BY walks.id`)
  return rows
}

export async function markCompared(db: Db, ids: readonly string[]): Promise<void> {
  await db.execute(sql`UPDATE walk_traces SET is_compared = true WHERE walk_id = ANY (${asArray(ids)}::uuid[])`)
}

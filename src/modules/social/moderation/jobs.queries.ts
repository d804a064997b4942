import { type SQL, sql } from 'drizzle-orm'
import { asArray } from '../../../db/array.ts'
import { type Db, runBatch } from '../../../db/client.ts'
import { toldOfMeetups } from '../../notifications/sql.ts'
import { tellAuthor } from './sql.ts'
import type { TargetType } from './schema.ts'

export interface Target {
  readonly target_type: TargetType
  readonly target_id: string
}

/** Cases whose snapshot is kept no longer. */
export async function listCasesKeptUntil(db: Db, at: Date, limit: number): Promise<(Target & { has_photos: boolean })[]> {
  const { rows } = await db.execute<{ target_type: TargetType; target_id: string; has_photos: boolean }>(sql`
    SELECT target_type, target_id, coalesce(snapshot -> 'photos' <> '[]', false) AS has_photos
    FROM moderation_cases
    WHERE keep_until <= ${at.toISOString()}
    ORDER BY keep_until
    LIMIT ${limit}`)
  return rows
}

/** Forgets what was reported, and who reported it. The bare case of a thing that is removed stays, because it is what removes it. */
export async function forgetCases(db: Db, targets: readonly Target[], at: Date): Promise<void> {
  const these = (table: SQL) => sql`(${table}.target_type, ${table}.target_id) IN (
        SELECT moderation_cases.target_type, moderation_cases.target_id
        FROM moderation_cases
        WHERE moderation_cases.keep_until <= ${at.toISOString()}
          AND (moderation_cases.target_type::text || moderation_cases.target_id) = ANY (${asArray(targets.map((it) => it.target_type + it.target_id))}::text[])
      )`
  await runBatch(db, {
    reports: sql`DELETE FROM reports WHERE ${these(sql`reports`)}`,
    cases: sql`DELETE FROM moderation_cases WHERE ${these(sql`moderation_cases`)} AND coalesce(hidden_at, removed_at, closed_until, due_at) IS NULL`,
    removed: sql`UPDATE moderation_cases SET snapshot = NULL, keep_until = NULL, is_evidence = false WHERE ${these(sql`moderation_cases`)}`,
  })
}

export async function deleteTakedownsBefore(db: Db, before: Date): Promise<number> {
  const { rowCount } = await db.execute(sql`DELETE FROM takedowns WHERE created_at < ${before.toISOString()} AND state <> 'closed'`)
  return rowCount
}

export async function listTakedownsToEnd(db: Db, at: Date, limit: number): Promise<string[]> {
  const { rows } = await db.execute<{ id: string }>(sql`
    SELECT id FROM takedowns WHERE state = 'closed' AND closed_until <= ${at.toISOString()} ORDER BY closed_until, id LIMIT ${limit}`)
  return rows.map(({ id }) => id)
}

/** Ends a temporary measure and tells the author how. A repeat does nothing. Answers the notifications to be announced. */
export async function endTakedown(db: Db, id: string, actionId: string, at: Date): Promise<string[]> {
  const { told, met } = await runBatch(db, {
    ended: sql`SELECT end_takedown(${id}::uuid, ${actionId}::uuid, ${at.toISOString()})`,
    told: tellAuthor(sql`done.id = ${actionId}::uuid`, sql`${at.toISOString()}::timestamptz`),
    met: toldOfMeetups(at),
  })
  return [...told, ...met].map(({ id }) => id)
}

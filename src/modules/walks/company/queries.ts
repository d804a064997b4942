import { type SQL, sql } from 'drizzle-orm'
import type { User } from '../../../core/actor.ts'
import { type Db, runBatch } from '../../../db/client.ts'
import { listCaused } from '../../notifications/sql.ts'
import { foldHistogram } from '../../facts/sql.ts'
import { lockViewer } from '../../../db/viewer.ts'
import { outboxInsert } from '../../../jobs/sql.ts'
import { JOB } from '../../../jobs/types.ts'

type Owner = Pick<User, 'user_id'>

/** Writes down the company that somebody's walks have had. Their row must be locked, and `foldHistogram` must follow. */
export const findCompany = ({ user_id }: Owner, now: Date): SQL => sql`SELECT find_company(${user_id}::uuid, ${now.toISOString()})`

/**
 * Has the walks of those looked at who were beside the owner of one that has just been completed. Of two completions at the same time neither sees the
 * other; this looks again when both are over. Answers the ids of outbox rows.
 */
export const tellCompany = ({ user_id }: Owner, walkIds: SQL): SQL =>
  outboxInsert(
    JOB.findCompany,
    sql`
      SELECT DISTINCT jsonb_build_object('user_id', met.user_id) AS payload
      FROM walks
      JOIN (
        SELECT other_id AS user_id, together FROM room_encounters WHERE one_id = ${user_id}
        UNION ALL
        SELECT one_id, together FROM room_encounters WHERE other_id = ${user_id}
      ) AS met ON met.together && tstzrange(walks.started_at, walks.ended_at) AND seconds_in(met.together) >= 600
      WHERE walks.id = ANY (${walkIds}) AND walks.user_id = ${user_id} AND walks.is_valid AND walks.deleted_at IS NULL`,
  )

/** `findCompany` by itself; the ids of the notifications it has caused. */
export async function findCompanyOf(db: Db, owner: Owner, now: Date): Promise<string[]> {
  const results = await runBatch<{ id: string }>(db, [
    lockViewer(owner),
    findCompany(owner, now),
    listCaused(owner, now),
    foldHistogram(owner),
  ])
  return (results.at(-2) ?? []).map(({ id }) => id)
}

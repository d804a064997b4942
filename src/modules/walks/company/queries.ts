import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { type Db, runBatch } from '../../../db/client.ts'
import { settling } from '../../facts/sql.ts'
import { listCaused } from '../../notifications/sql.ts'

type Owner = Pick<Actor, 'user_id'>

/** Writes down the company of somebody's walks. It must stand inside `settling`. */
export const findCompany = ({ user_id }: Owner, now: Date): SQL => sql`SELECT find_company(${user_id}::uuid, ${now.toISOString()})`

/** Runs `findCompany` in a batch of its own. Answers the ids of the notifications that it caused. */
export async function findCompanyOf(db: Db, owner: Owner, now: Date): Promise<string[]> {
  const { told } = await runBatch(db, settling(owner.user_id, { company: findCompany(owner, now), told: listCaused(owner, now) }))
  return told.map(({ id }) => id)
}

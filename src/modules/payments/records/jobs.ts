import { z } from 'zod'
import { uuidSchema } from '../../../core/fields.ts'
import { done, type Task } from '../../../jobs/job.ts'
import { deleteInSlices } from '../../../jobs/slices.ts'
import { deleteOldRecords, deleteSpentKeys, listSpentKeys, type SpentKey } from './queries.ts'
import type { Deps } from '../../../deps.ts'

/** Of one message: a call of Toss for each, beside the two trips of all. */
const KEYS_AT_ONCE = 20

/** The last key that was tried: each is tried once a night. */
const keyCursor = z.object({ after: uuidSchema }).nullish()

/**
 * Deletes cards that nobody charges any more, at Toss first, because only our row knows the key. What Toss does not delete is tried again in the next night. A
 * key that we cannot read any more cannot be used either.
 */
export const dropSpentKeys: Task = {
  name: 'payments.drop_keys',
  async run(deps, _scheduledAt, cursor) {
    const keys = await listSpentKeys(deps.db, keyCursor.parse(cursor)?.after ?? null, KEYS_AT_ONCE)
    if (keys.length === 0) return done({ dropped: 0, failed: 0 })
    const gone: string[] = []
    for (const key of keys) if (await isDroppedAtToss(deps, key)) gone.push(key.id)
    const dropped = await deleteSpentKeys(deps.db, gone)
    const counts = { dropped, failed: keys.length - gone.length }
    const last = keys.at(-1)
    return { counts, next: keys.length === KEYS_AT_ONCE && last ? { after: last.id } : null }
  },
}

async function isDroppedAtToss({ toss, vault }: Pick<Deps, 'toss' | 'vault'>, { id, sealed_key }: SpentKey): Promise<boolean> {
  try {
    const key = await vault.open(sealed_key)
    if (key === null)
      console.error(JSON.stringify({ level: 'error', task: 'payments.drop_keys', billing_key_id: id, error: 'the key cannot be opened' }))
    else await toss.deleteBillingKey(key)
    return true
  } catch (error) {
    console.error(JSON.stringify({ level: 'error', task: 'payments.drop_keys', billing_key_id: id, error: String(error) }))
    return false
  }
}

export const purgeRecords: Task = {
  name: 'payments.purge_records',
  run: ({ db }, scheduledAt) => deleteInSlices((limit) => deleteOldRecords(db, scheduledAt, limit)),
}

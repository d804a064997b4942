import pRetry from 'p-retry'
import { within } from '../../../core/deadline.ts'
import type { Deps } from '../../../deps.ts'

/** An answer waits this long for the rooms. The retries go on after the answer. */
const RECHECK_DEADLINE_MS = 1_000
const RECHECK_RETRIES = 3

/**
 * Tells live rooms to ask Postgres again who may be in them and whom they see. When this returns they have asked, unless a room does not answer in time. Such
 * a room asks by itself within a minute.
 */
export async function recheckRooms({ rooms, waitUntil }: Pick<Deps, 'rooms' | 'waitUntil'>, roomIds: readonly string[]): Promise<void> {
  if (roomIds.length === 0) return
  const tell = async (id: string) => {
    if (!(await rooms.getByName(id).recheck())) throw new Error('it could not look')
  }
  const told = Promise.all(roomIds.map((id) => pRetry(() => tell(id), { retries: RECHECK_RETRIES, minTimeout: 100 }))).catch(
    (error: unknown) => console.error(JSON.stringify({ level: 'error', message: 'a live room could not be told', error: String(error) })),
  )
  waitUntil(told)
  await within(RECHECK_DEADLINE_MS, told).catch(() => {})
}

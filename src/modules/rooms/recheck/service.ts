import pRetry from 'p-retry'
import { within } from '../../../core/deadline.ts'
import type { Deps } from '../../../deps.ts'

/** How long an answer waits for the rooms to have heard; they are told again after it. */
const RECHECK_DEADLINE_MS = 1_000
const RECHECK_RETRIES = 3

/** Makes live rooms look again who may be in them, and see whom. When this is over they have, unless they do not answer; then they look by themselves. */
export async function recheckRooms(
  { rooms, waitUntil }: Pick<Deps, 'rooms' | 'waitUntil'>,
  invitationIds: readonly string[],
): Promise<void> {
  if (invitationIds.length === 0) return
  const tell = async (id: string) => {
    if (!(await rooms.getByName(id).recheck())) throw new Error('it could not look')
  }
  const told = Promise.all(invitationIds.map((id) => pRetry(() => tell(id), { retries: RECHECK_RETRIES, minTimeout: 100 }))).catch(
    (error: unknown) => console.error(JSON.stringify({ level: 'error', message: 'a live room could not be told', error: String(error) })),
  )
  waitUntil(told)
  await within(RECHECK_DEADLINE_MS, told).catch(() => {})
}

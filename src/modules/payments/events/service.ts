import { describeFailure } from '../../../db/client.ts'
import type { Deps } from '../../../deps.ts'
import type { Provider } from '../ledger/facts.ts'
import type { EventOutcome, KeptEvent } from './event.ts'
import { closeEvent, failEvent, findOpenEvent } from './queries.ts'

/** Takes in an event. Whatever it throws makes the queue try again. */
export type EventHandler = (deps: Deps, event: KeptEvent) => Promise<EventOutcome>

/** Takes in an event that was kept, unless that was done before. */
export async function takeKeptEvent(deps: Deps, key: { provider: Provider; event_id: string }, handle: EventHandler): Promise<void> {
  const event = await findOpenEvent(deps.db, key)
  if (!event) return
  try {
    await closeEvent(deps.db, key, await handle(deps, event), deps.now())
  } catch (error) {
    await failEvent(deps.db, key, describeFailure(error))
    throw error
  }
}

import { purchaseBelongsToAnother, purchaseNotGenuine, transferTooSoon } from '../errors.ts'
import type { EventOutcome } from '../events/event.ts'
import type { Applied } from '../ledger/facts.ts'

/** Tells somebody that a purchase is not theirs, or of nothing that is sold here. */
export function refuseClaim(outcome: Applied['outcome']): void {
  if (outcome === 'ignored') throw purchaseNotGenuine()
  if (outcome === 'taken') throw purchaseBelongsToAnother()
  if (outcome === 'too_soon') throw transferTooSoon()
}

/** What became of an event, by what became of its facts. */
export const outcomeOf = (outcome: Applied['outcome']): EventOutcome =>
  outcome === 'parked' || outcome === 'stale' || outcome === 'ignored' ? outcome : 'applied'

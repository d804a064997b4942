import { purchaseBelongsToAnother, transferTooSoon } from '../errors.ts'
import type { Applied } from '../ledger/facts.ts'

/** Tells somebody that a purchase is not theirs. */
export function refuseClaim(outcome: Applied['outcome']): void {
  if (outcome === 'taken') throw purchaseBelongsToAnother()
  if (outcome === 'too_soon') throw transferTooSoon()
}

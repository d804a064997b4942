/** How many subscriptions one message reconciles: each takes a call to the store, and where it differs two trips and two calls of queues. */
export const RECONCILED_PARTS = 7
/** Instants of a store are read with milliseconds, and some are told a moment later. */
const TOLERANCE_MS = 1_000

export interface Reconciled {
  readonly id: string
  readonly external_id: string
  readonly environment: 'production' | 'sandbox'
  /** By `subscription_state`. */
  readonly state: string
  readonly ends_at: string | null
  readonly auto_renew: boolean
  /** Of Google Play, unless Google has forgotten it. */
  readonly token: string | null
}

/** How a subscription stands at its store. `ends_at` is compared only while it is active, because in grace the stores mean something else by it. */
export interface Standing {
  readonly state: string
  readonly ends_at: Date | null
  readonly auto_renew: boolean
}

/** Whether we say something else about a subscription than its store. Words that mean the same to us count as one. */
export function differs(ours: Reconciled, theirs: Standing): boolean {
  const [our, their] = [MEANINGS[ours.state] ?? ours.state, MEANINGS[theirs.state] ?? theirs.state]
  if (our !== their) return true
  if (ours.auto_renew !== theirs.auto_renew) return true
  // The money of the last period went back, and nobody has told us.
  if (our === 'over') return theirs.state === 'revoked' && ours.state !== 'revoked'
  if (our !== 'active') return false
  const ends = ours.ends_at === null ? 0 : Date.parse(ours.ends_at)
  return Math.abs(ends - (theirs.ends_at?.getTime() ?? 0)) > TOLERANCE_MS
}

/** Whether it goes on is compared by `auto_renew`. */
const MEANINGS: Readonly<Record<string, string>> = {
  trialing: 'active',
  cancelled: 'active',
  billing_retry: 'on_hold',
  expired: 'over',
  revoked: 'over',
  pending_purchase_cancelled: 'over',
}

import type { Environment, Provider } from '../ledger/facts.ts'

/** A message of a provider, as it is kept: what can be of use, and nothing about people. */
export interface ProviderEvent {
  readonly provider: Provider
  /** Repeats of a message have the same. */
  readonly event_id: string
  readonly environment: Environment
  readonly type: string
  /** What it is about. App Store: the original transaction id. Google Play: SHA-256 of the purchase token. Toss: the order id. */
  readonly external_id: string | null
  /** The provider's time of it. */
  readonly provider_at: string | null
  /** Null once it is too old to be looked at. */
  readonly body: unknown
}

export interface KeptEvent extends ProviderEvent {
  readonly received_at: string
}

/** `parked`: nobody has claimed yet what it is about. `stale`: nothing of it was new. */
export type EventOutcome = 'applied' | 'stale' | 'duplicate' | 'ignored' | 'parked'

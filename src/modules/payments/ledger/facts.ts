/** Providers by their names on the wire and in rows. */
export type Provider = 'toss' | 'ios_iap' | 'google_play'
export type Environment = 'production' | 'sandbox'

/** What a store says about one period of a subscription. All instants are ISO 8601, amounts are won. */
export interface PeriodFact {
  /** App Store: the transaction id. Google Play: the order id. */
  readonly ref: string
  /** The store's time of what it says. App Store: `signedDate`. Google Play: when the read that says so was sent. */
  readonly fact_at: string
  readonly kind: 'trial' | 'paid'
  readonly plan: string
  /** Null where the store does not say it: it is then one interval of the plan before the end. */
  readonly starts_at: string | null
  /** Null where the fact says nothing about the bounds, as a voided purchase of Google Play does. */
  readonly ends_at: string | null
  readonly amount_won: number
  readonly currency: string
  readonly is_family?: boolean
  /** Only kept where nothing better is known, as of a period whose grace has begun before it was first read. */
  readonly is_guess?: boolean
  /** It ends where the next one begins. */
  readonly is_upgraded?: boolean
  /** Whether `revoked_at: null` means that it is not revoked. A read of Google Play says nothing about that. */
  readonly tells_revocation: boolean
  readonly revoked_at: string | null
  /** How much of the amount is given back, from 0 to 1. Null is all of it. */
  readonly revoked_share?: number | null
}

/** What a store says about how a subscription goes on. */
export interface RenewalFact {
  readonly fact_at: string
  readonly auto_renew: boolean
  /** The plan of the next period, also when it is the present one. */
  readonly next_plan: string | null
  readonly grace_ends_at: string | null
  readonly is_on_hold?: boolean
  readonly is_paused?: boolean
  readonly paused_until?: string | null
  /** Bought and not paid for yet. */
  readonly is_pending?: boolean
  readonly consent_required_until?: string | null
  readonly expired_reason?: string | null
}

/** What one message or read of a store says about one subscription, and who claims it. `apply_purchase` takes it in. */
export interface PurchaseFacts {
  readonly provider: Exclude<Provider, 'toss'>
  readonly environment: Environment
  /** App Store: the original transaction id. Google Play: SHA-256 of the purchase token, in hex. */
  readonly external_id: string
  readonly plan: string
  /** The `store_account_token` that the app gave to the store, if any. */
  readonly account_token: string | null
  /** Of the message, or made of the read (`read:…`, `reconcile:{date}`). A fact is kept once for each event. */
  readonly event_id: string
  readonly claim?: { readonly user_id: string; readonly transfer: boolean }
  readonly periods: readonly PeriodFact[]
  readonly renewals: readonly RenewalFact[]
  /** The subscription that this one replaces from then on. */
  readonly supersedes?: { readonly external_id: string; readonly at: string }
  /** Keyed hashes of what has used up its trial, in hex. */
  readonly trial_keys?: readonly string[]
}

/** `stale`: nothing of it was new. `parked`: it belongs to nobody yet. `ignored`: there is no such product. `taken`, `too_soon`: the claim was refused, and what the store says was kept. */
export interface Applied {
  readonly outcome: 'applied' | 'stale' | 'parked' | 'ignored' | 'moved' | 'taken' | 'too_soon'
  readonly subscription_id: string
  readonly user_id: string | null
  /** Who had it before, when it was moved. */
  readonly moved_from: string | null
}

/** What one message or read of a store says about a product that is bought once, and who claims it. `apply_item` takes it in. */
export interface ItemFacts {
  readonly provider: Exclude<Provider, 'toss'>
  readonly environment: Environment
  /** App Store: the transaction id. Google Play: the order id. */
  readonly ref: string
  readonly product_id: string
  readonly account_token: string | null
  readonly event_id: string
  readonly claim?: { readonly user_id: string; readonly transfer: boolean }
  readonly fact_at: string
  readonly granted_at: string
  readonly revoked_at: string | null
  /** Null where the store does not say it: it is then ours. */
  readonly amount_won: number | null
  readonly currency: string
}

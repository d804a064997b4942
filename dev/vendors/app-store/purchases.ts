import type { Clock } from '../clock.ts'

export type Environment = 'Production' | 'Sandbox'

export interface Transaction {
  readonly id: string
  readonly product_id: string
  readonly reason: 'PURCHASE' | 'RENEWAL'
  readonly is_trial: boolean
  /** Null for a member of a family, who paid nothing. */
  readonly price_won: number | null
  readonly purchased_at: Date
  expires_at: Date | null
  is_upgraded: boolean
  revocation: { readonly at: Date; readonly type: string; readonly percentage: number } | null
}

/** A subscription with all its periods, or one thing that was bought. */
export interface Purchase {
  /** The original transaction's. */
  readonly id: string
  readonly environment: Environment
  readonly type: string
  readonly account_token: string | null
  readonly ownership: 'PURCHASED' | 'FAMILY_SHARED'
  readonly app_transaction_id: string
  /** Oldest first. */
  readonly transactions: Transaction[]
  /** Where the months are counted from. */
  anchor_at: Date
  next_product_id: string
  auto_renew: boolean
  /** To the end of a trial. Without it the trial is not followed by a period that costs something. */
  consent: 'pending' | 'accepted' | 'declined' | null
  /** The next renewal will not be paid. */
  is_failing: boolean
  grace_days: number
  /** The last renewal was not paid, and Apple tries again. */
  retry: { readonly grace_ends_at: Date | null; is_grace_over: boolean } | null
  ended: { readonly subtype: EndReason } | null
  /** Whether notifications reach the Worker. */
  is_sent: boolean
  to: string | null
  last_signed_ms: number
}

/** Why a subscription ended, and Apple's number for it. */
export const EXPIRATION_INTENTS = { VOLUNTARY: 1, BILLING_RETRY: 2, PRICE_INCREASE: 3, PRODUCT_NOT_FOR_SALE: 4 } as const
export type EndReason = keyof typeof EXPIRATION_INTENTS

/** What Apple tells the Worker of. */
export interface Happening {
  readonly type: string
  readonly subtype?: string
  readonly at: Date
  readonly purchase: Purchase | null
  /** The one that it is about, if not the latest. */
  readonly transaction?: Transaction
}

export type Purchases = ReturnType<typeof createPurchases>

export function createPurchases(clock: Clock) {
  const purchases = new Map<string, Purchase>()
  /** Ids do not repeat when the simulator starts again, because a database may outlive it. */
  let lastId = Date.now() * 1_000

  return {
    nextId: () => String(++lastId),
    add: (purchase: Purchase) => void purchases.set(purchase.id, purchase),
    get: (id: string) => purchases.get(id),
    /** All that `only` names, by the purchase itself or by its account. */
    list: (only?: string) => [...purchases.values()].filter(({ id, account_token }) => [undefined, id, account_token].includes(only)),
    findTransaction(id: string): { purchase: Purchase; transaction: Transaction } | undefined {
      for (const purchase of purchases.values()) {
        const transaction = purchase.transactions.find((it) => it.id === id)
        if (transaction) return { purchase, transaction }
      }
      return undefined
    },
    now: ({ id, account_token }: Pick<Purchase, 'id' | 'account_token'>) => clock.now(id, account_token ?? undefined),
    clear: () => purchases.clear(),
  }
}

export const latestOf = ({ transactions }: Purchase): Transaction => transactions.at(-1)!

/** Active, expired, in billing retry, in grace, and revoked. */
export function statusOf(purchase: Purchase): 1 | 2 | 3 | 4 | 5 {
  if (latestOf(purchase).revocation) return 5
  if (purchase.ended) return 2
  if (!purchase.retry) return 1
  return purchase.retry.grace_ends_at && !purchase.retry.is_grace_over ? 4 : 3
}

/**
 * The time of a signature. The Worker refuses what was signed ahead of its own time, so what happens in a simulated future is signed now, and only its dates
 * lie ahead. What happens in a simulated past is signed then. Each signature of a purchase is a millisecond after the one before at least, so that the Worker
 * can tell which is the newer. A test in which the times of signing must be those of the events therefore begins in the past and moves the clock up to now.
 */
export function signingTime(purchase: Pick<Purchase, 'last_signed_ms'>, at: Date): number {
  purchase.last_signed_ms = Math.max(purchase.last_signed_ms + 1, Math.min(at.getTime(), Date.now()))
  return purchase.last_signed_ms
}

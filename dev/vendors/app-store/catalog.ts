import { createHash } from 'node:crypto'

export const MONTHLY = 'com.withbowwow.premium.monthly'
export const ANNUAL = 'com.withbowwow.premium.annual'

export interface Product {
  readonly type: 'Auto-Renewable Subscription' | 'Non-Consumable'
  readonly price_won: number
  /** Of a subscription's period. */
  readonly months: number | null
}

const subscription = (price_won: number, months: number): Product => ({ type: 'Auto-Renewable Subscription', price_won, months })
const good = (price_won: number): Product => ({ type: 'Non-Consumable', price_won, months: null })

const PRODUCTS: ReadonlyMap<string, Product> = new Map([
  [MONTHLY, subscription(3_900, 1)],
  [ANNUAL, subscription(31_200, 12)],
  ['com.withbowwow.badge_pack', good(1_000)],
  ['com.withbowwow.theme.dark', good(2_000)],
  ['com.withbowwow.theme.season', good(2_000)],
])
const OUTFIT_PRICES = [500, 1_000, 1_500] as const

/** What App Store Connect knows of a product. Outfits come and go, so any is there, at one of three prices that follows from its name. */
export function findProduct(id: string): Product | undefined {
  if (!/^com\.withbowwow\.outfit\.[\w.]+$/.test(id)) return PRODUCTS.get(id)
  return good(OUTFIT_PRICES[createHash('sha256').update(id).digest()[0]! % OUTFIT_PRICES.length]!)
}

/** So many months later, on the anchor's day or the month's last. */
export function monthsAfter(anchor: Date, months: number): Date {
  const at = new Date(anchor)
  at.setUTCMonth(anchor.getUTCMonth() + months)
  // 31 January and one month is set to 3 March.
  if (at.getUTCDate() !== anchor.getUTCDate()) at.setUTCDate(0)
  return at
}

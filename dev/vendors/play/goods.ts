import { addOrder, assertState, type Goods, type Happening, voidOrder } from './purchase.ts'

/* What can happen to goods that are bought once. */

const GOODS_WON = 1_000
const TYPES = { ONE_TIME_PRODUCT_PURCHASED: 1, ONE_TIME_PRODUCT_CANCELED: 2 } as const

function told({ token, product_id }: Goods, at: Date, event: keyof typeof TYPES): Happening {
  const oneTimeProductNotification = { version: '1.0', notificationType: TYPES[event], purchaseToken: token, sku: product_id }
  return { token, event, at, notice: { oneTimeProductNotification } }
}

export function payGoods(of: Goods, at: Date): Happening[] {
  assertState(of, 'PENDING')
  of.state = 'PURCHASED'
  of.paid_at = at
  addOrder(of, at, GOODS_WON)
  return [told(of, at, 'ONE_TIME_PRODUCT_PURCHASED')]
}

/** The payment that was pending never comes. */
export function cancelGoods(of: Goods, at: Date): Happening[] {
  assertState(of, 'PENDING')
  of.state = 'CANCELLED'
  return [told(of, at, 'ONE_TIME_PRODUCT_CANCELED')]
}

export function refundGoods(of: Goods, at: Date, why: { reason: number; source: number }): Happening[] {
  assertState(of, 'PURCHASED')
  of.state = 'CANCELLED'
  return [voidOrder(of, at, why)]
}

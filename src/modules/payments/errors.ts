import { z } from 'zod'
import { defineError } from '../../core/errors.ts'

export { vendorUnavailable } from '../../vendors/http.ts'

export const unknownPlan = defineError({
  code: 'unknown_plan',
  status: 422,
  title: 'There is no such plan',
  detail: '선택할 수 없는 요금제예요.',
})

export const unknownProduct = defineError({
  code: 'unknown_product',
  status: 422,
  title: 'There is no such product, or it is not sold in this way',
  detail: '구매할 수 없는 상품이에요.',
})

export const subscriptionNotFound = defineError({
  code: 'subscription_not_found',
  status: 404,
  title: 'There is no subscription that could be changed so',
  detail: '구독 중인 내역이 없어요.',
})

export const managedByStore = defineError({
  code: 'managed_by_store',
  status: 409,
  title: 'The store manages this subscription; `manage_url` opens it there',
  detail: '스토어에서 구독을 관리해 주세요.',
  members: { manage_url: z.url() },
})

export const alreadySubscribed = defineError({
  code: 'already_subscribed',
  status: 409,
  title: 'Another subscription is active; `anyway: true` subscribes all the same',
  detail: '이미 구독 중이에요. 그래도 구독하면 두 번 결제돼요.',
})

export const amountMismatch = defineError({
  code: 'amount_mismatch',
  status: 422,
  title: 'The amount is not that of the order, or not the price that is to be agreed to',
  detail: '결제 금액이 주문과 달라요.',
})

export const orderNotFound = defineError({
  code: 'order_not_found',
  status: 404,
  title: 'There is no such order',
  detail: '주문을 찾을 수 없어요.',
})

export const orderExpired = defineError({
  code: 'order_expired',
  status: 409,
  title: 'The order is too old to be paid; make a new one',
  detail: '주문 시간이 지났어요. 다시 주문해 주세요.',
})

export const orderAlreadyPaid = defineError({
  code: 'order_already_paid',
  status: 409,
  title: 'Another payment has been made for this order, or is being made; this one was not taken',
  detail: '이미 결제가 진행된 주문이에요.',
})

export const alreadyOwned = defineError({
  code: 'already_owned',
  status: 409,
  title: 'The product is bought once, and the caller has it, or is paying for it with another order',
  detail: '이미 구매한 상품이에요.',
})

/** Toss's code stands in `decline_code`, so that the app can say more. */
export const paymentDeclined = defineError({
  code: 'payment_declined',
  status: 422,
  title: 'The payment was declined; nothing was charged',
  detail: '결제가 거절됐어요. 결제 수단을 확인해 주세요.',
  members: { decline_code: z.string(), needs_new_card: z.boolean() },
})

export const purchaseNotGenuine = defineError({
  code: 'purchase_not_genuine',
  status: 422,
  title: 'The store does not vouch for this purchase, or it is for another app',
  detail: '구매 정보를 확인할 수 없어요.',
})

export const purchaseBelongsToAnother = defineError({
  code: 'purchase_belongs_to_another_account',
  status: 409,
  title: 'Another account holds this purchase; `transfer: true` takes it over, once in 30 days',
  detail: '다른 계정에서 사용 중인 구매예요.',
})

export const transferTooSoon = defineError({
  code: 'transfer_too_soon',
  status: 409,
  title: 'This purchase was taken over less than 30 days ago',
  detail: '구매를 옮긴 지 30일이 지나지 않았어요.',
})

export const refundRefused = defineError({
  code: 'refund_refused',
  status: 409,
  title: 'Nothing is left to be refunded',
  detail: '환불할 수 있는 결제가 없어요.',
})

export const consentNotOpen = defineError({
  code: 'consent_not_open',
  status: 409,
  title: 'Nothing needs this consent now; consents count from 30 days before the charge',
  detail: '지금은 동의가 필요하지 않아요.',
})

export const eventNotGenuine = defineError({
  code: 'event_not_genuine',
  status: 401,
  title: 'The sender of this event cannot be the provider',
  detail: '요청을 확인할 수 없어요.',
})

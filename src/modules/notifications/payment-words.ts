import { z } from 'zod'
import { instantSchema } from '../../core/fields.ts'
import { seoulDate } from '../../core/time.ts'

/** Facts and words of what payments tell people (docs/product.md#premium). */
type Words<T> = (facts: T) => readonly [title: string, body: string, path: string]

const SUBSCRIPTION = 'subscription'
const price = z.object({ price_won: z.int() })

export const trialStarted = price.extend({ ends_at: instantSchema })
export const trialStartedWords: Words<z.infer<typeof trialStarted>> = ({ ends_at, price_won }) => [
  '무료 체험이 시작됐어요',
  `7일 무료 체험이 시작됐어요. ${dayOf(ends_at)}에 ${won(price_won)} 결제에 동의하면 구독이 이어져요`,
  SUBSCRIPTION,
]

/** `card` is the masked number, or null where a store charges. */
export const trialEnding = price.extend({ card: z.string().nullable() })
export const trialEndingWords: Words<z.infer<typeof trialEnding>> = ({ price_won, card }) => [
  '무료 체험이 곧 끝나요',
  `내일 프리미엄 구독이 시작돼요 (${[won(price_won), card].filter(Boolean).join(', ')})`,
  SUBSCRIPTION,
]

export const renewalSoon = price.extend({ charge_at: instantSchema })
export const renewalSoonWords: Words<z.infer<typeof renewalSoon>> = ({ charge_at, price_won }) => [
  '결제 예정 안내',
  `${dayOf(charge_at)}에 ${won(price_won)}이 결제될 예정이에요`,
  SUBSCRIPTION,
]

export const paymentDone = price
export const paymentDoneWords: Words<z.infer<typeof paymentDone>> = ({ price_won }) => [
  '결제가 완료됐어요',
  `${won(price_won)}이 결제됐어요`,
  'payments/history',
]

export const paymentFailed = z.object({ needs_new_card: z.boolean().default(false) })
export const paymentFailedWords: Words<z.infer<typeof paymentFailed>> = ({ needs_new_card }) => [
  '결제에 실패했어요',
  needs_new_card ? '카드를 다시 등록해주세요' : '결제 수단을 확인해주세요',
  SUBSCRIPTION,
]

export const refunded = z.object({ amount_won: z.int() })
export const refundedWords: Words<z.infer<typeof refunded>> = ({ amount_won }) => [
  '환불이 완료됐어요',
  `${won(amount_won)}이 환불됐어요`,
  'payments/history',
]

const won = (amount: number): string => `${amount.toLocaleString('ko-KR')}원`

/** 12월 7일, in Seoul. */
function dayOf(instant: string): string {
  const [, month, day] = seoulDate(new Date(instant)).split('-').map(Number)
  return `${month}월 ${day}일`
}

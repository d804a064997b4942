import { z } from 'zod'
import type { Deed } from './answers.ts'
import { isDefinite } from './cards.ts'
import { failureOf, refusal, statusOf } from './refusals.ts'
import type { Payment, TossState } from './state.ts'
import { toPayment } from './wire.ts'

/** Toss wants at least this of a card. */
const LEAST_WON = 100

export const orderIdSchema = z.string().regex(/^[\w-]{6,64}$/)

/** The body of a request, or Toss's word for a wrong one. */
export function readRequest<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const parsed = schema.safeParse(body)
  if (!parsed.success) throw refusal('INVALID_REQUEST')
  return parsed.data
}

export interface ChargeEffects {
  cardNumber: string
  orderId: string
  amount: number
  /** What is answered waits for `before`. */
  approve: () => { payment: Payment; before?: (() => Promise<unknown>) | undefined }
  decline: (code: string) => void
  loseKey?: () => void
}

/** Charges a card as its number says. Null means that the connection ended before anything was done. */
export function chargeCard(state: TossState, { cardNumber, orderId, amount, approve, decline, loseKey }: ChargeEffects): Deed | null {
  if (amount < LEAST_WON) throw refusal('BELOW_MINIMUM_AMOUNT')
  const { code, isCharged, isCut, lateMs, losesKey } = state.cards.charge(cardNumber, orderId)
  if (!isCharged) {
    if (!code) return null
    if (isDefinite(code)) decline(code)
    return { status: statusOf(code), body: failureOf(code), lateMs }
  }
  const { payment, before } = approve()
  if (losesKey) loseKey?.()
  const answer = code ? { status: statusOf(code), body: failureOf(code) } : paid(state, payment)
  return { ...answer, isCut, lateMs, before }
}

export function paid(state: TossState, payment: Payment): Deed {
  return { status: 200, body: toPayment(payment, state.nowOf(payment)) }
}

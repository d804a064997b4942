import { type Actor, signedIn } from '../../../core/actor.ts'
import { idempotencyConflict, identifyCreation } from '../../../core/idempotency.ts'
import { DAY_MS } from '../../../core/time.ts'
import type { Deps } from '../../../deps.ts'
import { announce, announcePushes } from '../../../jobs/outbox.ts'
import type { TossPayment } from '../../../vendors/toss/wire.ts'
import { alarm } from '../alarm.ts'
import { backoff } from '../backoff.ts'
import { managedByStore, orderNotFound, refundRefused } from '../errors.ts'
import { settleRead } from '../orders/service.ts'
import {
  type ClaimedRefund,
  claimRefund,
  dispatchRefunds,
  leaveRefundUnknown,
  type OpenedRefund,
  openRefund,
  refuseRefund,
  reviseRefund,
  settleRefund,
} from './queries.ts'
import type { CreateRefund, Refund } from './schema.ts'

/** Where each store is asked to give money back. */
const STORES = { ios_iap: 'https://reportaproblem.apple.com', google_play: 'https://play.google.com/store/account/orderhistory' } as const
const REASON = '고객 요청'
/** Toss forgets an idempotency key after fifteen days. */
const TRIED_MS = 14 * DAY_MS
/** The payment has another balance than we thought. */
const OTHER_BALANCE = 'NOT_MATCHES_REFUNDABLE_AMOUNT'
/** Toss tells whole seconds. */
const SECOND_MS = 1_000

export async function askForRefund(
  deps: Pick<Deps, 'db' | 'now' | 'keyedIds' | 'countsSandbox' | 'jobs' | 'wakeAt'>,
  actor: Actor,
  input: CreateRefund,
  idempotency_key?: string,
): Promise<Refund> {
  const route = 'POST /payments/refunds'
  const { id } = await identifyCreation(deps, { user_id: actor.user_id, route, body: {}, idempotency_key })
  const wanted = { id, order_id: input.order_id, reason: input.reason ?? REASON }
  const opened = signedIn(await openRefund(deps.db, actor, wanted, { now: deps.now(), countsSandbox: deps.countsSandbox }))
  if (opened.outbox_id) await announce(deps, [opened.outbox_id])
  return answerRefund(opened)
}

function answerRefund({ outcome, refund, store }: OpenedRefund): Refund {
  if (outcome === 'conflict') throw idempotencyConflict()
  if (outcome === 'missing') throw orderNotFound()
  if (store) throw managedByStore({ detail: '스토어에서 환불을 요청해 주세요.', extensions: { manage_url: STORES[store] } })
  if (outcome === 'account') throw refundRefused({ detail: '계좌로 입금한 결제는 고객센터에서 환불해 드려요.' })
  if (!refund) throw refundRefused()
  const { id: refund_id, amount_won, state } = refund
  return { refund_id, amount_won, state: state === 'done' || state === 'refused' ? state : 'pending' }
}

type RefundDeps = Pick<Deps, 'db' | 'now' | 'countsSandbox' | 'pushes' | 'wakeAt' | 'toss'>

/** Gives money back, once. Every try is the same call with the same key. */
export async function sendRefund(deps: RefundDeps, id: string): Promise<void> {
  const refund = await claimRefund(deps.db, id, deps.now())
  if (!refund) return
  // Somebody may have given a part back at Toss meanwhile. What is left is then all that can be given.
  const isWhole = refund.amount_won >= refund.left_won
  const part = isWhole ? {} : { amount: refund.amount_won, refundable_amount: refund.left_won }
  // Another call needs another key.
  const key = isWhole ? `refund-${id}` : `refund-${id}-${refund.left_won}`
  const askedAt = deps.now()
  const answer = await deps.toss.cancel({ payment_key: refund.payment_key, reason: refund.reason, ...part }, key)
  const folding = () => ({ now: deps.now(), countsSandbox: deps.countsSandbox })
  if (answer.outcome === 'answered') {
    return announcePushes(deps, await settleRefund(deps.db, { id, payment: answer.payment, askedAt }, folding()))
  }
  if (answer.outcome === 'duplicate') {
    const payment = await readPayment(deps, refund)
    if (payment?.status !== 'CANCELED') return leaveUnknown(deps, refund, answer.code)
    return announcePushes(deps, await settleRefund(deps.db, { id, payment, askedAt }, folding()))
  }
  if (answer.outcome === 'declined') return refuse(deps, refund, answer.code)
  const isOurs = answer.outcome === 'misconfigured'
  if (isOurs) alarm('a refund cannot be sent', { refund_id: id, code: answer.code })
  return leaveUnknown(deps, refund, isOurs ? answer.code : answer.error)
}

async function readPayment({ toss }: Pick<Deps, 'toss'>, { payment_key }: ClaimedRefund) {
  return toss.findPayment(payment_key).catch(() => null)
}

/**
 * Somebody may have given a part back at Toss, which sends no notice of it. The payment is settled, and what is left is given back with another call. Otherwise
 * somebody must look at it, because what the payment was meant for has ended all the same.
 */
async function refuse(deps: RefundDeps, refund: ClaimedRefund, code: string): Promise<void> {
  const askedAt = deps.now()
  const payment = await readPayment(deps, refund)
  if (payment) {
    await settleRead(deps, payment, askedAt)
    if (
      code === OTHER_BALANCE &&
      payment.balance_amount > 0 &&
      payment.balance_amount !== refund.left_won &&
      !isGivenBack(payment, refund)
    ) {
      await reviseRefund(deps.db, refund.id, payment.balance_amount, deps.now())
      return deps.wakeAt(deps.now())
    }
  }
  await refuseRefund(deps.db, refund.id, code, deps.now())
  alarm('Toss has refused a refund', { refund_id: refund.id, order_id: refund.order_id, code })
}

/** Whether that very amount has been given back since the refund was asked for. It may be this one, so it is not made again. */
const isGivenBack = ({ cancels }: TossPayment, { amount_won, created_at }: ClaimedRefund): boolean =>
  cancels.some(({ amount, canceled_at }) => amount === amount_won && Date.parse(canceled_at) >= Date.parse(created_at) - SECOND_MS)

async function leaveUnknown(deps: Pick<Deps, 'db' | 'now' | 'wakeAt'>, refund: ClaimedRefund, why: string): Promise<void> {
  const now = deps.now()
  const isOverdue = now.getTime() - Date.parse(refund.created_at) > TRIED_MS
  const next = isOverdue ? null : backoff(now, refund.tries - 1)
  await leaveRefundUnknown(deps.db, refund.id, next, why)
  if (next) await deps.wakeAt(next)
  else alarm('whether a refund was made has stayed unknown for fourteen days', { refund_id: refund.id, order_id: refund.order_id })
}

/** Has refunds sent that are due. Answers how many. */
export async function dispatchDueRefunds(deps: Pick<Deps, 'db' | 'now' | 'jobs' | 'wakeAt'>, limit: number, at: Date): Promise<number> {
  const ids = await dispatchRefunds(deps.db, limit, at)
  await announce(deps, ids)
  return ids.length
}

import { type Actor, signedIn } from '../../../core/actor.ts'
import { found } from '../../../core/errors.ts'
import { sha256Hex } from '../../../core/hash.ts'
import { idempotencyConflict, identifyCreation } from '../../../core/idempotency.ts'
import { DAY_MS } from '../../../core/time.ts'
import type { Deps } from '../../../deps.ts'
import { announcePushes } from '../../../jobs/outbox.ts'
import {
  alreadyOwned,
  alreadySubscribed,
  amountMismatch,
  orderAlreadyPaid,
  orderExpired,
  orderNotFound,
  paymentDeclined,
  unknownProduct,
} from '../errors.ts'
import { alarm } from '../alarm.ts'
import { backoff } from '../backoff.ts'
import {
  claimOpenOrders,
  claimOrder,
  declineOrder,
  findOrder,
  insertOrder,
  leaveOrderUnknown,
  type OpenOrder,
  type SentOrder,
} from './queries.ts'
import type { ConfirmPayment, CreateOrder, Order } from './schema.ts'
import type { ShownPayment } from './payment.ts'
import { settlePayment } from './settling.queries.ts'

const EXPIRES_MS = DAY_MS
/** The app gives up after ten seconds. */
const CONFIRM_DEADLINE_MS = 8_000

export type SettlingDeps = Pick<Deps, 'db' | 'now' | 'countsSandbox' | 'pushes' | 'wakeAt' | 'toss'>

export async function createOrder(
  { db, now, keyedIds, countsSandbox }: Pick<Deps, 'db' | 'now' | 'keyedIds' | 'countsSandbox'>,
  actor: Actor,
  input: CreateOrder,
  idempotency_key?: string,
): Promise<Order> {
  const at = now()
  const route = 'POST /payments/orders'
  const body: { id?: string } & CreateOrder = input
  const { id, request_hash } = await identifyCreation({ keyedIds }, { user_id: actor.user_id, route, body, idempotency_key })
  const expires_at = new Date(at.getTime() + EXPIRES_MS).toISOString()
  const order = { ...input, id: `order-${id.replaceAll('-', '')}`, request_hash, expires_at }
  const answer = signedIn(await insertOrder(db, actor, order, { now: at, countsSandbox }))
  if (answer.order && answer.request_hash === request_hash) return answer.order
  if (answer.is_id_taken) throw idempotencyConflict()
  if (!answer.is_sold) throw unknownProduct()
  if (answer.is_owned) throw alreadyOwned()
  throw alreadySubscribed()
}

export async function getOrder({ db }: Pick<Deps, 'db'>, actor: Actor, id: string): Promise<Order> {
  return found(signedIn(await findOrder(db, actor, id)).order, orderNotFound)
}

/** Takes the money of an order. What has been taken already is not taken again, and where the outcome is open, the order says so. */
export async function confirmOrder(
  deps: SettlingDeps & Pick<Deps, 'waitUntil'>,
  actor: Actor,
  { payment_key, order_id, amount }: ConfirmPayment,
): Promise<Order> {
  const folding = { now: deps.now(), countsSandbox: deps.countsSandbox }
  const { answer, is_claimed } = signedIn(await claimOrder(deps.db, actor, { payment_key, order_id, amount }, folding))
  const order = found(answer.order, orderNotFound)
  if (order.amount_won !== amount) throw amountMismatch()
  if (!is_claimed) {
    const isOpen = order.state === 'open' || order.state === 'failed'
    if (answer.is_same_payment && !isOpen) return order
    if (!isOpen) throw orderAlreadyPaid()
    if (answer.is_expired) throw orderExpired()
    throw answer.is_owned ? alreadyOwned() : orderAlreadyPaid()
  }
  const sent = { id: order_id, payment_key, amount_won: amount, tries: 0 }
  const { order: settled, declined } = await sendOrder(deps, sent, CONFIRM_DEADLINE_MS)
  if (declined) throw paymentDeclined({ extensions: declined })
  return settled ?? order
}

interface Sent {
  readonly order: Order | null
  readonly declined?: { readonly decline_code: string; readonly needs_new_card: boolean }
}

/** Confirms a payment that was claimed, and settles the answer. A repeat is the same call, because its key is made of the order and the payment. */
export async function sendOrder(deps: SettlingDeps, sent: SentOrder, deadlineMs?: number): Promise<Sent> {
  const { id, payment_key } = sent
  const key = `${id}-${(await sha256Hex(payment_key)).slice(0, 8)}`
  const call = { payment_key, order_id: id, amount: sent.amount_won }
  const askedAt = deps.now()
  const answer = await deps.toss.confirm(call, key, deadlineMs === undefined ? {} : { deadlineMs })
  if (answer.outcome === 'answered') return settleSent(deps, sent, answer.payment, askedAt)
  if (answer.outcome === 'declined') {
    const { code, needs_new_card } = answer
    const order = (await declineOrder(deps.db, { id, payment_key, code }, deps.now()))?.order ?? null
    return { order, declined: { decline_code: code, needs_new_card } }
  }
  if (answer.outcome === 'duplicate') return readSent(deps, sent, answer.code)
  const why = answer.outcome === 'misconfigured' ? answer.code : answer.error
  return leaveUnknown(deps, sent, why, answer.outcome === 'misconfigured')
}

/** Something has been made of the payment or of the order before, so Toss is asked what. */
async function readSent(deps: SettlingDeps, sent: SentOrder, code: string): Promise<Sent> {
  const askedAt = deps.now()
  try {
    const ofOrder = await deps.toss.findPaymentByOrder(sent.id)
    if (ofOrder && isDecided(ofOrder)) return await settleSent(deps, sent, ofOrder, askedAt)
    const payment = await deps.toss.findPayment(sent.payment_key)
    if (payment && payment.order_id !== sent.id) {
      const order = (await declineOrder(deps.db, { ...sent, code }, deps.now()))?.order ?? null
      return { order, declined: { decline_code: code, needs_new_card: false } }
    }
    if (payment && isDecided(payment)) return await settleSent(deps, sent, payment, askedAt)
  } catch (error) {
    return leaveUnknown(deps, sent, String(error))
  }
  return leaveUnknown(deps, sent, code)
}

const isDecided = ({ status }: ShownPayment) => status !== 'READY' && status !== 'IN_PROGRESS'

async function settleSent(deps: SettlingDeps, sent: SentOrder, payment: ShownPayment, askedAt: Date): Promise<Sent> {
  if (payment.order_id !== sent.id || !isDecided(payment)) return leaveUnknown(deps, sent, 'the answer is about something else', true)
  const { order, outcome } = await settleRead(deps, payment, askedAt)
  if (outcome === 'mismatch') return leaveUnknown(deps, sent, 'the payment is not that of the order', true)
  // The payment is over without money, and so was this try.
  if (order?.state === 'failed') return { order, declined: { decline_code: order.decline_code ?? payment.status, needs_new_card: false } }
  if (order?.state === 'pending') return leaveUnknown(deps, sent, `the payment is ${payment.status}`)
  return { order }
}

/** Settles a payment that the API has shown, and tells its person. */
export async function settleRead(
  deps: Pick<Deps, 'db' | 'now' | 'countsSandbox' | 'pushes' | 'wakeAt'>,
  payment: ShownPayment,
  askedAt: Date,
): ReturnType<typeof settlePayment> {
  const settled = await settlePayment(deps.db, payment, askedAt, { now: deps.now(), countsSandbox: deps.countsSandbox })
  if (settled.outcome === 'mismatch') alarm('a payment of Toss is not that of its order', { order_id: payment.order_id })
  if (settled.told.length > 0) await announcePushes(deps, settled.told)
  return settled
}

async function leaveUnknown(
  deps: Pick<Deps, 'db' | 'now' | 'wakeAt'>,
  { id, payment_key, tries }: SentOrder,
  why: string,
  isOurs = false,
): Promise<Sent> {
  if (isOurs) alarm('a payment cannot be settled', { order_id: id, why })
  const next_at = backoff(deps.now(), tries)
  const order = (await leaveOrderUnknown(deps.db, { id, payment_key, next_at }))?.order ?? null
  await deps.wakeAt(next_at)
  return { order }
}

/** Asks for the outcome of orders that is open, and tries again where nothing has become of them. Answers how many there were. */
export async function askOpenOrders(deps: SettlingDeps, limit: number, at: Date): Promise<number> {
  const { claimed, overdue } = await claimOpenOrders(deps.db, limit, at)
  for (const { id } of overdue) alarm('whether an order is paid has stayed unknown for fourteen days', { order_id: id })
  for (const sent of claimed) await askOrder(deps, sent)
  return claimed.length
}

async function askOrder(deps: SettlingDeps, sent: OpenOrder): Promise<void> {
  const askedAt = deps.now()
  try {
    const payment = await deps.toss.findPaymentByOrder(sent.id)
    const isAnswer = payment !== null && isDecided(payment) && (payment.payment_key === sent.payment_key || payment.approved_at !== null)
    if (isAnswer) await settleSent(deps, sent, payment, askedAt)
    // Whoever has left, or was banned, pays nothing any more. What they have allowed in the window is over ten minutes later.
    else if (!sent.is_wanted) await leaveUnknown(deps, sent, 'its person is gone')
    // That Toss knows of no payment proves nothing, so the very same call is made again.
    else await sendOrder(deps, sent)
  } catch (error) {
    await leaveUnknown(deps, sent, String(error))
  }
}

import { HOUR_MS } from '../../../core/time.ts'
import type { Deps } from '../../../deps.ts'
import { announcePushes } from '../../../jobs/outbox.ts'
import type { TossPayment } from '../../../vendors/toss/wire.ts'
import { type Claim, claimCharge, type Settlement, settleCharge } from './queries.ts'
import type { ChargeId } from './schema.ts'

type Charging = Pick<Deps, 'db' | 'now' | 'toss' | 'vault' | 'countsSandbox' | 'pushes' | 'wakeAt'>

/** A repeat under the same key must be the same request, so this never changes. */
const ORDER_NAME = '멍이랑 프리미엄'
/** Toss calls it 카드, the only thing that renews. */
const CARD = '카드'

/** `unknown`: the money may have moved, and it is looked into later. `held`: another call charges at the moment. `nothing`: it is settled, or not due. */
export type Charged = 'done' | 'declined' | 'unknown' | 'held' | 'nothing'

/** Charges a period once, however often it is called and wherever it dies. It acts between two trips: one takes the charge, the other writes down what came of it. */
export async function runCharge(deps: Charging, id: ChargeId, { deadlineMs }: { readonly deadlineMs?: number } = {}): Promise<Charged> {
  for (;;) {
    const claim = await claimCharge(deps.db, id, { now: deps.now(), countsSandbox: deps.countsSandbox })
    if (claim.outcome === 'held') return 'held'
    if (claim.outcome === 'no_card' || claim.outcome === 'nothing') {
      await announcePushes(deps, claim.told ? [claim.told] : [])
      return claim.outcome === 'no_card' ? 'declined' : 'nothing'
    }

    const settlement = await act(deps, claim, deadlineMs)
    const { state, wake_at, told } = await settleCharge(deps.db, id, claim, settlement, {
      now: deps.now(),
      countsSandbox: deps.countsSandbox,
    })
    await announcePushes(deps, told)
    // Toss wants another order id for the same charge.
    if (state === 'due') continue
    if (wake_at && Date.parse(wake_at) <= deps.now().getTime() + HOUR_MS) await deps.wakeAt(new Date(wake_at))
    if (state === 'unknown' && wake_at === null) alarm('a charge is unknown for so long that only a human can decide', claim)
    return state === 'done' || state === 'unknown' ? state : state === 'sending' ? 'held' : 'declined'
  }
}

/** Looks whether the charge has been made, and makes it if that is wanted. It never throws. */
async function act(deps: Charging, claim: Claim, deadlineMs?: number): Promise<Settlement> {
  const { toss, vault } = deps
  if (claim.is_repeat) {
    const found = await look(deps, claim)
    if (found.kind !== 'absent' || claim.outcome === 'ask') return found
  }
  const billing_key = await vault.open(claim.sealed_key)
  if (billing_key === null) {
    alarm('a billing key cannot be opened', claim)
    return { kind: 'unknown', error: 'the billing key cannot be opened' }
  }
  const askedAt = deps.now()
  const answer = await toss.charge(
    { billing_key, customer_key: claim.customer_key, order_id: claim.order_id, order_name: ORDER_NAME, amount: claim.amount_won },
    claim.idempotency_key,
    deadlineMs === undefined ? {} : { deadlineMs },
  )
  const { trace_id } = answer
  switch (answer.outcome) {
    case 'answered':
      return read(answer.payment, claim, { trace_id, askedAt })
    case 'declined':
      return { kind: 'declined', code: answer.code, needs_new_card: answer.needs_new_card, trace_id }
    case 'duplicate': {
      const found = await look(deps, claim)
      return found.kind === 'absent' ? { kind: 'order_refused', code: answer.code, trace_id } : found
    }
    case 'misconfigured':
      alarm('Toss refuses our own account', claim, { code: answer.code })
      return { kind: 'unknown', error: answer.code, trace_id }
    case 'unknown':
      return { kind: 'unknown', error: answer.error, trace_id }
  }
}

/** Whether Toss knows of the payment. That it does not proves nothing after an unknown outcome. */
async function look({ toss, now }: Charging, claim: Claim): Promise<Settlement> {
  const askedAt = now()
  try {
    const payment = await toss.findPaymentByOrder(claim.order_id)
    // What was aborted is a decline, perhaps of an earlier attempt.
    return payment === null || payment.status === 'ABORTED' ? { kind: 'absent' } : read(payment, claim, { trace_id: null, askedAt })
  } catch (error) {
    return { kind: 'unknown', error: `cannot look: ${String(error)}`.slice(0, 200) }
  }
}

/** A payment that is not what was asked for settles nothing, because money may have moved that a human must look for. */
function read(payment: TossPayment, claim: Claim, { trace_id, askedAt }: { trace_id: string | null; askedAt: Date }): Settlement {
  const { payment_key, order_id, status, total_amount, currency, method, approved_at, receipt_url } = payment
  const isGivenBack = (status === 'CANCELED' || status === 'PARTIAL_CANCELED') && approved_at !== null
  if ((status === 'DONE' || isGivenBack) && order_id === claim.order_id && total_amount === claim.amount_won && currency === 'KRW') {
    const done = { kind: 'done', payment_key, method: method ?? CARD, approved_at, receipt_url, trace_id } as const
    return isGivenBack ? { ...done, given_back: { payment, askedAt } } : done
  }
  // Toss may still be at it.
  if (status !== 'IN_PROGRESS' && status !== 'READY')
    alarm('a charge was answered with another payment', claim, { status, total_amount, currency })
  return { kind: 'unknown', error: `${status} of ${total_amount} ${currency}`, trace_id }
}

function alarm(message: string, { order_id, attempt }: Claim, more: object = {}): void {
  console.error(JSON.stringify({ level: 'error', message, order_id, attempt, ...more }))
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import { notify, randomToken } from '../vendor.ts'
import type { BillingKey, Payment, TossState } from './state.ts'
import { toPayment, toSeoul, toSeoulClock } from './wire.ts'

const MINUTE_MS = 60_000
/** After each try that was not answered with 200, so many minutes until the next. */
const RETRY_MIN = [1, 4, 16, 64, 256, 1_024, 4_096]
const DEADLINE_MS = 10_000

export interface Sending {
  to?: string | undefined
  /** So often the same notice arrives. */
  times?: number | undefined
  delay_ms?: number | undefined
}

interface Notice {
  readonly transmissionId: string
  readonly url: string
  readonly body: string
  /** Whom it is about: customer, order, payment. */
  readonly names: readonly (string | undefined)[]
  retried: number
  headers: Record<string, string>
  /** 0 means no answer in time. */
  status: number | null
  nextAt: Date | null
}

export type Notices = ReturnType<typeof createNotices>

/** Toss's webhooks. A try that fails is made again when the clock is moved. */
export function createNotices({ state, clock, workerUrl }: { state: TossState; clock: Clock; workerUrl: string }) {
  const notices: Notice[] = []
  const armed = new Map<string, Sending>()

  async function deliver(notice: Notice, now: Date) {
    notice.headers = {
      'Content-Type': 'application/json',
      'tosspayments-webhook-transmission-id': notice.transmissionId,
      'tosspayments-webhook-transmission-time': toSeoul(now),
      'tosspayments-webhook-transmission-retried-count': String(notice.retried),
    }
    notice.nextAt = null
    const init = { method: 'POST', headers: notice.headers, body: notice.body }
    const { status } = await notify(new Request(notice.url, init), DEADLINE_MS)
    notice.status = status
    const waitMin = RETRY_MIN[notice.retried]
    if (status !== 200 && waitMin !== undefined) notice.nextAt = new Date(now.getTime() + waitMin * MINUTE_MS)
  }

  /** Sends a notice, and answers how it was received. */
  async function send(body: unknown, names: Notice['names'], { to, times = 1, delay_ms = 0 }: Sending = {}) {
    const notice: Notice = {
      transmissionId: `whtrans_${randomToken(12)}`,
      url: to ?? `${workerUrl}/payments/webhook/toss`,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      names,
      retried: 0,
      headers: {},
      status: null,
      nextAt: null,
    }
    notices.push(notice)
    if (delay_ms) await sleep(delay_ms, undefined, { ref: false })
    for (let time = 0; time < times; time++) await deliver(notice, clock.now(...names))
    return toView(notice)
  }

  /** The payment as it is now. */
  function sendPayment(payment: Payment, sending?: Sending) {
    const now = state.nowOf(payment)
    return send(
      { eventType: 'PAYMENT_STATUS_CHANGED', createdAt: toSeoulClock(now), data: toPayment(payment, now) },
      namesOf(payment),
      sending,
    )
  }

  /** Money of a virtual account that came, went or was given back. It has no `eventType`. */
  function sendDeposit(payment: Payment, sending?: Sending) {
    const { secret, status, lastTransactionKey: transactionKey, orderId } = payment
    return send({ createdAt: toSeoulClock(state.nowOf(payment)), secret, status, transactionKey, orderId }, namesOf(payment), sending)
  }

  function sendDeletion({ billingKey, customerKey }: BillingKey, reason: string | null, sending?: Sending) {
    const createdAt = toSeoulClock(clock.now(customerKey))
    return send({ eventType: 'BILLING_DELETED', createdAt, data: { billingKey, reason } }, [customerKey, billingKey], sending)
  }

  return {
    send,
    /** The notice of the approval will arrive before the approval is answered. */
    arm: (payment: Payment, sending: Sending) => void armed.set(payment.paymentKey, sending),
    /** Tells of an approval. What it answers is to be awaited before the answer. */
    tellApproval(payment: Payment): (() => Promise<unknown>) | undefined {
      const sending = armed.get(payment.paymentKey)
      armed.delete(payment.paymentKey)
      if (sending) return () => sendPayment(payment, sending)
      void sendPayment(payment)
      return undefined
    },
    sendPayment,
    sendDeposit,
    sendDeletion,
    /** Those about `text`, oldest first. */
    list: (text: string) =>
      notices.filter(({ names, body }) => names.includes(text) || body.includes(text) || text === '').map((notice) => toView(notice)),
    /** Tries that have fallen due, for the one whom `only` names or for all. */
    due: (only?: string) =>
      notices
        .filter(({ nextAt, names }) => nextAt && nextAt <= clock.now(...names) && (only === undefined || names.includes(only)))
        .map((notice) => ({
          at: notice.nextAt!,
          async happen() {
            notice.retried++
            await deliver(notice, notice.nextAt!)
            return { event: 'toss_webhook', ...toView(notice) }
          },
        })),
    reset() {
      armed.clear()
      notices.length = 0
    },
  }
}

const namesOf = ({ customerKey, orderId, paymentKey }: Payment) => [customerKey, orderId, paymentKey]

function toView({ transmissionId, url, headers, body, status, retried, nextAt }: Notice) {
  return { transmission_id: transmissionId, url, headers, body, status, retried_count: retried, next_at: nextAt }
}

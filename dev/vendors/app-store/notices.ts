import { randomUUID } from 'node:crypto'
import { notify } from '../vendor.ts'
import { notificationClaims, renewalClaims, transactionClaims } from './claims.ts'
import { type Environment, type Happening, latestOf, type Purchase, signingTime, statusOf, type Transaction } from './purchases.ts'
import type { AppleSigner } from './signing.ts'

const DEADLINE_MS = 5_000
const HOUR_MS = 3_600_000
/** After the attempt before. The sandbox tries once. */
const RETRIES_HOURS = [1, 12, 24, 48, 72]

type Result = 'SUCCESS' | 'NO_RESPONSE' | 'UNSUCCESSFUL_HTTP_RESPONSE_CODE' | 'TIMED_OUT'

export interface Notice {
  readonly id: string
  readonly type: string
  readonly subtype: string | null
  readonly environment: Environment
  readonly purchase: Purchase | null
  readonly transaction_id: string | null
  readonly at: Date
  readonly signed_at: Date
  readonly signed_payload: string
  readonly signed_transaction: string | null
  readonly signed_renewal: string | null
  readonly to: string
  readonly attempts: { readonly at: Date; readonly result: Result }[]
  /** How the Worker received it last. Null when it was not sent. */
  delivery: { readonly status: number; readonly body: string } | null
  next_at: Date | null
}

export type Notices = ReturnType<typeof createNotices>

/** Signs what happens, and tells the Worker of it. */
export function createNotices({ signer, webhookUrl }: { signer: AppleSigner; webhookUrl: string }) {
  let notices: Notice[] = []
  const nobody = { last_signed_ms: 0 }

  /** A transaction as a phone holds it, and its renewal, both signed at one time. */
  async function signPair(purchase: Purchase, transaction: Transaction, signedDate: number) {
    const renewal = purchase.type === 'Auto-Renewable Subscription' ? await signer.sign(renewalClaims(purchase, signedDate)) : null
    return { signed_transaction: await signer.sign(transactionClaims(purchase, transaction, signedDate)), signed_renewal: renewal }
  }

  async function attempt(notice: Notice, at: Date, to = notice.to) {
    const body = JSON.stringify({ signedPayload: notice.signed_payload })
    const request = new Request(to, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
    notice.delivery = await notify(request, DEADLINE_MS)
    const { status } = notice.delivery
    const isTaken = status >= 200 && status <= 206
    notice.attempts.push({ at, result: isTaken ? 'SUCCESS' : status === 0 ? 'NO_RESPONSE' : 'UNSUCCESSFUL_HTTP_RESPONSE_CODE' })
    const wait = notice.environment === 'Production' && !isTaken ? RETRIES_HOURS[notice.attempts.length - 1] : undefined
    notice.next_at = wait === undefined ? null : new Date(at.getTime() + wait * HOUR_MS)
  }

  async function announce(happening: Happening, { send, to, environment = 'Production' }: AnnounceOptions = {}): Promise<Notice> {
    const { type, subtype, at, purchase } = happening
    const transaction = purchase && (happening.transaction ?? latestOf(purchase))
    const signedDate = signingTime(purchase ?? nobody, at)
    const pair = purchase && transaction ? await signPair(purchase, transaction, signedDate) : null
    const id = randomUUID()
    const where = purchase?.environment ?? environment
    const signed_payload = await signer.sign(
      notificationClaims({
        id,
        type,
        subtype,
        environment: where,
        signedDate,
        ...(purchase && pair?.signed_renewal && { status: statusOf(purchase) }),
        ...(pair && { signedTransactionInfo: pair.signed_transaction }),
        ...(pair?.signed_renewal && { signedRenewalInfo: pair.signed_renewal }),
      }),
    )
    const notice: Notice = {
      id,
      type,
      subtype: subtype ?? null,
      environment: where,
      purchase,
      transaction_id: transaction?.id ?? null,
      at,
      signed_at: new Date(signedDate),
      signed_payload,
      signed_transaction: pair?.signed_transaction ?? null,
      signed_renewal: pair?.signed_renewal ?? null,
      to: to ?? purchase?.to ?? webhookUrl,
      attempts: [],
      delivery: null,
      next_at: null,
    }
    notices.push(notice)
    if (send ?? purchase?.is_sent ?? true) await attempt(notice, at)
    // As if the Worker had never answered. It stands in the history alone.
    else notice.attempts.push({ at, result: 'TIMED_OUT' })
    return notice
  }

  return {
    announce,
    signPair,
    attempt,
    list: (): readonly Notice[] => notices,
    find: (id: string) => notices.find((notice) => notice.id === id),
    clear: () => void (notices = []),
  }
}

interface AnnounceOptions {
  send?: boolean | undefined
  to?: string | undefined
  /** Of what is about no purchase. */
  environment?: Environment
}

/** What the control routes say of a notice. */
export function describeNotice(notice: Notice) {
  return {
    notification_id: notice.id,
    type: notice.type,
    subtype: notice.subtype,
    environment: notice.environment,
    purchase: notice.purchase?.id ?? null,
    transaction_id: notice.transaction_id,
    at: notice.at.toISOString(),
    signed_at: notice.signed_at.toISOString(),
    signed_payload: notice.signed_payload,
    delivery: notice.delivery,
    attempts: notice.attempts.map(({ at, result }) => ({ at: at.toISOString(), result })),
  }
}

import { DAY_MS, fromSeoulDate, seoulDate } from '../../../core/time.ts'
import { describeFailure } from '../../../db/client.ts'
import type { Deps } from '../../../deps.ts'
import type { TossPayment, TossTransaction } from '../../../vendors/toss/wire.ts'
import { type Difference, findLastNight, insertDifference, listDifferences, type Movement, reopenCharge } from './toss.queries.ts'

/** Settles a payment that Toss has shown to somebody who asked at `askedAt`, whatever order it belongs to. */
export type TakePayment = (deps: Deps, payment: TossPayment, askedAt: Date) => Promise<unknown>

/** Where a comparison goes on. */
export interface Position {
  /** The day in Seoul that is compared. */
  readonly date: string
  /** The last transaction of the pages before, and when it was. */
  readonly transaction_key: string | null
  readonly from: string | null
  /** The last difference of the page that was dealt with. */
  readonly difference: string | null
}

const beginningOf = (date: string): Position => ({ date, transaction_key: null, from: null, difference: null })
const dayAfter = (date: string): string => seoulDate(new Date(fromSeoulDate(date).getTime() + DAY_MS))

/** Nights that never were are made up for, as far back as this. */
const MADE_UP_DAYS = 31
const PAGE = 500
/** Each takes a call of Toss, a trip to note it and up to five to mend it. */
const DIFFERENCES_AT_ONCE = 4
/** Toss's times are whole seconds, and both ends of what it lists are in. */
const LAST_SECOND_MS = 1_000

/** The day before, or the earliest that no night has compared yet. */
export async function findBeginning({ db }: Pick<Deps, 'db'>, task: string, scheduledAt: Date): Promise<Position> {
  const since = new Date(scheduledAt.getTime() - MADE_UP_DAYS * DAY_MS)
  const last = await findLastNight(db, task, { since, before: scheduledAt })
  const yesterday = seoulDate(new Date(scheduledAt.getTime() - DAY_MS))
  const date = last ? seoulDate(new Date(last.scheduled_at)) : yesterday
  return beginningOf(date < yesterday ? date : yesterday)
}

/** Compares one page of what Toss moved on a day with the ledger, both ways, and mends what differs by settling what Toss says. */
export async function compareWithToss(
  deps: Deps,
  take: TakePayment,
  scheduledAt: Date,
  position: Position,
): Promise<{ compared: number; differences: number; next: Position | null }> {
  const { date } = position
  const [dayBegins, dayEnds] = [fromSeoulDate(date), new Date(fromSeoulDate(date).getTime() + DAY_MS)]
  const page = await deps.toss.listTransactions({
    startDate: dayBegins,
    endDate: new Date(dayEnds.getTime() - LAST_SECOND_MS),
    startingAfter: position.transaction_key ?? undefined,
    limit: PAGE,
  })
  const last = page.length === PAGE ? page.at(-1) : undefined
  const movements = page.flatMap(readMovement)
  const found = await listDifferences(deps.db, movements, {
    date,
    from: position.from ?? dayBegins.toISOString(),
    to: last?.transaction_at ?? dayEnds.toISOString(),
    after: position.difference,
    limit: DIFFERENCES_AT_ONCE,
  })
  let differences = 0
  for (const difference of found) if (await mend(deps, take, difference)) differences++
  const unfinished = found.length === DIFFERENCES_AT_ONCE ? found.at(-1) : undefined
  if (unfinished) return { compared: 0, differences, next: { ...position, difference: unfinished.event_id } }
  const tomorrow = dayAfter(date)
  const following = tomorrow < seoulDate(scheduledAt) ? beginningOf(tomorrow) : null
  const next = last ? { date, transaction_key: last.transaction_key, from: last.transaction_at, difference: null } : following
  return { compared: movements.length, differences, next }
}

/** Nothing moves while a deposit is awaited. */
function readMovement({ transaction_key, payment_key, order_id, status, amount }: TossTransaction): Movement[] {
  if (status !== 'DONE' && status !== 'CANCELED' && status !== 'PARTIAL_CANCELED') return []
  return [{ transaction_key, payment_key, order_id, kind: status === 'DONE' ? 'charge' : 'refund', amount_won: amount }]
}

/** Answers false when Toss, asked about the payment itself, agrees with the ledger after all. */
async function mend(deps: Deps, take: TakePayment, difference: Difference): Promise<boolean> {
  const { order_id, payment_key, what } = difference
  const askedAt = deps.now()
  const payment = payment_key === null ? await deps.toss.findPaymentByOrder(order_id) : await deps.toss.findPayment(payment_key)
  if (payment && isAgreed(difference, payment)) return false
  console.error(JSON.stringify({ level: 'error', message: 'Toss and the ledger do not agree', ...difference, payment_key: undefined }))
  if (payment && what !== 'stray') {
    try {
      if (payment.approved_at !== null && (await reopenCharge(deps.db, order_id, askedAt))) await deps.wakeAt(askedAt)
      else await take(deps, payment, askedAt)
    } catch (error) {
      console.error(
        JSON.stringify({ level: 'error', message: 'a difference could not be mended', order_id, error: describeFailure(error) }),
      )
    }
  }
  await insertDifference(deps.db, difference, askedAt)
  return true
}

function isAgreed({ kind, transaction_key, what, ours_won }: Difference, payment: TossPayment): boolean {
  // A deposit that was never made was called off.
  if (what === 'missing') return payment.approved_at === null
  if (what !== 'not_at_toss') return false
  if (kind === 'charge') return payment.approved_at !== null && payment.total_amount === ours_won && payment.payment_key === transaction_key
  return payment.cancels.some((cancel) => cancel.transaction_key === transaction_key && cancel.amount === ours_won)
}

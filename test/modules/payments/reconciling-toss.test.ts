import { sql } from 'drizzle-orm'
import { expect, it, vi } from 'vitest'
import { DAY_MS } from '../../../src/core/time.ts'
import { reconcilingToss } from '../../../src/modules/payments/reconciling/toss.jobs.ts'
import type { Toss } from '../../../src/vendors/toss/payments.ts'
import type { TossPayment, TossTransaction } from '../../../src/vendors/toss/wire.ts'
import { sim } from '../../dev/control.ts'
import { createTestDeps } from '../../support/api.ts'
import { listRows } from '../../support/rows.ts'
import { newPerson, subscribeAtToss } from '../../support/subscribers.ts'
import { runTask } from '../../support/tasks.ts'
import { newOrder } from '../../support/toss.ts'

/** Each test has a day of its own, on which nobody else pays. */
const days = new Set<number>()
function quietDay(): Date {
  const day = Math.floor(Math.random() * 100_000)
  if (days.has(day)) return quietDay()
  days.add(day)
  return new Date(Date.UTC(2300, 0, 1) + day * DAY_MS)
}
/** Noon in Seoul is on the same day in UTC. */
const noon = (day: Date, seconds = 0) => new Date(day.getTime() + (3 * 3_600 + seconds) * 1_000).toISOString()
const nightAfter = (day: Date) => new Date(day.getTime() + 19 * 3_600_000 + 180_000)

interface Money {
  readonly order_id: string
  readonly payment_key: string
  readonly amount: number
  readonly at: string
  /** What was given back of it. */
  readonly cancels?: readonly { transaction_key: string; amount: number }[]
  readonly is_unpaid?: true
}
const money = (day: Date, of: Partial<Money> = {}): Money => ({
  order_id: newOrder(),
  payment_key: crypto.randomUUID(),
  amount: 3_900,
  at: noon(day),
  ...of,
})

/** A Toss that has made these payments. */
function fakeToss(all: readonly Money[]) {
  const show = (it: Money | undefined): TossPayment | null =>
    it
      ? ({
          payment_key: it.payment_key,
          order_id: it.order_id,
          status: it.cancels ? 'PARTIAL_CANCELED' : 'DONE',
          total_amount: it.amount,
          approved_at: it.is_unpaid ? null : it.at,
          cancels: it.cancels ?? [],
        } as unknown as TossPayment)
      : null
  const transactions = all.flatMap((it) => {
    const of = (transaction_key: string, status: string, amount: number) => ({
      transaction_key,
      status,
      amount,
      payment_key: it.payment_key,
      order_id: it.order_id,
      transaction_at: it.at,
    })
    return [
      ...(it.is_unpaid ? [of(`${it.payment_key}-0`, 'WAITING_FOR_DEPOSIT', it.amount)] : [of(`${it.payment_key}-0`, 'DONE', it.amount)]),
      ...(it.cancels ?? []).map((cancel) => of(cancel.transaction_key, 'PARTIAL_CANCELED', cancel.amount)),
    ]
  }) as unknown as TossTransaction[]
  const asked: string[] = []
  const toss = {
    async listTransactions({ startDate, endDate, startingAfter, limit = 100 }: Parameters<Toss['listTransactions']>[0]) {
      const inTime = transactions.filter(
        ({ transaction_at }) => transaction_at >= startDate.toISOString() && transaction_at <= endDate.toISOString(),
      )
      const begin = inTime.findIndex(({ transaction_key }) => transaction_key === startingAfter) + 1
      return inTime.slice(begin, begin + limit)
    },
    findPayment: async (key: string) => (asked.push(key), show(all.find(({ payment_key }) => payment_key === key))),
    findPaymentByOrder: async (id: string) => (asked.push(id), show(all.find(({ order_id }) => order_id === id))),
  } as unknown as Toss
  return { toss, asked }
}

const record = (of: Money, { transaction_id = of.payment_key, kind = 'charge', amount = of.amount } = {}) =>
  listRows(sql`
    INSERT INTO payments (provider, transaction_id, kind, order_id, product_id, amount_won, currency, at, source_event)
    VALUES ('toss', ${transaction_id}, ${kind}, ${of.order_id}, 'com.withbowwow.badge_pack', ${amount}, 'KRW', ${of.at}, 'test')`)

const order = ({ order_id, amount, at }: Money, state = 'open') =>
  listRows(sql`
    INSERT INTO orders (id, person_ref, product_id, amount_won, state, request_hash, created_at, expires_at)
    VALUES (${order_id}, gen_random_uuid(), 'com.withbowwow.badge_pack', ${amount}, ${state}, '', ${at}, ${at})`)

async function reconcile(day: Date, toss: Toss) {
  const taken: string[] = []
  const alarm = vi.spyOn(console, 'error').mockImplementation(() => {})
  const task = reconcilingToss(async (_deps, { order_id }) => void taken.push(order_id))
  const counts = await runTask(task, nightAfter(day), createTestDeps({ toss }))
  const alarms = alarm.mock.calls.length
  alarm.mockRestore()
  return { counts, taken, alarms }
}

const noted = (orders: readonly string[]) =>
  listRows<{ external_id: string; what: string; ours: any; theirs: any; event_id: string }>(
    sql`SELECT external_id, what, ours, theirs, event_id FROM payment_differences WHERE external_id IN (SELECT id FROM json_array_elements_text(${JSON.stringify(orders)}) AS each (id)) ORDER BY what`,
  )

it('a day on which all agrees is compared without a word', async () => {
  const day = quietDay()
  const plain = money(day)
  const repaid = money(day, { cancels: [{ transaction_key: crypto.randomUUID(), amount: 1_000 }] })
  await record(plain)
  await record(repaid)
  await record(repaid, { transaction_id: repaid.cancels![0]!.transaction_key, kind: 'refund', amount: -1_000 })
  const { toss, asked } = fakeToss([plain, repaid])
  expect(await reconcile(day, toss)).toEqual({ counts: { compared: 3, differences: 0 }, taken: [], alarms: 0 })
  expect(asked).toEqual([])
})

it('what the ledger lacks or has wrong is noted with both amounts, shouted and settled, and what belongs to nobody is only noted', async () => {
  const day = quietDay()
  const [missing, wrong, stray] = [money(day), money(day), money(day)]
  const refund = { transaction_key: crypto.randomUUID(), amount: 1_000 }
  const repaid = money(day, { cancels: [refund] })
  await order(missing, 'failed')
  await order(wrong, 'paid')
  await record(wrong, { amount: 3_000 })
  await record(repaid)
  const { toss } = fakeToss([missing, wrong, stray, repaid])
  const { counts, taken, alarms } = await reconcile(day, toss)
  expect(counts).toEqual({ compared: 5, differences: 4 })
  expect(alarms).toBe(4)
  expect(taken.toSorted()).toEqual([missing, wrong, repaid].map(({ order_id }) => order_id).toSorted())
  const rows = await noted([missing, wrong, stray, repaid].map(({ order_id }) => order_id))
  expect(rows.map(({ external_id, what, ours, theirs }) => [external_id, what, ours?.amount_won, theirs?.amount_won])).toEqual(
    expect.arrayContaining([
      [wrong.order_id, 'amount', 3_000, 3_900],
      [missing.order_id, 'missing', undefined, 3_900],
      [repaid.order_id, 'missing', undefined, 1_000],
      [stray.order_id, 'stray', undefined, 3_900],
    ]),
  )
  const date = day.toISOString().slice(0, 10)
  expect(rows.find(({ external_id }) => external_id === stray.order_id)?.event_id).toBe(`reconcile:${date}:${stray.payment_key}-0`)
  await reconcile(day, toss)
  expect(await noted([stray.order_id])).toHaveLength(1)
})

it('a charge that was taken for unpaid is looked into again', async () => {
  const day = quietDay()
  const { id } = await subscribeAtToss({ user_id: await newPerson(), ends_at: day })
  const paid = money(day)
  const add = (period_no: number, order_id: string, first_sent_at: string | null) =>
    listRows(sql`
      INSERT INTO charges (subscription_id, period_no, order_id, plan, amount_won, from_month, to_month, starts_at, ends_at, has_grace, state, attempt, first_sent_at)
      VALUES (${id}, ${period_no}, ${order_id}, 'monthly', 3900, 1, 2, ${noon(day)}, ${noon(day, 60)}, true, 'given_up', 1, ${first_sent_at})`)
  await add(1, paid.order_id, paid.at)
  const { taken } = await reconcile(day, fakeToss([paid]).toss)
  expect(taken).toEqual([])
  expect(await listRows(sql`SELECT state, next_at IS NOT NULL AS is_due FROM charges WHERE order_id = ${paid.order_id}`)).toEqual([
    { state: 'unknown', is_due: true },
  ])
  // It is open now, so it is no difference any more.
  expect((await reconcile(day, fakeToss([paid]).toss)).counts).toEqual({ compared: 1, differences: 0 })
})

it('a charge that was taken for unpaid, and given back by somebody at Toss, is looked into again as well', async () => {
  const day = quietDay()
  const { id } = await subscribeAtToss({ user_id: await newPerson(), ends_at: day })
  const paid = money(day, { cancels: [{ transaction_key: crypto.randomUUID(), amount: 1_000 }] })
  await listRows(sql`
    INSERT INTO charges (subscription_id, period_no, order_id, plan, amount_won, from_month, to_month, starts_at, ends_at, has_grace, state, attempt, first_sent_at)
    VALUES (${id}, 1, ${paid.order_id}, 'monthly', 3900, 1, 2, ${noon(day)}, ${noon(day, 60)}, true, 'void', 1, ${paid.at})`)
  await reconcile(day, fakeToss([paid]).toss)
  expect(await listRows(sql`SELECT state, next_at IS NOT NULL AS is_due FROM charges WHERE order_id = ${paid.order_id}`)).toEqual([
    { state: 'unknown', is_due: true },
  ])
})

it('days whose nights never came, or failed, are made up for, and none is compared twice', async () => {
  const day = quietDay()
  const dayAt = (index: number) => new Date(day.getTime() + index * DAY_MS)
  const all = [0, 1, 2, 3].map((index) => money(dayAt(index)))
  for (const it of all) await order(it, 'failed')
  const { toss } = fakeToss(all)
  const ran = (night: Date, error: string | null) =>
    listRows(sql`
      INSERT INTO job_runs (job, scheduled_at, started_at, finished_at, error)
      VALUES ('payments.reconcile_toss', ${night.toISOString()}, ${night.toISOString()}, ${night.toISOString()}, ${error})`)
  await ran(nightAfter(dayAt(0)), null)
  await ran(nightAfter(dayAt(1)), 'Toss was down')
  const { counts, taken } = await reconcile(dayAt(3), toss)
  expect(counts).toEqual({ compared: 3, differences: 3 })
  expect(taken).toEqual([1, 2, 3].map((index) => all[index]!.order_id))
  await ran(nightAfter(dayAt(3)), null)
  expect((await reconcile(dayAt(4), toss)).counts).toEqual({ compared: 0, differences: 0 })
})

it('what only the ledger has is asked for, and noted when Toss does not know it', async () => {
  const day = quietDay()
  const [unknown, elsewhere] = [money(day), money(day)]
  const refund = { ...money(day), order_id: elsewhere.order_id }
  await record(unknown)
  await record(elsewhere)
  await record(refund, { kind: 'refund', amount: -500 })
  // Toss lists it on another day, but knows it.
  const { toss } = fakeToss([{ ...elsewhere, at: new Date(day.getTime() - DAY_MS).toISOString() }])
  const { counts, taken } = await reconcile(day, toss)
  expect(counts).toEqual({ compared: 0, differences: 2 })
  expect(taken).toEqual([elsewhere.order_id])
  expect(
    (await noted([unknown.order_id, elsewhere.order_id])).map(({ external_id, what, ours }) => [external_id, what, ours.amount_won]),
  ).toEqual(
    expect.arrayContaining([
      [unknown.order_id, 'not_at_toss', 3_900],
      [elsewhere.order_id, 'not_at_toss', 500],
    ]),
  )
})

it('a deposit that was called off before it came, and an order whose outcome is still open, are no differences', async () => {
  const day = quietDay()
  const deposit = money(day, { is_unpaid: true, cancels: [{ transaction_key: crypto.randomUUID(), amount: 3_900 }] })
  const open = money(day)
  await order(deposit, 'cancelled')
  await order(open, 'unknown')
  expect((await reconcile(day, fakeToss([deposit, open]).toss)).counts).toEqual({ compared: 2, differences: 0 })
})

it('pages and many differences take several messages, each of few calls', async () => {
  const day = quietDay()
  const all = Array.from({ length: 1_203 }, (_, second) => money(day, { at: noon(day, Math.floor(second / 3)) }))
  const lost = new Set(all.filter((_, index) => index % 150 === 7).map(({ order_id }) => order_id))
  const kept = all.filter(({ order_id }) => !lost.has(order_id))
  await listRows(sql`
    INSERT INTO payments (provider, transaction_id, kind, order_id, product_id, amount_won, currency, at, source_event)
    SELECT 'toss', payment_key, 'charge', order_id, 'com.withbowwow.badge_pack', amount, 'KRW', at, 'test'
    FROM json_to_recordset(${JSON.stringify(kept)}) AS it (payment_key text, order_id text, amount int, at timestamptz)`)
  for (const it of all) if (lost.has(it.order_id)) await order(it, 'failed')
  const { counts, taken } = await reconcile(day, fakeToss(all).toss)
  expect(counts).toEqual({ compared: 1_203, differences: lost.size })
  expect(new Set(taken)).toEqual(lost)
  expect(taken).toHaveLength(lost.size)
})

it('a difference that cannot be mended is noted all the same', async () => {
  const day = quietDay()
  const paid = money(day)
  await order(paid, 'failed')
  const alarm = vi.spyOn(console, 'error').mockImplementation(() => {})
  await runTask(
    reconcilingToss(() => Promise.reject(new Error('no'))),
    nightAfter(day),
    createTestDeps({ toss: fakeToss([paid]).toss }),
  )
  expect(alarm).toHaveBeenCalledTimes(2)
  alarm.mockRestore()
  expect(await noted([paid.order_id])).toMatchObject([{ what: 'missing' }])
})

it('the simulated Toss is read as well', async () => {
  const order_id = newOrder()
  const day = quietDay()
  // Only this order is paid on that day, so nothing of other tests is looked at.
  await sim('/clock', { now: noon(day), for: order_id })
  const { json: window } = await sim('/toss/pay', { order_id, amount: 1_000 })
  const { toss } = createTestDeps()
  const answer = await toss.confirm({ payment_key: window.payment_key, order_id, amount: 1_000 }, order_id)
  if (answer.outcome !== 'answered') throw new Error('not paid')
  const at = answer.payment.approved_at!
  await order({ order_id, payment_key: window.payment_key, amount: 1_000, at }, 'failed')
  expect(at.slice(0, 10)).toBe(day.toISOString().slice(0, 10))
  expect(await reconcile(day, toss)).toEqual({ counts: { compared: 1, differences: 1 }, taken: [order_id], alarms: 1 })
})

import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { findNextDue } from '../../../src/jobs/due.ts'
import { dispatchDueCharges, endDueSubscriptions, openDueRenewals } from '../../../src/modules/payments/charging/jobs.ts'
import {
  agree,
  cancel,
  chargesOf,
  createPlan,
  createWorld,
  DAY,
  HOUR,
  isPremiumAt,
  ledgerOf,
  MINUTE,
  paidPeriodsOf,
  seoul,
  subscribe,
  subscriptionOf,
  tidyAfterEach,
  toldTo,
  type World,
} from '../../support/charging.ts'
import { runTask } from '../../support/tasks.ts'

tidyAfterEach()
const later = (at: Date, ms: number) => new Date(at.getTime() + ms)

describe('renewals', () => {
  const END = seoul('2025-05-10 12:00')

  it('are opened once, twenty minutes early and not before, and charged at the end', async () => {
    const world = createWorld({ at: later(END, -DAY) })
    const plan = await createPlan()
    const all = await Promise.all(Array.from({ length: 7 }, () => subscribe({ plan, trial_ends_at: END })))
    const open = async (at: Date) => (await runTask(openDueRenewals, at, world.deps)).opened
    expect(await open(later(END, -21 * MINUTE))).toBe(0)
    expect(await open(later(END, -20 * MINUTE))).toBe(7)
    expect(world.wakes).toEqual([END])
    expect(await open(later(END, -19 * MINUTE))).toBe(0)
    expect(await runTask(dispatchDueCharges, later(END, -MINUTE), world.deps)).toEqual({ sent: 0 })
    expect(await runTask(dispatchDueCharges, END, world.deps)).toEqual({ sent: 7 })
    // Their messages are on the way. One that is lost is sent again.
    expect(await runTask(dispatchDueCharges, later(END, MINUTE), world.deps)).toEqual({ sent: 0 })
    expect(await runTask(dispatchDueCharges, later(END, 10 * MINUTE), world.deps)).toEqual({ sent: 7 })
    for (const of of all) {
      expect(await chargesOf(of)).toMatchObject([{ state: 'due', period_no: 0 }])
      expect(await isPremiumAt(of, later(END, HOUR))).toBe(true)
    }
  })

  it('wait in slices, and two tasks at once open none twice', async () => {
    const world = createWorld({ at: END })
    const plan = await createPlan()
    await Promise.all(Array.from({ length: 12 }, () => subscribe({ plan, trial_ends_at: END })))
    const { openRenewals } = await import('../../../src/modules/payments/charging/queries.ts')
    const open = () => openRenewals(world.db, 5, { now: END, countsSandbox: true })
    const opened: number[] = []
    for (let n = 0; n < 8; n++) opened.push(...(await Promise.all([open(), open()])).map((it) => it.opened))
    expect(opened.reduce((sum, count) => sum + count)).toBe(12)
    expect(Math.max(...opened)).toBeLessThanOrEqual(5)
  })

  it('of a cancellation that is taken back are opened again', async () => {
    const world = createWorld({ at: later(END, -15 * MINUTE) })
    const of = await subscribe({ trial_ends_at: END })
    await world.ring()
    await cancel(of, later(END, -10 * MINUTE))
    await world.ring(later(END, -9 * MINUTE))
    expect(await chargesOf(of)).toMatchObject([{ state: 'void' }])
    await world.db.execute(sql`UPDATE subscriptions SET auto_renew = true, cancelled_at = NULL WHERE id = ${of.id}`)
    await world.ring(later(END, -8 * MINUTE))
    expect(await chargesOf(of)).toMatchObject([{ state: 'due', settled_at: null }])
    await world.ring(END)
    expect(world.approved()).toHaveLength(1)
    expect(await chargesOf(of)).toMatchObject([{ state: 'done' }])
  })

  it('wake nobody when there are none, and otherwise in time', async () => {
    const world = createWorld({ at: END })
    const tasks = [openDueRenewals, dispatchDueCharges, endDueSubscriptions]
    const next = async (at: Date) => {
      const due = await findNextDue(
        world.db,
        tasks.map((task) => task.nextDue(at)),
      )
      // Other tests leave what falls due later.
      return due && due < later(END, 30 * DAY) ? due : null
    }
    expect(await next(later(END, -HOUR))).toBeNull()
    const of = await subscribe({ trial_ends_at: END })
    expect(await next(later(END, -3 * HOUR))).toBeNull()
    expect(await next(later(END, -HOUR))).toEqual(later(END, -20 * MINUTE))
    await world.ring(later(END, -20 * MINUTE))
    expect(await next(later(END, -19 * MINUTE))).toEqual(END)
    await runTask(dispatchDueCharges, END, world.deps)
    expect(await next(END)).toEqual(later(END, 10 * MINUTE))
    world.setClock(END)
    await world.run(of, 0)
    expect(await next(later(END, MINUTE))).toBeNull()
    const silent = await subscribe({ trial_ends_at: END, consents: false })
    expect(await next(later(END, -HOUR))).toEqual(END)
    await world.ring(END)
    expect(await subscriptionOf(silent)).toMatchObject({ auto_renew: false })
    expect(await next(later(END, MINUTE))).toBeNull()
  })
})

describe('paid periods', () => {
  /** Renews until there are so many. */
  async function renew(world: World, of: Awaited<ReturnType<typeof subscribe>>, count: number) {
    for (let n = 0; n < count; n++) {
      const { ends_at } = await subscriptionOf(of)
      await world.ring(later(new Date(ends_at), -20 * MINUTE))
      await world.ring(new Date(ends_at))
    }
  }

  it.each([
    ['2025-01-31 23:59:59', 1, ['2025-02-28 23:59:59', '2025-03-31 23:59:59', '2025-04-30 23:59:59']],
    ['2024-02-29 09:00:00', 12, ['2025-02-28 09:00:00']],
    ['2020-02-29 08:59:59', 12, ['2021-02-28 08:59:59', '2022-02-28 08:59:59', '2023-02-28 08:59:59', '2024-02-29 08:59:59']],
    ['2025-05-05 11:00:00', 1, ['2025-06-05 11:00:00']],
    ['2025-03-31 00:30:00', 1, ['2025-04-30 00:30:00', '2025-05-31 00:30:00']],
  ])('from %s by %i months touch, and count from the anchor', async (anchor, months, ends) => {
    const of = await subscribe({ trial_ends_at: seoul(anchor), plan: await createPlan({ months }) })
    const world = createWorld({ at: seoul(anchor) })
    await renew(world, of, ends.length)
    expect(await paidPeriodsOf(of)).toEqual(ends.map((end, k) => [k === 0 ? anchor : ends[k - 1], end]))
    expect(await subscriptionOf(of)).toMatchObject({ anchor_at: expect.anything(), period_no: ends.length, months: months * ends.length })
  })

  it('of a year without a break are twelve charges and one stretch of premium', async () => {
    const start = seoul('2024-01-31 18:20')
    const of = await subscribe({ starts_at: start })
    const world = createWorld({ at: start })
    await world.move(seoul('2025-01-31 18:19'))
    const ledger = await ledgerOf(of)
    expect(ledger.map(({ amount_won }) => amount_won)).toEqual(Array(12).fill(3_900))
    expect(new Set(ledger.map(({ order_id }) => order_id))).toEqual(new Set(Array.from({ length: 12 }, (_, k) => of.order_id(k))))
    const { rows } = await world.db.execute<{ covered: string }>(
      sql`SELECT range_agg(tstzrange(starts_at, ends_at))::text AS covered FROM premium_periods WHERE user_id = ${of.user_id} AND ref NOT LIKE '%:grace'`,
    )
    expect(rows[0]!.covered.split(',').length).toBe(2)
    expect(await isPremiumAt(of, seoul('2025-01-31 18:19'))).toBe(true)
    expect(await toldTo(of)).toEqual(Array(12).fill('payment_done'))
  })
})

describe('another plan', () => {
  it('is charged at the next renewal and not before, as it was last chosen', async () => {
    const [monthly, annual] = [await createPlan(), await createPlan({ months: 12, prices: [['2020-01-01', 31_200]] })]
    const start = seoul('2024-03-01 10:00')
    const of = await subscribe({ starts_at: start, plan: monthly })
    const world = createWorld({ at: start })
    await world.ring()
    const choose = (plan: string | null) => world.db.execute(sql`UPDATE subscriptions SET next_plan = ${plan} WHERE id = ${of.id}`)
    await choose(annual)
    await world.move(seoul('2024-03-31 10:00'))
    expect(await ledgerOf(of)).toHaveLength(1)
    // The higher price of another plan was not agreed to yet.
    await agree({ ...of, plan: annual }, 'price_rise', 31_200, world.now())
    await world.ring(seoul('2024-04-01 09:45'))
    expect(await chargesOf(of)).toMatchObject([{}, { plan: annual, amount_won: 31_200, state: 'due' }])
    await choose(null)
    await choose(annual)
    await world.move(seoul('2024-04-01 11:00'))
    expect((await ledgerOf(of)).map(({ amount_won, product_id }) => [amount_won, product_id])).toEqual([
      [3_900, monthly],
      [31_200, annual],
    ])
    expect(await subscriptionOf(of)).toMatchObject({ plan: annual, next_plan: null, months: 13, period_no: 2 })
    expect((await paidPeriodsOf(of))[1]).toEqual(['2024-04-01 10:00:00', '2025-04-01 10:00:00'])
  })

  it('that is taken back while the charge waits is not charged', async () => {
    const [monthly, annual] = [await createPlan(), await createPlan({ months: 12, prices: [['2020-01-01', 31_200]] })]
    const start = seoul('2024-03-01 10:00')
    const of = await subscribe({ starts_at: start, plan: monthly })
    const world = createWorld({ at: start })
    await world.ring()
    await world.db.execute(sql`UPDATE subscriptions SET next_plan = ${annual} WHERE id = ${of.id}`)
    await agree({ ...of, plan: annual }, 'price_rise', 31_200, seoul('2024-03-20 10:00'))
    await world.ring(seoul('2024-04-01 09:45'))
    expect(await chargesOf(of)).toMatchObject([{}, { plan: annual }])
    await world.db.execute(sql`UPDATE subscriptions SET next_plan = NULL WHERE id = ${of.id}`)
    await world.move(seoul('2024-04-01 11:00'))
    expect((await ledgerOf(of)).map(({ amount_won }) => amount_won)).toEqual([3_900, 3_900])
    expect((await paidPeriodsOf(of))[1]).toEqual(['2024-04-01 10:00:00', '2024-05-01 10:00:00'])
  })
})

describe('a price that rises', () => {
  const prices: [string, number][] = [
    ['2020-01-01', 3_900],
    ['2025-03-01', 4_900],
  ]
  const start = seoul('2025-02-01 00:00')
  const END = seoul('2025-03-01 00:00')

  it('is charged only to those who have agreed, and the others end, once', async () => {
    const plan = await createPlan({ prices })
    const [silent, asked, refused] = [
      await subscribe({ starts_at: start, plan }),
      await subscribe({ starts_at: start, plan }),
      await subscribe({ starts_at: start, plan }),
    ]
    const world = createWorld({ at: start })
    await world.ring()
    await agree(asked, 'price_rise', 4_900, seoul('2025-02-10 12:00'))
    await agree(refused, 'price_rise', 4_900, seoul('2025-02-10 12:00'))
    await agree(refused, 'price_rise', 4_900, seoul('2025-02-11 12:00'), false)
    await world.move(seoul('2025-03-02 00:00'))
    expect((await ledgerOf(asked)).map(({ amount_won }) => amount_won)).toEqual([3_900, 4_900])
    for (const of of [silent, refused]) {
      expect(await ledgerOf(of)).toHaveLength(1)
      expect(await chargesOf(of)).toHaveLength(1)
      expect(await isPremiumAt(of, later(END, -1_000))).toBe(true)
      expect(await isPremiumAt(of, END)).toBe(false)
      expect(await subscriptionOf(of)).toMatchObject({ auto_renew: false })
      await world.ring(seoul('2025-03-03 00:00'))
      expect(await toldTo(of)).toEqual(['payment_done', 'subscription_ended'])
    }
  })
})

it('a trial without consent ends without a charge, and its person is told that nothing was charged', async () => {
  const END = seoul('2025-06-08 11:00')
  const of = await subscribe({ trial_ends_at: END, consents: false })
  const world = createWorld({ at: later(END, -HOUR) })
  await world.move(later(END, 10 * DAY))
  expect(world.calls).toEqual([])
  expect(await chargesOf(of)).toEqual([])
  expect(await toldTo(of)).toEqual(['trial_ended'])
  expect(await isPremiumAt(of, later(END, -1_000))).toBe(true)
  expect(await isPremiumAt(of, END)).toBe(false)
})

import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import type { Deps } from '../../../src/deps.ts'
import { randomFrom } from '../../../dev/random.ts'
import {
  cancel,
  changeCard,
  chargesOf,
  createPlan,
  createWorld,
  DAY,
  HOUR,
  isPremiumAt,
  ledgerOf,
  paidPeriodsOf,
  refundsOf,
  seoul,
  subscribe,
  type Subscribed,
  tidyAfterEach,
} from '../../support/charging.ts'
import type { Verdict } from '../../support/fake-toss.ts'

tidyAfterEach()
const HISTORIES = 200
const START = seoul('2024-01-31 08:00')
const VERDICTS: readonly Verdict[] = [
  'lost',
  'dropped',
  'dropped',
  'strict',
  { declined: 'REJECT_CARD_PAYMENT' },
  { declined: 'EXCEED_MAX_AMOUNT' },
  { declined: 'INVALID_STOPPED_CARD', needs_new_card: true },
]

it(`whatever Toss answers and whatever dies, each of ${HISTORIES} subscriptions is charged at most once a period, and has what it paid for`, async () => {
  const random = randomFrom(20_250_131)
  const int = (low: number, high: number) => Math.floor(random.between(low, high + 1))
  const plan = await createPlan()
  const histories: { of: Subscribed; trouble: number; cancelledAt: Date | null; leftAt: Date | null }[] = []
  for (let n = 0; n < HISTORIES; n++) {
    // They begin together, so that the clock stops less often.
    const at = new Date(START.getTime() + int(0, 3) * 7 * HOUR)
    const of = await subscribe(random.chance(0.5) ? { plan, trial_ends_at: at } : { plan, starts_at: at })
    histories.push({
      of,
      trouble: random.chance(0.3) ? 0.9 : random.chance(0.5) ? 0.4 : 0.1,
      cancelledAt: null,
      leftAt: null,
    })
  }
  const historyOf = (orderId: string) => histories.find(({ of }) => orderId.startsWith(of.order_id(0).slice(0, -2)))!

  /** A call dies now and then, before or after a statement. Now and then somebody cancels while it is on its way. */
  const flaky = (deps: Deps): Deps => {
    const execute = async (...statement: Parameters<Deps['db']['execute']>) => {
      if (random.chance(0.05)) throw new Error('died before')
      const answer = await deps.db.execute(...statement)
      if (random.chance(0.05)) throw new Error('died after')
      return answer
    }
    const charge: Deps['toss']['charge'] = async (of, key) => {
      const answer = await deps.toss.charge(of, key)
      if (random.chance(0.05)) {
        const history = historyOf(of.order_id)
        await cancel(history.of, world.now())
        history.cancelledAt ??= world.now()
      }
      return answer
    }
    return Object.create(deps, {
      db: { value: Object.create(deps.db, { execute: { value: execute } }) },
      toss: { value: { ...deps.toss, charge } },
    })
  }
  const world = createWorld({
    at: START,
    next: (orderId) => (random.chance(historyOf(orderId).trouble) ? random.pick(VERDICTS) : 'ok'),
    jobDeps: flaky,
    repeats: () => (random.chance(0.2) ? 2 : 1),
  })

  for (let day = 0; day <= 40; day += int(1, 3)) {
    const until = new Date(START.getTime() + day * DAY + int(0, 35) * HOUR)
    await world.move(until, 5 * HOUR)
    world.setClock(new Date(world.now().getTime() + 1_000))
    for (let n = 0; n < 8; n++) {
      const history = random.pick(histories)
      if (random.chance(0.5)) {
        await changeCard(history.of, world.now())
        await world.db.execute(sql`SELECT charge_now(${history.of.id}, ${world.now().toISOString()})`)
      } else if (random.chance(0.8)) {
        await cancel(history.of, world.now())
        history.cancelledAt ??= world.now()
      } else {
        await world.db.execute(sql`UPDATE users SET deleted_at = ${world.now().toISOString()} WHERE id = ${history.of.user_id}`)
        history.leftAt ??= world.now()
      }
    }
  }

  expect(world.seen.mismatches).toBe(0)
  const seen = { done: 0, refunded: 0, void: 0, second: 0, ended: 0 }
  for (const { of, cancelledAt, leftAt } of histories) {
    const charges = await chargesOf(of)
    const ledger = await ledgerOf(of)
    const refunds = await refundsOf(of)
    for (const charge of charges) {
      const paid = world.approved(of.order_id(charge.period_no))
      expect(paid.length).toBeLessThanOrEqual(1)
      const rows = ledger.filter(({ order_id }) => order_id.startsWith(of.order_id(charge.period_no)))
      if (charge.state === 'done') {
        expect([charge.payment_key, rows.map(({ transaction_id }) => transaction_id)]).toEqual([
          paid[0]!.payment_key,
          [paid[0]!.payment_key],
        ])
      } else {
        expect(rows).toEqual([])
        // Money that nobody knows of yet is still looked for.
        if (paid.length > 0) expect(['unknown', 'sending']).toContain(charge.state)
        if (charge.state === 'void') seen.void++
        if (charge.state === 'given_up') seen.ended++
      }
    }
    const done = charges.filter(({ state }) => state === 'done')
    seen.done += done.length
    seen.second += Number(done.length > 1)
    expect(done.map(({ period_no }) => period_no)).toEqual(done.map((_, k) => k))
    const periods = await paidPeriodsOf(of)
    for (const [k, [, end]] of periods.slice(0, -1).entries()) expect(periods[k + 1]![0]).toBe(end)
    const { rows: wrong } = await world.db.execute(sql`
      SELECT charges.period_no FROM charges JOIN subscriptions ON subscriptions.id = subscription_id
      WHERE subscription_id = ${of.id}
        AND (charges.starts_at, charges.ends_at) IS DISTINCT FROM (month_after(anchor_at, from_month), month_after(anchor_at, to_month))`)
    expect(wrong).toEqual([])

    // What was paid after somebody had gone is given back in full, and nothing else is.
    const goneAt = [cancelledAt, leftAt].flatMap((at) => at ?? []).toSorted((a, b) => +a - +b)[0]
    const late = done.filter(({ settled_at }) => goneAt && new Date(settled_at) >= goneAt)
    expect(refunds.map(({ payment_key, amount_won }) => [payment_key, amount_won])).toEqual(
      late.map(({ payment_key }) => [payment_key, 3_900]),
    )
    seen.refunded += refunds.length
    if (refunds.length > 0)
      expect(await isPremiumAt(of, new Date(Math.max(...late.map(({ settled_at }) => +new Date(settled_at)))))).toBe(false)
    if (goneAt)
      expect(world.calls.filter(({ order_id, at }) => order_id.startsWith(of.order_id(0).slice(0, -2)) && at > goneAt)).toEqual([])
    else if (done.length > 0) {
      const { ends_at } = done.at(-1)
      expect(await isPremiumAt(of, new Date(+new Date(ends_at) - 1_000))).toBe(true)
    }
  }
  // The histories are of all kinds.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(2)

  // Folding everything again changes nothing.
  const periods = sql`SELECT subscription_id, ref, starts_at, ends_at, revoked_at FROM premium_periods WHERE subscription_id IN (SELECT id FROM subscriptions WHERE plan = ${plan}) ORDER BY subscription_id, ref`
  const before = (await world.db.execute(periods)).rows
  await world.db.execute(sql`SELECT fold_subscription(id, ${world.now().toISOString()}, true) FROM subscriptions WHERE plan = ${plan}`)
  expect((await world.db.execute(periods)).rows).toEqual(before)
})

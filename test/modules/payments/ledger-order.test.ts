import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { randomFrom } from '../../../dev/random.ts'
import { runBatch } from '../../../src/db/client.ts'
import type { PurchaseFacts } from '../../../src/modules/payments/ledger/facts.ts'
import { applyPurchase } from '../../../src/modules/payments/ledger/sql.ts'
import { createTestDeps } from '../../support/api.ts'
import { histories } from '../../support/histories.ts'
import { signUp } from '../../support/login.ts'
import { playStore } from '../../support/store-histories.ts'

const START = Date.UTC(2025, 0, 1)
const { db } = createTestDeps()

/** Applies events as another subscription of its own, so that two orders of the same can be compared. */
async function apply(events: readonly PurchaseFacts[], owner: string, as: string) {
  const own = events.map((event, n) => ({
    ...event,
    external_id: `${event.external_id}${as}`,
    periods: event.periods.map((period) => ({ ...period, ref: `${period.ref}${as}` })),
    ...(n === 0 && { claim: { user_id: owner, transfer: false } }),
  }))
  const folding = { now: new Date('2029-01-01T00:00:00Z'), countsSandbox: true }
  await runBatch(db, { applied: own.map((event) => ({ one: sql`SELECT ${applyPurchase(event, folding)}` })) })
}

async function read(external_id: string) {
  const { rows: periods } = await db.execute<{ ref: string; starts: string; ends: string; revoked: string | null }>(sql`
    SELECT premium_periods.ref, to_json(premium_periods.starts_at) AS starts, to_json(premium_periods.ends_at) AS ends, to_json(premium_periods.revoked_at) AS revoked
    FROM premium_periods
    JOIN subscriptions ON subscriptions.id = premium_periods.subscription_id
    WHERE subscriptions.external_id = ${external_id}
    ORDER BY 1`)
  const { rows: ledger } = await db.execute<{ row: string }>(sql`
    SELECT concat_ws(' ', payments.transaction_id, payments.kind, payments.amount_won) AS row
    FROM payments
    JOIN subscriptions ON subscriptions.id = payments.subscription_id
    WHERE subscriptions.external_id = ${external_id}
    ORDER BY 1`)
  const { rows: columns } = await db.execute(sql`
    SELECT plan, auto_renew, ends_at, trial_ends_at, grace_ends_at, hold_ends_at, is_revoked FROM subscriptions WHERE external_id = ${external_id}`)
  return { periods, ledger: ledger.map(({ row }) => row).toSorted(), columns }
}

const covers = (periods: Awaited<ReturnType<typeof read>>['periods'], at: number) =>
  periods.some(
    ({ starts, ends, revoked }) => Date.parse(starts) <= at && at < Math.min(Date.parse(ends), revoked ? Date.parse(revoked) : Infinity),
  )

it.each(['ios_iap', 'google_play'] as const)(
  'what a subscription of %s says comes to the same in any order, and is true',
  async (provider) => {
    const { user } = await signUp()
    for (let seed = 1; seed <= histories(260); seed++) {
      const random = randomFrom(seed * 7 + provider.length)
      const history = playStore(random, provider, START + seed * 3_600_000)
      const [first] = history.events
      const shuffled = history.events.map((event) => ({ event, at: random.next() })).toSorted((a, b) => a.at - b.at)
      const twice = [...shuffled.map(({ event }) => event), random.pick(history.events), random.pick(history.events)]
      await apply(history.events, user.user_id, '')
      await apply(twice, user.user_id, '~')
      const inOrder = await read(first!.external_id)
      const other = await read(`${first!.external_id}~`)
      const plain = JSON.parse(JSON.stringify(other).replaceAll('~', ''))
      expect(plain, `seed ${seed}`).toEqual(inOrder)
      expect(inOrder.ledger, `seed ${seed}`).toEqual(history.ledger)
      for (const edge of history.edges)
        for (const at of [edge - 1_000, edge + 1_000, edge + 43_200_000])
          expect([seed, new Date(at), covers(inOrder.periods, at)]).toEqual([seed, new Date(at), history.isPremiumAt(at)])
    }
  },
  300_000,
)

it('folding again changes no row, and brings back rows that are gone', async () => {
  const { user } = await signUp()
  const history = playStore(randomFrom(99), 'ios_iap', START)
  await apply(history.events, user.user_id, '')
  const id = history.events[0]!.external_id
  const before = await read(id)
  expect(before.periods.length).toBeGreaterThan(0)
  const fold = () =>
    db.execute(sql`SELECT fold_subscription(subscriptions.id, '2029-01-01T00:00:00Z', true) FROM subscriptions WHERE external_id = ${id}`)
  await fold()
  expect(await read(id)).toEqual(before)
  await db.execute(
    sql`DELETE FROM premium_periods WHERE subscription_id = (SELECT subscriptions.id FROM subscriptions WHERE external_id = ${id})`,
  )
  await fold()
  expect(await read(id)).toEqual(before)
})

it('what is shown again and again leaves the first and the last word of it', async () => {
  const { user } = await signUp()
  const history = playStore(randomFrom(7), 'ios_iap', START)
  await apply(history.events, user.user_id, '')
  const [first] = history.events
  const before = await read(first!.external_id)
  const last = Date.parse(history.events.at(-1)!.renewals[0]!.fact_at)
  const shown = Array.from({ length: 40 }, (_, n): PurchaseFacts => {
    const event = history.events.at(-1)!
    const fact_at = new Date(last + (n + 1) * 60_000).toISOString()
    const again = { event_id: `shown:${n}`, periods: event.periods.map((it) => ({ ...it, fact_at })) }
    return { ...event, ...again, renewals: event.renewals.map((it) => ({ ...it, fact_at })) }
  })
  await apply(
    shown
      .map((event) => ({ event, at: Math.sin(event.event_id.length * 7 + Number(event.event_id.slice(6))) }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ event }) => event),
    user.user_id,
    '',
  )
  const { rows } = await db.execute<{ periods: number; renewals: number }>(sql`
    SELECT (SELECT count(*)::int FROM period_facts WHERE subscription_id = subscriptions.id AND event_id LIKE 'shown:%') AS periods,
           (SELECT count(*)::int FROM renewal_facts WHERE subscription_id = subscriptions.id AND event_id LIKE 'shown:%') AS renewals
    FROM subscriptions WHERE external_id = ${first!.external_id}`)
  expect(rows).toEqual([{ periods: history.events.at(-1)!.periods.length, renewals: 1 }])
  expect(await read(first!.external_id)).toEqual(before)
})

it('a year that goes to another and comes back makes each premium while they have it', async () => {
  const [first, second] = [(await signUp()).user.user_id, (await signUp()).user.user_id]
  const id = crypto.randomUUID()
  const day = (n: number) => new Date(START + n * 86_400_000)
  const year: PurchaseFacts = {
    provider: 'ios_iap',
    environment: 'production',
    external_id: id,
    plan: 'annual',
    account_token: null,
    event_id: id,
    periods: [
      {
        ref: id,
        fact_at: day(0).toISOString(),
        kind: 'paid',
        plan: 'annual',
        starts_at: day(0).toISOString(),
        ends_at: day(365).toISOString(),
        amount_won: 31_200,
        currency: 'KRW',
        tells_revocation: true,
        revoked_at: null,
      },
    ],
    renewals: [],
  }
  const claim = async (user_id: string, now: Date) => {
    const purchase = { ...year, claim: { user_id, transfer: true } }
    await db.execute(sql`SELECT ${applyPurchase(purchase, { now, countsSandbox: false })}`)
  }
  await claim(first, day(0))
  await claim(second, day(40))
  await claim(first, day(80))
  const { rows } = await db.execute<{ user_id: string; from_at: string; until_at: string }>(sql`
    SELECT user_id, to_json(starts_at) AS from_at, to_json(ends_at) AS until_at
    FROM premium_periods
    WHERE subscription_id = (SELECT subscriptions.id FROM subscriptions WHERE external_id = ${id})
    ORDER BY starts_at`)
  const days = rows.map(({ user_id, from_at, until_at }) => [user_id, new Date(from_at), new Date(until_at)])
  expect(days).toEqual([
    [first, day(0), day(40)],
    [second, day(40), day(80)],
    [first, day(80), day(365)],
  ])
})

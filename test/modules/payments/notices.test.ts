import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { DAY_MS, fromSeoulDate, HOUR_MS } from '../../../src/core/time.ts'
import { wordsOf } from '../../../src/modules/notifications/catalogue.ts'
import { tellSubscribers } from '../../../src/modules/payments/notices/jobs.ts'
import { tellSubscriber } from '../../../src/modules/payments/notices/sql.ts'
import { createTestDeps } from '../../support/api.ts'
import { listRows } from '../../support/rows.ts'
import { applyAtStore, consent, newPerson, subscribeAtToss, toldTo } from '../../support/subscribers.ts'
import { runTask } from '../../support/tasks.ts'

/** Years in which no other test has subscriptions, so that nobody else is told. Each test has days of its own. */
let used = 0
const quietDay = () => new Date(fromSeoulDate('2090-01-01').getTime() + (Math.floor(Math.random() * 3_000) * 60 + used++) * DAY_MS)
const at = (day: Date, days: number, hour: number) => new Date(day.getTime() + days * DAY_MS + hour * HOUR_MS)

/** Every full hour of some days, as the cron comes. */
async function hourly(from: Date, days: number) {
  const pushed: string[] = []
  const pushes = {
    sendBatch: async (messages: { body: { notification_ids: string[] } }[]) =>
      void pushed.push(...messages.flatMap(({ body }) => body.notification_ids)),
  }
  const deps = createTestDeps({ pushes: pushes as unknown as Queue })
  for (let hour = 0; hour < days * 24; hour++) await runTask(tellSubscribers, at(from, 0, hour), deps)
  return pushed
}

const seen = async (user_id: string) =>
  (await toldTo(user_id)).map(({ type, facts, created_at }) => ({ type, facts, at: new Date(created_at) }))

it('a trial is asked about once on its fifth day, and without an answer nothing more is said', async () => {
  const day = quietDay()
  const [evening, morning] = [await newPerson(), await newPerson()]
  await subscribeAtToss({ user_id: evening, kind: 'trial', ends_at: at(day, 7, 19.5) })
  await subscribeAtToss({ user_id: morning, kind: 'trial', ends_at: at(day, 7, 3) })
  await hourly(day, 8)
  expect(await seen(evening)).toEqual([{ type: 'trial_consent', facts: {}, at: at(day, 4, 10) }])
  expect(await seen(morning)).toEqual([{ type: 'trial_consent', facts: {}, at: at(day, 4, 10) }])
})

it('whoever has agreed hears the price and the card on the day before, once, by push as well', async () => {
  const day = quietDay()
  const user_id = await newPerson()
  const { id } = await subscribeAtToss({ user_id, kind: 'trial', ends_at: at(day, 7, 9.5) })
  await consent({ user_id, subscription_id: id, kind: 'trial_conversion', at: at(day, 1, 9) })
  const pushed = await hourly(day, 8)
  expect(await seen(user_id)).toEqual([{ type: 'trial_ending', facts: { price_won: 3_900, card: '43301234****123*' }, at: at(day, 6, 10) }])
  expect(pushed).toHaveLength(1)
  expect(wordsOf('trial_ending', { price_won: 3_900, card: '43301234****123*' }, null)?.body).toBe(
    '내일 프리미엄 구독이 시작돼요 (3,900원, 43301234****123*)',
  )
})

it('whoever has said no, has cancelled, has no card any more or has left hears nothing', async () => {
  const day = quietDay()
  const people = [await newPerson(), await newPerson(), await newPerson(), await newPerson()] as const
  const ids = await Promise.all(people.map((user_id) => subscribeAtToss({ user_id, kind: 'trial', ends_at: at(day, 7, 12) })))
  await consent({ user_id: people[0], subscription_id: ids[0]!.id, kind: 'trial_conversion', is_agreed: false, at: at(day, 1, 9) })
  await listRows(sql`UPDATE subscriptions SET auto_renew = false WHERE id = ${ids[1]!.id}`)
  await consent({ user_id: people[2], subscription_id: ids[2]!.id, kind: 'trial_conversion', at: at(day, 1, 9) })
  await listRows(sql`UPDATE billing_keys SET state = 'dead' WHERE id = ${ids[2]!.billing_key_id}`)
  await listRows(sql`UPDATE users SET deleted_at = ${at(day, 0, 1).toISOString()} WHERE id = ${people[3]}`)
  await hourly(day, 8)
  for (const person of people) expect(await seen(person)).toEqual([])
})

it('a yearly renewal is told of when at least seven whole days are left, a monthly one never', async () => {
  const day = quietDay()
  const [yearly, monthly] = [await newPerson(), await newPerson()]
  await subscribeAtToss({ user_id: yearly, plan: 'annual', days: 365, price_won: 31_200, ends_at: at(day, 9, 15) })
  await subscribeAtToss({ user_id: monthly, days: 31, ends_at: at(day, 9, 15) })
  await hourly(day, 10)
  expect(await seen(yearly)).toEqual([
    { type: 'renewal_soon', facts: { charge_at: expect.any(String), price_won: 31_200 }, at: at(day, 1, 15) },
  ])
  const [told] = await toldTo(yearly)
  expect(new Date(told!.facts.charge_at)).toEqual(at(day, 9, 15))
  expect(wordsOf('renewal_soon', told!.facts, null)?.body).toContain('31,200원이 결제될 예정이에요')
  expect(await seen(monthly)).toEqual([])
})

it('a higher price is told of when the consent begins to count, and once more seven days before while there is no answer', async () => {
  const rise = at(fromSeoulDate('2088-01-01'), Math.floor(Math.random() * 300), 0)
  const charge = at(rise, 1, 12)
  const people = [await newPerson(), await newPerson(), await newPerson()] as const
  const ids = await Promise.all(people.map((user_id) => subscribeAtToss({ user_id, days: 31, ends_at: charge })))
  await listRows(sql`INSERT INTO plan_prices (plan, starts_at, price_won) VALUES ('monthly', ${rise.toISOString()}, 4900)`)
  try {
    await hourly(at(charge, -31, -12), 9)
    for (const [index, is_agreed] of [true, false].entries())
      await consent({
        user_id: people[index]!,
        subscription_id: ids[index]!.id,
        kind: 'price_rise',
        price_won: 4_900,
        is_agreed,
        at: at(charge, -20, 0),
      })
    await hourly(at(charge, -10, -12), 10)
  } finally {
    await listRows(sql`DELETE FROM plan_prices WHERE plan = 'monthly' AND starts_at = ${rise.toISOString()}`)
  }
  const first = { type: 'renewal_soon', facts: { charge_at: expect.any(String), price_won: 4_900 }, at: at(charge, -30, 0) }
  for (const person of [people[0], people[1]]) expect(await seen(person)).toEqual([first])
  expect(await seen(people[2])).toEqual([first, { ...first, at: at(charge, -8, 0) }])
})

it.each([
  [5, 1],
  [10, 2],
])('a higher price that is announced %i days ahead is told of %i times', async (days, times) => {
  const rise = at(fromSeoulDate('2090-01-01'), Math.floor(Math.random() * 300), 0)
  const charge = at(rise, 1, 12)
  const user_id = await newPerson()
  await subscribeAtToss({ user_id, days: 31, ends_at: charge })
  await listRows(sql`INSERT INTO plan_prices (plan, starts_at, price_won) VALUES ('monthly', ${rise.toISOString()}, 4900)`)
  try {
    await hourly(at(charge, -days, -12), days)
  } finally {
    await listRows(sql`DELETE FROM plan_prices WHERE plan = 'monthly' AND starts_at = ${rise.toISOString()}`)
  }
  expect(await seen(user_id)).toMatchObject(Array(times).fill({ type: 'renewal_soon', facts: { price_won: 4_900 } }))
})

it('nobody is told at night', async () => {
  const day = quietDay()
  const user_id = await newPerson()
  await subscribeAtToss({ user_id, kind: 'trial', ends_at: at(day, 7, 12) })
  for (const hour of [0, 9, 20, 23]) await runTask(tellSubscribers, at(day, 5, hour))
  expect(await seen(user_id)).toEqual([])
  await runTask(tellSubscribers, at(day, 5, 19))
  expect(await seen(user_id)).toHaveLength(1)
})

/** Facts of one subscription at the App Store. Every call is a message of its own. */
async function atStore() {
  const user_id = await newPerson()
  const external_id = crypto.randomUUID()
  let id = ''
  const say = async (
    now: Date,
    { periods = [], renewals = [], ...more }: { periods?: object[]; renewals?: object[]; environment?: string },
  ) => {
    const applied = await applyAtStore(
      {
        provider: 'ios_iap',
        environment: 'production',
        external_id,
        plan: 'monthly',
        account_token: null,
        event_id: crypto.randomUUID(),
        claim: { user_id, transfer: false },
        periods: periods.map((period) => ({
          fact_at: now,
          kind: 'paid',
          plan: 'monthly',
          amount_won: 3_900,
          currency: 'KRW',
          tells_revocation: true,
          revoked_at: null,
          ...period,
        })),
        renewals: renewals.map((renewal) => ({ fact_at: now, auto_renew: true, next_plan: 'monthly', grace_ends_at: null, ...renewal })),
        ...more,
      },
      now,
    )
    id = applied.subscription_id
    return tell(now)
  }
  const tell = async (now: Date) => (await listRows<{ id: string }>(tellSubscriber(id, now))).length
  return { user_id, say, tell }
}

const types = async (user_id: string) => (await toldTo(user_id)).map(({ type }) => type)

it('a trial at a store is told of at its start and at its end', async () => {
  const day = fromSeoulDate('2027-03-01')
  const { user_id, say, tell } = await atStore()
  const trial = { ref: crypto.randomUUID(), kind: 'trial', amount_won: 0, starts_at: day, ends_at: at(day, 7, 0) }
  expect(await say(day, { periods: [trial], renewals: [{ consent_required_until: at(day, 7, 0) }] })).toBe(1)
  expect(await tell(at(day, 0, 1))).toBe(0)
  expect(await say(at(day, 7, 1), { renewals: [{ auto_renew: false, expired_reason: '3' }] })).toBe(1)
  expect(await tell(at(day, 7, 2))).toBe(0)
  expect((await toldTo(user_id)).map(({ type, facts }) => [type, facts.price_won])).toEqual([
    ['trial_started', 3_900],
    ['trial_ended', undefined],
  ])
  const [began] = await toldTo(user_id)
  expect(wordsOf('trial_started', began!.facts, null)?.body).toContain('3월 8일에 3,900원')
})

it('a failed renewal at a store is told of when grace begins and when access ends, however often it is said', async () => {
  const day = fromSeoulDate('2027-03-01')
  const { user_id, say } = await atStore()
  const ends_at = at(day, 30, 0)
  expect(await say(day, { periods: [{ ref: crypto.randomUUID(), starts_at: day, ends_at }], renewals: [{}] })).toBe(0)
  expect(await say(at(ends_at, 0, 1), { renewals: [{ grace_ends_at: at(ends_at, 16, 0) }] })).toBe(1)
  expect(await say(at(ends_at, 3, 1), { renewals: [{ grace_ends_at: at(ends_at, 16, 0) }] })).toBe(0)
  expect(await say(at(ends_at, 16, 1), { renewals: [{ is_on_hold: true }] })).toBe(1)
  expect(await say(at(ends_at, 40, 1), { renewals: [{ is_on_hold: true }] })).toBe(0)
  expect(await say(at(ends_at, 60, 1), { renewals: [{ auto_renew: false, expired_reason: '2' }] })).toBe(0)
  expect(await types(user_id)).toEqual(['payment_failed', 'payment_failed'])
})

it('money that a store gives back is told of with its amount, and not again when premium ends with it', async () => {
  const day = fromSeoulDate('2027-03-01')
  const { user_id, say } = await atStore()
  const period = { ref: crypto.randomUUID(), starts_at: day, ends_at: at(day, 30, 0) }
  await say(day, { periods: [period], renewals: [{}] })
  expect(
    await say(at(day, 3, 0), {
      periods: [{ ...period, revoked_at: at(day, 3, 0), revoked_share: 0.5 }],
      renewals: [{ auto_renew: false }],
    }),
  ).toBe(1)
  expect((await toldTo(user_id)).map(({ type, facts }) => [type, facts])).toEqual([['refunded', { amount_won: 1_950 }]])
})

it('an old purchase that is restored, a sandbox of an ordinary person and a replaced subscription are no news', async () => {
  const day = fromSeoulDate('2027-03-01')
  const old = await atStore()
  const period = { ref: crypto.randomUUID(), starts_at: at(day, -60, 0), ends_at: at(day, -30, 0) }
  expect(await old.say(day, { periods: [period], renewals: [{ auto_renew: false, expired_reason: '1' }] })).toBe(0)
  const sandbox = await atStore()
  const trial = { ref: crypto.randomUUID(), kind: 'trial', amount_won: 0, starts_at: day, ends_at: at(day, 0, 1) }
  expect(await sandbox.say(day, { environment: 'sandbox', periods: [trial], renewals: [{}] })).toBe(0)
  const ended = await atStore()
  const paid = { ref: crypto.randomUUID(), starts_at: at(day, -30, 0), ends_at: day }
  expect(await ended.say(at(day, 0, 1), { periods: [paid], renewals: [{ auto_renew: false }] })).toBe(1)
  expect(await types(ended.user_id)).toEqual(['subscription_ended'])
})

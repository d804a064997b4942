import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { allFeatures } from '../../../src/modules/users/schema.ts'
import { createTestDeps, type Api } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { at, buyAtStore, experienced, newcomer, START, subscribe } from '../../support/subscriptions.ts'

const plansIn = async (person: Api, channel?: string) =>
  (await person.get('/subscription/plans', channel === undefined ? {} : { headers: { 'X-App-Channel': channel } })).json

describe('GET /subscription/plans', () => {
  it('offers what is on sale, in Korean, with the price of now', async () => {
    const person = await newcomer()
    const { plans, comparison } = await plansIn(person)
    expect(plans).toEqual([
      {
        code: 'monthly',
        product_id: 'com.withbowwow.premium.monthly',
        base_plan: 'monthly',
        name: '프리미엄 월간',
        price_won: 3_900,
        price_from: null,
        interval_months: 1,
        trial_days: 7,
      },
      expect.objectContaining({ code: 'annual', name: '프리미엄 연간', price_won: 31_200, interval_months: 12 }),
    ])
    expect(comparison).toEqual(allFeatures.map((feature) => ({ feature, free: false, premium: true })))
    expect(Object.keys((await person.get('/users/me/entitlements')).json.features)).toEqual(allFeatures)
  })

  it('tells of a price that is to come', async () => {
    const person = await newcomer()
    const { db } = createTestDeps()
    await db.execute(
      sql`INSERT INTO plan_prices (plan, starts_at, price_won) VALUES ('annual', '2090-01-01T00:00:00Z', 40000), ('annual', '2091-01-01T00:00:00Z', 50000)`,
    )
    try {
      const { plans } = await plansIn(person)
      expect(plans[1]).toMatchObject({ price_won: 31_200, price_from: { price_won: 40_000 } })
      expect(Date.parse(plans[1].price_from.at)).toBe(Date.parse('2090-01-01T00:00:00Z'))
      const later = at(person, new Date('2090-06-01T00:00:00Z'))
      expect((await plansIn(later)).plans[1]).toMatchObject({ price_won: 40_000, price_from: { price_won: 50_000 } })
    } finally {
      await db.execute(sql`DELETE FROM plan_prices WHERE starts_at > '2080-01-01'`)
    }
  })

  it('offers each build only its own way to pay, and the App Store no trace of another', async () => {
    const person = await newcomer()
    const { store_account_token } = await plansIn(person)
    expect(store_account_token).not.toBe(person.user.user_id)
    const offered = Object.fromEntries(
      await Promise.all(
        ['ios', 'IOS', 'ios_kids', 'ios_kr_external', 'android', 'android_auto', 'web', 'windows', ''].map(async (channel) => {
          const { methods, customer_key } = await plansIn(person, channel)
          return [channel, [methods, customer_key]] as const
        }),
      ),
    )
    const toss = [['toss'], store_account_token]
    expect(offered).toEqual({
      ios: [['ios_iap'], null],
      IOS: [['ios_iap'], null],
      ios_kids: [['ios_iap'], null],
      ios_kr_external: toss,
      android: [['google_play'], null],
      android_auto: [['google_play'], null],
      web: toss,
      windows: toss,
      '': toss,
    })
    expect(await plansIn(person)).toMatchObject({ methods: ['toss'], customer_key: store_account_token })
    const { text } = await person.get('/subscription/plans', { headers: { 'X-App-Channel': 'ios' } })
    expect(text.toLowerCase()).not.toContain('toss')
  })

  it('says whether a trial is left: not after one here, nor after one that a store has reported', async () => {
    const [fresh, user, elsewhere] = await Promise.all([newcomer(), newcomer(), experienced()])
    await subscribe(user)
    expect((await plansIn(fresh)).trial_eligible).toBe(true)
    expect((await plansIn(user)).trial_eligible).toBe(false)
    expect((await plansIn(elsewhere)).trial_eligible).toBe(false)
  })
})

describe('GET /users/me/entitlements', () => {
  it('says until when', async () => {
    const person = await signUp()
    expect((await person.get('/users/me/entitlements')).json).toMatchObject({ premium: false, premium_until: null })
    const later = at(person, START)
    await buyAtStore(later)
    const { json } = await later.get('/users/me/entitlements')
    expect(json).toMatchObject({ premium: true, features: { rest_day: true } })
    expect(Date.parse(json.premium_until)).toBe(Date.parse((await later.get('/users/me')).json.premium_until))
  })
})

import { sql } from 'drizzle-orm'
import { currentVersion } from '../../../src/modules/legal/documents.ts'
import { describe, expect, it } from 'vitest'
import { createTestDeps, type Api } from '../../support/api.ts'
import { makeAdmin } from '../../support/moderation.ts'
import { logIn, signUp, signUpWithKakao } from '../../support/login.ts'
import { listRows } from '../../support/rows.ts'
import {
  at,
  buyAtStore,
  chargesOf,
  consentsOf,
  daysLater,
  experienced,
  newcomer,
  renew,
  START,
  subscribe,
  takenFor,
} from '../../support/subscriptions.ts'

const AGREE = { kind: 'trial_conversion', agreed: true, price_won: 3_900 }
const PAID_UNTIL = new Date('2040-04-01T03:00:00Z')
const notFound = { status: 404, json: { code: 'subscription_not_found' } }
const own = async (owner: Api) => (await owner.get('/subscription')).json
const cancelled = (ends: Date | null) => ({ status: 200, json: { state: 'cancelled', ends_at: ends && expect.any(String) } })

/** Opens the charge of the renewal and says what became of it, as the charges do. */
async function openCharge(id: string, ends: Date, set: string) {
  const until = `'${ends.toISOString()}'::timestamptz`
  await createTestDeps().db.execute(`
    INSERT INTO charges (subscription_id, period_no, order_id, plan, amount_won, from_month, to_month, starts_at, ends_at, has_grace, next_at)
    SELECT id, period_no, 'sub-' || replace(id::text, '-', '') || '-' || period_no, plan, 3900, months, months + 1, ${until}, month_after(${until}, 1), true, ${until}
    FROM subscriptions WHERE id = '${id}'`)
  await createTestDeps().db.execute(`UPDATE charges SET ${set} WHERE subscription_id = '${id}' AND starts_at = ${until}`)
  await createTestDeps().db.execute(`SELECT fold_subscription('${id}', ${until}, true)`)
}

async function tried() {
  const person = await newcomer()
  return { person, id: (await subscribe(person)).json.id as string }
}
async function paid() {
  const person = await experienced()
  return { person, id: (await subscribe(person)).json.id as string }
}

describe('GET /subscription', () => {
  it('is empty for who never had one', async () => {
    expect(await own(await newcomer())).toEqual({ premium: false, premium_until: null, also_active: false, subscriptions: [] })
  })

  it('shows only what is one’s own, the newest first', async () => {
    const { person, id } = await paid()
    const store = await buyAtStore(person, { from: daysLater(1) })
    const { subscriptions, premium, premium_until, also_active } = await own(at(person, daysLater(2)))
    expect(subscriptions.map((one: any) => one.id)).toEqual([store, id])
    expect([premium, also_active]).toEqual([true, true])
    expect(Date.parse(premium_until)).toBe(PAID_UNTIL.getTime())
    expect((await own(await newcomer())).subscriptions).toEqual([])
  })
})

describe('DELETE /subscription', () => {
  it('cancels a trial and what is paid in one call, and shortens neither', async () => {
    for (const make of [tried, paid]) {
      const { person, id } = await make()
      const { ends_at } = (await own(person)).subscriptions[0]
      const answers = [await person.delete('/subscription'), await person.delete('/subscription')]
      for (const answer of answers) expect(answer).toMatchObject({ status: 200, json: { state: 'cancelled', ends_at } })
      const { premium, subscriptions } = await own(person)
      expect([premium, subscriptions[0].state, subscriptions[0].next_charge]).toEqual([true, 'cancelled', null])
      const ends = new Date(ends_at)
      expect(await renew(id, ends)).toBe('nothing')
      expect((await own(at(person, new Date(ends.getTime() - 1)))).premium).toBe(true)
      expect((await own(at(person, ends))).premium).toBe(false)
      expect(await at(person, daysLater(60)).delete('/subscription')).toMatchObject({ status: 200, json: { ends_at } })
    }
  })

  it('takes back a charge that was opened early', async () => {
    const { person, id } = await paid()
    await openCharge(id, PAID_UNTIL, `state = 'due'`)
    const before = at(person, new Date(PAID_UNTIL.getTime() - 600_000))
    expect(await before.delete('/subscription')).toMatchObject(cancelled(PAID_UNTIL))
    expect((await chargesOf(id))[1]).toMatchObject({ state: 'void', attempt: 0, next_at: null })
    expect((await own(at(person, PAID_UNTIL))).premium).toBe(false)
    // Who thinks again in time is charged once.
    expect((await before.post('/subscription/resume')).json).toMatchObject({ state: 'active', auto_renew: true })
    expect(await renew(id, PAID_UNTIL)).toBe('done')
    expect(await takenFor(id, 1)).toBe(3_900)
  })

  it('ends grace at once', async () => {
    const { person, id } = await paid()
    await openCharge(
      id,
      PAID_UNTIL,
      `state = 'declined', attempt = 1, decline_code = 'REJECT_CARD_PAYMENT', next_at = next_at + interval '1 day'`,
    )
    const inGrace = at(person, daysLater(1, PAID_UNTIL))
    expect((await own(inGrace)).subscriptions[0]).toMatchObject({ state: 'grace', is_premium: true })
    expect(await inGrace.delete('/subscription')).toMatchObject(cancelled(PAID_UNTIL))
    expect(await inGrace.delete('/subscription')).toMatchObject(cancelled(PAID_UNTIL))
    expect(await own(inGrace)).toMatchObject({ premium: false, subscriptions: [{ state: 'expired', auto_renew: false }] })
    expect((await chargesOf(id))[1]).toMatchObject({ state: 'void', next_at: null })
    expect(await renew(id, daysLater(2, PAID_UNTIL))).toBe('nothing')
    expect(await takenFor(id, 1)).toBe(0)
  })

  it.each(['unknown', 'sending'])('counts at once while a charge is %s, which is settled later', async (state) => {
    const { person, id } = await paid()
    await openCharge(
      id,
      PAID_UNTIL,
      `state = '${state}', attempt = 1, lease_until = next_at + interval '2 hours', sent_at = next_at, first_sent_at = next_at, next_at = next_at + interval '2 hours'`,
    )
    const then = at(person, new Date(PAID_UNTIL.getTime() + 3_600_000))
    for (let i = 0; i < 2; i++) expect(await then.delete('/subscription')).toMatchObject(cancelled(PAID_UNTIL))
    expect((await chargesOf(id))[1]).toMatchObject({ state })
    expect((await own(then)).subscriptions[0]).toMatchObject({ state: 'cancelled', auto_renew: false, next_charge: null })
  })

  it('takes back a first charge that was not sent yet', async () => {
    const { person, id } = await paid()
    await createTestDeps().db.execute(sql`DELETE FROM period_facts WHERE subscription_id = ${id}`)
    await createTestDeps().db.execute(sql`UPDATE subscriptions SET period_no = 0, months = 0 WHERE id = ${id}`)
    await createTestDeps().db.execute(sql`UPDATE charges SET state = 'due', attempt = 0 WHERE subscription_id = ${id}`)
    await createTestDeps().db.execute(sql`SELECT fold_subscription(${id}, ${START.toISOString()}, true)`)
    expect((await own(person)).subscriptions[0].state).toBe('pending')
    for (let i = 0; i < 2; i++) expect(await person.delete('/subscription')).toMatchObject(cancelled(null))
    expect(await chargesOf(id)).toMatchObject([{ state: 'void' }])
  })

  it('leaves a store’s to the store, and says where', async () => {
    for (const [provider, host] of [
      ['ios_iap', 'https://apps.apple.com/'],
      ['google_play', 'https://play.google.com/'],
    ] as const) {
      const person = await newcomer()
      await buyAtStore(person, { provider })
      const managed = { status: 409, json: { code: 'managed_by_store', manage_url: expect.stringContaining(host) } }
      expect(await person.delete('/subscription')).toMatchObject(managed)
      expect(await person.post('/subscription/resume')).toMatchObject(managed)
      expect(await person.patch('/subscription', { plan: 'annual' })).toMatchObject(managed)
      expect(await person.post('/subscription/consents', AGREE)).toMatchObject(managed)
      expect(await person.post('/subscription/payment-method', { auth_key: 'x', customer_key: 'xx' })).toMatchObject(managed)
      expect((await own(person)).subscriptions[0].auto_renew).toBe(true)
    }
  })

  it('cancels that of Toss and leaves that of the store beside it', async () => {
    const person = await experienced()
    await buyAtStore(person)
    await subscribe(person, { anyway: true })
    for (let i = 0; i < 2; i++) expect((await person.delete('/subscription')).status).toBe(200)
    const { subscriptions } = await own(person)
    expect(Object.fromEntries(subscriptions.map(({ method, state }: any) => [method, state]))).toEqual({
      toss: 'cancelled',
      ios_iap: 'active',
    })
  })

  it('cancels all that Toss charges', async () => {
    const { person } = await paid()
    await subscribe(person, { anyway: true })
    await person.delete('/subscription')
    expect((await own(person)).subscriptions.map(({ state }: any) => state)).toEqual(['cancelled', 'cancelled'])
  })

  it('is open to who is suspended or banned, and to nobody who is not there', async () => {
    const person = await signUpWithKakao()
    await subscribe(at(person, START))
    const { db } = createTestDeps()
    await db.execute(sql`UPDATE users SET suspended_until = '2041-01-01' WHERE id = ${person.user.user_id}`)
    expect((await at(person, START).delete('/subscription')).status).toBe(200)
    expect((await at(person, START).post('/subscription/resume')).status).toBe(200)
    await db.execute(sql`UPDATE users SET banned_at = now() WHERE id = ${person.user.user_id}`)
    const banned = at(await logIn(person.kakao_id), START)
    expect((await own(banned)).subscriptions).toHaveLength(1)
    expect(await banned.delete('/subscription')).toMatchObject({ status: 200, json: { state: 'cancelled' } })
    expect(await banned.post('/subscription/resume')).toMatchObject({ status: 403, json: { code: 'account_banned' } })

    const leaving = await tried()
    await leaving.person.delete('/users/me')
    expect((await leaving.person.delete('/subscription')).status).toBe(401)
  })

  it('finds none for who has none', async () => {
    const person = await newcomer()
    expect(await person.delete('/subscription')).toMatchObject(notFound)
    expect(await person.post('/subscription/resume')).toMatchObject(notFound)
    expect(await person.patch('/subscription', { plan: 'annual' })).toMatchObject(notFound)
    expect(await person.post('/subscription/consents', AGREE)).toMatchObject(notFound)
    expect(await person.post('/subscription/payment-method', { auth_key: 'x', customer_key: 'xx' })).toMatchObject(notFound)
  })
})

describe('POST /subscription/resume', () => {
  it('takes a cancellation back, until the end', async () => {
    const { person, id } = await paid()
    expect((await person.post('/subscription/resume')).json).toMatchObject({ id, state: 'active' })
    await person.delete('/subscription')
    const last = at(person, new Date(PAID_UNTIL.getTime() - 1))
    for (let i = 0; i < 2; i++)
      expect(await last.post('/subscription/resume')).toMatchObject({ status: 200, json: { state: 'active', auto_renew: true } })
    expect((await own(last)).subscriptions[0].next_charge).toMatchObject({ price_won: 3_900 })
    await last.delete('/subscription')
    expect(await at(person, PAID_UNTIL).post('/subscription/resume')).toMatchObject(notFound)
  })

  it('wakes the alarm for an end that is near', async () => {
    const { person } = await paid()
    await person.delete('/subscription')
    const wakes: Date[] = []
    const wakeAt = async (wake: Date) => void wakes.push(wake)
    const near = new Date(PAID_UNTIL.getTime() - 60_000)
    await at(person, daysLater(3), { wakeAt }).post('/subscription/resume')
    expect(wakes).toEqual([])
    await at(person, near, { wakeAt }).post('/subscription/resume')
    expect(wakes).toEqual([near])
  })
})

describe('PATCH /subscription', () => {
  it('changes the plan of the next period, with nothing charged before, and can be taken back', async () => {
    const { person, id } = await paid()
    const change = (plan: string, day: number) => at(person, daysLater(day)).patch('/subscription', { plan })
    expect(await change('annual', 10)).toMatchObject({
      status: 200,
      json: { plan: 'monthly', next_plan: 'annual', next_charge: { plan: 'annual', price_won: 31_200 } },
    })
    expect(await takenFor(id)).toBe(3_900)
    expect(await consentsOf(id)).toMatchObject([{ plan: 'monthly' }, { kind: 'auto_renewal', plan: 'annual', price_after: 31_200 }])
    await change('annual', 11)
    expect(await consentsOf(id)).toHaveLength(2)
    expect((await change('monthly', 20)).json).toMatchObject({ next_plan: null, next_charge: { plan: 'monthly', price_won: 3_900 } })
    expect(await consentsOf(id)).toHaveLength(2)
    await change('annual', 21)
    expect(await renew(id, PAID_UNTIL)).toBe('done')
    expect(await takenFor(id, 1)).toBe(31_200)
    expect((await own(at(person, daysLater(60)))).subscriptions[0]).toMatchObject({ plan: 'annual', next_plan: null, state: 'active' })
  })

  it('changes what a charge that was opened early is for', async () => {
    const { person, id } = await paid()
    await openCharge(id, PAID_UNTIL, `state = 'due'`)
    const { json } = await at(person, new Date(PAID_UNTIL.getTime() - 300_000)).patch('/subscription', { plan: 'annual' })
    expect(json).toMatchObject({ next_charge: { plan: 'annual', price_won: 31_200 } })
    expect(await renew(id, PAID_UNTIL)).toBe('done')
    expect(await takenFor(id, 1)).toBe(31_200)
  })

  it('changes in a trial what would follow it, and the consent to the other price no longer counts', async () => {
    const { person, id } = await tried()
    await person.post('/subscription/consents', AGREE)
    const { json } = await person.patch('/subscription', { plan: 'annual' })
    expect(json).toMatchObject({
      state: 'trialing',
      next_charge: null,
      consent_required: { kind: 'trial_conversion', price_after: 31_200 },
    })
    expect(await person.post('/subscription/consents', AGREE)).toMatchObject({ status: 422, json: { code: 'amount_mismatch' } })
    expect((await person.post('/subscription/consents', { ...AGREE, price_won: 31_200 })).json.next_charge).toMatchObject({
      price_won: 31_200,
    })
    expect(await renew(id, daysLater(7))).toBe('done')
    expect(await takenFor(id)).toBe(31_200)
  })

  it('is refused for a plan that there is not, and once it is cancelled', async () => {
    const { person } = await paid()
    expect(await person.patch('/subscription', { plan: 'weekly' })).toMatchObject({ status: 422 })
    expect(await person.patch('/subscription', { plan: 'annual', agreed: true })).toMatchObject({ status: 422 })
    await person.delete('/subscription')
    expect(await person.patch('/subscription', { plan: 'annual' })).toMatchObject(notFound)
  })
})

describe('POST /subscription/consents', () => {
  it('lets a trial become paid, once, at the price that was shown', async () => {
    const { person, id } = await tried()
    for (const price_won of [0, 3_899, 3_901, 31_200])
      expect(await person.post('/subscription/consents', { ...AGREE, price_won })).toMatchObject({
        status: 422,
        json: { code: 'amount_mismatch' },
      })
    const { json } = await person.post('/subscription/consents', AGREE)
    expect(json).toMatchObject({ consent_required: null, next_charge: { plan: 'monthly', price_won: 3_900 } })
    expect(Date.parse(json.next_charge.at)).toBe(daysLater(7).getTime())
    await Promise.all([person.post('/subscription/consents', AGREE), at(person, daysLater(1)).post('/subscription/consents', AGREE)])
    const [, consent, ...more] = await consentsOf(id)
    expect(more).toEqual([])
    expect(consent).toMatchObject({
      kind: 'trial_conversion',
      is_agreed: true,
      price_before: 0,
      price_after: 3_900,
      method: 'toss',
      document_version: currentVersion('service'),
    })
    expect([new Date(consent!.charge_at), new Date(consent!.agreed_at)]).toEqual([daysLater(7), START])
    expect(await renew(id, daysLater(7))).toBe('done')
    expect(await takenFor(id)).toBe(3_900)
    const then = await own(at(person, daysLater(8)))
    expect(then.subscriptions[0]).toMatchObject({ state: 'active', consent_required: null, next_charge: { price_won: 3_900 } })
  })

  it('can be withdrawn until then, whatever the price, and given again', async () => {
    const { person, id } = await tried()
    const decide = (agreed: boolean, price_won = 3_900) =>
      person.post('/subscription/consents', { kind: 'trial_conversion', agreed, price_won })
    await decide(true)
    expect((await decide(false, 0)).json).toMatchObject({ next_charge: null, consent_required: { kind: 'trial_conversion' } })
    expect((await decide(true)).json.next_charge).not.toBeNull()
    await decide(false)
    await decide(false)
    expect((await consentsOf(id)).filter(({ kind }) => kind === 'trial_conversion').map(({ is_agreed }) => is_agreed)).toEqual([
      true,
      false,
      true,
      false,
    ])
    expect(await renew(id, daysLater(7))).toBe('nothing')
    expect(await takenFor(id)).toBe(0)
  })

  it('is withdrawn also after the charge was opened early', async () => {
    const { person, id } = await tried()
    await person.post('/subscription/consents', AGREE)
    const ends = daysLater(7)
    await openCharge(id, ends, `state = 'due'`)
    const { json } = await at(person, new Date(ends.getTime() - 60_000)).post('/subscription/consents', { ...AGREE, agreed: false })
    expect(json).toMatchObject({ next_charge: null, consent_required: { kind: 'trial_conversion' } })
    expect(await renew(id, ends)).toBe('nothing')
    expect((await own(at(person, ends))).premium).toBe(false)
  })

  it('is not asked for what needs none, is not near, or is over', async () => {
    const closed = { status: 409, json: { code: 'consent_not_open' } }
    const { person } = await paid()
    expect(await person.post('/subscription/consents', AGREE)).toMatchObject(closed)
    expect(await person.post('/subscription/consents', { ...AGREE, kind: 'price_rise' })).toMatchObject(closed)
    const { person: trier } = await tried()
    expect(await trier.post('/subscription/consents', { ...AGREE, kind: 'price_rise' })).toMatchObject(closed)
    expect(await trier.post('/subscription/consents', { ...AGREE, kind: 'auto_renewal' })).toMatchObject({ status: 422 })
    await trier.delete('/subscription')
    expect(await trier.post('/subscription/consents', AGREE)).toMatchObject(closed)
    expect(await at(trier, daysLater(7)).post('/subscription/consents', AGREE)).toMatchObject(notFound)
  })

  it('is needed for a higher price, from 30 days before, and who is silent is not charged', async () => {
    const [consenting, silent] = await Promise.all([experienced(), experienced()])
    const year = { plan: 'annual' as const }
    const [yes, no] = [(await subscribe(consenting, year)).json.id, (await subscribe(silent, year)).json.id]
    const ends = new Date('2041-03-01T03:00:00Z')
    const { db } = createTestDeps()
    await db.execute(sql`INSERT INTO plan_prices (plan, starts_at, price_won) VALUES ('annual', '2041-03-01T00:00:00+09:00', 40000)`)
    try {
      const rise = { kind: 'price_rise', agreed: true, price_won: 40_000 }
      const early = at(consenting, new Date(ends.getTime() - 30 * 86_400_000 - 1))
      expect(await early.post('/subscription/consents', rise)).toMatchObject({ status: 409, json: { code: 'consent_not_open' } })
      expect((await own(early)).subscriptions[0]).toMatchObject({ consent_required: null, next_charge: null })
      const open = at(consenting, new Date(ends.getTime() - 30 * 86_400_000))
      expect((await own(open)).subscriptions[0].consent_required).toMatchObject({
        kind: 'price_rise',
        price_before: 31_200,
        price_after: 40_000,
      })
      expect(await open.post('/subscription/consents', { ...rise, price_won: 31_200 })).toMatchObject({
        status: 422,
        json: { code: 'amount_mismatch' },
      })
      // Taking back a change of plan agrees to nothing.
      await open.patch('/subscription', { plan: 'monthly' })
      expect((await open.patch('/subscription', { plan: 'annual' })).json.consent_required).toMatchObject({ kind: 'price_rise' })
      expect((await open.post('/subscription/consents', rise)).json).toMatchObject({
        consent_required: null,
        next_charge: { price_won: 40_000 },
      })
      expect(await renew(yes, ends)).toBe('done')
      expect(await renew(no, ends)).toBe('nothing')
      expect([await takenFor(yes, 1), await takenFor(no, 1)]).toEqual([40_000, 0])
      expect([(await own(at(consenting, ends))).premium, (await own(at(silent, ends))).premium]).toEqual([true, false])
    } finally {
      await db.execute(sql`DELETE FROM plan_prices WHERE starts_at > '2040-01-01'`)
    }
  })
})

it('what one person does at once ends as if it had been done in some order', async () => {
  for (let round = 0; round < 6; round++) {
    const { person, id } = await tried()
    const acts = [
      () => person.delete('/subscription'),
      () => person.post('/subscription/resume'),
      () => person.post('/subscription/consents', AGREE),
      () => person.patch('/subscription', { plan: 'annual' }),
    ]
    const answers = await Promise.all(acts.toSorted(() => Math.random() - 0.5).map((act) => act()))
    for (const { status } of answers) expect([200, 404, 409, 422]).toContain(status)
    const { auto_renew, next_plan, next_charge, state } = (await own(person)).subscriptions[0]
    expect(state).toBe(auto_renew ? 'trialing' : 'cancelled')
    const agreed = (await consentsOf(id)).filter(({ kind }) => kind === 'trial_conversion')
    expect(agreed.length).toBeLessThan(2)
    // A consent to the price of the month is none to that of the year.
    expect(next_charge !== null).toBe(auto_renew && next_plan === null && agreed.length === 1)
    const [{ period_no, cancelled_at } = { period_no: null, cancelled_at: null }] = await listRows(
      sql`SELECT period_no, cancelled_at FROM subscriptions WHERE id = ${id}`,
    )
    expect([period_no, cancelled_at !== null]).toEqual([0, !auto_renew])
  }
})

it('two subscriptions that are cancelled at once are both cancelled', async () => {
  const { person } = await paid()
  await subscribe(person, { anyway: true })
  const answers = await Promise.all([1, 2, 3].map(() => person.delete('/subscription')))
  expect(new Set(answers.map(({ status, json }) => `${status} ${json.ends_at}`)).size).toBe(1)
})

it('an admin’s role changes nothing about one’s own', async () => {
  const admin = await signUp()
  await makeAdmin(admin)
  expect(await own(admin)).toMatchObject({ subscriptions: [] })
})

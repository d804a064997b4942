import { sql } from 'drizzle-orm'
import { currentVersion } from '../../../src/modules/legal/documents.ts'
import { describe, expect, it } from 'vitest'
import { createApi, createTestDeps } from '../../support/api.ts'
import { injectFault } from '../../support/faults.ts'
import { logIn, signUp } from '../../support/login.ts'
import { listRows } from '../../support/rows.ts'
import {
  at,
  atToss,
  buyAtStore,
  cardsOf,
  chargesOf,
  consentsOf,
  customerKeyOf,
  daysLater,
  experienced,
  newcomer,
  registerCard,
  renew,
  START,
  subscribe,
  takenFor,
} from '../../support/subscriptions.ts'
import { newCard, newCustomer } from '../../support/toss.ts'
import { rowsOf } from '../../support/pushes.ts'

const ISSUE = '/payments/billing/issue'
const countOf = async (person: { user: { user_id: string } }): Promise<number> =>
  (await listRows(sql`SELECT count(*)::int AS n FROM subscriptions WHERE user_id = ${person.user.user_id}`))[0]!.n

describe('the first subscription', () => {
  it('is a trial of seven days, for nothing, with a consent to renewals and none to the charge after it', async () => {
    const person = await newcomer()
    const { status, json } = await subscribe(person)
    expect(status).toBe(201)
    expect(json).toMatchObject({
      method: 'toss',
      plan: 'monthly',
      next_plan: null,
      state: 'trialing',
      is_premium: true,
      auto_renew: true,
      next_charge: null,
      consent_required: { kind: 'trial_conversion', price_before: 0, price_after: 3_900 },
      needs_new_card: false,
      manage_url: null,
    })
    expect(Date.parse(json.trial_ends_at)).toBe(daysLater(7).getTime())
    expect(json.card.number).toMatch(/\*/)
    expect(await chargesOf(json.id)).toEqual([])
    expect(await consentsOf(json.id)).toMatchObject([
      {
        kind: 'auto_renewal',
        is_agreed: true,
        plan: 'monthly',
        price_after: 3_900,
        charge_at: null,
        document_version: currentVersion('service'),
        method: 'toss',
      },
    ])
    const told = (await rowsOf(person)).filter(({ type }) => type === 'trial_started')
    expect(told).toHaveLength(1)
    expect(told[0]!.facts.price_won).toBe(3_900)
    expect(Date.parse(told[0]!.facts.ends_at)).toBe(daysLater(7).getTime())
    expect((await person.get('/notifications')).json.items[0].body).toContain('3,900원')
    expect(await cardsOf(person)).toMatchObject([{ state: 'live', customer_key: await customerKeyOf(person) }])
    expect((await at(person, daysLater(6.9)).get('/users/me')).json.is_premium).toBe(true)
  })

  it('charges nobody who was promised a trial, when the card shows that it has had one', async () => {
    const number = newCard('0000')
    expect((await subscribe(await newcomer(), { number })).json.state).toBe('trialing')
    const person = await newcomer()
    expect(await subscribe(person, { number, trial_only: true })).toMatchObject({ status: 409, json: { code: 'trial_used' } })
    expect(await countOf(person)).toBe(0)
    expect(await cardsOf(person)).toEqual([])
    expect((await person.get('/payments/history')).json.items).toEqual([])
    expect((await person.get('/subscription/plans')).json.trial_eligible).toBe(true)
    expect((await subscribe(person, { trial_only: true })).json.state).toBe('trialing')
  })

  it('ends with the trial, and is never charged, where nobody agreed to the charge', async () => {
    const person = await newcomer()
    const { json } = await subscribe(person)
    expect(await renew(json.id, daysLater(7))).toBe('nothing')
    expect(await chargesOf(json.id)).toEqual([])
    expect(await takenFor(json.id)).toBe(0)
    expect((await at(person, daysLater(7)).get('/users/me')).json.is_premium).toBe(false)
  })

  it('refuses a consent that is sent along, and keeps nothing', async () => {
    const person = await newcomer()
    const body = { ...(await registerCard(person)), plan: 'monthly' }
    for (const more of [{ consent: true }, { kind: 'trial_conversion', agreed: true, price_won: 3_900 }, { trial_conversion: true }])
      expect(await person.post(ISSUE, { ...body, ...more })).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
    expect(await countOf(person)).toBe(0)
  })

  it('is one with another plan', async () => {
    const person = await newcomer()
    const { json } = await subscribe(person, { plan: 'annual' })
    expect(json).toMatchObject({ plan: 'annual', state: 'trialing', consent_required: { price_after: 31_200 } })
    expect(await person.post(ISSUE, { ...(await registerCard(person)), plan: 'weekly' })).toMatchObject({ status: 422 })
    const { db } = createTestDeps()
    const other = await newcomer()
    await db.execute(sql`UPDATE plans SET is_active = false WHERE code = 'annual'`)
    try {
      expect(await subscribe(other, { plan: 'annual' })).toMatchObject({ status: 422, json: { code: 'unknown_plan' } })
    } finally {
      await db.execute(sql`UPDATE plans SET is_active = true WHERE code = 'annual'`)
    }
  })
})

describe('a trial is for once', () => {
  it('not with another login and the same card', async () => {
    const [first, second] = await Promise.all([newcomer(), newcomer()])
    const number = newCard('0000')
    expect((await subscribe(first, { number })).json.state).toBe('trialing')
    expect((await second.get('/subscription/plans')).json.trial_eligible).toBe(true)
    const { json } = await subscribe(second, { number })
    expect(json).toMatchObject({ state: 'active', trial_ends_at: null })
    expect(await takenFor(json.id)).toBe(3_900)
  })

  it('not for two who use the same card at the same moment', async () => {
    const number = newCard('0000')
    const people = await Promise.all([newcomer(), newcomer(), newcomer()])
    const bodies = await Promise.all(people.map(async (person) => ({ ...(await registerCard(person, number)), plan: 'monthly' })))
    const answers = await Promise.all(people.map((person, i) => person.post(ISSUE, bodies[i])))
    expect(answers.map(({ json }) => json.state).toSorted()).toEqual(['active', 'active', 'trialing'])
  })

  it('not after the account is deleted, purged and made again with the same login', async () => {
    const person = await signUp()
    expect((await subscribe(at(person, START))).json.state).toBe('trialing')
    await createTestDeps().db.execute(sql`DELETE FROM users WHERE id = ${person.user.user_id}`)
    const again = at(await logIn(person.kakao_id), START)
    expect((await again.get('/subscription/plans')).json.trial_eligible).toBe(false)
    const { json } = await subscribe(again)
    expect(json.state).toBe('active')
    expect(await takenFor(json.id)).toBe(3_900)
  })

  it('not after it was cancelled at once', async () => {
    const person = await newcomer()
    await subscribe(person)
    await person.delete('/subscription')
    const later = at(person, daysLater(8))
    expect((await subscribe(later)).json).toMatchObject({ state: 'active', is_premium: true })
  })
})

describe('without a trial', () => {
  it('the first charge is made at once', async () => {
    const person = await experienced()
    const { status, json } = await subscribe(person)
    expect([status, json.state, json.is_premium]).toEqual([201, 'active', true])
    expect(json.next_charge).toMatchObject({ plan: 'monthly', price_won: 3_900 })
    expect(Date.parse(json.next_charge.at)).toBe(Date.parse('2040-04-01T03:00:00Z'))
    expect(await chargesOf(json.id)).toMatchObject([{ state: 'done', amount_won: 3_900, attempt: 1 }])
    expect(await takenFor(json.id)).toBe(3_900)
    expect((await rowsOf(person)).map(({ type }) => type)).toContain('payment_done')
    expect((await rowsOf(person)).map(({ type }) => type)).not.toContain('trial_started')
  })

  it.each([
    ['0001', 'REJECT_CARD_PAYMENT', false],
    ['0002', 'INVALID_STOPPED_CARD', true],
  ])('a card that Toss declines (%s) makes no subscription, and is not charged later', async (outcome, decline_code, needs_new_card) => {
    const person = await experienced()
    const body = { ...(await registerCard(person, newCard(outcome))), plan: 'monthly' }
    const declined = { status: 422, json: { code: 'payment_declined', decline_code, needs_new_card } }
    expect(await person.post(ISSUE, body)).toMatchObject(declined)
    expect(await person.post(ISSUE, body)).toMatchObject(declined)
    const { premium, subscriptions } = (await person.get('/subscription')).json
    expect([premium, subscriptions.map(({ state }: any) => state)]).toEqual([false, ['expired']])
    expect(await renew(subscriptions[0].id, daysLater(1))).toBe('nothing')
    expect(await takenFor(subscriptions[0].id)).toBe(0)
    // Another card may be tried at once.
    expect((await subscribe(person)).json.state).toBe('active')
  })

  it('is pending while nobody knows whether the card was charged, and paid once', async () => {
    const person = await experienced()
    const wakes: Date[] = []
    const patient = at(person, START, { wakeAt: async (wake) => void wakes.push(wake) })
    const body = { ...(await registerCard(person, newCard('0007'))), plan: 'monthly' }
    const { status, json } = await patient.post(ISSUE, body)
    expect([status, json.state, json.is_premium]).toEqual([201, 'pending', false])
    expect(wakes.length).toBeGreaterThan(0)
    expect(wakes.every((wake) => wake.getTime() < START.getTime() + 3_600_000)).toBe(true)
    expect(await patient.post(ISSUE, body)).toMatchObject({ status: 201, json: { id: json.id, state: 'pending' } })
    expect(await subscribe(patient)).toMatchObject({ status: 409, json: { code: 'already_subscribed' } })
    expect(await renew(json.id, daysLater(0.01))).toBe('done')
    expect(await takenFor(json.id)).toBe(3_900)
    expect((await at(person, daysLater(0.02)).get('/subscription')).json).toMatchObject({
      premium: true,
      subscriptions: [{ state: 'active' }],
    })
  })
})

describe('the card', () => {
  it('that Toss does not register is a refusal, and nothing is kept', async () => {
    const person = await newcomer()
    const { auth_key, customer_key } = await atToss('card', {
      customer_key: await customerKeyOf(person),
      refusal: 'INVALID_CARD_EXPIRATION',
    })
    expect(await person.post(ISSUE, { auth_key, customer_key, plan: 'monthly' })).toMatchObject({
      status: 422,
      json: { code: 'payment_declined', decline_code: 'INVALID_CARD_EXPIRATION', needs_new_card: true },
    })
    expect([await countOf(person), await cardsOf(person)]).toEqual([0, []])
    expect((await person.get('/subscription/plans')).json.trial_eligible).toBe(true)
  })

  it('of another customer key is refused, and Toss is not asked', async () => {
    const person = await newcomer()
    const customer_key = newCustomer()
    const { auth_key } = await atToss('card', { customer_key })
    expect(await person.post(ISSUE, { auth_key, customer_key, plan: 'monthly' })).toMatchObject({
      status: 409,
      json: { code: 'customer_key_mismatch' },
    })
    expect((await atToss(`billing?customer_key=${customer_key}`)).billing_keys).toEqual([])
  })

  it('is registered once, though its answer was lost', async () => {
    const person = await newcomer()
    const body = { ...(await registerCard(person)), plan: 'monthly' }
    await injectFault({ host: 'api.tosspayments.com', cut: 'after', key: body.auth_key })
    expect(await person.post(ISSUE, body)).toMatchObject({ status: 503, json: { code: 'temporarily_unavailable' } })
    expect(await countOf(person)).toBe(0)
    expect(await person.post(ISSUE, body)).toMatchObject({ status: 201, json: { state: 'trialing' } })
    expect((await atToss(`billing?customer_key=${body.customer_key}`)).billing_keys).toHaveLength(1)
  })

  it('is not readable in the database', async () => {
    const person = await newcomer()
    const number = newCard('0000')
    await subscribe(person, { number })
    const { billing_keys } = await atToss(`billing?customer_key=${await customerKeyOf(person)}`)
    const [row] = await cardsOf(person)
    expect(JSON.stringify(row)).not.toContain(billing_keys[0].billing_key)
    expect(JSON.stringify(row)).not.toContain(number)
  })
})

describe('a second subscription', () => {
  it('is refused while another goes on, unless it is wanted, and then both are paid', async () => {
    const person = await experienced()
    await buyAtStore(person)
    expect(await subscribe(person)).toMatchObject({ status: 409, json: { code: 'already_subscribed' } })
    expect((await atToss(`billing?customer_key=${await customerKeyOf(person)}`)).billing_keys).toEqual([])
    expect((await person.get('/subscription')).json.also_active).toBe(false)
    expect((await subscribe(person, { anyway: true })).json.state).toBe('active')
    const { also_active, subscriptions } = (await person.get('/subscription')).json
    expect([also_active, subscriptions.map(({ method }: any) => method).toSorted()]).toEqual([true, ['ios_iap', 'toss']])
  })

  it('leaves premium when the other is given back', async () => {
    const person = await experienced()
    const id = await buyAtStore(person)
    await subscribe(person, { anyway: true })
    await createTestDeps().db.execute(sql`
      INSERT INTO period_facts (subscription_id, ref, fact_at, event_id, tells_revocation, revoked_at)
      SELECT subscription_id, ref, fact_at + interval '1 hour', 'refund', true, fact_at + interval '1 hour' FROM period_facts WHERE subscription_id = ${id}`)
    const later = daysLater(1)
    await listRows(sql`SELECT fold_subscription(${id}, ${later.toISOString()}, true)`)
    const { premium, also_active, subscriptions } = (await at(person, later).get('/subscription')).json
    expect([premium, also_active]).toEqual([true, false])
    expect(subscriptions.map(({ state, is_premium }: any) => [state, is_premium]).toSorted()).toEqual([
      ['active', true],
      ['revoked', false],
    ])
  })

  it('after the first is over is another one, with a charge of its own', async () => {
    const person = await experienced()
    const first = (await subscribe(person)).json
    await person.delete('/subscription')
    expect(await subscribe(at(person, daysLater(20)))).toMatchObject({ status: 409 })
    const second = (await subscribe(at(person, daysLater(40)))).json
    expect(second.id).not.toBe(first.id)
    const orders = [...(await chargesOf(first.id)), ...(await chargesOf(second.id))].map(({ order_id }) => order_id)
    expect(new Set(orders).size).toBe(2)
    expect([await takenFor(first.id), await takenFor(second.id)]).toEqual([3_900, 3_900])
  })

  it('of two that come at once one is made, and its card is kept alone', async () => {
    const person = await experienced()
    const bodies = await Promise.all([1, 2].map(async () => ({ ...(await registerCard(person)), plan: 'monthly' })))
    const answers = await Promise.all(bodies.map((body) => person.post(ISSUE, body)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409])
    const { billing_keys } = await atToss(`billing?customer_key=${bodies[0]!.customer_key}`)
    expect(billing_keys.filter(({ deleted }: any) => !deleted)).toHaveLength(1)
    expect(await countOf(person)).toBe(1)
  })
})

describe('the same request again', () => {
  it('gives the row as it is now, with the same Idempotency-Key or the same window', async () => {
    const person = await newcomer()
    const body = { ...(await registerCard(person)), plan: 'monthly' }
    const headers = { 'Idempotency-Key': 'one' }
    const { json } = await person.post(ISSUE, body, { headers })
    await person.delete('/subscription')
    expect(await person.post(ISSUE, body, { headers })).toMatchObject({ status: 201, json: { id: json.id, state: 'cancelled' } })
    expect(await countOf(person)).toBe(1)

    const other = await newcomer()
    const keyless = { ...(await registerCard(other)), plan: 'monthly' }
    const answers = await Promise.all([1, 2, 3].map(() => other.post(ISSUE, keyless)))
    expect(new Set(answers.map(({ status, json: { id } }) => `${status} ${id}`)).size).toBe(1)
    expect(await countOf(other)).toBe(1)
  })

  it('with another body is a conflict', async () => {
    const person = await newcomer()
    const card = await registerCard(person)
    const headers = { 'Idempotency-Key': 'one' }
    await person.post(ISSUE, { ...card, plan: 'monthly' }, { headers })
    for (const body of [
      { ...card, plan: 'annual' },
      { ...(await registerCard(person)), plan: 'monthly' },
    ])
      expect(await person.post(ISSUE, body, { headers })).toMatchObject({ status: 409, json: { code: 'idempotency_conflict' } })
    expect(await countOf(person)).toBe(1)
  })

  it('is another one of another person', async () => {
    const [one, two] = await Promise.all([newcomer(), newcomer()])
    const a = await subscribe(one, { key: 'same' })
    const b = await subscribe(two, { key: 'same' })
    expect([a.status, b.status]).toEqual([201, 201])
    expect(a.json.id).not.toBe(b.json.id)
  })
})

it('somebody who is not there subscribes to nothing', async () => {
  const person = await newcomer()
  const body = { ...(await registerCard(person)), plan: 'monthly' }
  await createTestDeps().db.execute(sql`UPDATE users SET deleted_at = now() WHERE id = ${person.user.user_id}`)
  expect((await person.post(ISSUE, body)).status).toBe(401)
  expect((await createApi().post(ISSUE, body)).status).toBe(401)
  expect((await atToss(`billing?customer_key=${body.customer_key}`)).billing_keys).toEqual([])
})

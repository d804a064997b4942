import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createTestDeps, type Api } from '../../support/api.ts'
import { injectFault } from '../../support/faults.ts'
import { newCard, newCustomer } from '../../support/toss.ts'
import { listRows } from '../../support/rows.ts'
import {
  at,
  atToss,
  cardsOf,
  chargesOf,
  daysLater,
  experienced,
  newcomer,
  registerCard,
  renew,
  START,
  subscribe,
  takenFor,
} from '../../support/subscriptions.ts'

const PATH = '/subscription/payment-method'
const PAID_UNTIL = new Date('2040-04-01T03:00:00Z')
const own = async (owner: Api) => (await owner.get('/subscription')).json.subscriptions[0]
const keysAt = async (customer_key: string) => (await atToss(`billing?customer_key=${customer_key}`)).billing_keys

/** Somebody whose renewal was declined, because their card is good no more. */
async function inGrace(outcome = '0002') {
  const person = await experienced()
  const number = newCard('0000')
  const { id } = (await subscribe(person, { number })).json
  await atToss(`cards/${number}`, { outcome })
  expect(await renew(id, PAID_UNTIL)).toBe('declined')
  return { person, id: id as string }
}

describe('another card', () => {
  it('is charged from then on, and the old one is dead', async () => {
    const person = await newcomer()
    const { id, card } = (await subscribe(person)).json
    const body = await registerCard(person)
    const { status, json } = await person.post(PATH, body)
    expect([status, json.id, json.state]).toEqual([200, id, 'trialing'])
    expect(json.card.number).not.toBe(card.number)
    expect(await cardsOf(person)).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ state: 'dead', dead_reason: 'replaced' }),
        expect.objectContaining({ state: 'live', dead_reason: null }),
      ]),
    )
    expect((await person.post(PATH, body)).json).toEqual(json)
    expect(await keysAt(body.customer_key)).toHaveLength(2)
    // The window of a card that was replaced is used up.
    await person.post(PATH, await registerCard(person))
    expect(await person.post(PATH, body)).toMatchObject({ status: 422, json: { code: 'payment_declined', needs_new_card: true } })
    expect(await cardsOf(person)).toHaveLength(3)
  })

  it('is charged at once in grace, for the same order and the same days', async () => {
    const { person, id } = await inGrace()
    const then = at(person, daysLater(2, PAID_UNTIL))
    expect(await own(then)).toMatchObject({ state: 'grace', needs_new_card: true, is_premium: true, next_charge: null })
    const { status, json } = await then.post(PATH, await registerCard(person))
    expect([status, json.state, json.needs_new_card]).toEqual([200, 'active', false])
    expect(Date.parse(json.ends_at)).toBe(Date.parse('2040-05-01T03:00:00Z'))
    const [, charge, ...more] = await chargesOf(id)
    expect(more).toEqual([])
    expect(charge).toMatchObject({ state: 'done', order_id: `sub-${id.replaceAll('-', '')}-1`, attempt: 2 })
    expect(new Date(charge!.starts_at)).toEqual(PAID_UNTIL)
    expect(await takenFor(id, 1)).toBe(3_900)
  })

  it('that is declined too leaves everything as it was', async () => {
    const { person, id } = await inGrace('0001')
    const then = at(person, daysLater(1, PAID_UNTIL))
    const { status, json } = await then.post(PATH, await registerCard(person, newCard('0001')))
    expect([status, json.state]).toEqual([200, 'grace'])
    expect((await chargesOf(id))[1]).toMatchObject({ state: 'declined' })
    expect(await takenFor(id, 1)).toBe(0)
    expect((await then.post(PATH, await registerCard(person))).json.state).toBe('active')
    expect(await takenFor(id, 1)).toBe(3_900)
  })

  it('comes too late when grace is over', async () => {
    const { person } = await inGrace()
    const late = at(person, daysLater(3, PAID_UNTIL))
    expect(await late.post(PATH, await registerCard(person))).toMatchObject({ status: 404, json: { code: 'subscription_not_found' } })
  })

  it('charges nothing when it was cancelled', async () => {
    const person = await experienced()
    const { id } = (await subscribe(person)).json
    await person.delete('/subscription')
    expect((await person.post(PATH, await registerCard(person))).json).toMatchObject({ state: 'cancelled' })
    expect(await chargesOf(id)).toHaveLength(1)
  })

  it('that Toss refuses, or that is of another key, changes nothing', async () => {
    const person = await newcomer()
    const { card } = (await subscribe(person)).json
    expect(await person.post(PATH, await registerCard(person, newCard('0000'), { refusal: 'INVALID_CARD_EXPIRATION' }))).toMatchObject({
      status: 422,
      json: { code: 'payment_declined', decline_code: 'INVALID_CARD_EXPIRATION' },
    })
    const customer_key = newCustomer()
    const { auth_key } = await atToss('card', { customer_key })
    expect(await person.post(PATH, { auth_key, customer_key })).toMatchObject({ status: 409, json: { code: 'customer_key_mismatch' } })
    expect((await own(person)).card).toEqual(card)
    expect(await cardsOf(person)).toHaveLength(1)
  })

  it('is registered once though the answer was lost, and two at once leave one live', async () => {
    const person = await newcomer()
    await subscribe(person)
    const body = await registerCard(person)
    await injectFault({ host: 'api.tosspayments.com', cut: 'after', key: body.auth_key })
    expect((await person.post(PATH, body)).status).toBe(503)
    const bodies = [body, await registerCard(person)]
    expect((await Promise.all(bodies.map((one) => person.post(PATH, one)))).map(({ status }) => status)).toEqual([200, 200])
    const cards = await cardsOf(person)
    expect(cards.filter(({ state }) => state === 'live')).toHaveLength(1)
    const [{ billing_key_id } = { billing_key_id: null }] = await listRows(
      sql`SELECT billing_key_id FROM subscriptions WHERE user_id = ${person.user.user_id}`,
    )
    expect(cards.find(({ state }) => state === 'live')!.id).toBe(billing_key_id)
    expect(await keysAt(body.customer_key)).toHaveLength(3)
  })

  it('does not take away the card of another subscription', async () => {
    const person = await experienced()
    const body = { ...(await registerCard(person)), plan: 'monthly' }
    await person.post('/payments/billing/issue', body)
    const later = at(person, new Date(START.getTime() + 1_000))
    await later.post('/payments/billing/issue', { ...body, anyway: true }, { headers: { 'Idempotency-Key': 'second' } })
    expect(await cardsOf(person)).toHaveLength(1)
    await later.post(PATH, await registerCard(person))
    expect((await cardsOf(person)).map(({ state }) => state)).toEqual(['live', 'live'])
  })
})

it('a card goes with the person', async () => {
  const person = await newcomer()
  await subscribe(person)
  await createTestDeps().db.execute(sql`DELETE FROM users WHERE id = ${person.user.user_id}`)
  expect(await cardsOf(person)).toEqual([])
})

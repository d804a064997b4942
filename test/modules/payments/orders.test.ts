import { describe, expect, it } from 'vitest'
import type { Deps } from '../../../src/deps.ts'
import { askOrders } from '../../../src/modules/payments/orders/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { injectFault } from '../../support/faults.ts'
import { signUp } from '../../support/login.ts'
import { atToss, BADGES, buy, DARK, ledgerOf, order, payInWindow, YEAR } from '../../support/orders.ts'
import { rowsOf } from '../../support/pushes.ts'
import { runTask } from '../../support/tasks.ts'
import { newCard } from '../../support/toss.ts'

const { db } = createTestDeps()
const HOST = 'api.tosspayments.com'
const minute = 60_000
const at = (ms: number) => ({ now: () => new Date(Date.now() + ms) })

const askAt = (ms: number) => runTask(askOrders, new Date(Date.now() + ms), createTestDeps(at(ms)))
const rowOf = async (id: string) => (await db.execute<any>(`SELECT * FROM orders WHERE id = '${id}'`)).rows[0]

describe('an order', () => {
  it('has our price and a day, and the same key gives the same', async () => {
    const buyer = await signUp()
    const headers = { 'Idempotency-Key': crypto.randomUUID() }
    const first = await buyer.post('/payments/orders', { product: DARK }, { headers })
    expect(first).toMatchObject({
      status: 201,
      json: { product_id: DARK, name: '다크 테마', amount_won: 2_000, state: 'open', decline_code: null, receipt_url: null },
    })
    expect(first.json.order_id).toMatch(/^[A-Za-z0-9_-]{6,64}$/)
    expect(Date.parse(first.json.expires_at) - Date.now()).toBeGreaterThan(23.9 * 60 * minute)
    expect((await buyer.post('/payments/orders', { product: DARK }, { headers })).json).toEqual(first.json)
    expect(await buyer.post('/payments/orders', { product: BADGES }, { headers })).toMatchObject({
      status: 409,
      json: { code: 'idempotency_conflict' },
    })
    expect((await buyer.get(`/payments/orders/${first.json.order_id}`)).json).toEqual(first.json)
  })

  it('is for what is sold in this way, and for what one has not', async () => {
    const buyer = await signUp()
    for (const product of ['com.withbowwow.premium.monthly', 'com.withbowwow.unknown'])
      expect(await buyer.post('/payments/orders', { product })).toMatchObject({ status: 422, json: { code: 'unknown_product' } })
    const second = await order(buyer)
    await buy(buyer)
    expect(await buyer.post('/payments/orders', { product: DARK })).toMatchObject({ status: 409, json: { code: 'already_owned' } })
    const paid = await payInWindow(second)
    expect(await buyer.post('/payments/confirm', paid)).toMatchObject({ status: 409, json: { code: 'already_owned' } })
    expect(await atToss(second.order_id)).toMatchObject({ approved: 0 })
  })

  it("is its owner's", async () => {
    const [buyer, other] = [await signUp(), await signUp()]
    const made = await order(buyer)
    const paid = await payInWindow(made)
    for (const answer of [await other.get(`/payments/orders/${made.order_id}`), await other.post('/payments/confirm', paid)])
      expect(answer).toMatchObject({ status: 404, json: { code: 'order_not_found' } })
    expect(await atToss(made.order_id)).toMatchObject({ approved: 0 })
  })
})

describe('confirming', () => {
  it('takes the money once, grants, tells and is repeatable', async () => {
    const buyer = await signUp()
    const paid = await buy(buyer)
    const again = await buyer.post('/payments/confirm', { payment_key: paid.payment_key, order_id: paid.order_id, amount: paid.amount })
    expect(again).toMatchObject({ status: 200, json: { state: 'paid', receipt_url: expect.stringMatching(/^https:/) } })
    expect(await atToss(paid.order_id)).toMatchObject({ approved: 1, balance: 2_000 })
    expect(await ledgerOf(paid.order_id)).toEqual([{ kind: 'charge', amount_won: 2_000, transaction_id: paid.payment_key }])
    expect((await buyer.get('/users/me/items')).json.items).toMatchObject([{ product_id: DARK, kind: 'theme', name: '다크 테마' }])
    expect((await rowsOf(buyer)).filter(({ type }) => type === 'payment_done')).toHaveLength(1)
  })

  it('asks nothing of Toss when the amount is another', async () => {
    const buyer = await signUp()
    const made = await order(buyer)
    const paid = await payInWindow(made, { amount: 100 })
    expect(await buyer.post('/payments/confirm', paid)).toMatchObject({ status: 422, json: { code: 'amount_mismatch' } })
    expect(await atToss(made.order_id)).toMatchObject({ approved: 0, payments: [{ status: 'IN_PROGRESS' }] })
  })

  it('never takes a second payment of a paid order', async () => {
    const buyer = await signUp()
    const paid = await buy(buyer)
    const answer = await buyer.post('/payments/confirm', { payment_key: 'tsim_another', order_id: paid.order_id, amount: paid.amount })
    expect(answer).toMatchObject({ status: 409, json: { code: 'order_already_paid' } })
  })

  it('is too late after a day', async () => {
    const buyer = await signUp()
    const paid = await payInWindow(await order(buyer))
    const late = buyer.with((deps: Deps) => ({
      now: () => new Date(Date.now() + 24 * 60 * minute),
      accessTokens: { ...deps.accessTokens, verify: createTestDeps().accessTokens.verify },
    }))
    expect(await late.post('/payments/confirm', paid)).toMatchObject({ status: 409, json: { code: 'order_expired' } })
  })

  it('twice at once charges once', async () => {
    const buyer = await signUp()
    const made = await order(buyer)
    const paid = await payInWindow(made)
    const answers = await Promise.all(Array.from({ length: 6 }, () => buyer.post('/payments/confirm', paid)))
    for (const { status } of answers) expect([200, 202]).toContain(status)
    expect(answers.some(({ status }) => status === 200)).toBe(true)
    expect(await atToss(made.order_id)).toMatchObject({ approved: 1, balance: 2_000 })
    expect(await ledgerOf(made.order_id)).toHaveLength(1)
  })

  it('of two orders for the same at once charges one', async () => {
    const buyer = await signUp()
    const paid = await Promise.all([await order(buyer), await order(buyer)].map((made) => payInWindow(made)))
    const answers = await Promise.all(paid.map((one) => buyer.post('/payments/confirm', one)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
  })

  it('may be tried with another card after a refusal', async () => {
    const buyer = await signUp()
    const made = await order(buyer)
    const declined = await payInWindow(made, { number: newCard('0001') })
    for (let i = 0; i < 2; i++)
      expect(await buyer.post('/payments/confirm', declined)).toMatchObject({
        status: 422,
        json: { code: 'payment_declined', decline_code: 'REJECT_CARD_PAYMENT', needs_new_card: false },
      })
    expect((await buyer.get(`/payments/orders/${made.order_id}`)).json).toMatchObject({
      state: 'failed',
      decline_code: 'REJECT_CARD_PAYMENT',
    })
    expect(await buyer.post('/payments/confirm', await payInWindow(made))).toMatchObject({
      status: 200,
      json: { state: 'paid', decline_code: null },
    })
    expect(await ledgerOf(made.order_id)).toHaveLength(1)
  })

  it.each([
    ['0007', 'charged and cut', 1],
    ['0009', 'charged and 500', 1],
    ['0008', 'not charged and cut', 0],
    ['0010', 'not charged and 500', 0],
  ])('with an answer that is lost (%s: %s) leaves it open, and asks until it is known', async (outcome, _, approved) => {
    const buyer = await signUp()
    const made = await order(buyer)
    const number = newCard(outcome)
    const paid = await payInWindow(made, { number })
    const answer = await buyer.post('/payments/confirm', paid)
    expect(answer).toMatchObject({ status: 202, json: { state: 'pending' } })
    expect(await atToss(made.order_id)).toMatchObject({ approved })
    await askAt(0)
    expect((await buyer.get(`/payments/orders/${made.order_id}`)).json.state).toBe('pending')
    await askAt(2 * minute)
    const after = await buyer.get(`/payments/orders/${made.order_id}`)
    if (approved) {
      expect(after.json.state).toBe('paid')
      expect(await ledgerOf(made.order_id)).toHaveLength(1)
    } else {
      expect(after.json.state).toBe('pending')
      expect((await buyer.get('/users/me/items')).json.items).toEqual([])
    }
    expect(await atToss(made.order_id)).toMatchObject({ approved })
  })

  it('five times and by the task at once, while every answer is cut, charges once', async () => {
    const buyer = await signUp()
    const made = await order(buyer)
    const paid = await payInWindow(made)
    await injectFault({ host: HOST, path: '/v1/payments/confirm', cut: 'after', times: 3, key: made.order_id })
    for (let i = 0; i < 3; i++) expect((await buyer.post('/payments/confirm', paid)).status).toBe(202)
    await Promise.all([askAt(2 * minute), askAt(2 * minute)])
    expect(await buyer.post('/payments/confirm', paid)).toMatchObject({ status: 200, json: { state: 'paid' } })
    expect(await atToss(made.order_id)).toMatchObject({ approved: 1, balance: 2_000 })
    expect(await ledgerOf(made.order_id)).toHaveLength(1)
  })

  it('lost before Toss has heard of it is made again by the task', async () => {
    const buyer = await signUp()
    const made = await order(buyer)
    const paid = await payInWindow(made)
    await injectFault({ host: HOST, path: '/v1/payments/confirm', cut: 'before', times: 1, key: made.order_id })
    expect((await buyer.post('/payments/confirm', paid)).status).toBe(202)
    expect(await atToss(made.order_id)).toMatchObject({ approved: 0 })
    await askAt(2 * minute)
    expect((await buyer.get(`/payments/orders/${made.order_id}`)).json.state).toBe('paid')
    expect(await atToss(made.order_id)).toMatchObject({ approved: 1 })
  })

  it.each([
    ['before', 0, 'unknown'],
    ['after', 1, 'paid'],
  ] as const)('and cut %s Toss has taken the money is only asked about once its person has left', async (cut, approved, state) => {
    const buyer = await signUp()
    const made = await order(buyer)
    const paid = await payInWindow(made)
    await injectFault({ host: HOST, path: '/v1/payments/confirm', cut, times: 1, key: made.order_id })
    expect((await buyer.post('/payments/confirm', paid)).status).toBe(202)
    await db.execute(`UPDATE users SET deleted_at = now() WHERE id = '${buyer.user.user_id}'`)
    await askAt(2 * minute)
    await askAt(10 * minute)
    expect(await atToss(made.order_id)).toMatchObject({ approved })
    expect(await rowOf(made.order_id)).toMatchObject({ state })
  })

  it('waits longer each time, and stops after fourteen days for somebody to look', async () => {
    const buyer = await signUp()
    const made = await order(buyer)
    const paid = await payInWindow(made, { number: newCard('0010') })
    await buyer.post('/payments/confirm', paid)
    const waits: number[] = []
    for (let i = 0; i < 4; i++) {
      const { next_at } = await rowOf(made.order_id)
      const now = new Date(next_at)
      await runTask(askOrders, now, createTestDeps({ now: () => now }))
      waits.push(Math.round((Date.parse((await rowOf(made.order_id)).next_at) - now.getTime()) / minute))
    }
    expect(waits).toEqual([2, 4, 8, 16])
    await db.execute(`UPDATE orders SET created_at = created_at - interval '14 days' WHERE id = '${made.order_id}'`)
    await askAt(60 * minute)
    expect(await rowOf(made.order_id)).toMatchObject({ state: 'unknown', next_at: null })
  })

  it('of a payment that somebody else confirmed reads what it is', async () => {
    const buyer = await signUp()
    const made = await order(buyer)
    const paid = await payInWindow(made)
    await createTestDeps().toss.confirm(paid, `by-hand-${made.order_id}`)
    expect(await buyer.post('/payments/confirm', paid)).toMatchObject({ status: 200, json: { state: 'paid' } })
    expect(await ledgerOf(made.order_id)).toHaveLength(1)
  })
})

describe('a paid year', () => {
  it('is premium for twelve months, and not renewed', async () => {
    const buyer = await signUp()
    const paid = await buy(buyer, YEAR)
    const { rows } = await db.execute<any>(`
      SELECT subscriptions.*, subscription_state(subscriptions, now()) AS state, is_premium(user_id, now()) AS is_premium,
             ends_at = month_after(anchor_at, 12) AS is_whole, is_premium(user_id, ends_at - interval '1 second') AS at_end, is_premium(user_id, ends_at) AS after
      FROM subscriptions WHERE external_id = '${paid.order_id}'`)
    expect(rows).toMatchObject([
      {
        plan: 'annual',
        auto_renew: false,
        state: 'cancelled',
        period_no: 1,
        months: 12,
        is_premium: true,
        is_whole: true,
        at_end: true,
        after: false,
      },
    ])
    expect(await ledgerOf(paid.order_id)).toMatchObject([{ kind: 'charge', amount_won: 31_200 }])
    expect(await buyer.post('/payments/orders', { product: YEAR })).toMatchObject({ status: 409, json: { code: 'already_subscribed' } })
    expect((await buyer.post('/payments/orders', { product: YEAR, anyway: true })).status).toBe(201)
  })

  it('has no renewal to be resumed or changed, and no card', async () => {
    const buyer = await signUp()
    await buy(buyer, YEAR)
    const notFound = { status: 404, json: { code: 'subscription_not_found' } }
    expect(await buyer.post('/subscription/resume')).toMatchObject(notFound)
    expect(await buyer.patch('/subscription', { plan: 'monthly' })).toMatchObject(notFound)
    expect(await buyer.post('/subscription/payment-method', { auth_key: 'x', customer_key: 'xx' })).toMatchObject(notFound)
    expect((await buyer.get('/subscription')).json.subscriptions).toMatchObject([
      { state: 'cancelled', auto_renew: false, next_charge: null },
    ])
    expect((await buyer.delete('/subscription')).json).toMatchObject({ state: 'cancelled' })
  })
})

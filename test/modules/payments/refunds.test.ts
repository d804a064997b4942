import { describe, expect, it } from 'vitest'
import { sendDueRefunds } from '../../../src/modules/payments/refunds/jobs.ts'
import { leaveRefundUnknown, refuseRefund } from '../../../src/modules/payments/refunds/queries.ts'
import { sendRefund } from '../../../src/modules/payments/refunds/service.ts'
import { sim } from '../../dev/control.ts'
import { createTestDeps } from '../../support/api.ts'
import { injectFault } from '../../support/faults.ts'
import { signUp } from '../../support/login.ts'
import { ageOrder, atToss, BADGES, buy, DARK, ledgerOf, payInWindow, order, sumOf, withJobs, YEAR } from '../../support/orders.ts'
import { rowsOf } from '../../support/pushes.ts'
import { runTask } from '../../support/tasks.ts'
import { newCard, newCustomer } from '../../support/toss.ts'
import { addPet, freshTrack, walk } from '../../support/walks.ts'

const HOST = 'api.tosspayments.com'
const { db, toss } = createTestDeps()
const minute = 60_000

async function buyer() {
  const queue = withJobs()
  const person = await signUp({ deps: queue.deps })
  const refund = (order_id: string, key: string = crypto.randomUUID()) =>
    person.post('/payments/refunds', { order_id }, { headers: { 'Idempotency-Key': key } })
  return { ...person, refund, runJobs: queue.runJobs, given: queue.given }
}

const isPremium = async (user_id: string) => (await db.execute<any>(`SELECT is_premium('${user_id}', now()) AS it`)).rows[0].it as boolean
const refundRow = async (id: string) => (await db.execute<any>(`SELECT * FROM refunds WHERE id = '${id}'`)).rows[0]

/** A subscription of Toss whose first period began some days ago, paid at the simulator. */
async function subscribed(user_id: string, { plan = 'monthly', price = 3_900, months = 1, days = 0, periodNo = 0 } = {}) {
  const id = crypto.randomUUID()
  const order_id = `sub-${id.replaceAll('-', '')}-${periodNo}`
  const customer_key = newCustomer()
  const { auth_key } = (await sim('/toss/card', { customer_key, number: newCard('0000') })).json
  const issued = await toss.issueBillingKey({ auth_key, customer_key }, `issue-${id}`)
  if (issued.outcome !== 'answered') throw new Error('no key')
  const charged = await toss.charge(
    { billing_key: issued.billing.billing_key, customer_key, order_id, order_name: '프리미엄', amount: price },
    `${order_id}-1`,
  )
  if (charged.outcome !== 'answered') throw new Error('not charged')
  const { payment_key } = charged.payment
  await db.execute(`
    INSERT INTO subscriptions (id, user_id, person_ref, provider, environment, external_id, plan, auto_renew, anchor_at, months, period_no, created_at)
    SELECT '${id}', id, store_account_token, 'toss', 'production', '${id}', '${plan}', true, now() - interval '${days} days', ${months}, ${periodNo + 1}, now() - interval '${days} days'
    FROM users WHERE id = '${user_id}'`)
  await db.execute(`INSERT INTO subscription_owners (subscription_id, from_at, user_id) VALUES ('${id}', '-infinity', '${user_id}')`)
  await db.execute(`
    INSERT INTO charges (subscription_id, period_no, order_id, plan, amount_won, from_month, to_month, starts_at, ends_at, has_grace, state, attempt, settled_at, payment_key)
    SELECT '${id}', ${periodNo}, '${order_id}', '${plan}', ${price}, 0, ${months}, anchor_at, month_after(anchor_at, ${months}), false, 'done', 1, anchor_at, '${payment_key}'
    FROM subscriptions WHERE id = '${id}'`)
  await db.execute(`
    INSERT INTO period_facts (subscription_id, ref, fact_at, event_id, kind, plan, starts_at, ends_at, amount_won, currency, tells_revocation)
    SELECT '${id}', '${periodNo}', starts_at, order_id, 'paid', plan, starts_at, ends_at, amount_won, 'KRW', true FROM charges WHERE subscription_id = '${id}'`)
  await db.execute(`
    INSERT INTO payments (provider, transaction_id, kind, user_id, person_ref, subscription_id, order_id, product_id, amount_won, currency, method, at, source_event)
    SELECT 'toss', '${payment_key}', 'charge', user_id, person_ref, id, '${order_id}', 'com.withbowwow.premium.${plan}', ${price}, 'KRW', '카드', anchor_at, '${order_id}'
    FROM subscriptions WHERE id = '${id}'`)
  await db.execute(`SELECT fold_subscription('${id}', now(), true)`)
  return { id, order_id, payment_key }
}

describe('what is given back of a period', () => {
  it.each([
    [31_200, '2026-03-01T00:00:00+09:00', '2027-03-01T00:00:00+09:00', '2026-03-31T12:00:00+09:00', 28_550],
    [3_900, '2026-03-01T00:00:00+09:00', '2026-04-01T00:00:00+09:00', '2026-03-01T00:00:00+09:00', 3_770],
    [3_900, '2026-03-01T00:00:00+09:00', '2026-04-01T00:00:00+09:00', '2026-03-30T23:59:59+09:00', 120],
    [3_900, '2026-03-01T00:00:00+09:00', '2026-04-01T00:00:00+09:00', '2026-03-31T00:00:00+09:00', 0],
    [3_900, '2026-03-01T23:30:00+09:00', '2026-04-01T23:30:00+09:00', '2026-03-02T00:30:00+09:00', 3_640],
    [3_900, '2026-03-01T00:00:00+09:00', '2026-04-01T00:00:00+09:00', '2026-05-01T00:00:00+09:00', 0],
  ])('of %i won, %s to %s, at %s is %i', async (paid, from, until, at, expected) => {
    const { rows } = await db.execute<any>(`SELECT termination_refund(${paid}, '${from}', '${until}', '${at}') AS won`)
    expect(rows[0].won).toBe(expected)
  })
})

/** What happens in the second of a payment may have happened before it, because Toss tells whole seconds. */
const aMomentLater = { now: () => new Date(Date.now() + 2_000) }

describe('POST /payments/refunds', () => {
  it('gives the first month back whole while it is unused, and ends it at once', async () => {
    const person = await buyer()
    const sub = await subscribed(person.user.user_id, { days: 3 })
    expect(await isPremium(person.user.user_id)).toBe(true)
    const key = crypto.randomUUID()
    const asked = await person.refund(sub.order_id, key)
    expect(asked).toMatchObject({ status: 201, json: { amount_won: 3_900, state: 'pending' } })
    expect(await isPremium(person.user.user_id)).toBe(false)
    expect((await person.refund(sub.order_id, key)).json).toEqual(asked.json)
    expect(await person.refund(sub.order_id)).toMatchObject({ status: 409, json: { code: 'refund_refused' } })
    expect(await person.runJobs()).toBe(0)
    expect((await person.refund(sub.order_id, key)).json).toEqual({ ...asked.json, state: 'done' })
    expect(await atToss(sub.order_id)).toMatchObject({ balance: 0 })
    expect(await ledgerOf(sub.order_id)).toMatchObject([
      { kind: 'charge', amount_won: 3_900 },
      { kind: 'refund', amount_won: -3_900 },
    ])
    const { rows } = await db.execute<any>(
      `SELECT auto_renew, cancelled_at IS NOT NULL AS is_cancelled, subscription_state(subscriptions, now()) AS state FROM subscriptions WHERE id = '${sub.id}'`,
    )
    expect(rows).toEqual([{ auto_renew: false, is_cancelled: true, state: 'revoked' }])
    expect((await rowsOf(person)).filter(({ type }) => type === 'refunded')).toHaveLength(1)
    expect((await person.get('/payments/history')).json.items).toMatchObject([
      { kind: 'refund', amount_won: -3_900, method: 'toss', refund: null },
      { kind: 'charge', amount_won: 3_900, order_id: sub.order_id, refund: { state: 'done', amount_won: 3_900 } },
    ])
  })

  it('ends a later or used period, and gives back the days that are left', async () => {
    const person = await buyer()
    const sub = await subscribed(person.user.user_id, { plan: 'annual', price: 31_200, months: 12, days: 30 })
    const { rows } = await db.execute<any>(
      `SELECT termination_refund(31200, starts_at, ends_at, now()) AS won FROM charges WHERE order_id = '${sub.order_id}'`,
    )
    const { status, json } = await person.refund(sub.order_id)
    expect({ status, won: json.amount_won }).toEqual({ status: 201, won: rows[0].won })
    expect(json.amount_won).toBeLessThan(28_700)
    await person.runJobs()
    expect(await sumOf(sub.order_id)).toBe(31_200 - json.amount_won)
    expect(await atToss(sub.order_id)).toMatchObject({ balance: 31_200 - json.amount_won })
    expect(await isPremium(person.user.user_id)).toBe(false)
  })

  it('takes a card in a theme of premium for use', async () => {
    const person = await buyer()
    const sub = await subscribed(person.user.user_id)
    const { id } = await walk(person, [await addPet(person)], { track: freshTrack({ length_m: 900 }) })
    expect((await person.with(aMomentLater).post(`/walks/${id}/share-card`, { theme: 'dark' })).status).toBe(200)
    const { json } = await person.refund(sub.order_id)
    expect(json.amount_won).toBeLessThan(3_900)
    expect(json.amount_won).toBeGreaterThan(3_600)
  })

  it('of an old period touches no other', async () => {
    const person = await buyer()
    const sub = await subscribed(person.user.user_id, { days: 40 })
    expect(await person.refund(sub.order_id)).toMatchObject({ status: 409, json: { code: 'refund_refused' } })
  })

  it('of a payment of which somebody has given back a part at Toss, unheard, gives what is owed of the rest, once', async () => {
    for (const given of [1_000, 30_500]) {
      const person = await buyer()
      const sub = await subscribed(person.user.user_id, { plan: 'annual', price: 31_200, months: 12, days: 30 })
      const { json } = await person.refund(sub.order_id)
      await toss.cancel({ payment_key: sub.payment_key, reason: '관리자', amount: given }, crypto.randomUUID())
      await person.runJobs()
      expect(await refundRow(json.refund_id)).toMatchObject({ state: 'due', left_won: 31_200 - given })
      await Promise.all([sendRefund(createTestDeps(), json.refund_id), sendRefund(createTestDeps(), json.refund_id)])
      expect(await refundRow(json.refund_id)).toMatchObject({ state: 'done' })
      const left = Math.max(31_200 - given - json.amount_won, 0)
      expect(await atToss(sub.order_id)).toMatchObject({ balance: left })
      expect(await sumOf(sub.order_id)).toBe(left)
    }
  })

  it('gives a paid year back', async () => {
    const person = await buyer()
    const paid = await buy(person, YEAR)
    expect(await person.refund(paid.order_id)).toMatchObject({ status: 201, json: { amount_won: 31_200 } })
    await person.runJobs()
    expect(await isPremium(person.user.user_id)).toBe(false)
    expect((await person.get(`/payments/orders/${paid.order_id}`)).json.state).toBe('cancelled')
    expect(await sumOf(paid.order_id)).toBe(0)
  })

  it('gives goods back within seven days while they are unused, and not later', async () => {
    const person = await buyer()
    const [theme, pack] = [await buy(person, DARK), await buy(person, BADGES)]
    const { id } = await walk(person, [await addPet(person)], { track: freshTrack({ length_m: 900 }) })
    expect((await person.post(`/walks/${id}/share-card`, { theme: 'season' })).status).toBe(403)
    expect((await person.with(aMomentLater).post(`/walks/${id}/share-card`, { theme: 'dark' })).status).toBe(200)
    expect(await person.refund(theme.order_id)).toMatchObject({ status: 409, json: { code: 'refund_refused' } })
    await ageOrder(pack.order_id, 8)
    expect(await person.refund(pack.order_id)).toMatchObject({ status: 409, json: { code: 'refund_refused' } })
    await ageOrder(pack.order_id, -8)
    expect(await person.refund(pack.order_id)).toMatchObject({ status: 201, json: { amount_won: 1_000 } })
    await person.runJobs()
    expect((await person.get('/users/me/items')).json.items).toMatchObject([{ product_id: DARK }])
    expect((await person.post('/payments/orders', { product: BADGES })).status).toBe(201)
  })

  it('sends people to the store that took the money, and knows only their own', async () => {
    const [person, other] = [await buyer(), await buyer()]
    const transaction = `2${Math.floor(Math.random() * 1e12)}`
    await db.execute(`
      INSERT INTO payments (provider, transaction_id, kind, user_id, product_id, amount_won, currency, method, at, source_event)
      VALUES ('ios_iap', '${transaction}', 'charge', '${person.user.user_id}', '${YEAR}', 31200, 'KRW', 'ios_iap', now(), 'x')`)
    expect((await person.get('/payments/history')).json.items).toMatchObject([
      { order_id: transaction, method: 'ios_iap', paid_with: null },
    ])
    expect(await person.refund(transaction)).toMatchObject({
      status: 409,
      json: { code: 'managed_by_store', manage_url: 'https://reportaproblem.apple.com' },
    })
    expect(await other.refund(transaction)).toMatchObject({ status: 404, json: { code: 'order_not_found' } })
  })

  it('with the key of another refund is a conflict', async () => {
    const person = await buyer()
    const [theme, pack] = [await buy(person, DARK), await buy(person, BADGES)]
    const key = crypto.randomUUID()
    await person.refund(theme.order_id, key)
    expect(await person.refund(pack.order_id, key)).toMatchObject({ status: 409, json: { code: 'idempotency_conflict' } })
  })

  it('twenty times at once gives back once', async () => {
    const person = await buyer()
    const paid = await buy(person)
    const answers = await Promise.all(Array.from({ length: 20 }, () => person.refund(paid.order_id)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    await Promise.all([person.runJobs(), person.runJobs()])
    expect(await sumOf(paid.order_id)).toBe(0)
    expect(await atToss(paid.order_id)).toMatchObject({ balance: 0 })
  })
})

describe('giving money back', () => {
  it.each(['before', 'after'] as const)('is tried again with the same key when the answer is cut %s it is done', async (cut) => {
    const person = await buyer()
    const paid = await buy(person)
    await injectFault({ host: HOST, path: `/v1/payments/${paid.payment_key}/cancel`, cut, times: 2 })
    const { refund_id } = (await person.refund(paid.order_id)).json
    expect(await person.runJobs()).toBe(0)
    expect(await refundRow(refund_id)).toMatchObject({ state: 'unknown', dispatched_until: null })
    for (const ms of [2 * minute, 10 * minute]) {
      const deps = withJobs({ now: () => new Date(Date.now() + ms) })
      await runTask(sendDueRefunds, new Date(Date.now() + ms), createTestDeps(deps.deps))
      await deps.runJobs()
    }
    expect(await refundRow(refund_id)).toMatchObject({ state: 'done' })
    expect(await ledgerOf(paid.order_id)).toMatchObject([{ amount_won: 2_000 }, { amount_won: -2_000 }])
    expect(await atToss(paid.order_id)).toMatchObject({ balance: 0 })
    expect((await sim(`/toss/stats?key=${refund_id}`)).json.idempotency_mismatches).toBe(0)
  })

  it('of two parts at once makes one, because what is left is not what the other thought', async () => {
    const person = await buyer()
    const sub = await subscribed(person.user.user_id, { plan: 'annual', price: 31_200, months: 12 })
    const ids = [crypto.randomUUID(), crypto.randomUUID()]
    for (const id of ids)
      await db.execute(`
        INSERT INTO refunds (id, user_id, payment_key, order_id, subscription_id, period_no, amount_won, reason, basis, next_at, created_at)
        VALUES ('${id}', '${person.user.user_id}', '${sub.payment_key}', '${sub.order_id}', '${sub.id}', 0, 10000, '보상', 'admin', now() - interval '1 second', now())`)
    // Both are on their way before either arrives.
    let sent = 0
    let arrive = () => {}
    const both = new Promise<void>((resolve) => (arrive = resolve))
    const cancel: typeof toss.cancel = async (...of) => {
      if (++sent === ids.length) arrive()
      await both
      return toss.cancel(...of)
    }
    await Promise.all(ids.map((id) => sendRefund(createTestDeps({ toss: { ...toss, cancel } }), id)))
    const states = await Promise.all(ids.map(refundRow))
    expect(states.map(({ state }) => state).toSorted()).toEqual(['done', 'refused'])
    expect(states.find(({ state }) => state === 'refused').code).toBe('NOT_MATCHES_REFUNDABLE_AMOUNT')
    expect(await sumOf(sub.order_id)).toBe(21_200)
    expect(await atToss(sub.order_id)).toMatchObject({ balance: 21_200 })
    // A part that was given back shortens nothing.
    expect(await isPremium(person.user.user_id)).toBe(true)
  })

  it('counts as done where the whole payment was cancelled by hand', async () => {
    const person = await buyer()
    const paid = await buy(person)
    const { refund_id } = (await person.refund(paid.order_id)).json
    await toss.cancel({ payment_key: paid.payment_key, reason: '고객센터' }, `by-hand-${paid.order_id}`)
    await person.runJobs()
    expect(await refundRow(refund_id)).toMatchObject({ state: 'done' })
    expect(await sumOf(paid.order_id)).toBe(0)
  })

  it('of a deposit is not promised, because Toss would need an account', async () => {
    const person = await buyer()
    const made = await order(person, BADGES)
    const paid = await payInWindow(made, { method: '가상계좌' })
    expect(await person.post('/payments/confirm', paid)).toMatchObject({ status: 200, json: { state: 'waiting' } })
    expect(await person.refund(made.order_id)).toMatchObject({ status: 404 })
  })
})

it('a refund that is done stays done, whatever a slower call hears', async () => {
  const person = await buyer()
  const { order_id } = await buy(person)
  const { refund_id } = (await person.refund(order_id)).json
  await person.runJobs()
  const done = await refundRow(refund_id)
  expect(done).toMatchObject({ state: 'done', code: null })
  await refuseRefund(db, refund_id, 'NOT_CANCELABLE_PAYMENT', new Date())
  await leaveRefundUnknown(db, refund_id, new Date(), 'no answer')
  expect(await refundRow(refund_id)).toEqual(done)
})

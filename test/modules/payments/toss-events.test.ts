import { describe, expect, it } from 'vitest'
import { sim } from '../../dev/control.ts'
import { purgeEvents, resendLostEvents } from '../../../src/modules/payments/events/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { atToss, BADGES, buy, DARK, ledgerOf, order, payInWindow, sumOf, withJobs, YEAR } from '../../support/orders.ts'
import { runTask } from '../../support/tasks.ts'

const { db, toss } = createTestDeps()
const minute = 60_000

async function buyer(ms = 0) {
  const asked: string[] = []
  let clock = ms
  const queue = withJobs((deps) => ({
    now: () => new Date(Date.now() + clock),
    accessTokens: createTestDeps().accessTokens,
    toss: {
      ...deps.toss,
      findPaymentByOrder: async (id: string) => {
        asked.push(id)
        return deps.toss.findPaymentByOrder(id)
      },
    },
  }))
  const person = await signUp({ deps: queue.deps })
  const notice = (body: unknown, id: string = `whtrans_${crypto.randomUUID()}`) =>
    person.post('/payments/webhook/toss', body, { headers: { 'tosspayments-webhook-transmission-id': id } })
  /** What Toss sends about an order. */
  const tell = async (order_id: string, id?: string) => {
    const [payment] = (await atToss(order_id)).payments
    return notice({ eventType: 'PAYMENT_STATUS_CHANGED', createdAt: '2026-11-30T12:00:00.000000', data: payment }, id)
  }
  /** Tells, lets it be taken in, and lets a minute pass. */
  const hear = async (order_id: string) => {
    await tell(order_id)
    await queue.runJobs()
    clock += 2 * minute
  }
  return { ...person, ...queue, asked, notice, tell, hear, wait: (by: number) => void (clock += by) }
}

const stateOf = async (person: Awaited<ReturnType<typeof buyer>>, order_id: string) =>
  (await person.get(`/payments/orders/${order_id}`)).json.state
const eventsOf = async (external: string) =>
  (
    await db.execute<any>(
      `SELECT outcome, body FROM provider_events WHERE provider = 'toss' AND external_id = '${external}' ORDER BY received_at`,
    )
  ).rows

describe('a notice of Toss', () => {
  it.each(['before', 'during', 'after'])('that comes %s the confirm gives the same rows', async (when) => {
    for (const isCard of [true, false]) {
      const person = await buyer()
      const made = await order(person, BADGES)
      const paid = await payInWindow(made, isCard ? {} : { method: '가상계좌' })
      if (when === 'before') await person.hear(made.order_id)
      const confirm = person.post('/payments/confirm', paid)
      if (when === 'during') await person.tell(made.order_id)
      await confirm
      await person.runJobs()
      person.wait(2 * minute)
      if (!isCard) await sim('/toss/deposit', { order_id: made.order_id, state: 'done', to: 'http://127.0.0.1:9/' })
      await person.hear(made.order_id)
      await person.hear(made.order_id)
      expect(await stateOf(person, made.order_id)).toBe('paid')
      expect(await ledgerOf(made.order_id)).toEqual([{ kind: 'charge', amount_won: 1_000, transaction_id: paid.payment_key }])
      expect((await person.get('/users/me/items')).json.items).toHaveLength(1)
      const { rows } = await db.execute(`SELECT 1 FROM purchases WHERE ref = '${made.order_id}'`)
      expect(rows).toHaveLength(1)
    }
  })

  it('settles an order whose confirm was never answered', async () => {
    const person = await buyer()
    const made = await order(person, YEAR)
    const paid = await payInWindow(made)
    await toss.confirm(paid, `by-hand-${made.order_id}`)
    await person.hear(made.order_id)
    expect(await stateOf(person, made.order_id)).toBe('paid')
    expect((await db.execute<any>(`SELECT is_premium('${person.user.user_id}', now()) AS it`)).rows[0].it).toBe(true)
  })

  it('forged fifty times pays nothing, and asks Toss once a minute at most', async () => {
    const person = await buyer()
    const made = await order(person)
    const { payment_key } = await payInWindow(made)
    const forged = {
      eventType: 'PAYMENT_STATUS_CHANGED',
      data: { paymentKey: payment_key, orderId: made.order_id, status: 'DONE', totalAmount: 2_000 },
    }
    for (let i = 0; i < 50; i++) {
      expect((await person.notice(forged)).status).toBe(200)
      if (i % 10 === 0) await person.runJobs()
    }
    await person.runJobs()
    expect(person.asked).toEqual([made.order_id])
    person.wait(61_000)
    await person.runJobs()
    expect(person.asked).toHaveLength(2)
    expect(await person.runJobs()).toBe(0)
    expect(await stateOf(person, made.order_id)).toBe('open')
    expect(await ledgerOf(made.order_id)).toEqual([])
    const outcomes = (await eventsOf(made.order_id)).map(({ outcome }) => outcome)
    expect(outcomes).toHaveLength(50)
    expect(outcomes).not.toContain(null)
  })

  it('of something that is not ours is kept, and asks nothing', async () => {
    const person = await buyer()
    const order_id = `stranger-${crypto.randomUUID()}`
    for (const body of [
      { orderId: order_id, status: 'DONE', secret: 'ps_x', transactionKey: 'x' },
      { eventType: 'PAYMENT_STATUS_CHANGED', data: { orderId: order_id } },
      [1],
      'text',
      null,
    ])
      expect((await person.notice(body)).status).toBe(200)
    expect((await person.request('POST', '/payments/webhook/toss', undefined, { raw: '{' })).status).toBe(200)
    expect(await person.runJobs()).toBe(0)
    expect(person.asked).toEqual([])
    expect((await eventsOf(order_id)).map(({ outcome }) => outcome)).toEqual(['ignored', 'ignored'])
  })

  it('with another secret than that of the order is not heard', async () => {
    const person = await buyer()
    const paid = await buy(person)
    const { secret } = (await atToss(paid.order_id)).payments[0]!
    await person.notice({ orderId: paid.order_id, status: 'CANCELED', secret: 'ps_forged', transactionKey: 'x' })
    await person.runJobs()
    expect(person.asked).toEqual([])
    await person.notice({ orderId: paid.order_id, status: 'CANCELED', secret, transactionKey: 'x' })
    await person.runJobs()
    expect(person.asked).toEqual([paid.order_id])
    expect(await stateOf(person, paid.order_id)).toBe('paid')
    for (const { body } of await eventsOf(paid.order_id)) expect(JSON.stringify(body)).not.toContain('ps_')
  })

  it('forged with a wrong secret stands for no other', async () => {
    const person = await buyer()
    const paid = await buy(person)
    await toss.cancel({ payment_key: paid.payment_key, reason: '고객센터' }, `by-hand-${paid.order_id}`)
    await person.notice({ orderId: paid.order_id, status: 'CANCELED', secret: 'ps_forged', transactionKey: 'x' })
    await person.tell(paid.order_id)
    await person.runJobs()
    await person.runJobs()
    expect(await stateOf(person, paid.order_id)).toBe('cancelled')
  })

  it('twice with the same number is kept once', async () => {
    const person = await buyer()
    const paid = await buy(person)
    await person.tell(paid.order_id, `whtrans_${paid.order_id}`)
    await person.tell(paid.order_id, `whtrans_${paid.order_id}`)
    expect(await eventsOf(paid.order_id)).toHaveLength(1)
    expect(person.given).toHaveLength(1)
  })

  it('of a deposit that the bank takes back takes the goods, and gives them again', async () => {
    const person = await buyer()
    const made = await order(person, BADGES)
    await person.post('/payments/confirm', await payInWindow(made, { method: '가상계좌' }))
    const has: number[] = []
    for (const state of ['done', 'waiting', 'done']) {
      await sim('/toss/deposit', { order_id: made.order_id, state, to: 'http://127.0.0.1:9/' })
      await person.hear(made.order_id)
      has.push((await person.get('/users/me/items')).json.items.length)
    }
    expect(has).toEqual([1, 0, 1])
    expect((await ledgerOf(made.order_id)).map(({ kind, amount_won }) => [kind, amount_won])).toEqual([
      ['charge', 1_000],
      ['charge', 1_000],
      ['reversal', -1_000],
    ])
  })

  it('of a year whose deposit the bank takes back ends premium, and gives it again', async () => {
    const person = await buyer()
    const made = await order(person, YEAR)
    await person.post('/payments/confirm', await payInWindow(made, { method: '가상계좌' }))
    const has: boolean[] = []
    for (const state of ['done', 'waiting', 'done']) {
      await sim('/toss/deposit', { order_id: made.order_id, state, to: 'http://127.0.0.1:9/' })
      await person.hear(made.order_id)
      has.push((await db.execute<any>(`SELECT is_premium('${person.user.user_id}', now() + interval '1 day') AS it`)).rows[0].it)
    }
    expect(has).toEqual([true, false, true])
    expect(await sumOf(made.order_id)).toBe(31_200)
  })

  it('of money that was given back in parts by hand adds each part once, and the last ends what was bought', async () => {
    const person = await buyer()
    const paid = await buy(person, YEAR)
    const isPremium = async () => (await db.execute<any>(`SELECT is_premium('${person.user.user_id}', now()) AS it`)).rows[0].it
    await toss.cancel({ payment_key: paid.payment_key, reason: '보상', amount: 10_000, refundable_amount: 31_200 }, `part-${paid.order_id}`)
    await person.hear(paid.order_id)
    await person.hear(paid.order_id)
    expect([await sumOf(paid.order_id), await isPremium(), await stateOf(person, paid.order_id)]).toEqual([21_200, true, 'paid'])
    await toss.cancel({ payment_key: paid.payment_key, reason: '나머지' }, `rest-${paid.order_id}`)
    await person.hear(paid.order_id)
    expect([await sumOf(paid.order_id), await isPremium(), await stateOf(person, paid.order_id)]).toEqual([0, false, 'cancelled'])
    expect(await atToss(paid.order_id)).toMatchObject({ balance: 0 })
  })

  it('that a billing key is gone changes nothing', async () => {
    const person = await buyer()
    const { keyedHashes } = createTestDeps()
    const billing_key = `key-${crypto.randomUUID()}`
    const hash = await keyedHashes.of(billing_key)
    await db.execute(`
      INSERT INTO billing_keys (id, user_id, customer_key, sealed_key, key_hash, card, created_at)
      VALUES (gen_random_uuid(), '${person.user.user_id}', '${crypto.randomUUID()}', 'sealed', '${hash}', '{}', now())`)
    await person.notice({ eventType: 'BILLING_DELETED', data: { billingKey: billing_key, reason: null } })
    await person.notice({ eventType: 'BILLING_DELETED', data: { billingKey: 'key-of-nobody', reason: null } })
    expect(await person.runJobs()).toBe(0)
    expect((await db.execute(`SELECT state, dead_reason FROM billing_keys WHERE key_hash = '${hash}'`)).rows).toEqual([
      { state: 'live', dead_reason: null },
    ])
    expect((await eventsOf(hash)).map(({ outcome }) => outcome)).toEqual(['applied'])
    expect((await eventsOf(await keyedHashes.of('key-of-nobody'))).map(({ outcome }) => outcome)).toEqual(['ignored'])
  })
})

describe('an answer of Toss', () => {
  it('that is older than the last turn of a payment turns nothing', async () => {
    const person = await buyer()
    const made = await order(person, BADGES)
    await person.post('/payments/confirm', await payInWindow(made, { method: '가상계좌' }))
    await sim('/toss/deposit', { order_id: made.order_id, state: 'done', to: 'http://127.0.0.1:9/' })
    const old = await toss.findPaymentByOrder(made.order_id)
    await person.hear(made.order_id)
    await sim('/toss/deposit', { order_id: made.order_id, state: 'waiting', to: 'http://127.0.0.1:9/' })
    await person.hear(made.order_id)
    await db.execute(`SELECT settle_order('${JSON.stringify(old)}'::jsonb, now() - interval '1 hour', now() + interval '1 day', true)`)
    expect(await stateOf(person, made.order_id)).toBe('waiting')
    expect(await sumOf(made.order_id)).toBe(0)
  })

  it('of another amount is not believed', async () => {
    const person = await buyer()
    const made = await order(person, DARK)
    const paid = await payInWindow(made)
    await toss.confirm(paid, `by-hand-${made.order_id}`)
    const payment = { ...(await toss.findPaymentByOrder(made.order_id)), total_amount: 1_000 }
    const { rows } = await db.execute<any>(`SELECT settle_order('${JSON.stringify(payment)}'::jsonb, now(), now(), true) AS it`)
    expect(rows[0].it.outcome).toBe('mismatch')
    expect(await stateOf(person, made.order_id)).toBe('open')
  })
})

describe('events', () => {
  it('whose message was lost are sent again, and dead after a week', async () => {
    const person = await buyer()
    const paid = await buy(person)
    await person.tell(paid.order_id)
    person.given.splice(0)
    const later = (ms: number) => new Date(Date.now() + ms)
    // Events of others may wait in the same database.
    const sentOf = async () => {
      const { rows } = await db.execute<any>(`
        SELECT count(*)::int AS count
        FROM outbox
        JOIN provider_events ON provider_events.provider::text = outbox.payload ->> 'provider' AND provider_events.event_id = outbox.payload ->> 'event_id'
        WHERE outbox.type = 'payments.take_event' AND provider_events.external_id = '${paid.order_id}'`)
      return rows[0].count
    }
    expect(await sentOf()).toBe(1)
    await runTask(resendLostEvents, later(9 * minute), createTestDeps(person.deps))
    expect(await sentOf()).toBe(1)
    await runTask(resendLostEvents, later(11 * minute), createTestDeps(person.deps))
    expect(await sentOf()).toBe(2)
    await person.runJobs()
    expect(await eventsOf(paid.order_id)).toMatchObject([{ outcome: 'stale' }])
    person.wait(2 * minute)
    await person.tell(paid.order_id)
    await runTask(resendLostEvents, later(8 * 24 * 60 * minute), createTestDeps(person.deps))
    expect(await eventsOf(paid.order_id)).toMatchObject([{ outcome: 'stale' }, { outcome: 'dead' }])
  })

  it('lose their bodies after half a year, parked ones after two months', async () => {
    const of = crypto.randomUUID()
    const keep = (id: string, days: number, outcome: string) =>
      db.execute(`
        INSERT INTO provider_events (provider, event_id, environment, type, external_id, received_at, body, outcome)
        VALUES ('google_play', '${id}-${of}', 'production', 'x', '${of}', now() - interval '${days} days', '{}', '${outcome}')`)
    await keep('a', 181, 'applied')
    await keep('b', 179, 'applied')
    await keep('c', 61, 'parked')
    await keep('d', 59, 'parked')
    await runTask(purgeEvents, new Date())
    const { rows } = await db.execute<any>(
      `SELECT event_id, body IS NULL AS is_empty FROM provider_events WHERE external_id = '${of}' ORDER BY event_id`,
    )
    expect(rows.map(({ is_empty }) => is_empty)).toEqual([true, false, true, false])
  })
})

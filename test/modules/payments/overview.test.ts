import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { concernKinds } from '../../../src/modules/payments/overview/kinds.ts'
import { signUp } from '../../support/login.ts'
import { makeAdmin } from '../../support/moderation.ts'
import { listRows } from '../../support/rows.ts'
import { newPerson, subscribeAtToss } from '../../support/subscribers.ts'

/** The oldest come first, so what is older than all else stands at the beginning of each list. */
const OLD = new Date('2013-01-01T00:00:00Z')
/** Lists of the last 90 days are asked for as of a time at which no other test has any. */
const THEN = new Date('2013-02-01T00:00:00Z')
const iso = (minutes: number) => new Date(OLD.getTime() + minutes * 60_000).toISOString()

async function admin() {
  const person = await signUp()
  await makeAdmin(person)
  return person.with({ now: () => THEN })
}

async function charge(state: string, minutes: number) {
  const user_id = await newPerson()
  const { id } = await subscribeAtToss({ user_id, ends_at: OLD })
  const order_id = `sub-${id.replaceAll('-', '')}-1`
  await listRows(sql`
    INSERT INTO charges (subscription_id, period_no, order_id, plan, amount_won, from_month, to_month, starts_at, ends_at, has_grace, state, attempt, tries, first_sent_at, settled_at, lease_until, decline_code, payment_key)
    VALUES (${id}, 1, ${order_id}, 'monthly', 3900, 1, 2, ${iso(minutes)}, ${iso(minutes + 1)}, true, ${state}, 2, 5, ${iso(minutes)}, ${iso(minutes)}, ${iso(minutes)}, 'REJECT_CARD_PAYMENT', ${crypto.randomUUID()})`)
  for (const attempt of [1, 2])
    await listRows(
      sql`INSERT INTO charge_attempts (order_id, attempt, sent_at, trace_id) VALUES (${order_id}, ${attempt}, ${iso(minutes)}, ${`trace-${attempt}`})`,
    )
  return { order_id, subscription_id: id }
}

async function refund(state: string, minutes: number) {
  const id = crypto.randomUUID()
  await listRows(sql`
    INSERT INTO refunds (id, payment_key, order_id, amount_won, reason, basis, state, tries, code, created_at, settled_at)
    VALUES (${id}, 'secret', ${id}, 1000, 'because', 'admin', ${state}, 3, 'NOT_CANCELABLE_PAYMENT', ${iso(minutes)}, ${state === 'refused' ? iso(minutes) : null})`)
  return id
}

it('an admin sees what is open in payments, with what the support of the provider asks for', async () => {
  const { get } = await admin()
  const [unknown, sending, given_up] = [await charge('unknown', 1), await charge('sending', 2), await charge('given_up', 1)]
  const [open, refused] = [await refund('unknown', 3), await refund('refused', 1)]
  const event = crypto.randomUUID()
  await listRows(sql`
    INSERT INTO provider_events (provider, event_id, environment, type, received_at, body, outcome, error)
    VALUES ('ios_iap', ${event}, 'production', 'DID_RENEW', ${iso(1)}, '{"secret": "secret"}', 'dead', 'no such plan')`)
  const token = crypto.randomUUID()
  await listRows(sql`INSERT INTO store_tokens (token_hash, token, product_id, bought_at) VALUES (${token}, 'secret', 'p', ${iso(1)})`)
  const difference = crypto.randomUUID()
  await listRows(sql`
    INSERT INTO payment_differences (id, provider, external_id, what, ours, theirs, found_at, event_id)
    VALUES (${difference}, 'toss', ${difference}, 'amount', '{"amount_won": 1}', '{"amount_won": 2}', ${iso(1)}, ${difference})`)
  try {
    const { json } = await get('/admin/payments')
    expect(json).toMatchObject({ items: [], next_cursor: null })
    expect(json.counts.map(({ kind }: any) => kind)).toEqual(concernKinds)
    for (const { kind, count, oldest_at } of json.counts) {
      expect([kind, count >= (kind === 'unknown' ? 3 : 1)]).toEqual([kind, true])
      expect([kind, new Date(oldest_at).getTime()]).toEqual([kind, Date.parse(iso(1))])
    }
    const first = async (kind: string, count = 1) => {
      const { text, json } = await get(`/admin/payments?kind=${kind}&limit=${count}`)
      expect(text).not.toContain('secret')
      return json.items
    }
    const ofCharge = { what: 'charge', method: 'toss', amount_won: 3_900, code: 'REJECT_CARD_PAYMENT', trace_ids: ['trace-2', 'trace-1'] }
    expect(await first('unknown', 3)).toMatchObject([
      { ...ofCharge, ...unknown, state: 'unknown', tries: 5 },
      { ...ofCharge, ...sending, state: 'sending' },
      { id: open, what: 'refund', state: 'unknown', tries: 3, code: 'NOT_CANCELABLE_PAYMENT' },
    ])
    expect(await first('given_up')).toMatchObject([{ ...ofCharge, ...given_up, tries: 2 }])
    expect(await first('refused_refunds')).toMatchObject([{ id: refused, amount_won: 1_000 }])
    expect(await first('parked')).toMatchObject([{ id: event, method: 'ios_iap', state: 'dead DID_RENEW', code: 'no such plan' }])
    expect(await first('unacknowledged')).toMatchObject([{ id: token, method: 'google_play', state: 'unbound' }])
    expect(await first('differences')).toMatchObject([
      { id: difference, order_id: difference, state: 'amount', code: 'ours: {"amount_won": 1}, theirs: {"amount_won": 2}' },
    ])
  } finally {
    await listRows(
      sql`UPDATE charges SET state = 'done' WHERE order_id IN (${unknown.order_id}, ${sending.order_id}, ${given_up.order_id})`,
    )
    await listRows(sql`DELETE FROM refunds WHERE id IN (${open}, ${refused})`)
    await listRows(sql`DELETE FROM provider_events WHERE event_id = ${event}`)
    await listRows(sql`DELETE FROM store_tokens WHERE token_hash = ${token}`)
    await listRows(sql`DELETE FROM payment_differences WHERE id = ${difference}`)
  }
})

it('a list comes in pages, also where many are of one moment', async () => {
  const { get } = await admin()
  const made = await Promise.all(Array.from({ length: 5 }, () => refund('refused', -100)))
  try {
    const ids: string[] = []
    let cursor = ''
    while (ids.length < 5) {
      const { json } = await get(`/admin/payments?kind=refused_refunds&limit=2${cursor && `&cursor=${cursor}`}`)
      ids.push(...json.items.map(({ id }: any) => id))
      cursor = json.next_cursor ?? ''
    }
    expect(ids.slice(0, 5)).toEqual(made.toSorted())
    const { json } = await get('/admin/payments?kind=refused_refunds&limit=1')
    expect((await get(`/admin/payments?kind=unknown&cursor=${json.next_cursor}`)).json.code).toBe('invalid_cursor')
  } finally {
    for (const id of made) await listRows(sql`DELETE FROM refunds WHERE id = ${id}`)
  }
})

it('nobody else sees it', async () => {
  const person = await signUp()
  expect(await person.get('/admin/payments?kind=unknown')).toMatchObject({ status: 403, json: { code: 'admin_required' } })
})

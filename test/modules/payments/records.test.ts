import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { DAY_MS } from '../../../src/core/time.ts'
import { purgeEvents } from '../../../src/modules/payments/events/jobs.ts'
import { dropSpentKeys, purgeRecords } from '../../../src/modules/payments/records/jobs.ts'
import { purgeUsers } from '../../../src/modules/users/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { logIn, signUp } from '../../support/login.ts'
import { listRows } from '../../support/rows.ts'
import { applyAtStore, consent, newPerson, subscribeAtToss } from '../../support/subscribers.ts'
import { runTask } from '../../support/tasks.ts'
import type { Toss } from '../../../src/vendors/toss/payments.ts'

const NOW = new Date('2026-12-01T03:00:00Z')
const days = (count: number, from = NOW) => new Date(from.getTime() + count * DAY_MS)
const silentQueue = { sendBatch: async () => {} } as unknown as Queue
const iso = (at: Date) => at.toISOString()

/** A payment of a period, as a charge that was settled writes it. */
async function pay(user_id: string, subscription_id: string, at: Date) {
  const transaction_id = crypto.randomUUID()
  await listRows(sql`
    INSERT INTO payments (provider, transaction_id, kind, user_id, person_ref, subscription_id, order_id, product_id, amount_won, currency, at, source_event)
    SELECT 'toss', ${transaction_id}, 'charge', id, store_account_token, ${subscription_id}, ${transaction_id}, 'com.withbowwow.premium.monthly', 3900, 'KRW', ${iso(at)}, 'test'
    FROM users WHERE id = ${user_id}`)
  return transaction_id
}

const openCharge = (subscription_id: string, state: string, starts_at: Date) =>
  listRows(sql`
    INSERT INTO charges (subscription_id, period_no, order_id, plan, amount_won, from_month, to_month, starts_at, ends_at, has_grace, state, next_at, billing_key_id)
    SELECT id, 1, ${crypto.randomUUID()}, 'monthly', 3900, 1, 2, ${iso(starts_at)}, ${iso(days(30, starts_at))}, true, ${state}, ${iso(days(1, starts_at))}, billing_key_id
    FROM subscriptions
    WHERE id = ${subscription_id}`)

it('whoever leaves is charged no more, keeps what is paid, and renews nothing by coming back', async () => {
  const person = await signUp()
  const { user_id } = person.user
  const grace = await subscribeAtToss({ user_id, ends_at: days(-1) })
  await openCharge(grace.id, 'declined', days(-1))
  await listRows(sql`SELECT fold_subscription(${grace.id}, ${iso(days(-1))}, false)`)
  const paid = await subscribeAtToss({ user_id, ends_at: days(20), days: 30 })
  const unknown = await subscribeAtToss({ user_id, ends_at: days(-1) })
  await openCharge(unknown.id, 'unknown', days(-1))
  const premium = (id: string) =>
    listRows(sql`SELECT 1 FROM premium_periods WHERE subscription_id = ${id} AND starts_at <= ${iso(NOW)} AND ends_at > ${iso(NOW)}`)
  expect(await premium(grace.id)).toHaveLength(1)

  expect((await person.with({ now: () => NOW }).delete('/users/me')).json.store_subscriptions).toEqual([])
  const after = () =>
    listRows(sql`
      SELECT subscriptions.auto_renew, to_json(cancelled_at) AS cancelled_at, to_json(subscriptions.ends_at) AS ends_at, charges.state
      FROM subscriptions LEFT JOIN charges ON charges.subscription_id = subscriptions.id
      WHERE user_id = ${user_id} ORDER BY array_position(ARRAY[${grace.id}, ${paid.id}, ${unknown.id}]::uuid[], subscriptions.id)`)
  const states = await after()
  expect(states.map(({ auto_renew, state }) => [auto_renew, state])).toEqual([
    [false, 'void'],
    [false, null],
    [false, 'unknown'],
  ])
  for (const { cancelled_at } of states) expect(new Date(cancelled_at)).toEqual(NOW)
  expect(await premium(grace.id)).toEqual([])
  expect(await premium(paid.id)).toHaveLength(1)

  await listRows(sql`UPDATE users SET deleted_at = NULL WHERE id = ${user_id}`)
  expect(await after()).toEqual(states)
})

it('whoever is banned is charged no more', async () => {
  const user_id = await newPerson()
  const { id } = await subscribeAtToss({ user_id, ends_at: days(20) })
  await listRows(sql`UPDATE users SET nickname = nickname WHERE id = ${user_id}`)
  expect(await listRows(sql`SELECT auto_renew FROM subscriptions WHERE id = ${id}`)).toEqual([{ auto_renew: true }])
  await listRows(sql`UPDATE users SET banned_at = ${iso(NOW)} WHERE id = ${user_id}`)
  expect(await listRows(sql`SELECT auto_renew FROM subscriptions WHERE id = ${id}`)).toEqual([{ auto_renew: false }])
})

it('whoever leaves hears which stores go on charging, and where they can end it', async () => {
  const person = await signUp()
  const at = (provider: string, auto_renew: boolean) =>
    applyAtStore(
      {
        provider,
        environment: 'production',
        external_id: crypto.randomUUID(),
        plan: 'monthly',
        account_token: null,
        event_id: crypto.randomUUID(),
        claim: { user_id: person.user.user_id, transfer: false },
        periods: [
          {
            ref: crypto.randomUUID(),
            fact_at: days(-1),
            kind: 'paid',
            plan: 'monthly',
            starts_at: days(-1),
            ends_at: days(29),
            amount_won: 3_900,
            currency: 'KRW',
            tells_revocation: true,
            revoked_at: null,
          },
        ],
        renewals: [{ fact_at: days(-1), auto_renew, next_plan: 'monthly', grace_ends_at: null }],
      },
      provider === 'ios_iap' ? days(-1) : NOW,
    )
  await at('ios_iap', true)
  await at('google_play', true)
  await at('ios_iap', false)
  expect((await person.with({ now: () => NOW }).delete('/users/me')).json.store_subscriptions).toEqual([
    { method: 'ios_iap', manage_url: 'https://apps.apple.com/account/subscriptions' },
    { method: 'google_play', manage_url: 'https://play.google.com/store/account/subscriptions?sku=com.withbowwow.premium.monthly' },
  ])
})

/** Long before any other test's accounts were deleted, and not the day of leave.test.ts. */
const LEFT_AT = new Date('2017-03-01T00:00:00Z')

it('when an account is purged its records stay without it, its card goes at Toss and here, and nothing leads to the person', async () => {
  const person = await signUp()
  const { user_id } = person.user
  const { id, billing_key_id } = await subscribeAtToss({ user_id, ends_at: days(10, LEFT_AT) })
  const transaction_id = await pay(user_id, id, days(-20, LEFT_AT))
  const refund_id = crypto.randomUUID()
  await listRows(sql`
    INSERT INTO refunds (id, user_id, payment_key, order_id, subscription_id, amount_won, reason, basis, created_at)
    VALUES (${refund_id}, ${user_id}, ${transaction_id}, ${transaction_id}, ${id}, 100, 'test', 'termination', ${iso(LEFT_AT)})`)
  const order = crypto.randomUUID()
  await listRows(sql`
    INSERT INTO orders (id, user_id, person_ref, product_id, amount_won, request_hash, created_at, expires_at)
    SELECT ${order}, id, store_account_token, 'com.withbowwow.badge_pack', 1000, '', ${iso(LEFT_AT)}, ${iso(LEFT_AT)} FROM users WHERE id = ${user_id}`)
  await listRows(sql`
    INSERT INTO purchases (provider, environment, ref, product_id, user_id, granted_at, fact_at)
    VALUES ('toss', 'production', ${order}, 'com.withbowwow.badge_pack', ${user_id}, ${iso(LEFT_AT)}, ${iso(LEFT_AT)})`)
  await person.with({ now: () => LEFT_AT }).delete('/users/me')
  await runTask(purgeUsers, days(30, LEFT_AT), createTestDeps({ jobs: silentQueue }))

  expect(await listRows(sql`SELECT 1 FROM users WHERE id = ${user_id}`)).toEqual([])
  const kept = await listRows<Record<string, any>>(sql`
    SELECT (SELECT to_json(it) FROM subscriptions it WHERE id = ${id}) AS subscription, (SELECT to_json(it) FROM payments it WHERE transaction_id = ${transaction_id}) AS payment,
           (SELECT to_json(it) FROM refunds it WHERE id = ${refund_id}) AS refund, (SELECT to_json(it) FROM orders it WHERE id = ${order}) AS ordered,
           (SELECT to_json(it) FROM payment_consents it WHERE subscription_id = ${id}) AS consent, (SELECT to_json(it) FROM purchases it WHERE ref = ${order}) AS purchase`)
  for (const [name, row] of Object.entries(kept[0]!)) expect([name, row?.user_id]).toEqual([name, null])
  expect(await listRows(sql`SELECT 1 FROM premium_periods WHERE subscription_id = ${id}`)).toEqual([])
  expect(await listRows(sql`SELECT 1 FROM subscription_owners WHERE subscription_id = ${id}`)).toEqual([])
  // No column of any table holds the id of whoever is gone.
  const columns = await listRows<{ name: string; tab: string }>(sql`
    SELECT columns.column_name AS name, columns.table_name AS tab
    FROM information_schema.columns
    JOIN information_schema.tables ON tables.table_name = columns.table_name AND tables.table_schema = 'public' AND tables.table_type = 'BASE TABLE'
    WHERE columns.table_schema = 'public' AND columns.data_type IN ('uuid', 'text', 'jsonb')`)
  const holders = columns.map(
    ({ name, tab }) => `SELECT '${tab}.${name}' AS at WHERE EXISTS (SELECT 1 FROM "${tab}" WHERE "${name}"::text LIKE '%${user_id}%')`,
  )
  expect(columns.length).toBeGreaterThan(100)
  const found = (await createTestDeps().db.execute<{ at: string }>(holders.join(' UNION ALL '))).rows.map(({ at }) => at)
  // The outbox and the record of messages are emptied by purges of their own.
  expect(found.filter((at) => !at.startsWith('outbox.'))).toEqual([])

  expect(await drop([billing_key_id])).toEqual([billing_key_id])
  expect(await listRows(sql`SELECT 1 FROM billing_keys WHERE id = ${billing_key_id}`)).toEqual([])
  expect(await listRows(sql`SELECT billing_key_id FROM subscriptions WHERE id = ${id}`)).toEqual([{ billing_key_id: null }])
})

/** Runs the task with a Toss that notes which keys it deleted. In these tests a key is called as its row. Keys of other tests stay. */
async function drop(mine: string[], deleteBillingKey: Toss['deleteBillingKey'] = async () => {}) {
  const deleted: string[] = []
  const toss = {
    async deleteBillingKey(key: string) {
      if (!mine.includes(key)) throw new Error('of another test')
      await deleteBillingKey(key)
      deleted.push(key)
    },
  } as unknown as Toss
  await runTask(dropSpentKeys, NOW, createTestDeps({ toss }))
  return deleted
}

it('a dead card is dropped, a live one stays, and so does one whose charge is not settled, also after it was replaced', async () => {
  const user_id = await newPerson()
  const [live, dead, busy] = [
    await subscribeAtToss({ user_id, ends_at: days(5) }),
    await subscribeAtToss({ user_id, ends_at: days(5) }),
    await subscribeAtToss({ user_id, ends_at: days(5) }),
  ]
  await openCharge(busy.id, 'unknown', days(5))
  const mine = [live, dead, busy].map(({ billing_key_id }) => billing_key_id)
  await listRows(sql`UPDATE billing_keys SET state = 'dead' WHERE id IN (${dead.billing_key_id}, ${busy.billing_key_id})`)
  await listRows(sql`UPDATE subscriptions SET billing_key_id = ${live.billing_key_id} WHERE id = ${busy.id}`)
  expect(await drop(mine, () => Promise.reject(new Error('Toss is down')))).toEqual([])
  expect(await listRows(sql`SELECT 1 FROM billing_keys WHERE id = ${dead.billing_key_id}`)).toHaveLength(1)
  expect(await drop(mine)).toEqual([dead.billing_key_id])
  await listRows(sql`UPDATE charges SET state = 'declined' WHERE subscription_id = ${busy.id}`)
  expect(await drop(mine)).toEqual([busy.billing_key_id])
})

it('a card stays while a charge with it is not settled, also when its person has given another meanwhile', async () => {
  const user_id = await newPerson()
  const [before, after] = [await subscribeAtToss({ user_id, ends_at: days(5) }), await subscribeAtToss({ user_id, ends_at: days(6) })]
  await openCharge(before.id, 'unknown', days(5))
  await listRows(sql`UPDATE charges SET billing_key_id = ${before.billing_key_id} WHERE subscription_id = ${before.id}`)
  await listRows(sql`UPDATE subscriptions SET billing_key_id = ${after.billing_key_id} WHERE id = ${before.id}`)
  await listRows(sql`UPDATE billing_keys SET state = 'dead', dead_reason = 'replaced' WHERE id = ${before.billing_key_id}`)
  const mine = [before, after].map(({ billing_key_id }) => billing_key_id)
  expect(await drop(mine)).toEqual([])
  await listRows(sql`UPDATE charges SET state = 'done' WHERE subscription_id = ${before.id}`)
  expect(await drop(mine)).toEqual([before.billing_key_id])
})

it('whoever’s dead card is gone is still asked for another', async () => {
  const person = await signUp()
  const { id, billing_key_id } = await subscribeAtToss({ user_id: person.user.user_id, ends_at: days(5) })
  const read = async () => (await person.get('/subscription')).json.subscriptions[0]
  expect(await read()).toMatchObject({ id, needs_new_card: false })
  await listRows(sql`UPDATE billing_keys SET state = 'dead' WHERE id = ${billing_key_id}`)
  expect(await drop([billing_key_id])).toEqual([billing_key_id])
  expect(await read()).toMatchObject({ id, card: null, needs_new_card: true })
  await listRows(sql`UPDATE subscriptions SET auto_renew = false WHERE id = ${id}`)
  expect(await read()).toMatchObject({ id, needs_new_card: false })
})

it('more dead cards than one message can drop are dropped by the next', async () => {
  const user_id = await newPerson()
  const keys = Array.from({ length: 45 }, () => crypto.randomUUID())
  const { vault } = createTestDeps()
  for (const id of keys)
    await listRows(sql`
      INSERT INTO billing_keys (id, user_id, customer_key, sealed_key, key_hash, card, state, created_at)
      VALUES (${id}, ${user_id}, ${id}, ${await vault.seal(id)}, ${id}, '{}', 'dead', ${iso(NOW)})`)
  expect((await drop(keys)).toSorted()).toEqual(keys.toSorted())
})

it('records go five years after the last of them, and not before', async () => {
  const ended = new Date('2012-01-01T00:00:00Z')
  const [gone, here] = [await newPerson(), await newPerson()]
  const theirs = await subscribeAtToss({ user_id: gone, ends_at: ended })
  const late = await subscribeAtToss({ user_id: gone, ends_at: ended })
  const mine = await subscribeAtToss({ user_id: here, ends_at: ended })
  const [old, refundedLate, own] = [
    await pay(gone, theirs.id, ended),
    await pay(gone, late.id, days(100, ended)),
    await pay(here, mine.id, ended),
  ]
  await consent({ user_id: gone, subscription_id: theirs.id, kind: 'trial_conversion', at: ended })
  await listRows(
    sql`INSERT INTO trial_uses (key_hash, used_at, subscription_id) VALUES (sha256(${theirs.id}::bytea), ${iso(ended)}, ${theirs.id})`,
  )
  await listRows(sql`DELETE FROM users WHERE id = ${gone}`)
  const left = async () => ({
    subscriptions: (await listRows<{ id: string }>(sql`SELECT id FROM subscriptions WHERE id IN (${theirs.id}, ${late.id}, ${mine.id})`))
      .map(({ id }) => id)
      .toSorted(),
    payments: (
      await listRows<{ id: string }>(
        sql`SELECT transaction_id AS id FROM payments WHERE transaction_id IN (${old}, ${refundedLate}, ${own})`,
      )
    )
      .map(({ id }) => id)
      .toSorted(),
  })
  const all = { subscriptions: [theirs.id, late.id, mine.id].toSorted(), payments: [old, refundedLate, own].toSorted() }
  await runTask(purgeRecords, new Date('2016-12-31T00:00:00Z'))
  expect(await left()).toEqual(all)
  const run = async (at: string) => {
    // The ledger of a subscription goes in the slice after it.
    await runTask(purgeRecords, new Date(at))
    await runTask(purgeRecords, new Date(at))
  }
  await run('2017-01-02T00:00:00Z')
  expect(await left()).toEqual({ subscriptions: [late.id, mine.id].toSorted(), payments: [refundedLate, own].toSorted() })
  expect(await listRows(sql`SELECT 1 FROM payment_consents WHERE subscription_id = ${theirs.id}`)).toEqual([])
  expect(await listRows(sql`SELECT subscription_id FROM trial_uses WHERE key_hash = sha256(${theirs.id}::bytea)`)).toEqual([
    { subscription_id: null },
  ])
  await run('2017-04-12T00:00:00Z')
  expect(await left()).toEqual({ subscriptions: [mine.id], payments: [own] })
})

it('what a provider sent is emptied after 180 days, and what nobody claimed after 60', async () => {
  const at = new Date('2015-06-01T00:00:00Z')
  const event = async (outcome: string, age: number) => {
    const id = crypto.randomUUID()
    await listRows(sql`
      INSERT INTO provider_events (provider, event_id, environment, type, received_at, body, outcome)
      VALUES ('ios_iap', ${id}, 'production', 'TEST', ${iso(days(-age, at))}, '{"a": 1}', ${outcome})`)
    return id
  }
  const ids = [await event('applied', 179), await event('applied', 181), await event('parked', 59), await event('parked', 61)]
  await runTask(purgeEvents, at)
  const bodies = await Promise.all(
    ids.map(async (id) => (await listRows(sql`SELECT body FROM provider_events WHERE event_id = ${id}`))[0]!.body),
  )
  expect(bodies).toEqual([{ a: 1 }, null, { a: 1 }, null])
})

it('a person who was restored logs in as before', async () => {
  const person = await signUp()
  await subscribeAtToss({ user_id: person.user.user_id, ends_at: days(20) })
  expect((await person.delete('/users/me')).status).toBe(202)
  const again = await logIn(person.kakao_id)
  expect(again.user.user_id).toBe(person.user.user_id)
})

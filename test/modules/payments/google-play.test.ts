import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { acknowledgeAgain, readVoided, reconcileWithGoogle } from '../../../src/modules/payments/stores/google-play/jobs.ts'
import { sha256Hex } from '../../../src/core/hash.ts'
import { JOB } from '../../../src/jobs/types.ts'
import { createApi, createTestDeps } from '../../support/api.ts'
import { addFault } from '../../dev/control.ts'
import { signUp } from '../../support/login.ts'
import { ANNUAL, MONTHLY, moveClock, play, seePurchase } from '../../support/play.ts'
import { accountTokenOf, deliverGoogle, runJobs } from '../../support/store-events.ts'
import { runTask } from '../../support/tasks.ts'

const DAY_MS = 86_400_000
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS)
const { db } = createTestDeps()

async function buyer({ days = 0, ...input }: { days?: number; [option: string]: unknown } = {}) {
  const person = await signUp()
  const account_id = await accountTokenOf(person)
  if (days > 0) await moveClock(account_id, daysAgo(days))
  const bought = await play('buy', { product: MONTHLY, account_id, send: false, ...input })
  return { person, account_id, bought, token: bought.purchase_token as string }
}
const verify = (person: ReturnType<typeof createApi>, purchase_token: string, more: object = {}) =>
  person.post('/payments/verify/google', { purchase_token, product_id: MONTHLY, ...more })
const subscriptionsOf = async (person: Awaited<ReturnType<typeof signUp>>) => (await person.get('/subscription')).json.subscriptions
const acknowledge = async (token: string) => runJobs(createTestDeps(), JOB.acknowledge, { token_hash: await sha256Hex(token) })

async function ledgerOf(token: string) {
  const { rows } = await db.execute<{ kind: string; amount_won: number }>(sql`
    SELECT payments.kind, payments.amount_won
    FROM payments
    JOIN subscriptions ON subscriptions.id = payments.subscription_id
    WHERE subscriptions.external_id = ${await sha256Hex(token)}
    ORDER BY payments.at, payments.kind`)
  return rows.map(({ kind, amount_won }) => `${kind} ${amount_won}`)
}
async function stateAt(token: string, at: Date) {
  const { rows } = await db.execute<{ state: string; is_premium: boolean }>(sql`
    SELECT subscription_state(subscriptions, ${at.toISOString()}) AS state, is_premium(user_id, ${at.toISOString()}) AS is_premium
    FROM subscriptions WHERE external_id = ${await sha256Hex(token)}`)
  return rows[0]
}

describe('a purchase that a phone shows', () => {
  it('makes its person premium and is acknowledged, as often as it is shown', async () => {
    const { person, token } = await buyer()
    for (let times = 0; times < 3; times++) {
      const { status, json } = await verify(person, token)
      expect([status, json.premium, json.subscription.state, json.environment]).toEqual([200, true, 'active', 'production'])
    }
    await acknowledge(token)
    expect(await seePurchase(token)).toMatchObject({ is_acknowledged: true })
    expect(await ledgerOf(token)).toEqual(['charge 3900'])
  })

  it('that is still waiting for its money grants nothing until it has come', async () => {
    const { person, token } = await buyer({ pending: true })
    const { json } = await verify(person, token)
    expect(json).toMatchObject({ premium: false, is_pending: true, subscription: { state: 'pending', is_premium: false } })
    expect(await acknowledge(token)).toBe(0)
    await deliverGoogle((await play('complete', { token, send: false })).notices)
    expect((await person.get('/users/me')).json.is_premium).toBe(true)
    await acknowledge(token)
    expect(await seePurchase(token)).toMatchObject({ is_acknowledged: true })
  })

  it('by somebody who has logged out changes nothing', async () => {
    const { person, token } = await buyer()
    await person.delete('/users/me')
    expect((await verify(person, token)).status).toBe(401)
    const token_hash = await sha256Hex(token)
    const { rows } = await db.execute(sql`
      SELECT 1 FROM store_tokens WHERE token_hash = ${token_hash} UNION ALL SELECT 1 FROM subscriptions WHERE external_id = ${token_hash}`)
    expect(rows).toEqual([])
  })

  it('that Google does not know is refused', async () => {
    const { status, json } = await verify(await signUp(), `made-up-${crypto.randomUUID()}`)
    expect([status, json.code]).toEqual([422, 'purchase_not_genuine'])
  })

  it('of another account stays there, unless it is taken over', async () => {
    const { person, token } = await buyer()
    await verify(person, token)
    const other = await signUp()
    expect((await verify(other, token)).json.code).toBe('purchase_belongs_to_another_account')
    expect((await verify(other, token, { transfer: true })).json.premium).toBe(true)
    expect((await person.get('/users/me')).json.is_premium).toBe(false)
    expect((await verify(person, token, { transfer: true })).json.code).toBe('transfer_too_soon')
  })

  it('of a license tester counts for testers alone in production', async () => {
    const { person, token } = await buyer({ test: true })
    const production = person.with({ countsSandbox: false })
    expect((await verify(production, token)).json).toMatchObject({ premium: false, environment: 'sandbox' })
    await db.execute(sql`UPDATE users SET role = 'tester' WHERE id = ${person.user.user_id}`)
    expect((await verify(production, token)).json.premium).toBe(true)
    expect(await ledgerOf(token)).toEqual([])
  })
})

describe('a message of Pub/Sub', () => {
  it('about a purchase that nobody has shown waits, is not acknowledged, and is bound by who shows it', async () => {
    const bought = await play('buy', { product: MONTHLY, send: false })
    expect(await deliverGoogle(bought.notices)).toEqual(['parked'])
    expect(await acknowledge(bought.purchase_token)).toBe(0)
    const person = await signUp()
    expect((await verify(person, bought.purchase_token)).json.premium).toBe(true)
    expect(await acknowledge(bought.purchase_token)).toBe(1)
    expect(await seePurchase(bought.purchase_token)).toMatchObject({ is_acknowledged: true })
    const { rows } = await db.execute(
      sql`SELECT outcome FROM provider_events WHERE external_id = ${await sha256Hex(bought.purchase_token)}`,
    )
    expect(rows).toEqual([{ outcome: 'applied' }])
  })

  it.each(['wrong_email', 'wrong_aud', 'expired', 'unverified', 'wrong_key'])(
    'with %s is refused, and nothing is kept',
    async (variant) => {
      const { token } = await buyer()
      const notice = await play('push', { token, type: 3, variant, send: false })
      const { status, json } = await createApi().post('/payments/webhook/google', notice.body, {
        headers: { Authorization: notice.authorization },
      })
      expect([status, json.code]).toEqual([401, 'event_not_genuine'])
      const { rows } = await db.execute(sql`SELECT 1 FROM provider_events WHERE event_id = ${notice.message_id}`)
      expect(rows).toEqual([])
    },
  )

  it('of a late charge keeps access in grace and none on hold, and the grace stays premium after the charge came', async () => {
    const { person, account_id, token } = await buyer({ days: 60 })
    await verify(person.with({ now: () => daysAgo(60) }), token)
    await acknowledge(token)
    await play('card', { token, fails: true, grace_days: 7, send: false })
    await deliverGoogle(await moveClock(account_id, daysAgo(25)), { now: () => daysAgo(25) })
    expect(await stateAt(token, daysAgo(25))).toEqual({ state: 'grace', is_premium: true })
    await deliverGoogle(await moveClock(account_id, daysAgo(20)), { now: () => daysAgo(20) })
    expect(await stateAt(token, daysAgo(20))).toEqual({ state: 'on_hold', is_premium: false })
    await play('card', { token, fails: false, send: false })
    await deliverGoogle((await play('recover', { token, send: false })).notices, { now: () => daysAgo(19) })
    expect(await stateAt(token, daysAgo(18))).toEqual({ state: 'active', is_premium: true })
    expect(await stateAt(token, daysAgo(25))).toMatchObject({ is_premium: true })
    expect(await stateAt(token, daysAgo(21))).toMatchObject({ is_premium: false })
  })

  it.each([false, true])(
    'of an upgrade lets the new purchase take the place of the old one (old messages after it: %s)',
    async (isLate) => {
      const { person, token } = await buyer()
      await verify(person, token)
      const upgraded = await play('upgrade', { token, product: ANNUAL, base_plan: 'annual', send: false })
      const old = await play('push', { token, type: 13, send: false })
      const both = [...upgraded.notices, old]
      await deliverGoogle(isLate ? both : both.toReversed())
      const subscriptions = await subscriptionsOf(person)
      expect(subscriptions.map(({ plan, state }: any) => `${plan} ${state}`).toSorted()).toEqual(['annual active', 'monthly superseded'])
      expect((await person.get('/users/me')).json.is_premium).toBe(true)
    },
  )

  it('of a refund takes its period away, and the ledger gives it back', async () => {
    const { person, token } = await buyer()
    await verify(person, token)
    await deliverGoogle((await play('revoke', { token, send: false })).notices)
    expect((await person.get('/users/me')).json.is_premium).toBe(false)
    expect(await ledgerOf(token)).toEqual(['charge 3900', 'refund -3900'])
    const [subscription] = await subscriptionsOf(person)
    expect(subscription).toMatchObject({ state: 'revoked', is_premium: false })
  })
})

it('Google refunds what nobody here holds after three days, and that leaves nothing', async () => {
  const account_id = crypto.randomUUID()
  await moveClock(account_id, daysAgo(4))
  const bought = await play('buy', { product: MONTHLY, account_id, send: false })
  await deliverGoogle(bought.notices, { now: () => daysAgo(4) })
  const happened = await moveClock(account_id, new Date())
  await deliverGoogle(happened)
  expect(await stateAt(bought.purchase_token, new Date())).toMatchObject({ state: 'revoked' })
  const amounts = (await ledgerOf(bought.purchase_token)).map((row) => Number(row.split(' ')[1]))
  expect(amounts.reduce((sum, amount) => sum + amount, 0)).toBe(0)
})

it('an acknowledgement that fails five times is done within the hour, and a refused one is looked at again', async () => {
  const { person, token } = await buyer()
  await addFault({ host: 'androidpublisher.googleapis.com', key: `${token}:acknowledge`, status: 503, times: 5 })
  await verify(person, token)
  const deps = createTestDeps()
  for (let times = 0; times < 5; times++) await acknowledge(token)
  expect(await seePurchase(token)).toMatchObject({ is_acknowledged: false })
  await runTask(acknowledgeAgain, new Date(Date.now() + 30 * 60_000), deps)
  await acknowledge(token)
  expect(await seePurchase(token)).toMatchObject({ is_acknowledged: true })

  const other = await buyer()
  await addFault({ host: 'androidpublisher.googleapis.com', key: `${other.token}:acknowledge`, status: 409, cut: 'after' }).catch(() => {})
  await verify(other.person, other.token)
  await acknowledge(other.token)
  await acknowledge(other.token)
  expect(await seePurchase(other.token)).toMatchObject({ is_acknowledged: true })
})

it('a year passes: thirteen charges, each in the ledger once, whatever the order of the messages', async () => {
  const { person, account_id, token } = await buyer({ days: 366 })
  await verify(person.with({ now: () => daysAgo(366) }), token)
  await acknowledge(token)
  for (let day = 365; day > 0; day -= 30) {
    const happened = await moveClock(account_id, daysAgo(day))
    await deliverGoogle([...happened.toReversed(), ...happened.slice(0, 1)], { now: () => daysAgo(day) })
  }
  await deliverGoogle(await moveClock(account_id, new Date()))
  expect((await person.get('/users/me')).json.is_premium).toBe(true)
  const charges = (await ledgerOf(token)).filter((row) => row === 'charge 3900')
  expect([12, 13]).toContain(charges.length)
}, 120_000)

it('what no message has told is found by night', async () => {
  const { person, token } = await buyer({ days: 20 })
  await verify(person.with({ now: () => daysAgo(20) }), token)
  await acknowledge(token)
  await play('cancel', { token, send: false })
  const refunded = await buyer()
  await verify(refunded.person, refunded.token)
  await play('void', { token: refunded.token, send: false })
  await runTask(reconcileWithGoogle, new Date())
  await runTask(readVoided, new Date())
  expect((await subscriptionsOf(person))[0]).toMatchObject({ state: 'cancelled', auto_renew: false })
  expect(await ledgerOf(refunded.token)).toEqual(['charge 3900', 'refund -3900'])
  const { rows } = await db.execute(sql`SELECT what FROM payment_differences WHERE external_id = ${await sha256Hex(token)}`)
  expect(rows).toEqual([{ what: 'subscription' }])
})

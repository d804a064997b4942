import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { sha256Hex } from '../../../src/core/hash.ts'
import { JOB } from '../../../src/jobs/types.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { MONTHLY, moveClock, play, seePurchase } from '../../support/play.ts'
import { accountTokenOf, deliverGoogle, runJobs } from '../../support/store-events.ts'

const DAY_MS = 86_400_000
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS)
const { db, play: google } = createTestDeps()

async function subscriber(boughtAt: Date, more: object = {}) {
  const person = await signUp()
  const account_id = await accountTokenOf(person)
  await moveClock(account_id, boughtAt)
  const { purchase_token } = await play('buy', { product: MONTHLY, account_id, send: false, ...more })
  const show = (at: Date) => person.with({ now: () => at }).post('/payments/verify/google', { purchase_token, product_id: MONTHLY })
  await show(boughtAt)
  /** Time passes at Google, and its messages are delivered when they come. Of some changes there is none. */
  const pass = async (to: Date) => {
    const happened = await moveClock(account_id, to)
    return deliverGoogle(
      happened.filter(({ message_id }) => message_id),
      { now: () => to },
    )
  }
  const stateAt = async (at: Date) => {
    const { rows } = await db.execute<{ state: string; is_premium: boolean }>(sql`
      SELECT subscription_state(subscriptions, ${at.toISOString()}) AS state, is_premium(user_id, ${at.toISOString()}) AS is_premium
      FROM subscriptions WHERE external_id = ${await sha256Hex(purchase_token)}`)
    return rows[0]
  }
  return { token: purchase_token as string, account_id, pass, stateAt }
}
const acknowledge = async (token: string, at: Date) =>
  runJobs(createTestDeps({ now: () => at }), JOB.acknowledge, { token_hash: await sha256Hex(token) })

it('a pause begins with the end of what is paid, and its end is a new period', async () => {
  const { token, pass, stateAt } = await subscriber(daysAgo(60))
  await google.acknowledgeSubscription(MONTHLY, token)
  await deliverGoogle((await play('pause', { token, days: 20, only_planned: true, send: false })).notices, { now: () => daysAgo(59) })
  expect(await stateAt(daysAgo(40))).toEqual({ state: 'active', is_premium: true })
  await pass(daysAgo(25))
  expect(await stateAt(daysAgo(25))).toEqual({ state: 'paused', is_premium: false })
  await pass(daysAgo(5))
  expect(await stateAt(daysAgo(5))).toEqual({ state: 'active', is_premium: true })
  expect(await stateAt(daysAgo(20))).toMatchObject({ is_premium: false })
})

it('days that are given for nothing make the period longer', async () => {
  const { token, stateAt } = await subscriber(daysAgo(20))
  await google.acknowledgeSubscription(MONTHLY, token)
  const in15 = new Date(Date.now() + 15 * DAY_MS)
  expect(await stateAt(in15)).toMatchObject({ is_premium: false })
  await deliverGoogle((await play('defer', { token, days: 10, send: false })).notices)
  expect(await stateAt(in15)).toEqual({ state: 'active', is_premium: true })
})

it('a late charge of which Google says nothing for a day keeps access for that day, and none on hold', async () => {
  const { token, pass, stateAt } = await subscriber(daysAgo(60))
  await google.acknowledgeSubscription(MONTHLY, token)
  await play('card', { token, fails: true, grace_days: 0, send: false })
  await pass(daysAgo(20))
  expect(await stateAt(daysAgo(20))).toEqual({ state: 'on_hold', is_premium: false })
  await deliverGoogle((await play('recover', { token, send: false })).notices, { now: () => daysAgo(19) })
  expect(await stateAt(daysAgo(18))).toEqual({ state: 'active', is_premium: true })
  expect(await stateAt(daysAgo(21))).toMatchObject({ is_premium: false })
})

it('money that comes five days late is acknowledged still', async () => {
  const { token, account_id } = await subscriber(daysAgo(6), { pending: true })
  expect(await acknowledge(token, daysAgo(6))).toBe(0)
  await moveClock(account_id, daysAgo(1))
  await deliverGoogle((await play('complete', { token, send: false })).notices, { now: () => daysAgo(1) })
  expect(await acknowledge(token, daysAgo(1))).toBe(1)
  expect(await seePurchase(token)).toMatchObject({ is_acknowledged: true })
})

it('what Google has refunded, because it was not acknowledged, is not acknowledged for ever', async () => {
  const { token, account_id } = await subscriber(daysAgo(6))
  await moveClock(account_id, new Date())
  await runJobs(createTestDeps(), JOB.acknowledge, { token_hash: await sha256Hex(token) })
  expect(await seePurchase(token)).toMatchObject({ state: 'EXPIRED', is_acknowledged: false })
  const { rows } = await db.execute(sql`SELECT next_at FROM store_tokens WHERE token_hash = ${await sha256Hex(token)}`)
  expect(rows).toEqual([{ next_at: null }])
})

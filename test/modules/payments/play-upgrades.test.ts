import { expect, it } from 'vitest'
import { sha256Hex } from '../../../src/core/hash.ts'
import type { Api } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { ANNUAL, MONTHLY, play, type SimulatedNotice } from '../../support/play.ts'
import { accountTokenOf, deliverGoogle } from '../../support/store-events.ts'
import { storeRows } from '../../support/store-rows.ts'

const statesOf = async (tokens: readonly string[]) =>
  Promise.all(tokens.map(async (token) => (await storeRows(await sha256Hex(token))).subscription?.state))
const isPremium = async (person: Pick<Api, 'get'>): Promise<boolean> => (await person.get('/users/me')).json.is_premium

async function subscriber() {
  const person = await signUp()
  const { purchase_token } = await play('buy', { product: MONTHLY, account_id: await accountTokenOf(person), send: false })
  await person.post('/payments/verify/google', { purchase_token, product_id: MONTHLY })
  return { person, token: purchase_token as string }
}
const upgrade = (token: string, product: string, more: object = {}) =>
  play('upgrade', { token, product, base_plan: product === ANNUAL ? 'annual' : 'monthly', send: false, ...more })

it('an upgrade that still waits for its money leaves the old subscription as it is, until the money has come', async () => {
  const { person, token } = await subscriber()
  const { purchase_token: pending } = await upgrade(token, ANNUAL, { pending: true })
  const shown = await person.post('/payments/verify/google', { purchase_token: pending, product_id: ANNUAL })
  expect(shown.json).toMatchObject({ premium: true, is_pending: true, subscription: { state: 'pending', is_premium: false } })
  expect(await statesOf([token, pending])).toEqual(['active', 'pending'])
  expect(await isPremium(person)).toBe(true)
  await deliverGoogle((await play('complete', { token: pending, send: false })).notices)
  expect(await statesOf([token, pending])).toEqual(['superseded', 'active'])
  expect(await isPremium(person)).toBe(true)
})

it.each([
  [0, 1, 2],
  [2, 1, 0],
  [1, 2, 0],
])(
  'a chain of upgrades comes to the same in the order %i, %i, %i, and what is said of the old ones later changes nothing',
  async (...order) => {
    const { person, token } = await subscriber()
    const tokens = [token]
    const told: SimulatedNotice[][] = []
    for (const product of [ANNUAL, MONTHLY, ANNUAL]) {
      const { purchase_token, notices } = await upgrade(tokens.at(-1)!, product)
      tokens.push(purchase_token)
      told.push(notices)
    }
    for (const position of order) await deliverGoogle(told[position]!)
    const late = await Promise.all(
      tokens.slice(0, 3).flatMap((old) => [13, 12].map((type) => play('push', { token: old, type, send: false }))),
    )
    await deliverGoogle(late)
    expect(await statesOf(tokens)).toEqual(['superseded', 'superseded', 'superseded', 'active'])
    expect(await isPremium(person)).toBe(true)
    const { subscriptions } = (await person.get('/subscription')).json
    expect(subscriptions.filter(({ is_premium }: { is_premium: boolean }) => is_premium)).toHaveLength(1)
  },
)

import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { runCharge } from '../../../src/modules/payments/charging/service.ts'
import { sim } from '../../dev/control.ts'
import { createTestDeps } from '../../support/api.ts'
import { chargesOf, ledgerOf, seoul, subscribe, tidyAfterEach } from '../../support/charging.ts'
import { newCard } from '../../support/toss.ts'

tidyAfterEach()
const END = seoul('2025-09-10 15:00')

/** A subscription whose first charge is due, with a card of the simulator whose last four digits say what becomes of charges. */
async function withCard(outcome: string) {
  const of = await subscribe({ starts_at: END })
  let clock = END
  const deps = createTestDeps({ now: () => clock, pushes: { sendBatch: async () => {} } as unknown as Queue, wakeAt: async () => {} })
  const number = newCard(outcome)
  const { json } = await sim('/toss/card', { customer_key: of.user_id, number })
  const issued = await deps.toss.issueBillingKey({ auth_key: json.auth_key, customer_key: of.user_id }, crypto.randomUUID())
  if (issued.outcome !== 'answered') throw new Error(issued.outcome)
  const sealed = await deps.vault.seal(issued.billing.billing_key)
  await deps.db.execute(sql`UPDATE billing_keys SET sealed_key = ${sealed} WHERE id = ${of.card_id}`)
  return {
    of,
    number,
    run: (deadlineMs?: number) => runCharge(deps, { subscription_id: of.id, period_no: 0 }, deadlineMs === undefined ? {} : { deadlineMs }),
    pass: (ms: number) => void (clock = new Date(clock.getTime() + ms)),
    payments: async () => (await sim(`/toss/payments?order_id=${of.order_id(0)}`)).json,
  }
}

const expectOnce = async ({ of, payments }: Awaited<ReturnType<typeof withCard>>) => {
  expect(await payments()).toMatchObject({ approved: 1, balance: 3_900 })
  expect(await chargesOf(of)).toMatchObject([{ state: 'done', receipt_url: expect.stringMatching(/^https:/) }])
  expect(await ledgerOf(of)).toMatchObject([{ amount_won: 3_900, kind: 'charge', method: '카드' }])
  expect((await sim(`/toss/stats?key=${of.order_id(0)}`)).json).toMatchObject({ idempotency_mismatches: 0 })
}

it.each(['0007', '0009', '0012'])('a card of Toss that ends in %s is charged once', async (outcome) => {
  const charged = await withCard(outcome)
  const runs = [await charged.run()]
  for (let n = 0; n < 2; n++) runs.push(...(await Promise.all([charged.run(), charged.run()])))
  expect(runs.filter((run) => run === 'done')).toHaveLength(1)
  await expectOnce(charged)
})

it('an answer that is later than the deadline is asked for again', async () => {
  const late = await withCard('0006')
  expect(await late.run(200)).toBe('unknown')
  expect(await late.run()).toBe('done')
  await expectOnce(late)
})

it('a call that never arrived is made again when the card is there', async () => {
  const cut = await withCard('0008')
  expect(await cut.run()).toBe('unknown')
  expect(await cut.run()).toBe('unknown')
  expect(await cut.payments()).toMatchObject({ approved: 0 })
  await sim(`/toss/cards/${cut.number}`, { outcome: '0000' })
  expect(await cut.run()).toBe('done')
  await expectOnce(cut)
})

it('Toss that refuses the order id of a declined charge is given another', async () => {
  const strict = await withCard('0001')
  // A first charge has no second try, so this one is made a renewal.
  await createTestDeps().db.execute(sql`UPDATE charges SET has_grace = true WHERE subscription_id = ${strict.of.id}`)
  await createTestDeps().db.execute(sql`
    UPDATE subscriptions SET ends_at = ${END.toISOString()} WHERE id = ${strict.of.id}`)
  await sim('/toss/strict_order_ids', { for: strict.of.user_id })
  expect(await strict.run()).toBe('declined')
  await sim(`/toss/cards/${strict.number}`, { outcome: '0000' })
  strict.pass(24 * 3_600_000)
  expect(await strict.run()).toBe('done')
  expect(await chargesOf(strict.of)).toMatchObject([{ state: 'done', order_id: `${strict.of.order_id(0)}-r2` }])
  expect((await sim(`/toss/payments?order_id=${strict.of.order_id(0)}-r2`)).json).toMatchObject({ approved: 1 })
})

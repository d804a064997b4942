import { describe, expect, it } from 'vitest'
import { sendDueRefunds } from '../../../src/modules/payments/refunds/jobs.ts'
import { sendRefund } from '../../../src/modules/payments/refunds/service.ts'
import { createTestDeps } from '../../support/api.ts'
import {
  cancel,
  chargesOf,
  createWorld,
  DAY,
  isPremiumAt,
  ledgerOf,
  MINUTE,
  refundsOf,
  seoul,
  subscribe,
  subscriptionOf,
  tidyAfterEach,
  toldTo,
} from '../../support/charging.ts'
import { runTask } from '../../support/tasks.ts'

tidyAfterEach()
const END = seoul('2025-12-05 10:00')
const later = (ms: number) => new Date(END.getTime() + ms)

/** A renewal that was charged, and nobody heard of it. Before anybody asks, `won` of it are given back at Toss. */
async function givenBackUnheard(won: number, isCancelled: boolean) {
  const of = await subscribe({ trial_ends_at: END })
  const world = createWorld({ at: later(-10 * MINUTE), next: () => 'lost' })
  await world.ring()
  await world.ring(END)
  const payment = world.payments[0]!
  const cancels = [
    { transaction_key: crypto.randomUUID(), amount: won, canceled_at: END.toISOString(), status: 'DONE', refundable_amount: 3_900 - won },
  ]
  const status = won === 3_900 ? ('CANCELED' as const) : ('PARTIAL_CANCELED' as const)
  Object.assign(payment, { status, balance_amount: 3_900 - won, cancels })
  if (isCancelled) await cancel(of, later(MINUTE / 2))
  for (let n = 1; n <= 4; n++) await world.ring(later(n * 10 * MINUTE))
  expect(await chargesOf(of)).toMatchObject([{ state: 'done', payment_key: payment.payment_key }])
  expect((await ledgerOf(of)).reduce((sum, { amount_won }) => sum + amount_won, 0)).toBe(3_900 - won)
  expect((await toldTo(of)).toSorted()).toEqual(['payment_done', 'refunded'])
  expect(world.calls).toHaveLength(1)
  return { of, world }
}

describe('money that was given back before anybody knew that it was paid', () => {
  it('is settled both ways when it is all: the period gives nothing, and nothing is charged any more', async () => {
    const { of } = await givenBackUnheard(3_900, false)
    expect(await subscriptionOf(of)).toMatchObject({ auto_renew: false, is_revoked: true })
    expect(await isPremiumAt(of, later(DAY))).toBe(false)
    expect(await refundsOf(of)).toEqual([])
  })

  it('is settled both ways when it is a part: the period stays', async () => {
    const { of } = await givenBackUnheard(1_000, false)
    expect(await subscriptionOf(of)).toMatchObject({ auto_renew: true, is_revoked: false })
    expect(await isPremiumAt(of, later(20 * DAY))).toBe(true)
  })

  it.each([1_000, 3_900])('leaves to somebody who has cancelled what was not given back, after %i won', async (won) => {
    const { of, world } = await givenBackUnheard(won, true)
    expect(await isPremiumAt(of, later(DAY))).toBe(false)
    const [refund] = await refundsOf(of)
    const asked: object[] = []
    const payment = world.payments[0]!
    const rest = {
      transaction_key: crypto.randomUUID(),
      amount: 2_900,
      canceled_at: later(DAY).toISOString(),
      status: 'DONE',
      refundable_amount: 0,
    }
    const deps = createTestDeps({ now: () => later(DAY) })
    const toss = {
      ...deps.toss,
      cancel: async (call: object) => {
        asked.push(call)
        if (payment.status === 'CANCELED') return { outcome: 'duplicate', code: 'ALREADY_CANCELED_PAYMENT', trace_id: null }
        Object.assign(payment, { status: 'CANCELED', balance_amount: 0, cancels: [...payment.cancels, rest] })
        return { outcome: 'answered', payment, trace_id: null }
      },
      findPayment: async () => payment,
    } as unknown as typeof deps.toss
    const pushes = { sendBatch: async () => {} } as unknown as Queue
    const jobs = pushes
    await runTask(sendDueRefunds, later(DAY), createTestDeps({ now: () => later(DAY), toss, jobs, pushes, wakeAt: async () => {} }))
    await sendRefund(createTestDeps({ now: () => later(DAY), toss, jobs, pushes, wakeAt: async () => {} }), refund.id)
    // Without an amount Toss gives back all that is left.
    expect(asked).toEqual([{ payment_key: payment.payment_key, reason: expect.any(String) }])
    expect(await refundsOf(of)).toMatchObject([{ state: 'done' }])
    expect((await ledgerOf(of)).reduce((sum, { amount_won }) => sum + amount_won, 0)).toBe(0)
  })
})

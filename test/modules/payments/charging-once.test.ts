import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import type { Deps } from '../../../src/deps.ts'
import {
  attemptsOf,
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
import type { Verdict } from '../../support/fake-toss.ts'

tidyAfterEach()
const END = seoul('2025-03-10 15:00')
const REJECTED: Verdict = { declined: 'REJECT_CARD_PAYMENT' }
const later = (ms: number, from = END) => new Date(from.getTime() + ms)

/** A trial that ends at END, whose first charge is open. */
async function openedAtEnd(next?: (orderId: string) => Verdict) {
  const world = createWorld({ at: later(-30 * MINUTE), ...(next && { next }) })
  const of = await subscribe({ trial_ends_at: END })
  await world.ring(later(-10 * MINUTE))
  expect(await chargesOf(of)).toMatchObject([{ state: 'due', order_id: of.order_id(0), amount_won: 3_900, has_grace: true }])
  expect(world.calls).toEqual([])
  world.setClock(END)
  return { world, of }
}

async function expectChargedOnce({ world, of }: Awaited<ReturnType<typeof openedAtEnd>>) {
  expect(world.approved(of.order_id(0))).toHaveLength(1)
  expect(world.seen.mismatches).toBe(0)
  expect(await chargesOf(of)).toMatchObject([{ state: 'done', payment_key: world.approved()[0]!.payment_key }])
  expect(await ledgerOf(of)).toMatchObject([
    { provider: 'toss', kind: 'charge', amount_won: 3_900, order_id: of.order_id(0), method: '카드' },
  ])
  expect(await subscriptionOf(of)).toMatchObject({ period_no: 1, months: 1 })
  expect((await toldTo(of)).filter((type) => type === 'payment_done')).toHaveLength(1)
}

describe('an answer that never comes', () => {
  it('charges once, however often and by how many the charge is run', async () => {
    const opened = await openedAtEnd(() => 'lost')
    const { world, of } = opened
    const runs: string[] = [await world.run(of, 0)]
    expect(runs).toEqual(['unknown'])
    expect(await chargesOf(of)).toMatchObject([{ state: 'unknown', tries: 1, attempt: 1, idempotency_key: `${of.order_id(0)}-1` }])
    for (let n = 0; n < 3; n++) runs.push(...(await Promise.all([world.run(of, 0), world.run(of, 0)])))
    expect(runs.filter((run) => run === 'done')).toHaveLength(1)
    expect(world.calls).toHaveLength(1)
    await expectChargedOnce(opened)
  })

  it('of a call that did not arrive is made again with the same key, in steps up to an hour', async () => {
    const verdicts: Verdict[] = Array.from({ length: 8 }, () => 'dropped')
    const opened = await openedAtEnd(() => verdicts.shift() ?? 'ok')
    const { world, of } = opened
    const waits: number[] = []
    for (let n = 0; n < 8; n++) {
      expect(await world.run(of, 0)).toBe('unknown')
      const [charge] = await chargesOf(of)
      waits.push((Date.parse(charge.next_at) - world.now().getTime()) / MINUTE)
      expect(world.wakes.at(-1)).toEqual(new Date(charge.next_at))
      world.setClock(new Date(charge.next_at))
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
    expect(await world.run(of, 0)).toBe('done')
    expect(new Set(world.calls.map(({ key }) => key))).toEqual(new Set([`${of.order_id(0)}-1`]))
    await expectChargedOnce(opened)
  })

  it('is not asked for for ever: after 14 days a human decides', async () => {
    const { world, of } = await openedAtEnd(() => 'dropped')
    await world.run(of, 0)
    world.setClock(later(13 * DAY))
    expect(await world.run(of, 0)).toBe('unknown')
    expect(await isPremiumAt(of, later(13.5 * DAY))).toBe(true)
    const sent = world.calls.length
    world.setClock(later(14 * DAY + MINUTE))
    expect(await world.run(of, 0)).toBe('unknown')
    expect(await chargesOf(of)).toMatchObject([{ state: 'unknown', next_at: null }])
    world.setClock(later(16 * DAY))
    expect(await world.run(of, 0)).toBe('nothing')
    await world.ring()
    expect(world.calls).toHaveLength(sent)
    expect(await isPremiumAt(of, later(16 * DAY))).toBe(false)
  })
})

describe('a decline', () => {
  it('raises the attempt, and the order stays the same', async () => {
    const verdicts: Verdict[] = [REJECTED]
    const opened = await openedAtEnd(() => verdicts.shift() ?? 'ok')
    const { world, of } = opened
    expect(await world.run(of, 0)).toBe('declined')
    expect(await world.run(of, 0)).toBe('nothing')
    const [charge] = await chargesOf(of)
    expect(charge).toMatchObject({ state: 'declined', decline_code: 'REJECT_CARD_PAYMENT' })
    world.setClock(new Date(charge.next_at))
    expect(await world.run(of, 0)).toBe('done')
    expect(world.calls.map(({ order_id, key }) => [order_id, key])).toEqual([1, 2].map((n) => [of.order_id(0), `${of.order_id(0)}-${n}`]))
    expect(await attemptsOf(of)).toMatchObject([
      { attempt: 1, outcome: 'declined', code: 'REJECT_CARD_PAYMENT', trace_id: 'n' },
      { attempt: 2, outcome: 'done', code: null, trace_id: 'y' },
    ])
    expect(await toldTo(of)).toEqual(['payment_failed', 'payment_done'])
    await expectChargedOnce(opened)
  })

  it('that says the order is taken is settled by the payment', async () => {
    const opened = await openedAtEnd()
    const { world, of } = opened
    // It was charged by a call of which nothing is known here.
    await world.toss.charge({ billing_key: 'x', customer_key: 'x', order_id: of.order_id(0), order_name: 'x', amount: 3_900 }, 'another')
    expect(await world.run(of, 0)).toBe('done')
    await expectChargedOnce(opened)
  })

  it('of the order id itself gives the charge another one, once', async () => {
    const verdicts: Verdict[] = [REJECTED, 'strict']
    const { world, of } = await openedAtEnd(() => verdicts.shift() ?? 'ok')
    await world.run(of, 0)
    world.setClock(later(DAY))
    expect(await world.run(of, 0)).toBe('done')
    expect(world.calls.map(({ key }) => key)).toEqual([`${of.order_id(0)}-1`, `${of.order_id(0)}-2`, `${of.order_id(0)}-r2-3`])
    expect(await chargesOf(of)).toMatchObject([{ order_id: `${of.order_id(0)}-r2`, state: 'done' }])
    expect(await ledgerOf(of)).toMatchObject([{ order_id: `${of.order_id(0)}-r2` }])

    const refused = await openedAtEnd((orderId) => (orderId.endsWith('-0') || orderId.endsWith('-r2') ? 'strict' : 'ok'))
    expect(await refused.world.run(refused.of, 0)).toBe('unknown')
    expect(await chargesOf(refused.of)).toMatchObject([{ order_id: `${refused.of.order_id(0)}-r2`, state: 'unknown' }])
  })

  it('of a payment that is not ours is none: the outcome is unknown', async () => {
    const { world, of } = await openedAtEnd()
    const charge = world.toss.charge.bind(world.toss)
    const deps: Deps = Object.create(world.deps, {
      toss: {
        value: {
          ...world.toss,
          charge: async (...call: Parameters<typeof charge>) => {
            const answer = await charge(...call)
            return answer.outcome === 'answered' ? { ...answer, payment: { ...answer.payment, total_amount: 39 } } : answer
          },
        },
      },
    })
    const { runCharge } = await import('../../../src/modules/payments/charging/service.ts')
    expect(await runCharge(deps, { subscription_id: of.id, period_no: 0 })).toBe('unknown')
    expect(await ledgerOf(of)).toEqual([])
    expect(await subscriptionOf(of)).toMatchObject({ period_no: 0 })
  })
})

describe('a call that dies', () => {
  /** The statement after which the call dies, or the call to Toss. */
  const steps = ['claimed', 'sent', 'answered', 'settled'] as const
  it.each(steps)('after it was %s loses nothing, and charges once', async (step) => {
    const opened = await openedAtEnd()
    const { world, of } = opened
    let statements = 0
    const execute = world.db.execute.bind(world.db)
    const died = new Error('died')
    const db = Object.create(world.db, {
      execute: {
        value: async (...statement: Parameters<typeof execute>) => {
          statements++
          if (step === 'answered' && statements === 2) throw died
          const answer = await execute(...statement)
          if ((step === 'claimed' && statements === 1) || (step === 'settled' && statements === 2)) throw died
          return answer
        },
      },
    }) as Deps['db']
    const toss = {
      ...world.toss,
      charge: async (...call: Parameters<typeof world.toss.charge>) => {
        const answer = await world.toss.charge(...call)
        if (step === 'sent') throw died
        return answer
      },
    }
    const { runCharge } = await import('../../../src/modules/payments/charging/service.ts')
    const deps: Deps = Object.create(world.deps, { db: { value: db }, toss: { value: toss } })
    await expect(runCharge(deps, { subscription_id: of.id, period_no: 0 })).rejects.toThrow('died')
    expect(world.calls).toHaveLength(step === 'claimed' ? 0 : 1)
    if (step !== 'settled') {
      expect(await chargesOf(of)).toMatchObject([{ state: 'sending' }])
      expect(await world.run(of, 0)).toBe('held')
    }
    // The lease is over, and the task finds it.
    await world.ring(later(2 * MINUTE))
    await expectChargedOnce(opened)
  })
})

describe('somebody who cancels while the charge is on its way', () => {
  it('gets it back once, and the period gives nothing', async () => {
    const { world, of } = await openedAtEnd(() => 'lost')
    expect(await world.run(of, 0)).toBe('unknown')
    await cancel(of, later(MINUTE))
    world.setClock(later(2 * MINUTE))
    expect(await Promise.all([world.run(of, 0), world.run(of, 0)])).toContain('done')
    expect(world.calls).toHaveLength(1)
    expect(await refundsOf(of)).toMatchObject([
      { amount_won: 3_900, basis: 'cancelled_charge', state: 'due', period_no: 0, payment_key: world.approved()[0]!.payment_key },
    ])
    expect(await ledgerOf(of)).toHaveLength(1)
    expect(world.wakes.at(-1)).toEqual(later(2 * MINUTE))
    expect(await isPremiumAt(of, later(3 * MINUTE))).toBe(false)
    expect(await subscriptionOf(of)).toMatchObject({ is_revoked: true, auto_renew: false })
    await world.move(later(40 * DAY))
    expect(world.calls).toHaveLength(1)
  })

  it('is only asked about, and what never arrived is dropped after ten minutes', async () => {
    const { world, of } = await openedAtEnd(() => 'dropped')
    expect(await world.run(of, 0)).toBe('unknown')
    await cancel(of, later(MINUTE))
    world.setClock(later(2 * MINUTE))
    expect(await world.run(of, 0)).toBe('unknown')
    world.setClock(later(11 * MINUTE))
    expect(await world.run(of, 0)).toBe('declined')
    expect(world.calls).toHaveLength(1)
    expect(await chargesOf(of)).toMatchObject([{ state: 'void' }])
    expect(await isPremiumAt(of, later(12 * MINUTE))).toBe(false)
    expect(await refundsOf(of)).toEqual([])
  })

  it('is asked about in the same way when they have left or were banned', async () => {
    for (const column of [sql`deleted_at`, sql`banned_at`]) {
      const { world, of } = await openedAtEnd(() => 'lost')
      expect(await world.run(of, 0)).toBe('unknown')
      await world.db.execute(sql`UPDATE users SET ${column} = ${END.toISOString()} WHERE id = ${of.user_id}`)
      expect(await world.run(of, 0)).toBe('done')
      expect(world.calls).toHaveLength(1)
      expect(await refundsOf(of)).toMatchObject([{ amount_won: 3_900 }])
    }
  })

  it('before it was sent is never charged', async () => {
    const { world, of } = await openedAtEnd()
    await cancel(of, later(-5 * MINUTE))
    await world.move(later(5 * DAY))
    expect(world.calls).toEqual([])
    expect(await chargesOf(of)).toMatchObject([{ state: 'void' }])
    expect(await toldTo(of)).toEqual([])
    expect(await isPremiumAt(of, later(MINUTE))).toBe(false)
  })
})

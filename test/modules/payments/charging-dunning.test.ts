import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { runBatch } from '../../../src/db/client.ts'
import {
  cancel,
  changeCard,
  chargesOf,
  createWorld,
  DAY,
  HOUR,
  isPremiumAt,
  ledgerOf,
  MINUTE,
  paidPeriodsOf,
  seoul,
  subscribe,
  subscriptionOf,
  tidyAfterEach,
  toldTo,
} from '../../support/charging.ts'
import type { Verdict } from '../../support/fake-toss.ts'

tidyAfterEach()
const REJECTED: Verdict = { declined: 'REJECT_CARD_PAYMENT' }
const STOPPED: Verdict = { declined: 'INVALID_STOPPED_CARD', needs_new_card: true }
const END = seoul('2025-07-10 15:00')
const later = (ms: number, from = END) => new Date(from.getTime() + ms)
const text = (at: Date) => new Date(at.getTime() + 9 * HOUR).toISOString().slice(0, 16).replace('T', ' ')

async function renewing(end: Date, next: () => Verdict) {
  const of = await subscribe({ trial_ends_at: end })
  const sent: string[] = []
  const world = createWorld({
    at: later(-30 * MINUTE, end),
    next: () => {
      sent.push(text(world.now()))
      return next()
    },
  })
  return { of, world, sent }
}

describe('a card that is declined', () => {
  it.each([
    ['2025-07-10 15:00', ['2025-07-10 15:00', '2025-07-11 10:00', '2025-07-12 10:00', '2025-07-13 10:00']],
    ['2025-07-10 08:00', ['2025-07-10 08:00', '2025-07-11 10:00', '2025-07-12 10:00', '2025-07-13 08:00']],
    ['2025-07-10 00:30', ['2025-07-10 00:30', '2025-07-11 10:00', '2025-07-12 10:00', '2025-07-13 00:30']],
    ['2025-07-10 23:59', ['2025-07-10 23:59', '2025-07-11 10:00', '2025-07-12 10:00', '2025-07-13 10:00']],
  ])('at the end of a period at %s is tried at ten for three days, and then the subscription ends', async (end, slots) => {
    const ended = seoul(end)
    const { of, world, sent } = await renewing(ended, () => REJECTED)
    await world.move(later(3 * DAY + 2 * HOUR, ended))
    expect(sent).toEqual(slots)
    expect(await toldTo(of)).toEqual([...Array(4).fill('payment_failed'), 'subscription_ended'])
    expect(await chargesOf(of)).toMatchObject([{ state: 'given_up', settled_at: expect.anything(), attempt: 4 }])
    expect(new Date((await chargesOf(of))[0].settled_at)).toEqual(later(3 * DAY, ended))
    expect(await subscriptionOf(of)).toMatchObject({ auto_renew: false, period_no: 0 })
    expect(await isPremiumAt(of, later(3 * DAY - 1_000, ended))).toBe(true)
    expect(await isPremiumAt(of, later(3 * DAY, ended))).toBe(false)
    await world.move(later(20 * DAY, ended))
    expect(sent).toHaveLength(4)
  })

  it('twice and then accepted keeps the bounds of its period', async () => {
    const verdicts = [REJECTED, REJECTED]
    const { of, world, sent } = await renewing(END, () => verdicts.shift() ?? 'ok')
    await world.move(later(4 * DAY))
    expect(sent).toHaveLength(3)
    expect(await paidPeriodsOf(of)).toEqual([['2025-07-10 15:00:00', '2025-08-10 15:00:00']])
    expect(await ledgerOf(of)).toHaveLength(1)
    expect(await toldTo(of)).toEqual(['payment_failed', 'payment_failed', 'payment_done'])
    expect(await isPremiumAt(of, later(3.5 * DAY))).toBe(true)
  })

  it('and cancelled in grace is not tried again, and access ends at once', async () => {
    const { of, world } = await renewing(END, () => REJECTED)
    await world.move(later(HOUR))
    await cancel(of, later(2 * HOUR))
    await world.move(later(5 * DAY))
    expect(world.calls).toHaveLength(1)
    expect(await isPremiumAt(of, later(2 * HOUR - 1_000))).toBe(true)
    expect(await isPremiumAt(of, later(2 * HOUR))).toBe(false)
    expect(await toldTo(of)).toEqual(['payment_failed'])
  })
})

describe('a card that is gone', () => {
  it('is not charged, and another one within the grace is, for the same period', async () => {
    const { of, world } = await renewing(END, () => 'ok')
    await world.db.execute(sql`UPDATE billing_keys SET state = 'dead', dead_reason = 'BILLING_DELETED' WHERE id = ${of.card_id}`)
    await world.move(later(2 * DAY))
    expect(world.calls).toEqual([])
    expect(await chargesOf(of)).toMatchObject([{ state: 'declined', next_at: null, decline_code: 'BILLING_DELETED', attempt: 0 }])
    expect(await toldTo(of)).toEqual(['payment_failed'])
    expect(await isPremiumAt(of, later(2 * DAY))).toBe(true)

    world.setClock(later(2 * DAY + HOUR))
    const card = await changeCard(of, world.now())
    const { due } = await runBatch(world.db, {
      lock: sql`SELECT 1 FROM users WHERE id = ${of.user_id} FOR NO KEY UPDATE`,
      due: sql<{ period: number | null }>`SELECT charge_now(${of.id}, ${world.now().toISOString()}) AS period`,
    })
    expect(due).toEqual([{ period: 0 }])
    expect(await world.run(of, 0)).toBe('done')
    expect(world.calls).toMatchObject([{ order_id: of.order_id(0), key: `${of.order_id(0)}-1`, billing_key: `key-${card}` }])
    expect(await paidPeriodsOf(of)).toEqual([['2025-07-10 15:00:00', '2025-08-10 15:00:00']])
  })

  it('as Toss says at the charge is dead from then on, and nothing more is tried with it', async () => {
    const { of, world } = await renewing(END, () => STOPPED)
    await world.move(later(4 * DAY))
    expect(world.calls).toHaveLength(1)
    const { rows } = await world.db.execute(sql`SELECT state, dead_reason FROM billing_keys WHERE id = ${of.card_id}`)
    expect(rows).toEqual([{ state: 'dead', dead_reason: 'INVALID_STOPPED_CARD' }])
    const told = await world.db.execute<{ facts: object }>(
      sql`SELECT facts FROM notifications WHERE user_id = ${of.user_id} AND type = 'payment_failed'`,
    )
    expect(told.rows).toEqual([{ facts: { needs_new_card: true } }])
    expect(await toldTo(of)).toEqual(['payment_failed', 'subscription_ended'])
    expect(await chargesOf(of)).toMatchObject([{ state: 'given_up' }])
  })

  it('and replaced while an outcome is unknown: the same call is made with the old card, and then the new one is charged', async () => {
    const verdicts: Verdict[] = ['dropped', STOPPED]
    const { of, world } = await renewing(END, () => verdicts.shift() ?? 'ok')
    await world.ring(later(-10 * MINUTE))
    world.setClock(END)
    expect(await world.run(of, 0)).toBe('unknown')
    const card = await changeCard(of, later(MINUTE))
    world.setClock(later(2 * MINUTE))
    expect(await world.run(of, 0)).toBe('declined')
    expect(world.wakes.at(-1)).toEqual(world.now())
    expect(await world.run(of, 0)).toBe('done')
    expect(await toldTo(of)).toEqual(['payment_done'])
    expect(world.calls.map(({ key, billing_key }) => [key.slice(-1), billing_key])).toEqual([
      ['1', `key-${of.card_id}`],
      ['1', `key-${of.card_id}`],
      ['2', `key-${card}`],
    ])
    expect(world.seen.mismatches).toBe(0)
  })
})

describe('the first charge without a trial', () => {
  const start = seoul('2025-08-01 09:30')
  it('gives premium from its opening on', async () => {
    const of = await subscribe({ starts_at: start })
    const world = createWorld({ at: later(5_000, start) })
    expect(await chargesOf(of)).toMatchObject([{ state: 'due', has_grace: false, order_id: of.order_id(0) }])
    expect(await isPremiumAt(of, later(1_000, start))).toBe(false)
    expect(await world.run(of, 0)).toBe('done')
    expect(await isPremiumAt(of, later(6_000, start))).toBe(true)
    expect(await paidPeriodsOf(of)).toEqual([['2025-08-01 09:30:00', '2025-09-01 09:30:00']])
  })

  it.each([REJECTED, STOPPED])('that is declined ends it at once', async (verdict) => {
    const of = await subscribe({ starts_at: start })
    const world = createWorld({ at: start, next: () => verdict })
    expect(await world.run(of, 0)).toBe('declined')
    expect(await chargesOf(of)).toMatchObject([{ state: 'given_up', next_at: null }])
    expect(await subscriptionOf(of)).toMatchObject({ auto_renew: false, ends_at: null })
    expect(await toldTo(of)).toEqual(['payment_failed'])
    await world.move(later(40 * DAY, start))
    expect(world.calls).toHaveLength(1)
    expect(await isPremiumAt(of, later(HOUR, start))).toBe(false)
  })

  it('with no answer gives nothing until it is known', async () => {
    const of = await subscribe({ starts_at: start })
    const world = createWorld({ at: start, next: () => 'lost' })
    expect(await world.run(of, 0)).toBe('unknown')
    expect(await isPremiumAt(of, later(1_000, start))).toBe(false)
    await world.ring(later(MINUTE, start))
    expect(await isPremiumAt(of, later(2 * MINUTE, start))).toBe(true)
  })
})

describe('access after the end of a period', () => {
  const moments = [5 * MINUTE, 2 * DAY, 3 * DAY + MINUTE, 20 * DAY]
  it.each([
    ['waiting', [true, true, false, false]],
    ['done', [true, true, true, true]],
    ['void', [false, false, false, false]],
    ['given up', [true, true, false, false]],
  ] as const)('of a charge that is %s', async (what, access) => {
    const { of, world } = await renewing(END, () => (what === 'done' ? 'ok' : REJECTED))
    await world.ring(later(-20 * MINUTE))
    if (what === 'void') await cancel(of, later(-10 * MINUTE))
    if (what === 'given up') await world.move(later(3 * DAY + HOUR))
    if (what === 'done') await world.ring(END)
    expect(await Promise.all(moments.map((moment) => isPremiumAt(of, later(moment))))).toEqual(access)
    if (what === 'done') {
      const { rows } = await world.db.execute(sql`SELECT ref FROM premium_periods WHERE user_id = ${of.user_id} ORDER BY ref`)
      expect(rows).toEqual([{ ref: '0' }, { ref: 'trial' }])
    }
  })

  it('of a charge whose outcome is unknown goes on while it is looked into', async () => {
    const { of, world } = await renewing(END, () => 'dropped')
    await world.ring(later(-20 * MINUTE))
    world.setClock(END)
    await world.run(of, 0)
    expect(await Promise.all(moments.map((moment) => isPremiumAt(of, later(moment))))).toEqual([true, true, false, false])
    for (let day = 1; day <= 13; day++) {
      world.setClock(later(day * DAY))
      expect(await world.run(of, 0)).toBe('unknown')
      expect(await isPremiumAt(of, later(day * DAY + HOUR))).toBe(true)
    }
  })
})

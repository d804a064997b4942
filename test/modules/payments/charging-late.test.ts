import { describe, expect, it } from 'vitest'
import {
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
  type Subscribed,
  subscriptionOf,
  tidyAfterEach,
  toldTo,
  type World,
} from '../../support/charging.ts'
import type { Verdict } from '../../support/fake-toss.ts'

tidyAfterEach()
const END = seoul('2025-10-31 21:00')
const later = (ms: number) => new Date(END.getTime() + ms)

/** The crons come back, and run as often as they like. */
async function comeBack(world: World, at: Date) {
  await world.ring(at)
  for (let n = 1; n <= 6; n++) await world.ring(new Date(at.getTime() + n * 2 * MINUTE))
}

async function expectEnded(world: World, of: Subscribed, told: readonly string[], calls = 0) {
  expect(world.calls).toHaveLength(calls)
  expect(await chargesOf(of)).toMatchObject([{ state: 'given_up', next_at: null }])
  expect(await ledgerOf(of)).toEqual([])
  expect(await subscriptionOf(of)).toMatchObject({ auto_renew: false })
  expect(await toldTo(of)).toEqual(told)
  expect(await isPremiumAt(of, world.now())).toBe(false)
}

describe('when nothing has run', () => {
  it('for two days, a renewal is charged once, and its period keeps its bounds', async () => {
    const of = await subscribe({ trial_ends_at: END })
    const world = createWorld({ at: later(-DAY) })
    await comeBack(world, later(2 * DAY))
    expect(world.approved()).toHaveLength(1)
    expect(await paidPeriodsOf(of)).toEqual([['2025-10-31 21:00:00', '2025-11-30 21:00:00']])
  })

  it.each([4, 15, 40, 100])('for %i days, nobody is charged for the time that is over, and the subscription ends', async (days) => {
    const of = await subscribe({ trial_ends_at: END })
    const world = createWorld({ at: later(-DAY) })
    await comeBack(world, later(days * DAY))
    expect(world.calls).toEqual([])
    await expectEnded(world, of, ['trial_ended'])
  })

  it('since the renewal was opened, it ends as well', async () => {
    const of = await subscribe({ trial_ends_at: END })
    const world = createWorld({ at: later(-10 * MINUTE) })
    await world.ring()
    await comeBack(world, later(40 * DAY))
    expect(world.calls).toEqual([])
    await expectEnded(world, of, ['trial_ended'])
  })

  it('since a charge was declined, a message that is left over charges no more', async () => {
    const of = await subscribe({ trial_ends_at: END })
    const verdicts: Verdict[] = [{ declined: 'REJECT_CARD_PAYMENT' }]
    const world = createWorld({ at: later(-10 * MINUTE), next: () => verdicts.shift() ?? 'ok' })
    await world.ring()
    await world.ring(END)
    world.setClock(later(40 * DAY))
    expect(await world.run(of, 0)).toBe('nothing')
    await expectEnded(world, of, ['payment_failed', 'subscription_ended'], 1)
  })

  it('since somebody subscribed, they are not charged', async () => {
    const of = await subscribe({ starts_at: END })
    const world = createWorld({ at: later(40 * DAY) })
    await comeBack(world, later(40 * DAY))
    expect(world.calls).toEqual([])
    await expectEnded(world, of, ['subscription_ended'])
  })

  it('in the second year, what was paid stays, and no month is made up for', async () => {
    const of = await subscribe({ starts_at: END })
    const world = createWorld({ at: END })
    await world.move(later(40 * DAY))
    expect(world.approved()).toHaveLength(2)
    await comeBack(world, later(200 * DAY))
    expect(world.approved()).toHaveLength(2)
    expect((await chargesOf(of)).map(({ state }) => state)).toEqual(['done', 'done', 'given_up'])
    expect(await isPremiumAt(of, later(45 * DAY))).toBe(true)
    expect((await toldTo(of)).filter((type) => type === 'subscription_ended')).toHaveLength(1)
  })
})

it('a first period whose charge arrived days later begins with the payment, and the next one follows it', async () => {
  const of = await subscribe({ starts_at: END })
  const until = later(5 * DAY)
  const world = createWorld({ at: END, next: () => (world.now() < until ? 'dropped' : 'ok') })
  await world.move(later(4 * DAY))
  expect(await isPremiumAt(of, later(4 * DAY))).toBe(false)
  await world.move(later(45 * DAY))
  const [first, second] = await chargesOf(of)
  const [paid] = world.approved()
  expect(new Date(first.starts_at)).toEqual(new Date(paid!.approved_at!))
  expect(+new Date(first.starts_at)).toBeGreaterThanOrEqual(+until)
  expect(await isPremiumAt(of, new Date(+new Date(first.ends_at) - HOUR))).toBe(true)
  expect(second).toMatchObject({ state: 'done', starts_at: first.ends_at })
  expect(world.approved()).toHaveLength(2)
  expect(world.seen.mismatches).toBe(0)
})

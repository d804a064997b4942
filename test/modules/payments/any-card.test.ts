import { sql } from 'drizzle-orm'
import { afterAll, expect, it } from 'vitest'
import type { Deps } from '../../../src/deps.ts'
import { dispatchDueCharges, endDueSubscriptions, openDueRenewals } from '../../../src/modules/payments/charging/jobs.ts'
import { sim } from '../../dev/control.ts'
import { createTestDeps } from '../../support/api.ts'
import { DAY, HOUR, MINUTE, seoul } from '../../support/charging.ts'
import { injectFault } from '../../support/faults.ts'
import { withJobs } from '../../support/orders.ts'
import { at, atToss, customerKeyOf, experienced, newcomer } from '../../support/subscriptions.ts'
import { listRows } from '../../support/rows.ts'
import { runTask } from '../../support/tasks.ts'
import { newCard } from '../../support/toss.ts'

const CHARGED_AT = seoul('2027-02-28 23:59')
const later = (ms: number) => new Date(CHARGED_AT.getTime() + ms)

const MOMENTS = ['subscribing', 'trial', 'renewal', 'grace'] as const
const FAULTS = ['none', 'toss before', 'toss after', 'postgres before', 'postgres after'] as const
/** What becomes of a card's charges (`GET /_sim`), and how often it is declined before. */
const CARDS: Readonly<Record<string, { end: 'done' | 'given_up' | 'unknown'; declines: number }>> = {
  '0000': { end: 'done', declines: 0 },
  '0001': { end: 'given_up', declines: 4 },
  '0002': { end: 'given_up', declines: 1 },
  '0006': { end: 'done', declines: 0 },
  '0007': { end: 'done', declines: 0 },
  '0008': { end: 'unknown', declines: 0 },
  '0009': { end: 'done', declines: 0 },
  '0010': { end: 'unknown', declines: 0 },
  '0011': { end: 'done', declines: 2 },
  '0012': { end: 'done', declines: 0 },
}

/** Eight at a time. */
async function forEachOf<T>(list: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = [...list]
  const next = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one)
  }
  await Promise.all(Array.from({ length: 8 }, next))
}

const made: string[] = []
afterAll(async () => {
  const people = sql`(SELECT id::uuid FROM json_array_elements_text(${JSON.stringify(made)}) AS it (id))`
  await listRows(sql`DELETE FROM subscriptions WHERE user_id IN ${people}`)
  await listRows(sql`DELETE FROM billing_keys WHERE user_id IN ${people}`)
})

let clock = CHARGED_AT
const queue = withJobs((deps) => ({
  now: () => clock,
  pushes: { sendBatch: async () => {} } as unknown as Queue,
  wakeAt: async () => {},
  // Nobody waits for the card whose answer takes seventy seconds.
  toss: {
    ...deps.toss,
    charge: (of: Parameters<Deps['toss']['charge']>[0], key: string) => deps.toss.charge(of, key, { deadlineMs: 200 }),
  },
}))

/** What the alarm and the queue do. A task that fails is run again. */
async function ring(to: Date): Promise<void> {
  clock = to
  for (const task of [openDueRenewals, dispatchDueCharges, endDueSubscriptions])
    await runTask(task, clock, createTestDeps(queue.deps)).catch(() => {})
  await queue.runJobs()
  queue.given.length = 0
}

async function until(end: Date): Promise<void> {
  for (;;) {
    const [due] = await listRows(sql`
      SELECT to_json(min(charges.next_at)) AS at
      FROM charges
      WHERE charges.state IN ('due', 'declined', 'unknown', 'sending') AND charges.next_at > ${clock.toISOString()}`)
    // Several are due at nearly the same time, and what is unknown would be asked about each hour.
    const next = due!.at ? new Date(Math.max(Date.parse(due!.at) + 1_000, clock.getTime() + 6 * HOUR)) : end
    if (next >= end) return ring(end)
    await ring(next)
  }
}

it('each card at each moment, whatever is cut, is charged once or not at all, and its person hears of it once', async () => {
  type Case = { moment: (typeof MOMENTS)[number]; card: string; fault: (typeof FAULTS)[number] }
  const cases: Case[] = MOMENTS.flatMap((moment) => Object.keys(CARDS).flatMap((card) => FAULTS.map((fault) => ({ moment, card, fault }))))
  const people: (Case & { person: Awaited<ReturnType<typeof newcomer>>; customer_key: string; number: string; id: string })[] = []
  await forEachOf(cases, async (of) => {
    const person = of.moment === 'trial' ? await newcomer() : await experienced()
    made.push(person.user.user_id)
    people.push({ ...of, person, customer_key: await customerKeyOf(person), number: newCard(of.card), id: '' })
  })
  type Person = (typeof people)[number]
  const as = ({ person }: Person) => at(person, clock, queue.deps(createTestDeps()))
  const window = ({ customer_key }: Person, number: string) => atToss('card', { customer_key, number })
  const issue = async (of: Person, number: string) => {
    const { json } = await as(of).post('/payments/billing/issue', { ...(await window(of, number)), plan: 'monthly' })
    of.id = json?.id ?? ''
  }
  const fail = async ({ fault, customer_key, id, person }: Person) => {
    const [host, cut] = fault.split(' ') as ['toss' | 'postgres' | 'none', 'before' | 'after']
    if (host === 'toss') await injectFault({ host: 'api.tosspayments.com', match: 'orderName', key: customer_key, cut })
    if (host === 'postgres') await injectFault({ host: 'neon', match: 'settle_charge', key: id || person.user.user_id, cut })
  }
  const of = (moment: Person['moment']) => people.filter((one) => one.moment === moment)

  clock = seoul('2027-01-31 23:59')
  await forEachOf([...of('renewal'), ...of('grace')], (one) => issue(one, (one.number = newCard('0000'))))
  clock = later(-7 * DAY)
  await forEachOf(of('trial'), async (one) => {
    await issue(one, one.number)
    const consent = { kind: 'trial_conversion', agreed: true, price_won: 3_900 }
    expect((await as(one).post('/subscription/consents', consent)).status).toBe(200)
  })
  for (const one of of('renewal')) await sim(`/toss/cards/${one.number}`, { outcome: one.card })
  for (const one of of('grace')) await sim(`/toss/cards/${one.number}`, { outcome: '0001' })
  for (const one of [...of('trial'), ...of('renewal')]) await fail(one)
  await ring(later(-15 * MINUTE))
  await ring(CHARGED_AT)
  await forEachOf(of('subscribing'), async (one) => {
    // Its id is not known yet.
    if (one.fault.startsWith('toss')) await fail(one)
    await issue(one, one.number)
  })
  clock = later(HOUR)
  await forEachOf(of('grace'), async (one) => {
    await fail(one)
    await as(one).post('/subscription/payment-method', await window(one, newCard(one.card)))
  })
  await until(later(4 * DAY))

  const wrong: object[] = []
  await forEachOf(people, async ({ moment, card, fault, customer_key, person }) => {
    const { end, declines } = CARDS[card]!
    const [charge] = await listRows(sql`
      SELECT charges.* FROM charges JOIN subscriptions ON subscriptions.id = charges.subscription_id
      WHERE subscriptions.person_ref = ${customer_key} AND charges.starts_at > ${later(-HOUR).toISOString()}`)
    const toss = await atToss(`payments?order_id=${charge?.order_id ?? 'none'}`)
    const [ledger] = await listRows(
      sql`SELECT coalesce(sum(amount_won), 0)::int AS won FROM payments WHERE order_id = ${charge?.order_id ?? null}`,
    )
    const told = await listRows(sql`
      SELECT type, count(*)::int AS times FROM notifications
      WHERE user_id = ${person.user.user_id} AND created_at > ${later(-HOUR).toISOString()} GROUP BY type ORDER BY type`)
    const [premium] = await listRows(sql`SELECT is_premium(${person.user.user_id}, ${later(4 * DAY).toISOString()}) AS it`)
    const seen = {
      state: charge?.state,
      approved: toss.approved,
      balance: toss.balance,
      ledger: ledger!.won,
      premium: premium!.it,
      done: told.find(({ type }) => type === 'payment_done')?.times ?? 0,
      failed: told.find(({ type }) => type === 'payment_failed')?.times ?? 0,
    }
    // Without grace there is one try.
    const isLast = moment === 'subscribing' && declines > 0
    const is = isLast ? 'given_up' : end
    const paid = Number(is === 'done')
    // The first card of a grace was declined once, which a card that is topped up counts as well.
    const failed = isLast ? 1 : moment === 'grace' && card !== '0011' ? declines + 1 : declines
    const wanted = {
      state: is,
      approved: paid,
      balance: paid * 3_900,
      ledger: paid * 3_900,
      premium: is === 'done' || (is === 'unknown' && moment !== 'subscribing'),
      done: paid,
      failed,
    }
    if (JSON.stringify(seen) !== JSON.stringify(wanted)) wrong.push({ moment, card, fault, seen, wanted })
    expect((await atToss(`stats?key=${customer_key}`)).idempotency_mismatches).toBe(0)
  })
  expect(wrong).toEqual([])
})

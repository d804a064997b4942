import { sql } from 'drizzle-orm'
import { afterEach } from 'vitest'
import type { Deps } from '../../src/deps.ts'
import { runBatch } from '../../src/db/client.ts'
import { charge, dispatchDueCharges, endDueSubscriptions, openDueRenewals } from '../../src/modules/payments/charging/jobs.ts'
import { runCharge } from '../../src/modules/payments/charging/service.ts'
import { createTestDeps } from './api.ts'
import { createFakeToss, type Verdict } from './fake-toss.ts'
import { listRows } from './rows.ts'
import { runTask } from './tasks.ts'

/** An instant of Seoul, as `2025-03-31 00:30`. */
export const seoul = (text: string): Date => new Date(`${text.replace(' ', 'T')}${text.length === 16 ? ':00' : ''}+09:00`)
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

const made = { plans: [] as string[], people: [] as string[] }

/** A plan of this test alone, so that its prices change nothing for others. It is not for sale. */
export async function createPlan({ months = 1, prices = [['2020-01-01', 3_900]] as [string, number][] } = {}): Promise<string> {
  const { db } = createTestDeps()
  const code = `t${crypto.randomUUID().slice(0, 8)}`
  made.plans.push(code)
  await runBatch(db, {
    plan: sql`INSERT INTO plans (code, interval_months, trial_days, product_id, base_plan, is_active) VALUES (${code}, ${months}, 7, ${code}, ${code}, false)`,
    product: sql`INSERT INTO products (id, kind, name, plan, sort_order, is_active) VALUES (${code}, 'subscription', ${code}, ${code}, 99, false)`,
    prices: prices.map(([from, won]) => ({
      price: sql`INSERT INTO plan_prices (plan, starts_at, price_won) VALUES (${code}, ${`${from}T00:00:00+09:00`}, ${won})`,
    })),
  })
  return code
}

interface SubscriptionOptions {
  plan?: string
  /** The end of a trial, after which the first charge is due. */
  trial_ends_at?: Date
  /** The start of a subscription without a trial. */
  starts_at?: Date
  consents?: boolean
  agreed_won?: number
}

/** A person with a card and a subscription: in a trial, or with its first charge open. */
export async function subscribe({ plan, trial_ends_at, starts_at, consents = true, agreed_won = 3_900 }: SubscriptionOptions) {
  const { db, vault } = createTestDeps()
  const code = plan ?? (await createPlan())
  const [user_id, id, card_id] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()]
  made.people.push(user_id)
  const at = new Date((trial_ends_at?.getTime() ?? starts_at!.getTime() + 7 * DAY) - 7 * DAY).toISOString()
  await runBatch(db, {
    person: sql`INSERT INTO users (id, nickname, created_at) VALUES (${user_id}, ${user_id.slice(0, 12)}, ${at})`,
    card: sql`
      INSERT INTO billing_keys (id, user_id, customer_key, sealed_key, key_hash, card, created_at)
      VALUES (${card_id}, ${user_id}, ${user_id}, ${await vault.seal(`key-${card_id}`)}, ${card_id}, '{}', ${at})`,
    subscription: sql`
      INSERT INTO subscriptions (id, user_id, person_ref, provider, environment, external_id, plan, billing_key_id, created_at)
      SELECT ${id}, ${user_id}, store_account_token, 'toss', 'production', ${id}, ${code}, ${card_id}, ${at} FROM users WHERE id = ${user_id}`,
    owner: sql`INSERT INTO subscription_owners (subscription_id, from_at, user_id) VALUES (${id}, '-infinity', ${user_id})`,
    consent: sql`
      INSERT INTO payment_consents (user_id, person_ref, subscription_id, kind, is_agreed, plan, document_version, price_after, method, agreed_at)
      VALUES (${user_id}, ${user_id}, ${id}, 'auto_renewal', true, ${code}, '1', ${agreed_won}, 'toss', ${at})`,
    trial: sql`
      INSERT INTO period_facts (subscription_id, ref, fact_at, event_id, kind, plan, starts_at, ends_at, amount_won, currency, tells_revocation)
      SELECT ${id}, 'trial', ${at}, 'issue', 'trial', ${code}, ${at}, ${trial_ends_at?.toISOString() ?? null}, 0, 'KRW', true WHERE ${trial_ends_at !== undefined}`,
    first: sql`SELECT CASE WHEN ${starts_at !== undefined} THEN open_first_charge(${id}::uuid, ${starts_at?.toISOString() ?? null}) END`,
    folded: sql`SELECT fold_subscription(${id}::uuid, ${at}, true)`,
  })
  if (trial_ends_at && consents) await agree({ id, user_id, plan: code }, 'trial_conversion', agreed_won, new Date(at))
  return { id, user_id, card_id, plan: code, order_id: (period: number) => `sub-${id.replaceAll('-', '')}-${period}` }
}
export type Subscribed = Awaited<ReturnType<typeof subscribe>>

export async function agree(
  { id, user_id, plan }: { id: string; user_id: string; plan: string },
  kind: 'trial_conversion' | 'price_rise',
  price: number,
  at: Date,
  isAgreed = true,
) {
  await createTestDeps().db.execute(sql`
    INSERT INTO payment_consents (user_id, person_ref, subscription_id, kind, is_agreed, plan, document_version, price_before, price_after, method, agreed_at)
    VALUES (${user_id}, ${user_id}, ${id}, ${kind}, ${isAgreed}, ${plan}, '1', 0, ${price}, 'toss', ${at.toISOString()})`)
}

/** A cancellation, as `DELETE /subscription` makes it. */
export async function cancel({ id, user_id }: Subscribed, at: Date) {
  await runBatch(createTestDeps().db, {
    lock: sql`SELECT 1 FROM users WHERE id = ${user_id} FOR NO KEY UPDATE`,
    cancelled: sql`UPDATE subscriptions SET auto_renew = false, cancelled_at = ${at.toISOString()} WHERE id = ${id}`,
    dropped: sql`
      UPDATE charges SET state = 'void', settled_at = ${at.toISOString()}, next_at = NULL WHERE subscription_id = ${id} AND state IN ('due', 'declined')`,
    folded: sql`SELECT fold_subscription(${id}::uuid, ${at.toISOString()}, true)`,
  })
}

/** Another card of the person. */
export async function changeCard({ id, user_id }: Subscribed, at: Date): Promise<string> {
  const { db, vault } = createTestDeps()
  const card_id = crypto.randomUUID()
  await runBatch(db, {
    card: sql`
      INSERT INTO billing_keys (id, user_id, customer_key, sealed_key, key_hash, card, created_at)
      VALUES (${card_id}, ${user_id}, ${user_id}, ${await vault.seal(`key-${card_id}`)}, ${card_id}, '{}', ${at.toISOString()})`,
    changed: sql`UPDATE subscriptions SET billing_key_id = ${card_id} WHERE id = ${id}`,
  })
  return card_id
}

interface WorldOptions {
  at: Date
  next?: (orderId: string) => Verdict
  /** What jobs are given, for example a database that fails. */
  jobDeps?: (deps: Deps) => Deps
  /** How often a message comes, all at once. */
  repeats?: () => number
}

/** Payments with a Toss of the test and a clock that it moves. `move` does what the alarm and the queue do until then, step by step. */
export function createWorld({ at, next, jobDeps = (it) => it, repeats = () => 1 }: WorldOptions) {
  let clock = at
  const wakes: Date[] = []
  const fake = createFakeToss({ now: () => clock, ...(next && { next }) })
  const outbox: string[] = []
  const jobs = {
    sendBatch: async (messages: { body: { outbox_id: string } }[]) => void outbox.push(...messages.map(({ body }) => body.outbox_id)),
  }
  const deps = createTestDeps({
    now: () => clock,
    toss: fake.toss,
    jobs: jobs as unknown as Queue,
    pushes: { sendBatch: async () => {} } as unknown as Queue,
    wakeAt: async (wake) => void wakes.push(wake),
  })
  const { db } = deps

  /** What the alarm and the queue do at this time. */
  async function ring(to: Date = clock): Promise<void> {
    clock = to
    for (const task of [openDueRenewals, dispatchDueCharges, endDueSubscriptions]) await runTask(task, clock, deps)
    const ids = outbox.splice(0)
    if (ids.length === 0) return
    const { rows } = await db.execute<{ payload: { subscription_id: string; period_no: number } }>(
      sql`UPDATE outbox SET done_at = ${clock.toISOString()} WHERE id IN (${sql.join(
        ids.map((id) => sql`${id}::uuid`),
        sql`, `,
      )}) RETURNING payload`,
    )
    // A job that fails comes again when the task finds its charge.
    const messages = rows.flatMap(({ payload }) => Array.from({ length: repeats() }, () => charge.payload.parse(payload)))
    await Promise.all(messages.map((message) => charge.run(jobDeps(deps), message).catch(() => {})))
  }
  /** Rings whenever something is due, until then, or at the next step. */
  async function move(to: Date, stepMs = 1): Promise<void> {
    for (let rings = 0; rings < 5_000; rings++) {
      const next = await nextDue()
      if (!next || next > to) break
      const earliest = Math.max(next.getTime(), clock.getTime() + 1_000)
      clock = new Date(Math.ceil(earliest / stepMs) * stepMs)
      await ring()
    }
    if (to > clock) await ring(to)
  }
  async function nextDue(): Promise<Date | null> {
    // From far away the hourly task looks again, so the next of all charges and ends is looked for here.
    const { rows } = await db.execute<{ at: string | null }>(sql`
      SELECT to_json(least(
        (SELECT min(next_at) FROM charges WHERE state IN ('due', 'declined', 'unknown', 'sending') AND subscription_id IN (SELECT id FROM subscriptions WHERE user_id IN (${people()}))),
        (SELECT min(starts_at) + interval '3 days' FROM charges WHERE state = 'declined' AND next_at IS NULL AND subscription_id IN (SELECT id FROM subscriptions WHERE user_id IN (${people()}))),
        (SELECT min(CASE WHEN charges.state IS NULL THEN subscriptions.ends_at - interval '20 minutes' END)
         FROM subscriptions LEFT JOIN charges ON charges.subscription_id = subscriptions.id AND charges.period_no = subscriptions.period_no
         WHERE provider = 'toss' AND auto_renew AND user_id IN (${people()})
           AND subscriptions.ends_at - interval '20 minutes' > ${clock.toISOString()}),
        (SELECT min(subscriptions.ends_at) FROM subscriptions LEFT JOIN charges ON charges.subscription_id = subscriptions.id AND charges.period_no = subscriptions.period_no
         WHERE provider = 'toss' AND auto_renew AND charges.state IS NULL AND user_id IN (${people()}))
      )) AS at`)
    return rows[0]?.at ? new Date(rows[0].at) : null
  }

  return {
    ...fake,
    deps,
    db,
    wakes,
    ring,
    move,
    now: () => clock,
    setClock: (to: Date) => void (clock = to),
    run: (of: Subscribed, period_no: number) => runCharge(deps, { subscription_id: of.id, period_no }),
  }
}
export type World = ReturnType<typeof createWorld>

const people = () =>
  sql.join(
    made.people.map((id) => sql`${id}::uuid`),
    sql`, `,
  )

export const subscriptionOf = async ({ id }: Subscribed) => (await listRows(sql`SELECT * FROM subscriptions WHERE id = ${id}`))[0]
export const chargesOf = ({ id }: Subscribed) => listRows(sql`SELECT * FROM charges WHERE subscription_id = ${id} ORDER BY period_no`)
export const ledgerOf = ({ id }: Subscribed) => listRows(sql`SELECT * FROM payments WHERE subscription_id = ${id} ORDER BY at`)
export const refundsOf = ({ id }: Subscribed) => listRows(sql`SELECT * FROM refunds WHERE subscription_id = ${id}`)
export const attemptsOf = ({ id }: Subscribed) =>
  listRows(
    sql`SELECT charge_attempts.* FROM charge_attempts JOIN charges USING (order_id) WHERE subscription_id = ${id} ORDER BY period_no, charge_attempts.attempt`,
  )
export const toldTo = async ({ user_id }: Subscribed): Promise<string[]> =>
  (await listRows(sql`SELECT type FROM notifications WHERE user_id = ${user_id} ORDER BY created_at, type`)).map(({ type }) => type)
export const isPremiumAt = async ({ user_id }: Subscribed, at: Date): Promise<boolean> =>
  (await listRows(sql`SELECT is_premium(${user_id}, ${at.toISOString()}) AS it`))[0].it
/** Bounds of what is paid, in Seoul. */
export const paidPeriodsOf = async ({ id }: Subscribed): Promise<[string, string][]> =>
  (
    await listRows(sql`
      SELECT to_char(starts_at AT TIME ZONE 'Asia/Seoul', 'YYYY-MM-DD HH24:MI:SS') AS starts, to_char(ends_at AT TIME ZONE 'Asia/Seoul', 'YYYY-MM-DD HH24:MI:SS') AS ends
      FROM charges WHERE subscription_id = ${id} AND state = 'done' ORDER BY period_no`)
  ).map(({ starts, ends }) => [starts, ends])

/** Deletes what a test has made, because crons of a later test would find it. */
export function tidyAfterEach() {
  afterEach(async () => {
    if (made.people.length === 0) return
    const plans = sql.join(
      made.plans.map((code) => sql`${code}`),
      sql`, `,
    )
    await runBatch(createTestDeps().db, {
      ledger: sql`DELETE FROM payments WHERE product_id IN (${plans})`,
      refunds: sql`DELETE FROM refunds WHERE subscription_id IN (SELECT id FROM subscriptions WHERE plan IN (${plans}))`,
      subscriptions: sql`DELETE FROM subscriptions WHERE user_id IN (${people()}) OR plan IN (${plans}) OR next_plan IN (${plans})`,
      consents: sql`DELETE FROM payment_consents WHERE plan IN (${plans})`,
      cards: sql`DELETE FROM billing_keys WHERE user_id IN (${people()})`,
      products: sql`DELETE FROM products WHERE id IN (${plans})`,
      prices: sql`DELETE FROM plan_prices WHERE plan IN (${plans})`,
      plans: sql`DELETE FROM plans WHERE code IN (${plans})`,
      people: sql`DELETE FROM users WHERE id IN (${people()})`,
    })
    made.people = []
    made.plans = []
  })
}

import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { workerVars } from '../../dev/credentials.ts'
import { type Random, randomFrom } from '../../dev/random.ts'
import { createVault } from '../../src/core/vault.ts'
import { createDb, type Db } from '../../src/db/client.ts'
import { dispatchCharges, openRenewals } from '../../src/modules/payments/charging/queries.ts'
import type { ChargeId } from '../../src/modules/payments/charging/schema.ts'
import { runCharge } from '../../src/modules/payments/charging/service.ts'
import type { Toss } from '../../src/vendors/toss/payments.ts'
import type { TossPayment } from '../../src/vendors/toss/wire.ts'
import { cpuMeterOf, directDb } from './backend-cpu.ts'
import { type BenchContext, median, type Row, times } from './bench.ts'

const SUBSCRIPTIONS = 100_000
const TOSS_MS = 300
const UNKNOWN = 0.02
const DECLINED = 0.03
const AT_ONCE = 200
const OPENED_AT_ONCE = 300
const DISPATCHED_AT_ONCE = 1_000
const SAMPLE = 300
const PRICE = 3_900

/**
 * Renews 100,000 × scale subscriptions that end at the same instant. Toss takes its time, declines some cards the first time, and of some calls nothing is heard, whether
 * they were done or not. The clock jumps over the waits between tries.
 */
export async function benchRenewals({ databaseUrl, cloud, scale }: BenchContext): Promise<Row[]> {
  const count = times(SUBSCRIPTIONS, scale)
  const vault = createVault(workerVars.TOKEN_ENCRYPTION_KEY)
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    const end = await giveSubscriptions(client, count, await vault.seal('billing key'))
    let trips = 0
    const db = createDb('postgres://app:app@db.localtest.me/app', { endpoint: cloud.neonEndpoint, onTrip: () => trips++ })
    let clock = end
    const toss = new StubToss(() => clock)
    const send = { sendBatch: async () => {} } as unknown as Queue
    const deps = (over: Db) => ({
      db: over,
      now: () => clock,
      toss: toss as unknown as Toss,
      vault,
      countsSandbox: false,
      pushes: send,
      wakeAt: async () => {},
    })

    const slices: number[] = []
    for (;;) {
      const startedAt = performance.now()
      const { opened } = await openRenewals(db, OPENED_AT_ONCE, { now: new Date(end.getTime() - 20 * 60_000), countsSandbox: false })
      if (opened === 0) break
      slices.push(performance.now() - startedAt)
    }
    await client.query('VACUUM ANALYZE')

    const due: ChargeId[] = []
    const dispatch = async () => {
      for (let sent = 1; sent > 0;) sent = (await dispatchCharges(db, DISPATCHED_AT_ONCE, clock)).length
      const { rows } = await client.query<{ payload: ChargeId }>(`DELETE FROM outbox WHERE type = 'payments.charge' RETURNING payload`)
      due.push(...rows.map(({ payload }) => payload))
    }
    await dispatch()
    const opened = due.length

    toss.ms = 0
    const cpuMs = await cpuMeterOf(client)
    const used: number[] = []
    for (const id of due.splice(0, Math.min(SAMPLE, count))) {
      const before = cpuMs()
      await runCharge(deps(directDb(client)), id)
      used.push(cpuMs() - before)
    }
    toss.ms = TOSS_MS
    trips = 0
    const startedAt = performance.now()
    const first = due.length
    await chargeAll(due, (id) => runCharge(deps(db), id))
    const took = performance.now() - startedAt
    const tripsEach = trips / first

    // What is left waits for its next try.
    for (;;) {
      const { rows } = await client.query<{ next: Date | null }>(
        `SELECT min(next_at) AS next FROM charges WHERE state IN ('due', 'sending', 'unknown', 'declined')`,
      )
      if (!rows[0]?.next) break
      clock = new Date(Math.max(rows[0].next.getTime(), clock.getTime() + 1_000))
      await dispatch()
      await chargeAll(due, (id) => runCharge(deps(db), id))
    }
    const { rows } = await client.query<{ done: number; granted: number; paid: number }>(`
      SELECT (SELECT count(*)::int FROM charges WHERE state = 'done') AS done,
             (SELECT count(*)::int FROM premium_periods WHERE ref = '1' AND revoked_at IS NULL) AS granted,
             (SELECT count(*)::int FROM payments WHERE subscription_id IS NOT NULL) AS paid`)
    const { done, granted, paid } = rows[0]!
    const twice = [...toss.approved.values()].reduce((sum, approvals) => sum + approvals - 1, 0)

    const scaleText = `${count.toLocaleString('en')} subscriptions`
    const row = (what: string, unit: Row['unit'], value: number, bar: number | null = null): Row => ({
      what: `renewals, ${what}`,
      scale: scaleText,
      unit,
      median: value,
      p95: null,
      n: count,
      bar,
    })
    return [
      row('charged twice', 'times', twice, 0),
      row('missed', 'times', count - Math.min(opened, done, granted, paid, toss.approved.size), 0),
      row('calls under a key that differ', 'times', toss.mismatches, 0),
      row(`opening ${OPENED_AT_ONCE}`, 'ms', median(slices)),
      row('a charge: Postgres CPU', 'ms', median(used)),
      row('a charge: trips', 'trips', tripsEach, 2.1),
      row(`a second, ${AT_ONCE} at once`, 'times', (1_000 * first) / took),
    ]
  } finally {
    await client.end()
  }
}

async function chargeAll(due: ChargeId[], run: (id: ChargeId) => Promise<unknown>): Promise<void> {
  const consumer = async () => {
    for (let id = due.pop(); id; id = due.pop()) await run(id)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, consumer))
}

/** Makes so many people whose first paid month ends at the same instant, as the facts would be folded. Answers when. */
async function giveSubscriptions(client: pg.Client, count: number, sealedKey: string): Promise<Date> {
  const { rows } = await client.query<{ starts: Date; ends: Date }>(
    `SELECT date_trunc('hour', now() - interval '20 days') AS starts, month_after(date_trunc('hour', now() - interval '20 days'), 1) AS ends`,
  )
  const { starts, ends } = rows[0]!
  await client.query(
    'CREATE TEMP TABLE payers AS SELECT gen_random_uuid() AS id, gen_random_uuid() AS user_id, n FROM generate_series(1, $1::int) AS n',
    [count],
  )
  for (const [text, ...values] of [
    [`INSERT INTO users (id, nickname, created_at) SELECT user_id, 'r' || n, $1 FROM payers`, starts],
    [
      `INSERT INTO billing_keys (id, user_id, customer_key, sealed_key, key_hash, card, created_at)
       SELECT id, user_id, user_id::text, $2, id::text, '{}', $1 FROM payers`,
      starts,
      sealedKey,
    ],
    [
      `INSERT INTO subscriptions (id, user_id, person_ref, provider, environment, external_id, plan, anchor_at, months, period_no, billing_key_id, created_at, ends_at)
       SELECT id, user_id, user_id, 'toss', 'production', id::text, 'monthly', $1, 1, 1, id, $1, $2 FROM payers`,
      starts,
      ends,
    ],
    [`INSERT INTO subscription_owners (subscription_id, from_at, user_id) SELECT id, '-infinity', user_id FROM payers`],
    [
      `INSERT INTO payment_consents (user_id, person_ref, subscription_id, kind, is_agreed, plan, document_version, price_after, method, agreed_at)
       SELECT user_id, user_id, id, 'auto_renewal', true, 'monthly', '1', ${PRICE}, 'toss', $1 FROM payers`,
      starts,
    ],
    [
      `INSERT INTO period_facts (subscription_id, ref, fact_at, event_id, kind, plan, starts_at, ends_at, amount_won, currency, tells_revocation)
       SELECT id, '0', $1, 'loaded', 'paid', 'monthly', $1, $2, ${PRICE}, 'KRW', true FROM payers`,
      starts,
      ends,
    ],
    [
      `INSERT INTO premium_periods (user_id, provider, starts_at, ends_at, subscription_id, ref) SELECT user_id, 'toss', $1, $2, id, '0' FROM payers`,
      starts,
      ends,
    ],
  ] as [string, ...unknown[]][])
    await client.query(text, values)
  await client.query('VACUUM ANALYZE')
  return ends
}

type Charge = Parameters<Toss['charge']>[0]
type Answer = Awaited<ReturnType<Toss['charge']>>

/** Toss as the bar describes it. It keeps the answer of each key. */
class StubToss {
  readonly approved = new Map<string, number>()
  mismatches = 0
  ms = TOSS_MS
  readonly #kept = new Map<string, { request: string; answer: Answer }>()
  readonly #payments = new Map<string, TossPayment>()
  readonly #tried = new Set<string>()
  readonly #random: Random = randomFrom(4)
  readonly #now: () => Date

  constructor(now: () => Date) {
    this.#now = now
  }

  async charge(of: Charge, key: string): Promise<Answer> {
    await sleep(this.ms)
    const request = JSON.stringify(of)
    const known = this.#kept.get(key)
    if (known) {
      if (known.request !== request) this.mismatches++
      return known.answer
    }
    const isFirst = !this.#tried.has(of.order_id)
    this.#tried.add(of.order_id)
    const luck = isFirst ? this.#random.next() : 1
    const isLost = luck < UNKNOWN
    if (luck < UNKNOWN / 2) return { outcome: 'unknown', error: 'no answer', trace_id: null }
    const answer: Answer =
      luck >= UNKNOWN && luck < UNKNOWN + DECLINED
        ? { outcome: 'declined', code: 'REJECT_CARD_PAYMENT', needs_new_card: false, trace_id: null }
        : { outcome: 'answered', payment: this.#approve(of), trace_id: null }
    this.#kept.set(key, { request, answer })
    return isLost ? { outcome: 'unknown', error: 'no answer', trace_id: null } : answer
  }

  async findPaymentByOrder(order_id: string): Promise<TossPayment | null> {
    await sleep(this.ms)
    return this.#payments.get(order_id) ?? null
  }

  #approve({ order_id, amount }: Charge): TossPayment {
    this.approved.set(order_id, (this.approved.get(order_id) ?? 0) + 1)
    const payment: TossPayment = {
      payment_key: `bench-${order_id}-${this.approved.get(order_id)}`,
      order_id,
      status: 'DONE',
      type: 'BILLING',
      total_amount: amount,
      balance_amount: amount,
      currency: 'KRW',
      method: '카드',
      approved_at: this.#now().toISOString(),
      last_transaction_key: null,
      secret: null,
      receipt_url: null,
      is_virtual_account: false,
      cancels: [],
      card: null,
    }
    this.#payments.set(order_id, payment)
    return payment
  }
}

import pg from 'pg'
import type { PeriodFact, PurchaseFacts, RenewalFact } from '../../src/modules/payments/ledger/facts.ts'
import { takePurchase } from '../../src/modules/payments/stores/queries.ts'
import { cpuMeterOf, directDb } from './backend-cpu.ts'
import { type BenchContext, median, type Row, rowOf, times } from './bench.ts'
import { type Call, type Cost, measureRequest, measureTogether, post, signUp } from './client.ts'
import { floorPath } from './floor.ts'

const PRODUCT = 'com.withbowwow.premium.monthly'
const WARM_UP = 20
const ALONE = 60
const GROUPS = 6
const GROUP = 10
const SUBSCRIPTIONS = 20
const PERIODS = [1, 12, 60] as const
/** What Cloudflare's smallest plan allows. */
const WORKER_BAR_MS = 10
const FOLD_BAR_MS = 20
const MONTH_MS = 30 * 86_400_000

interface Bought {
  readonly signed_transaction: string
  readonly notification: { readonly signed_payload: string }
}

/** What a message of the App Store and a purchase that a phone shows cost the Worker, and what taking them in costs Postgres, by how long the subscription has lasted. */
export async function benchPayments(context: BenchContext): Promise<Row[]> {
  const events = await measureCalls(context, 'webhook of the App Store', { limits: 1 }, async () => {
    const { notification } = await buy(context)
    return { method: 'POST', path: '/payments/webhook/apple', body: JSON.stringify({ signedPayload: notification.signed_payload }) }
  })
  const people = await Promise.all(Array.from({ length: GROUP }, () => signUp(context)))
  const shown = await measureCalls(context, 'verify/apple', { limits: 2 }, async (i) => {
    const { signed_transaction } = await buy(context)
    return { method: 'POST', path: '/payments/verify/apple', body: JSON.stringify({ signed_transaction }), token: people[i % GROUP]!.token }
  })
  const client = new pg.Client(context.databaseUrl)
  await client.connect()
  try {
    return [...events, ...shown, ...(await measureFolds(client, context.scale))]
  } finally {
    await client.end()
  }
}

const buy = ({ cloud }: BenchContext) =>
  post<Bought>({ url: cloud.simulatorsUrl }, '/_sim/app-store/buy', { product: PRODUCT, send: false })

async function measureCalls(
  context: BenchContext,
  what: string,
  { limits }: { limits: number },
  prepare: (i: number) => Promise<Call>,
): Promise<Row[]> {
  const { worker, floor, scale } = context
  const alone: Cost[] = []
  for (let i = 0; i < WARM_UP + times(ALONE, scale); i++) {
    const cost = await measureRequest(context, await prepare(i), { limits, put: 0 })
    if (i >= WARM_UP) alone.push(cost)
  }
  const { text, trips } = alone.at(-1)!
  const io = { limits, put: 0, sent: trips[0]?.sent_bytes ?? 0, received: trips[0]?.received_bytes ?? 0, answer: text.length }
  const together: number[] = []
  for (let group = 0; group < times(GROUPS, scale); group++) {
    const calls: Call[] = []
    for (let i = 0; i < GROUP; i++) calls.push(await prepare(i))
    const all = await measureTogether(worker, GROUP, (i) => calls[i]!)
    together.push(all - (await measureTogether(floor, GROUP, (i) => ({ ...calls[i]!, path: floorPath(io) }))))
  }
  const one = 'one at a time, the chain known'
  return [
    rowOf(`${what}, less the same I/O: Worker CPU`, `${GROUP} at once, the chain known`, together, { bar: WORKER_BAR_MS }),
    rowOf(
      `${what}, less the same I/O: Worker CPU`,
      one,
      alone.map((it) => it.cpu_ms - it.floor_ms),
      { bar: WORKER_BAR_MS },
    ),
    rowOf(
      `${what}, time`,
      one,
      alone.map((it) => it.wall_ms),
    ),
    rowOf(
      `${what}, trips`,
      one,
      alone.map((it) => it.trips.length),
      { unit: 'trips', bar: 1 },
    ),
  ]
}

/** Each renewal is of another subscription, all of which have lasted as long. */
async function measureFolds(client: pg.Client, scale: number): Promise<Row[]> {
  const db = directDb(client)
  const cpuOf = await cpuMeterOf(client)
  const rows: Row[] = []
  const medians: number[] = []
  for (const [periods, told] of [...PERIODS.map((count) => [count, 1] as const), [13, 100] as const]) {
    const [wall, cpu]: [number[], number[]] = [[], []]
    for (let n = 0; n < times(SUBSCRIPTIONS, scale); n++) {
      const { rows: people } = await client.query<{ id: string; token: string }>(
        `INSERT INTO users (id, nickname, created_at) VALUES (gen_random_uuid(), 'p' || left(replace(gen_random_uuid()::text, '-', ''), 11), now() - interval '9 years') RETURNING id, store_account_token AS token`,
      )
      const of = { external_id: `bench-${crypto.randomUUID()}`, account_token: people[0]!.token }
      const startsAt = Date.now() - periods * MONTH_MS - 1_000
      const folding = { now: new Date(), countsSandbox: true }
      // All facts in one message, because what is measured is the next.
      const past = Array.from({ length: periods * told }, (_, k) =>
        periodOf(of.external_id, k % periods, startsAt, Math.floor(k / periods)),
      )
      await takePurchase(db, factsOf(of, 'past', past, startsAt), folding)
      const next = factsOf(of, 'next', [periodOf(of.external_id, periods, startsAt, 0)], Date.now())
      const [startedAt, cpuBefore] = [performance.now(), cpuOf()]
      const { outcome } = await takePurchase(db, next, folding)
      wall.push(performance.now() - startedAt)
      cpu.push(cpuOf() - cpuBefore)
      if (outcome !== 'applied') throw new Error(`a renewal was ${outcome}`)
    }
    const bar = told === 1 ? FOLD_BAR_MS : null
    const of = told === 1 ? `after ${periods} periods` : `after ${periods} periods, each shown ${told} times`
    rows.push(
      rowOf('a renewal taken in and folded: Postgres', of, wall, { bar }),
      rowOf('a renewal taken in and folded: Postgres CPU', of, cpu, { bar }),
    )
    if (told === 1) medians.push(median(cpu))
  }
  const growth = medians.at(-1)! / medians[0]!
  const of = `${PERIODS.at(-1)} periods against ${PERIODS[0]}`
  return [
    ...rows,
    { what: 'a renewal taken in and folded: Postgres CPU', scale: of, unit: '×', median: growth, p95: null, n: medians.length, bar: null },
  ]
}

const iso = (at: number) => new Date(at).toISOString()

function periodOf(external_id: string, number: number, startsAt: number, told: number): PeriodFact {
  const starts = startsAt + number * MONTH_MS
  return {
    ref: `${external_id}-${number}`,
    fact_at: iso(starts + told * 60_000),
    kind: 'paid',
    plan: 'monthly',
    starts_at: iso(starts),
    ends_at: iso(starts + MONTH_MS),
    amount_won: 3_900,
    currency: 'KRW',
    tells_revocation: true,
    revoked_at: null,
  }
}

function factsOf(
  of: Pick<PurchaseFacts, 'external_id' | 'account_token'>,
  event_id: string,
  periods: PeriodFact[],
  at: number,
): PurchaseFacts {
  const renewals: RenewalFact[] = [{ fact_at: iso(at), auto_renew: true, next_plan: null, grace_ends_at: null }]
  return { provider: 'ios_iap', environment: 'production', plan: 'monthly', event_id, ...of, periods, renewals }
}

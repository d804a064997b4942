import { expect, it } from 'vitest'
import { sim } from '../../dev/control.ts'
import { askOrders } from '../../../src/modules/payments/orders/jobs.ts'
import { sendDueRefunds } from '../../../src/modules/payments/refunds/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { injectFault } from '../../support/faults.ts'
import { signUp } from '../../support/login.ts'
import { atToss, BADGES, DARK, order, payInWindow, sumOf, withJobs, YEAR } from '../../support/orders.ts'
import { runTask } from '../../support/tasks.ts'

const SEEDS = 48
const STEPS = 10
const HOST = 'api.tosspayments.com'
const minute = 60_000
const { db, toss } = createTestDeps()

/** mulberry32 */
function randomly(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

it.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
  'whatever happens in whatever order, at most one payment is made, the ledger is what Toss holds, and who has paid has it (seed %i)',
  async (seed) => {
    const pick = randomly(seed + 1)
    let clock = 0
    const queue = withJobs((deps) => ({
      now: () => new Date(Date.now() + clock),
      accessTokens: createTestDeps().accessTokens,
      toss: deps.toss,
    }))
    const buyer = await signUp({ deps: queue.deps })
    const product = [DARK, BADGES, YEAR][seed % 3]!
    const made = await order(buyer, product)
    const isDeposit = pick(3) === 0
    const paid = await payInWindow(made, isDeposit ? { method: '가상계좌' } : {})
    const { order_id } = made
    const notice = async () => {
      const [payment] = (await atToss(order_id)).payments
      await buyer.post('/payments/webhook/toss', { eventType: 'PAYMENT_STATUS_CHANGED', data: payment })
    }
    const deeds: (() => Promise<unknown>)[] = [
      () => buyer.post('/payments/confirm', paid),
      () => Promise.all([buyer.post('/payments/confirm', paid), buyer.post('/payments/confirm', paid)]),
      () => injectFault({ host: HOST, cut: pick(2) ? 'after' : 'before', times: 1, key: pick(2) ? order_id : paid.payment_key }),
      () => injectFault({ host: 'neon', cut: pick(2) ? 'after' : 'before', times: 1, key: order_id, match: 'settle_order' }),
      notice,
      () => queue.runJobs(),
      () => runTask(askOrders, new Date(Date.now() + clock), createTestDeps(queue.deps)).catch(() => {}),
      () => buyer.post('/payments/refunds', { order_id }),
      () => toss.cancel({ payment_key: paid.payment_key, reason: '보상', amount: 500 }, crypto.randomUUID()),
      () => sim('/toss/deposit', { order_id, state: pick(2) ? 'done' : 'waiting', to: 'http://127.0.0.1:9/' }),
      async () => void (clock += 3 * minute),
    ]
    await deeds[0]!()
    for (let step = 0; step < STEPS; step++) await deeds[pick(deeds.length)]!()

    // All that was lost comes after all, and all faults are over.
    for (let round = 0; round < 8; round++) {
      clock += 11 * minute
      const at = new Date(Date.now() + clock)
      await runTask(askOrders, at, createTestDeps(queue.deps)).catch(() => {})
      await runTask(sendDueRefunds, at, createTestDeps(queue.deps)).catch(() => {})
      await notice()
      await queue.runJobs()
    }
    const { approved, payments } = await atToss(order_id)
    expect(approved).toBeLessThanOrEqual(1)
    const [payment] = payments as unknown as { status: string; balanceAmount: number; approvedAt: string | null }[]
    const balance = payment!.approvedAt ? payment!.balanceAmount : 0
    expect(await sumOf(order_id)).toBe(balance)
    const { json } = await buyer.get(`/payments/orders/${order_id}`)
    const states: Record<string, string> = {
      DONE: 'paid',
      PARTIAL_CANCELED: 'paid',
      CANCELED: 'cancelled',
      WAITING_FOR_DEPOSIT: 'waiting',
      EXPIRED: 'failed',
    }
    expect(json.state).toBe(states[payment!.status] ?? json.state)
    const { rows } = await db.execute<any>(`
      SELECT is_premium('${buyer.user.user_id}', now() + interval '1 day') OR EXISTS (
               SELECT 1 FROM purchases WHERE user_id = '${buyer.user.user_id}' AND revoked_at IS NULL
             ) AS has_it,
             EXISTS (SELECT 1 FROM refunds WHERE order_id = '${order_id}') AS asked_back,
             (SELECT count(*)::int FROM refunds WHERE order_id = '${order_id}' AND state IN ('due', 'sending', 'unknown')) AS open_refunds,
             (SELECT count(*)::int FROM provider_events WHERE external_id = '${order_id}' AND outcome IS NULL) AS open_events`)
    expect(rows[0]).toMatchObject({ open_refunds: 0, open_events: 0, has_it: balance > 0 && !rows[0].asked_back })
    expect((await sim(`/toss/stats?key=${paid.payment_key}`)).json.idempotency_mismatches).toBe(0)
  },
)

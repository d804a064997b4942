import type { Deps } from '../../src/deps.ts'
import { consume } from '../../src/queues.ts'
import { sim } from '../dev/control.ts'
import { type Api, createTestDeps, type DepsOverrides } from './api.ts'

export const DARK = 'com.withbowwow.theme.dark'
export const BADGES = 'com.withbowwow.badge_pack'
export const YEAR = 'com.withbowwow.premium.annual'

const { db } = createTestDeps()

export interface OrderToPay {
  order_id: string
  amount_won: number
}

export async function order(buyer: Api, product = DARK): Promise<OrderToPay & { customer_key: string; expires_at: string; state: string }> {
  const { status, json } = await buyer.post('/payments/orders', { product })
  if (status !== 201) throw new Error(`the order was refused: ${status} ${json.code}`)
  return json
}

/** The buyer pays in the window of Toss. Answers what the app sends to be confirmed. */
export async function payInWindow({ order_id, amount_won }: OrderToPay, of: object = {}) {
  const { status, json } = await sim('/toss/pay', { order_id, amount: amount_won, ...of })
  if (status !== 200) throw new Error(`the window refused: ${JSON.stringify(json)}`)
  return json as { payment_key: string; order_id: string; amount: number }
}

/** Orders, pays and confirms. */
export async function buy(buyer: Api, product = DARK, of: object = {}) {
  const made = await order(buyer, product)
  const paid = await payInWindow(made, of)
  const { status, json } = await buyer.post('/payments/confirm', paid)
  if (status !== 200) throw new Error(`not paid: ${status} ${JSON.stringify(json)}`)
  return { ...made, ...paid }
}

/** What Toss knows of an order. */
export const atToss = async (order_id: string) =>
  (await sim(`/toss/payments?order_id=${order_id}`)).json as {
    approved: number
    balance: number
    payments: { status: string; secret: string }[]
  }

export async function ledgerOf(order_id: string): Promise<{ kind: string; amount_won: number; transaction_id: string }[]> {
  const { rows } = await db.execute<{ kind: string; amount_won: number; transaction_id: string }>(
    `SELECT kind, amount_won, transaction_id FROM payments WHERE order_id = '${order_id}' ORDER BY amount_won DESC, transaction_id`,
  )
  return rows
}

export const sumOf = async (order_id: string) => (await ledgerOf(order_id)).reduce((sum, { amount_won }) => sum + amount_won, 0)

/** Deps whose jobs are kept, and run when the test says so. */
export function withJobs(overrides: DepsOverrides = {}) {
  const given: string[] = []
  const jobs = {
    sendBatch: async (messages: { body: { outbox_id: string } }[]) => void given.push(...messages.map(({ body }) => body.outbox_id)),
  } as unknown as Queue
  const of = (deps: Deps): Partial<Deps> => ({ ...(typeof overrides === 'function' ? overrides(deps) : overrides), jobs })
  /** Runs what was announced, as the queue does. Answers how many were to be tried again. */
  async function runJobs(as: DepsOverrides = of): Promise<number> {
    let retried = 0
    const deps = createTestDeps(as)
    for (const outbox_id of given.splice(0)) {
      const message = {
        id: outbox_id,
        attempts: 1,
        body: { outbox_id },
        ack: () => {},
        retry: () => void ((retried += 1), given.push(outbox_id)),
      }
      await consume({ queue: 'jobs', messages: [message] } as unknown as MessageBatch, deps)
    }
    return retried
  }
  return { deps: of, given, runJobs }
}

/** Moves what people have paid into the past, by so many days. */
export async function ageOrder(order_id: string, days: number): Promise<void> {
  const back = `- interval '${days} days'`
  await db.execute(`UPDATE payments SET at = at ${back} WHERE order_id = '${order_id}'`)
  await db.execute(`UPDATE orders SET created_at = created_at ${back} WHERE id = '${order_id}'`)
}

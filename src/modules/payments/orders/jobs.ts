import type { DueTask } from '../../../jobs/job.ts'
import { nextAsking } from './queries.ts'
import { askOpenOrders } from './service.ts'

/** Each takes one call to Postgres, and up to two to Toss. */
const ORDERS_A_PART = 12

/** Asks Toss what has become of payments whose outcome is unknown. */
export const askOrders: DueTask = {
  name: 'payments.ask_orders',
  async run(deps, scheduledAt) {
    const asked = await askOpenOrders(deps, ORDERS_A_PART, scheduledAt)
    return { counts: { asked }, next: asked === ORDERS_A_PART ? 'more' : null }
  },
  nextDue: nextAsking,
}

import { sql } from 'drizzle-orm'
import type { Deps } from '../../src/deps.ts'
import { JOB } from '../../src/jobs/types.ts'
import { type Api, createApi, createTestDeps, type DepsOverrides } from './api.ts'
import { cloud } from './cloud.ts'
import { deliverTask } from './tasks.ts'

/** Asks the simulated App Store for something (`/_sim/app-store/…`). Nothing is sent to a Worker, because in a test nobody listens. */
export async function appStore(action: string, input: object): Promise<any> {
  return control(`app-store/${action}`, action === 'sign' ? input : { send: false, ...input })
}

/** Moves the time of the vendors for one purchase or account token. Answers what happened by itself. */
export async function moveVendorClock(key: string, now: Date | number): Promise<any[]> {
  return (await control('clock', { now: new Date(now).toISOString(), for: key })).happened
}

async function control(path: string, input: object): Promise<any> {
  const response = await fetch(`${cloud.simulatorsUrl}/_sim/${path}`, { method: 'POST', body: JSON.stringify(input) })
  const text = await response.text()
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`)
  return text ? JSON.parse(text) : null
}

/** Delivers notifications of the App Store to the webhook, in this order, and has them taken in. Answers the outcome of each. */
export async function deliverApple(
  notifications: readonly { notification_id: string; signed_payload: string }[],
  overrides: DepsOverrides = {},
) {
  const api = createApi({ deps: overrides })
  const outcomes: (string | null)[] = []
  for (const { notification_id, signed_payload } of notifications) {
    const { status } = await api.post('/payments/webhook/apple', { signedPayload: signed_payload })
    if (status !== 200) throw new Error(`the webhook answered ${status}`)
    outcomes.push(await takeIn('ios_iap', notification_id, overrides))
  }
  return outcomes
}

/** Delivers messages of Pub/Sub to the webhook, in this order, and has them taken in. Answers the outcome of each. */
export async function deliverGoogle(
  notices: readonly { message_id: string; authorization: string; body: unknown }[],
  overrides: DepsOverrides = {},
) {
  const api = createApi({ deps: overrides })
  const outcomes: (string | null)[] = []
  for (const { message_id, authorization, body } of notices) {
    const { status } = await api.post('/payments/webhook/google', body, { headers: { Authorization: authorization } })
    if (status !== 200) throw new Error(`the webhook answered ${status}`)
    outcomes.push(await takeIn('google_play', message_id, overrides))
  }
  return outcomes
}

/** Runs the jobs of one event, as the queue does. */
export async function takeIn(provider: string, event_id: string, overrides: DepsOverrides = {}): Promise<string | null> {
  const deps = createTestDeps(overrides)
  await runJobs(deps, JOB.takeEvent, { provider, event_id })
  const { rows } = await deps.db.execute<{ outcome: string | null }>(
    sql`SELECT outcome FROM provider_events WHERE provider = ${provider}::payment_provider AND event_id = ${event_id}`,
  )
  return rows[0]?.outcome ?? null
}

/** Runs the waiting jobs of a kind whose payload has these fields. */
export async function runJobs(deps: Deps, type: string, payload: object): Promise<number> {
  const { rows } = await deps.db.execute<{ id: string }>(
    sql`SELECT id FROM outbox WHERE type = ${type} AND done_at IS NULL AND payload @> ${JSON.stringify(payload)}::jsonb`,
  )
  for (const { id } of rows) await deliverTask({ outbox_id: id }, deps, { queue: 'jobs' })
  return rows.length
}

export const accountTokenOf = async ({ get }: Pick<Api, 'get'>): Promise<string> =>
  (await get('/subscription/plans')).json.store_account_token

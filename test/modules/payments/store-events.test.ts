import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { JOB } from '../../../src/jobs/types.ts'
import { resendLostEvents } from '../../../src/modules/payments/events/jobs.ts'
import { vendorUnavailable } from '../../../src/vendors/http.ts'
import { createApi, createTestDeps } from '../../support/api.ts'
import { injectFault } from '../../support/faults.ts'
import { signUp } from '../../support/login.ts'
import { MONTHLY, play } from '../../support/play.ts'
import { accountTokenOf, appStore, runJobs, takeIn } from '../../support/store-events.ts'
import { storeRows } from '../../support/store-rows.ts'
import { runTask } from '../../support/tasks.ts'

const HOUR_MS = 3_600_000
const { db } = createTestDeps()
const silentQueue = { sendBatch: async () => {} } as unknown as Queue

/** A purchase, and the notification about it. */
async function bought() {
  const person = await signUp()
  const { purchase, notifications } = await appStore('buy', { product: MONTHLY, account_token: await accountTokenOf(person) })
  const [{ notification_id, signed_payload }] = notifications
  const deliver = () => createApi().post('/payments/webhook/apple', { signedPayload: signed_payload })
  return { person, purchase: purchase as string, event_id: notification_id as string, deliver }
}
const taken = { ledger: ['charge 3900'], subscription: { state: 'active' }, outcomes: ['applied'] }
const outcomeOf = async (event_id: string) =>
  (
    await db.execute<{ outcome: string | null; error: string | null }>(
      sql`SELECT outcome, error FROM provider_events WHERE event_id = ${event_id}`,
    )
  ).rows[0]

describe('an event', () => {
  it('whose message was lost is found within the hour, and taken in once', async () => {
    const { purchase, event_id, deliver } = await bought()
    expect((await deliver()).status).toBe(200)
    await db.execute(sql`DELETE FROM outbox WHERE type = ${JOB.takeEvent} AND payload ->> 'event_id' = ${event_id}`)
    const deps = createTestDeps({ jobs: silentQueue })
    await runTask(resendLostEvents, new Date(Date.now() + 5 * 60_000), deps)
    expect(await runJobs(deps, JOB.takeEvent, { event_id })).toBe(0)
    for (let times = 0; times < 2; times++) await runTask(resendLostEvents, new Date(Date.now() + HOUR_MS / 2), deps)
    expect(await runJobs(deps, JOB.takeEvent, { event_id })).toBe(2)
    expect(await storeRows(purchase)).toMatchObject(taken)
    await runTask(resendLostEvents, new Date(Date.now() + HOUR_MS), deps)
    expect(await runJobs(deps, JOB.takeEvent, { event_id })).toBe(0)
  })

  it('that cannot be taken in is given up after a week, and keeps no other waiting', async () => {
    const event_id = crypto.randomUUID()
    const receivedAt = Date.now()
    await db.execute(sql`
      INSERT INTO provider_events (provider, event_id, environment, type, received_at, body)
      VALUES ('ios_iap', ${event_id}, 'production', 'BROKEN', ${new Date(receivedAt).toISOString()}, '{"nothing": true}')`)
    const deps = createTestDeps({ jobs: silentQueue })
    const runAt = (hours: number) => runTask(resendLostEvents, new Date(receivedAt + hours * HOUR_MS), deps)
    await runAt(1)
    await runJobs(deps, JOB.takeEvent, { event_id })
    expect(await outcomeOf(event_id)).toEqual({ outcome: null, error: expect.stringContaining('ask_for') })
    const { event_id: fresh, deliver } = await bought()
    await deliver()
    await db.execute(sql`DELETE FROM outbox WHERE payload ->> 'event_id' = ${fresh}`)
    await db.execute(sql`UPDATE provider_events SET received_at = ${new Date(receivedAt + 1_000).toISOString()} WHERE event_id = ${fresh}`)
    await runAt(2)
    const { rows } = await db.execute<{ event_id: string }>(sql`
      SELECT payload ->> 'event_id' AS event_id FROM outbox WHERE type = ${JOB.takeEvent} AND payload ->> 'event_id' IN (${event_id}, ${fresh}) ORDER BY id`)
    expect(new Set(rows.map((row) => row.event_id))).toEqual(new Set([event_id, fresh]))
    await takeIn('ios_iap', fresh)
    // Nothing of the other tests is a week old.
    await db.execute(
      sql`UPDATE provider_events SET received_at = ${new Date(receivedAt - 169 * HOUR_MS).toISOString()} WHERE event_id = ${event_id}`,
    )
    await runTask(resendLostEvents, new Date(receivedAt), deps)
    expect((await outcomeOf(event_id))?.outcome).toBe('dead')
  })

  it.each(['before', 'after'] as const)('that Postgres failed to keep (%s it was kept) is kept once Apple repeats it', async (cut) => {
    const { purchase, event_id, deliver } = await bought()
    await injectFault({ host: 'neon', key: event_id, cut })
    expect((await deliver()).status).toBeGreaterThanOrEqual(500)
    expect((await deliver()).status).toBe(200)
    await takeIn('ios_iap', event_id)
    expect(await storeRows(purchase)).toMatchObject(taken)
  })

  it.each(['before', 'after'] as const)(
    'whose taking in Postgres failed (%s it was done) is taken in again, and counts once',
    async (cut) => {
      const { person, purchase, event_id, deliver } = await bought()
      await deliver()
      await injectFault({ host: 'neon', match: 'apply_purchase', key: purchase, cut })
      expect(await takeIn('ios_iap', event_id)).toBeNull()
      await takeIn('ios_iap', event_id)
      const { outcomes, ...rows } = await storeRows(purchase)
      expect(rows).toMatchObject({ ledger: taken.ledger, subscription: taken.subscription })
      expect(outcomes).toEqual([cut === 'before' ? 'applied' : 'stale'])
      expect(rows.periods).toHaveLength(1)
      expect((await person.get('/users/me')).json.is_premium).toBe(true)
    },
  )

  it('is not taken while Google gives no keys to check it by, and Pub/Sub repeats it', async () => {
    const token = `keyless-${crypto.randomUUID()}`
    const { message_id, authorization, body } = await play('push', { token, type: 4, send: false })
    const push = (overrides: object) =>
      createApi({ deps: overrides }).post('/payments/webhook/google', body, { headers: { Authorization: authorization } })
    const keyless = {
      ...createTestDeps().play,
      readPush: async () => {
        throw vendorUnavailable()
      },
    }
    expect((await push({ play: keyless })).status).toBe(502)
    expect(await outcomeOf(message_id)).toBeUndefined()
    expect((await push({})).status).toBe(200)
    expect(await takeIn('google_play', message_id)).toBe('ignored')
  })

  it.each([undefined, 'Bearer', 'Bearer x.y.z'])('of Google with %s as its token is refused', async (authorization) => {
    const headers = authorization === undefined ? {} : { Authorization: authorization }
    const { status } = await createApi().post('/payments/webhook/google', { message: { data: '', messageId: '1' } }, { headers })
    expect(status).toBe(401)
  })
})

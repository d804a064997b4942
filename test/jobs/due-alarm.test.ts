import { env } from 'cloudflare:workers'
import { runInDurableObject } from 'cloudflare:test'
import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../../src/core/time.ts'
import { type AlarmStorage, ring } from '../../src/jobs/due.ts'
import { announce, announcePushes } from '../../src/jobs/outbox.ts'
import { dueTasks, runDue } from '../../src/schedule.ts'
import { createTestDeps } from '../support/api.ts'
import { subscribe, tidyAfterEach } from '../support/charging.ts'
import { signUp } from '../support/login.ts'
import { makeMeetup } from '../support/meetups.ts'
import { order } from '../support/orders.ts'
import { addDevice, deliver, seoulTime, tell } from '../support/pushes.ts'
import { accept, inMinutes, invite } from '../support/rooms.ts'
import { addPet, startWalk } from '../support/walks.ts'

tidyAfterEach()

/** Notes the time that the alarm is set to. */
function noteWakes() {
  const wakes: Date[] = []
  return { wakes, wakeAt: async (at: Date) => void wakes.push(at) }
}

function fakeStorage(alarm: number | null = null) {
  const set = { alarm }
  const storage: AlarmStorage = { getAlarm: async () => set.alarm, setAlarm: async (at) => void (set.alarm = Number(at)) }
  return { set, storage }
}

it('the alarm rings at the earliest instant it was told of, and survives its object', async () => {
  const stub = env.DUE_ALARM.getByName(crypto.randomUUID())
  const alarmOf = () => runInDurableObject(stub, (_, state) => state.storage.getAlarm())
  const [soon, later] = [Date.now() + 5 * DAY_MS, Date.now() + 6 * DAY_MS]
  await stub.wake(later)
  expect(await alarmOf()).toBe(later)
  await stub.wake(soon)
  await stub.wake(later)
  expect(await alarmOf()).toBe(soon)
})

describe('a ring', () => {
  const now = 1_000_000
  it('waits for what falls due next, and pauses when that is now', async () => {
    const { set, storage } = fakeStorage()
    await ring(
      storage,
      () => now,
      async () => new Date(now + 60_000),
    )
    expect(set.alarm).toBe(now + 60_000)
    set.alarm = null
    await ring(
      storage,
      () => now,
      async () => new Date(now - 60_000),
    )
    expect(set.alarm).toBe(now + 1_000)
    set.alarm = null
    await ring(
      storage,
      () => now,
      async () => null,
    )
    expect(set.alarm).toBeNull()
  })

  it('keeps what it was told of meanwhile', async () => {
    const { set, storage } = fakeStorage()
    await ring(
      storage,
      () => now,
      async () => {
        await storage.setAlarm(now + 5_000)
        return new Date(now + 60_000)
      },
    )
    expect(set.alarm).toBe(now + 5_000)
  })

  it('that fails is repeated', async () => {
    const { set, storage } = fakeStorage()
    await ring(
      storage,
      () => now,
      () => Promise.reject(new Error('Postgres is away')),
    )
    expect(set.alarm).toBe(now + 60_000)
  })

  it('does what is due although something else fails, and fails itself', async () => {
    const owner = await signUp()
    const id = await startWalk(owner.with({ now: () => new Date(Date.now() - 13 * 3_600_000) }), [await addPet(owner)])
    const { db } = createTestDeps()
    const execute = (statement: any) =>
      JSON.stringify(statement).includes('invitees') ? Promise.reject(new Error('away')) : db.execute(statement)
    const failing = Object.create(db, { execute: { value: execute } }) as typeof db
    await expect(runDue(createTestDeps({ db: failing }))).rejects.toThrow('away')
    expect((await owner.get(`/walks/${id}`)).json).toMatchObject({ status: 'ended', auto_ended: true })
  })

  it('knows when each of its tasks is due next', async () => {
    const { db } = createTestDeps()
    const owner = await signUp()
    await startWalk(owner, [await addPet(owner)])
    const [host, guest] = [await signUp(), await signUp()]
    await accept(guest, await invite(host, [guest]))
    await invite(host, [await signUp()])
    await makeMeetup(await signUp())
    await tell(owner, 'comment', new Date())
    const inAnHour = new Date(Date.now() + 3_600_000)
    await subscribe({ trial_ends_at: inAnHour })
    await subscribe({ trial_ends_at: inAnHour, consents: false })
    await subscribe({ starts_at: inAnHour })
    const { order_id } = await order(owner)
    await db.execute(
      `UPDATE orders SET state = 'unknown', payment_key = id, next_at = now() + interval '400 days' WHERE id = '${order_id}'`,
    )
    await db.execute(`
      INSERT INTO refunds (id, payment_key, order_id, amount_won, reason, basis, next_at, created_at)
      VALUES (gen_random_uuid(), 'none', 'none', 1, 'test', 'admin', now() + interval '400 days', now())`)
    await db.execute(`
      INSERT INTO store_tokens (token_hash, token, product_id, is_bound, bought_at, next_at)
      VALUES (gen_random_uuid()::text, 'none', 'none', true, now(), now() + interval '400 days')`)
    await db.execute(`
      INSERT INTO weather_cells (nx, ny, wanted_at, next_read_at) VALUES (60, 127, now(), now() + interval '400 days')
      ON CONFLICT (nx, ny) DO UPDATE SET wanted_at = excluded.wanted_at`)
    await db.execute(`UPDATE walks SET weather_due_at = now() + interval '400 days' WHERE user_id = '${owner.user!.user_id}'`)
    await db.execute(`INSERT INTO outbox (type, payload, not_before) VALUES ('test', '{}', now() + interval '400 days')`)
    await db.execute(`
      INSERT INTO weather_cells (nx, ny, wanted_at, next_read_at) VALUES (60, 127, now(), now() + interval '400 days')
      ON CONFLICT (nx, ny) DO UPDATE SET wanted_at = excluded.wanted_at`)
    const now = new Date()
    const unknown: string[] = []
    for (const task of dueTasks) {
      const { rows } = await db.execute<{ next: string | null }>(sql`SELECT (${task.nextDue(now)}) AS next`)
      if (!rows[0]?.next) unknown.push(task.name)
    }
    expect(unknown).toEqual([])
    expect(await runDue(createTestDeps())).toBeInstanceOf(Date)
  })
})

describe('the alarm is told', () => {
  it('when a meeting is to be reminded of and when an invitation expires', async () => {
    const [host, guest] = await Promise.all([signUp(), signUp()])
    const scheduled_at = inMinutes(90)
    const { wakes, wakeAt } = noteWakes()
    const { json } = await host.with({ wakeAt }).post('/invitations', { invitee_ids: [guest.user!.user_id], scheduled_at })
    expect(wakes.map((at) => at.toISOString())).toEqual([new Date(json.expires_at).toISOString()])
    await guest.with({ wakeAt }).patch(`/invitations/${json.id}`, { status: 'accepted' })
    expect(wakes.slice(1)).toEqual([new Date(Date.parse(scheduled_at) - 10 * 60_000)])
    await guest.with({ wakeAt }).patch(`/invitations/${json.id}`, { status: 'declined' })
    expect(wakes).toHaveLength(2)
  })

  it('when a push has to wait for the morning', async () => {
    const person = await signUp()
    await addDevice(person)
    const { wakes, wakeAt } = noteWakes()
    const night = seoulTime(23)
    const ids = await tell(person, 'comment', night, { count: 2 })
    await deliver([ids], { now: () => night, wakeAt })
    expect(wakes).toEqual([new Date(night.getTime() + 9 * 3_600_000)])
  })

  it('where the queue does not take what was written for it', async () => {
    const away = { sendBatch: () => Promise.reject(new Error('queues are away')) } as unknown as Queue
    const { wakes, wakeAt } = noteWakes()
    const deps = createTestDeps({ jobs: away, pushes: away, wakeAt, now: () => new Date(0) })
    await announce(deps, [crypto.randomUUID()])
    await announcePushes(deps, [crypto.randomUUID()])
    expect(wakes).toEqual([new Date(60_000), new Date(60_000)])
  })
})

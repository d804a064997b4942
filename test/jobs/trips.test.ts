import { createExecutionContext } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { createDeps, type Deps } from '../../src/deps.ts'
import { DAY_MS } from '../../src/core/time.ts'
import type { TaskMessage } from '../../src/jobs/tasks.ts'
import { periodAt } from '../../src/modules/rankings/periods.ts'
import { runDue, tasks } from '../../src/schedule.ts'
import { packTrack } from '../../src/modules/walks/recording/raw-track.ts'
import { createTestDeps } from '../support/api.ts'
import { drawTrack } from '../support/tracks.ts'
import { testEnv } from '../support/env.ts'
import { deliverTask, taskQueue } from '../support/tasks.ts'
import { makeDong, makeWalker, quietMonday } from '../support/walkers.ts'
import { completeMadeUp } from '../support/measured-walks.ts'

/** The free plan ends an invocation at fifty subrequests. */
const TRIPS_MAX = 40
const { db, bucket } = createTestDeps()

/** Counts everything that leaves the Worker: statements, R2, queues, the alarm. Lists are short, so that a folder takes many of them. */
function countingDeps() {
  const count = { trips: 0 }
  const counted = <T extends object>(target: T, change: Partial<Record<keyof T, unknown>> = {}): T =>
    new Proxy(target, {
      get(of, name) {
        const value: unknown = change[name as keyof T] ?? Reflect.get(of, name)
        if (typeof value !== 'function') return value
        return (...given: unknown[]) => {
          count.trips++
          return value.apply(of, given)
        }
      },
    })
  const { given, tasks: queue } = taskQueue()
  const silent = { sendBatch: async () => {} } as unknown as Queue
  const deps = createDeps(testEnv, createExecutionContext(), { onTrip: () => count.trips++ })
  const overrides: Partial<Deps> = {
    bucket: counted(bucket, { list: (options: R2ListOptions) => bucket.list({ ...options, limit: 3 }) }),
    jobs: counted(silent),
    pushes: counted(silent),
    tasks: counted(queue),
    wakeAt: async () => void count.trips++,
  }
  return { count, given, deps: Object.create(deps, Object.getOwnPropertyDescriptors(overrides)) as Deps }
}

/** A person with so many walks of one kind, each with a track in R2 or in the spool. */
async function addWalks(count: number, columns: string, values: string): Promise<string[]> {
  const { rows } = await db.execute<{ id: string; user_id: string }>(`
    WITH person AS (
      INSERT INTO users (id, nickname, created_at) SELECT gen_random_uuid(), 't' || left(gen_random_uuid()::text, 8), now() RETURNING id
    )
    INSERT INTO walks (id, user_id, status, started_at, request_hash, created_at, ${columns})
    SELECT gen_random_uuid(), person.id, 'ended', now() - n * interval '1 minute', '', now(), ${values} FROM person, generate_series(1, ${count}) AS n
    RETURNING id, user_id`)
  return rows.map(({ id, user_id }) => `${user_id}/${id}`)
}

/** Walks that were completed an hour ago and refused. */
async function addRefused(count: number): Promise<string[]> {
  const walks = await addWalks(count, 'memo', 'NULL')
  await db.execute(`
    UPDATE walks
    SET status = 'completed', started_at = now() - interval '2 hours', ended_at = now() - interval '1 hour', completed_at = now() - interval '1 hour',
        is_valid = false, reasons = '[{"code": "route_missing", "effect": "refused"}]', distance_m = 0, duration_sec = 0, calories = 0
    WHERE id IN (${walks.map((walk) => `'${walk.split('/')[1]}'`)})`)
  return walks
}

/** Prepares more than fits into one message, and returns how to see what is left. */
const heaviest: Readonly<Record<string, () => Promise<() => Promise<unknown[]>>>> = {
  async 'walks.purge'() {
    const walks = await addWalks(25, 'deleted_at', `now() - interval '31 days'`)
    for (const walk of walks.slice(0, 3)) for (let n = 0; n < 7; n++) await bucket.put(`tracks/${walk}/${n}`, 'x')
    return async () => (await bucket.list({ prefix: `tracks/${walks[0]}/` })).objects
  },
  /** The recordings of some are there, and of others not. */
  async 'walks.measure_again'() {
    const walks = await addRefused(60)
    const ids = walks.map((walk) => `'${walk.split('/')[1]}'`)
    await db.execute(`UPDATE walks SET track_key = 'tracks/' || user_id || '/' || id || '/x' WHERE id IN (${ids})`)
    const short = packTrack({ ...drawTrack([[0, 0, 0]]), time_ms: Float64Array.of(Date.now()) })
    for (const walk of walks.slice(0, 40)) await bucket.put(`tracks/${walk}/x`, short)
    return async () => (await db.execute(`SELECT 1 FROM walks WHERE measured_version < 2 AND id IN (${ids})`)).rows
  },
  async 'walks.compare'() {
    const ids = (await addRefused(40)).map((walk) => `'${walk.split('/')[1]}'`)
    await db.execute(
      `INSERT INTO walk_traces (walk_id, cells, trace, richness, distance_m) SELECT id, '{}', '', 0, 0 FROM walks WHERE id IN (${ids})`,
    )
    return async () => (await db.execute(`SELECT 1 FROM walk_traces WHERE NOT is_compared AND walk_id IN (${ids})`)).rows
  },
  async 'walks.store_spooled_tracks'() {
    const walks = await addWalks(80, 'memo', 'NULL')
    const ids = walks.map((walk) => `'${walk.split('/')[1]}'`)
    await db.execute(`
      INSERT INTO track_spool (walk_id, track_key, content, spooled_at)
      SELECT id, 'tracks/' || user_id || '/' || id || '/x', 'x', now() FROM walks WHERE id IN (${ids})`)
    return async () => (await db.execute(`SELECT 1 FROM track_spool WHERE walk_id IN (${ids})`)).rows
  },
  /** Eight people who have left. One of them has more objects than a message can handle. */
  async 'users.purge'() {
    const ids = Array.from({ length: 8 }, () => crypto.randomUUID()).toSorted()
    for (const id of ids)
      await db.execute(
        `INSERT INTO users (id, nickname, created_at, deleted_at) VALUES ('${id}', '${id.slice(0, 12)}', '2016-01-01', '2017-03-01')`,
      )
    for (let n = 0; n < 40; n++) await bucket.put(`tracks/${ids[4]}/${n}`, 'x')
    return async () => {
      const { rows } = await db.execute(`SELECT 1 FROM users WHERE id IN (${ids.map((id) => `'${id}'`)})`)
      return [...rows, ...(await bucket.list({ prefix: `tracks/${ids[4]}/` })).objects]
    }
  },
  /** People of one slice of the night whose months are not those of their walks. */
  async 'rankings.verify'() {
    const night = Math.floor(Date.now() / DAY_MS) % 16
    const { rows } = await db.execute<{ id: string }>(`
      INSERT INTO users (id, nickname, created_at)
      SELECT ('${night.toString(16)}0' || substr(gen_random_uuid()::text, 3))::uuid, 'v' || left(gen_random_uuid()::text, 8), now() FROM generate_series(1, 80)
      RETURNING id`)
    const ids = rows.map(({ id }) => `'${id}'`)
    await db.execute(`
      INSERT INTO area_months (user_id, month, area_code, walk_count, distance_m, last_walk_at)
      SELECT id, '2020-01-01', nation(), 1, 1000, '2020-01-15' FROM users WHERE id IN (${ids})`)
    return async () => (await db.execute(`SELECT 1 FROM area_months WHERE user_id IN (${ids})`)).rows
  },
}

/** A week with eight thousand boards that closes. */
async function addWeek(): Promise<Date> {
  const monday = quietMonday()
  const walker = await makeWalker((await makeDong()).dong)
  const started_at = new Date(monday.getTime() + DAY_MS)
  await completeMadeUp(walker, { pet_ids: [walker.pet], started_at, distance_m: 2_000 }, new Date(started_at.getTime() + 3_600_000))
  const week = periodAt('weekly', monday)
  await db.execute(`
    INSERT INTO rankings (user_id, period_key, area_code, walk_count, distance_m, last_walk_at)
    SELECT '${walker.user.user_id}', '${week.key}', '8' || lpad(n::text, 9, '0'), 1, 2000, '${started_at.toISOString()}' FROM generate_series(1, 8000) AS n`)
  return week.closes_at
}

it(`no task asks for more than ${TRIPS_MAX} things in one message, however much there is to do`, async () => {
  const listLeft: (() => Promise<unknown[]>)[] = []
  for (const prepare of Object.values(heaviest)) listLeft.push(await prepare())
  const weekEnd = await addWeek()
  const longAgo = new Date(Date.UTC(2002, 0, 1) + Math.floor(Math.random() * 1e11))
  const times: Readonly<Record<string, Date>> = {
    // Each task runs at a time at which it finds what was prepared for it, and nothing of other tests.
    'users.purge': new Date('2017-04-01T00:00:00Z'),
    'rankings.take_snapshots': weekEnd,
    'rankings.settle_periods': weekEnd,
    'uploads.sweep': longAgo,
    'share_cards.delete_unread': longAgo,
    'jobs.sweep_runs': longAgo,
    'notifications.sweep': longAgo,
    'notifications.open_broadcasts': longAgo,
  }
  const { count, given, deps } = countingDeps()
  const messages: Record<string, number> = {}
  const most: Record<string, number> = {}
  for (const { name } of tasks) {
    const first = { task: name, scheduled_at: (times[name] ?? new Date()).toISOString(), part: 0 }
    for (const queue: TaskMessage[] = [first]; queue.length > 0;) {
      count.trips = 0
      const { is_acked } = await deliverTask(queue.shift(), deps)
      if (!is_acked) throw new Error(`${name} failed`)
      messages[name] = (messages[name] ?? 0) + 1
      most[name] = Math.max(most[name] ?? 0, count.trips)
      queue.push(...given.splice(0).filter(({ task }) => task === name && name !== 'jobs.sweep_runs'))
    }
  }
  expect(Object.entries(most).filter(([, trips]) => trips > TRIPS_MAX)).toEqual([])
  for (const list of listLeft) expect(await list()).toEqual([])
  // There was more to do than fits into one message.
  const long = [...Object.keys(heaviest), 'rankings.settle_periods', 'uploads.sweep']
  expect(long.filter((name) => (messages[name] ?? 0) < 3)).toEqual([])
  expect(most['badges.count_holders']).toBe(3)
})

it(`a ring of the alarm asks for no more than ${TRIPS_MAX} things`, async () => {
  const { count, deps } = countingDeps()
  await runDue(deps)
  expect(count.trips).toBeLessThanOrEqual(TRIPS_MAX)
})

import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Deps } from '../../src/deps.ts'
import { deleteInSlices } from '../../src/jobs/slices.ts'
import { TRIPS_MAX } from '../../src/jobs/job.ts'
import { enqueueSchedule, schedule } from '../../src/schedule.ts'
import { createTestDeps } from '../support/api.ts'
import { bucketWith } from '../support/buckets.ts'
import { injectFault } from '../support/faults.ts'
import { signUp } from '../support/login.ts'
import { deliverTask, taskQueue } from '../support/tasks.ts'

/** The first task asks R2 once and deletes nothing, because nothing is old enough. The second one takes three messages. */
const TASK = 'share_cards.delete_unread'
const LONG_TASK = 'uploads.sweep'

/** A time long ago that no other test uses. */
const someTime = () => new Date(Date.UTC(2001, 0, 1) + Math.floor(Math.random() * 1e11))
const messageFor = (task: string, at = someTime()) => ({ task, scheduled_at: at.toISOString(), part: 0 })

/** Deps that count how often the task has run. */
function counting(list?: R2Bucket['list']) {
  const { bucket } = createTestDeps()
  const count = { runs: 0 }
  const deps = createTestDeps({
    bucket: bucketWith({
      list: (options) => {
        count.runs++
        return (list ?? bucket.list.bind(bucket))(options)
      },
    }),
  })
  return { count, deps }
}

async function runOf({ task, scheduled_at }: { task: string; scheduled_at: string }) {
  const { rows } = await createTestDeps().db.execute<{
    finished: boolean
    error: string | null
    part: number
    result: any
    duration_ms: number
  }>(`
    SELECT finished_at IS NOT NULL AS finished, error, part, result
    FROM job_runs WHERE job = '${task}' AND scheduled_at = '${scheduled_at}'`)
  return rows[0]
}

describe('a cron', () => {
  it('puts each of its tasks on the queue, as a message of its own, and runs none', async () => {
    for (const [cron, tasks] of Object.entries(schedule)) {
      const { given, tasks: queue } = taskQueue()
      const at = someTime()
      await enqueueSchedule(cron, at, { tasks: queue })
      expect(given).toEqual(tasks.map(({ name }) => ({ task: name, scheduled_at: at.toISOString(), part: 0 })))
    }
  })

  it('asks the queue again when it does not take them, and fails when it never does', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { given, tasks } = taskQueue()
    let failures = 3
    const sendBatch = (messages: Parameters<Queue['sendBatch']>[0]) =>
      failures-- > 0 ? Promise.reject(new Error('queues are away')) : tasks.sendBatch(messages)
    const sent = enqueueSchedule('0 * * * *', someTime(), { tasks: { sendBatch } as unknown as Queue })
    await vi.advanceTimersByTimeAsync(60_000)
    await sent
    expect(given).toHaveLength(schedule['0 * * * *']!.length)
    failures = Infinity
    const failure = enqueueSchedule('0 * * * *', someTime(), { tasks: { sendBatch } as unknown as Queue }).catch(String)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await failure).toBe('Error: queues are away')
  })
})

describe('a task', () => {
  it('runs once for a scheduled time, however often and however many at once its message comes', async () => {
    const { count, deps } = counting()
    const message = messageFor(TASK)
    const outcomes = await Promise.all([1, 2, 3].map(() => deliverTask(message, deps)))
    expect(count.runs).toBe(1)
    // A message that found the lease held tries again, because the one that holds it may die.
    for (const { is_acked, retried } of outcomes) expect(is_acked || (retried ?? 0) > 0).toBe(true)
    expect(await deliverTask(message, deps)).toEqual({ is_acked: true, retried: null })
    expect(count.runs).toBe(1)
    expect(await runOf(message)).toMatchObject({ finished: true, error: null, part: 0 })
  })

  it('with an unknown name is retried, and ends among the dead letters', async () => {
    expect(await deliverTask(messageFor('no.such_task'), createTestDeps())).toMatchObject({ is_acked: false, retried: 2 })
  })

  const faults = [
    ['the lease is not taken', { match: 'INSERT INTO job_runs', cut: 'before' }],
    ['the answer of the lease is lost', { match: 'INSERT INTO job_runs', cut: 'after' }],
    ['its end is not noted', { match: 'update "job_runs"', cut: 'before' }],
    ['the answer of its end is lost', { match: 'update "job_runs"', cut: 'after' }],
    ['neither its end nor its failure is noted', { match: 'update "job_runs"', cut: 'before', times: 2 }],
  ] as const
  it.each(faults)('is run by the next attempt of its message when %s', async (_, fault) => {
    const { deps } = counting()
    const [message, other] = [messageFor(TASK), messageFor(TASK)]
    const id = crypto.randomUUID()
    await injectFault({ host: 'neon', key: message.scheduled_at, ...fault })
    expect((await deliverTask(message, deps, { id })).retried).toBe(2)
    // Another task is not affected.
    expect((await deliverTask(other, deps)).is_acked).toBe(true)
    expect(await deliverTask(message, deps, { id, attempts: 2 })).toEqual({ is_acked: true, retried: null })
    expect(await runOf(message)).toMatchObject({ finished: true, error: null })
  })

  it('that fails keeps its error, is retried, and has no error once it has succeeded', async () => {
    const message = messageFor(TASK)
    const { deps } = counting(() => Promise.reject(new Error('R2 is away')))
    expect(await deliverTask(message, deps)).toEqual({ is_acked: false, retried: 2 })
    expect(await runOf(message)).toMatchObject({ finished: true, error: 'Error: R2 is away' })
    // Another message can run it as well, for example an admin's.
    expect((await deliverTask(message, createTestDeps())).is_acked).toBe(true)
    expect(await runOf(message)).toMatchObject({ finished: true, error: null })
  })

  it('that fails is retried, also when its failure cannot be written down', async () => {
    const message = messageFor(TASK)
    const id = crypto.randomUUID()
    await injectFault({ host: 'neon', key: message.scheduled_at, match: 'update "job_runs"', cut: 'before' })
    const { deps } = counting(() => Promise.reject(new Error('R2 is away')))
    expect((await deliverTask(message, deps, { id })).retried).toBe(2)
    expect((await deliverTask(message, createTestDeps(), { id, attempts: 2 })).is_acked).toBe(true)
    expect(await runOf(message)).toMatchObject({ finished: true, error: null })
  })

  it('whose consumer died is taken over by the next attempt at once, and by others when the lease is over; what the dead one still writes does not count', async () => {
    const message = messageFor(TASK)
    const id = crypto.randomUUID()
    let comeBack = () => {}
    const { count, deps } = counting(
      () => new Promise((resolve) => (comeBack = () => resolve({ objects: [], truncated: false, delimitedPrefixes: [] }))),
    )
    const dead = deliverTask(message, deps, { id })
    await expect.poll(() => count.runs).toBe(1)
    const other = await deliverTask(message, createTestDeps())
    expect(other.retried).toBeGreaterThan(14 * 60)
    const failing = counting(() => Promise.reject(new Error('R2 is away')))
    expect((await deliverTask(message, failing.deps, { id, attempts: 2 })).retried).toBe(4)
    expect(failing.count.runs).toBe(1)
    comeBack()
    await dead
    expect(await runOf(message)).toMatchObject({ error: 'Error: R2 is away' })

    const [late, next] = [messageFor(TASK), counting()]
    void deliverTask(late, deps)
    await expect.poll(() => count.runs).toBe(2)
    const later = Object.create(next.deps, { now: { value: () => new Date(Date.now() + 16 * 60_000) } }) as Deps
    expect((await deliverTask(late, later)).is_acked).toBe(true)
    expect(next.count.runs).toBe(1)
  })
})

describe('a long task', () => {
  it('goes on in further messages, each of which runs once; its run adds up what they have counted', async () => {
    const { given, tasks } = taskQueue()
    const { count, deps } = counting()
    const withQueue = Object.create(deps, { tasks: { value: tasks } }) as Deps
    const message = messageFor(LONG_TASK)
    await deliverTask(message, withQueue)
    await deliverTask(message, withQueue)
    expect(given).toEqual([{ ...message, part: 1 }])
    expect(await runOf(message)).toMatchObject({ finished: false, part: 1 })
    await Promise.all([1, 2].map(() => deliverTask(given[0], withQueue)))
    expect(given).toEqual([1, 2].map((part) => ({ ...message, part })))
    await deliverTask(given[1], withQueue)
    for (const again of [message, ...given]) expect((await deliverTask(again, withQueue)).is_acked).toBe(true)
    expect(given).toHaveLength(2)
    expect(count.runs).toBe(3)
    expect(await runOf(message)).toMatchObject({ finished: true, error: null, result: { objects: 0, rows: 0 } })
  })

  it('goes on with the part that failed', async () => {
    const { given, tasks } = taskQueue()
    const message = messageFor(LONG_TASK)
    await deliverTask(message, createTestDeps({ tasks }))
    const failing = counting(() => Promise.reject(new Error('R2 is away')))
    expect((await deliverTask(given[0], failing.deps)).retried).toBe(2)
    await deliverTask(given[0], createTestDeps({ tasks }))
    expect(given.map(({ part }) => part)).toEqual([1, 2])
  })

  it('deletes by slices until nothing is left, with no more statements a message than it may make', async () => {
    let [left, statements] = [100_500, 0]
    const deleteSome = async (limit: number) => {
      statements++
      const gone = Math.min(limit, left)
      left -= gone
      return gone
    }
    const purged: number[] = []
    for (let next: unknown = 'first'; next !== null;) {
      statements = 0
      const part = await deleteInSlices(deleteSome, 1_000)
      expect(statements).toBeLessThanOrEqual(TRIPS_MAX)
      purged.push(part.counts['purged']!)
      next = part.next
    }
    expect(left).toBe(0)
    expect(purged.reduce((sum, n) => sum + n, 0)).toBe(100_500)
  })
})

describe('the hourly sweep of runs', () => {
  const sweep = async (at: Date, now = new Date()) => {
    const { given, tasks } = taskQueue()
    await deliverTask({ task: 'jobs.sweep_runs', scheduled_at: at.toISOString(), part: 0 }, createTestDeps({ tasks, now: () => now }))
    return given
  }

  it('sends a part whose message was lost, once it is overdue', async () => {
    const message = messageFor(LONG_TASK)
    await deliverTask(message, createTestDeps())
    const next = { ...message, part: 1 }
    expect(await sweep(someTime())).not.toContainEqual(next)
    expect(await sweep(someTime(), new Date(Date.now() + 11 * 60_000))).toContainEqual(next)
  })

  it('sends what the night should have run and did not, or what has failed, and nothing that went well', async () => {
    const night = someTime()
    night.setUTCHours(19, 3, 0, 0)
    const tasks = schedule['3 19 * * *']!.map(({ name }) => name)
    const ofNight = async () => {
      const hour = new Date(night.getTime() + (1 + Math.random()) * 3_600_000)
      return (await sweep(hour)).filter(({ scheduled_at }) => scheduled_at === night.toISOString()).map(({ task }) => task)
    }
    expect((await ofNight()).toSorted()).toEqual(tasks.toSorted())
    const note = (task: string, values: string) =>
      createTestDeps().db.execute(`
        INSERT INTO job_runs (job, scheduled_at, started_at, finished_at, error) VALUES ('${task}', '${night.toISOString()}', now(), ${values})`)
    await note('walks.purge', 'now(), NULL')
    await note('pets.purge', `now(), 'Error'`)
    await note('users.purge', 'NULL, NULL')
    expect((await ofNight()).toSorted()).toEqual(tasks.filter((name) => name !== 'walks.purge' && name !== 'users.purge').toSorted())
  })
})

it('a run that the queue has given up on says so, and lives again when an admin sends it', async () => {
  const admin = await signUp()
  const { db } = createTestDeps()
  await db.execute(`UPDATE users SET role = 'admin' WHERE id = '${admin.user.user_id}'`)
  const message = messageFor(TASK)
  const id = crypto.randomUUID()
  // Its consumer died each time, so no failure was written down.
  await db.execute(`
    INSERT INTO job_runs (job, scheduled_at, started_at, message_id, attempt) VALUES ('${TASK}', '${message.scheduled_at}', now(), '${id}', 8)`)
  expect((await deliverTask(message, createTestDeps(), { id, queue: 'tasks-dead' })).is_acked).toBe(true)
  expect(await runOf(message)).toMatchObject({ finished: true, error: expect.stringContaining('given up') })
  const { given, tasks } = taskQueue()
  expect((await admin.with({ tasks }).post(`/admin/dead-letters/${id}/retry`)).status).toBe(200)
  expect(given).toEqual([message])
  await deliverTask(given[0], createTestDeps())
  expect(await runOf(message)).toMatchObject({ finished: true, error: null })
})

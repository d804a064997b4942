import { expect, it } from 'vitest'
import { takeSnapshots } from '../../../src/modules/rankings/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { deliverTask, runAsMessages, taskQueue } from '../../support/tasks.ts'

async function makeAdmin() {
  const admin = await signUp()
  await createTestDeps().db.execute(`UPDATE users SET role = 'admin' WHERE id = '${admin.user.user_id}'`)
  return admin
}

/** An hour in which no other test's crons run, and later than all of theirs: the list begins with the latest. */
const quietHour = () => new Date(Date.UTC(9000, 0, 1) + Math.floor(Math.random() * 50_000) * 3_600_000)

it('an admin sees what each cron did, how long it took, and what failed', async () => {
  const admin = await makeAdmin()
  const at = quietHour()
  await runAsMessages([takeSnapshots], at)
  const failing = createTestDeps({ bucket: { list: () => Promise.reject(new Error('R2 is down')) } as unknown as R2Bucket })
  await createTestDeps().db.execute(`
    INSERT INTO job_runs (job, scheduled_at, started_at, finished_at, error)
    VALUES ('test.failing', '${at.toISOString()}', now() - interval '2 seconds', now(), 'Error: R2 is down')`)
  expect(failing).toBeDefined()
  const seen = async (query: string) => (await admin.get(`/admin/jobs?limit=50&${query}`)).json.items
  const mine = (await seen('job=rankings.take_snapshots')).find(({ scheduled_at }: any) => +new Date(scheduled_at) === +at)
  expect(mine).toMatchObject({ status: 'done', result: { weeks: 0 }, error: null, duration_ms: expect.any(Number) })
  const failed = (await seen('status=failed&job=test.failing')).find(({ scheduled_at }: any) => +new Date(scheduled_at) === +at)
  expect(failed).toMatchObject({ status: 'failed', error: 'Error: R2 is down' })
  expect(failed.duration_ms).toBeGreaterThanOrEqual(2_000)
})

it('runs come in pages, the latest first', async () => {
  const admin = await makeAdmin()
  const job = `test.${crypto.randomUUID()}`
  await createTestDeps().db.execute(`
    INSERT INTO job_runs (job, scheduled_at, started_at)
    SELECT '${job}', now() - n * interval '1 hour', now() FROM generate_series(1, 5) AS n`)
  const times: number[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { json } = await admin.get(`/admin/jobs?job=${job}&limit=2${cursor && `&cursor=${cursor}`}`)
    times.push(...json.items.map(({ scheduled_at }: any) => Date.parse(scheduled_at)))
    cursor = json.next_cursor
  }
  expect(times).toHaveLength(5)
  expect(times).toEqual(times.toSorted((a, b) => b - a))
})

it('an admin starts a task that is known, which then runs once', async () => {
  const admin = await makeAdmin()
  const job = takeSnapshots.name
  await runAsMessages([takeSnapshots], quietHour())
  const scheduled_at = new Date(Date.UTC(2004, 0, 1) + Math.floor(Math.random() * 1e11)).toISOString()
  const { given, tasks } = taskQueue()
  const run = () => admin.with({ tasks }).post('/admin/jobs', { job, scheduled_at })
  for (const { status, json } of [await run(), await run()]) {
    expect(status).toBe(202)
    expect(json).toEqual({ job, scheduled_at })
  }
  const messages = given.splice(0)
  expect(messages).toHaveLength(2)
  for (const message of messages) expect(await deliverTask(message, createTestDeps())).toMatchObject({ is_acked: true })
  const { rows } = await createTestDeps().db.execute(
    `SELECT attempt FROM job_runs WHERE job = '${job}' AND scheduled_at = '${scheduled_at}' AND error IS NULL`,
  )
  expect(rows).toEqual([{ attempt: 1 }])
  const refused = (body: object) => admin.with({ tasks }).post('/admin/jobs', { job, scheduled_at, ...body })
  expect(await refused({ job: 'walks.nothing' })).toMatchObject({ status: 404, json: { code: 'job_not_found' } })
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
  expect(await refused({ scheduled_at: tomorrow })).toMatchObject({ status: 422, json: { code: 'job_time_invalid' } })
  expect(await (await signUp()).with({ tasks }).post('/admin/jobs', { job, scheduled_at })).toMatchObject({ status: 403 })
  expect(given).toEqual([])
})

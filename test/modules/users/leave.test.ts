import { expect, it } from 'vitest'
import { folders } from '../../../src/core/folders.ts'
import { DAY_MS } from '../../../src/core/time.ts'
import { purgeUsers } from '../../../src/modules/users/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { logIn, signUp } from '../../support/login.ts'
import { runTask } from '../../support/tasks.ts'
import { addPet } from '../../support/walks.ts'

const silentQueue = { sendBatch: async () => {} } as unknown as Queue
/** Long before any other test's accounts were deleted, so that this purge finds only those of this file. */
const LEFT_AT = new Date('2019-03-01T00:00:00Z')
const purge = (afterMs: number, deps = {}) =>
  runTask(purgeUsers, new Date(LEFT_AT.getTime() + afterMs), createTestDeps({ jobs: silentQueue, ...deps }))
const rowsOf = async (statement: string) => (await createTestDeps().db.execute(statement)).rows
const leaveThen = async () => {
  const owner = await signUp()
  await addPet(owner)
  expect((await owner.with({ now: () => LEFT_AT }).delete('/users/me')).status).toBe(202)
  return owner
}

it('who leaves is told until when they may come back, and is logged out everywhere', async () => {
  const owner = await signUp()
  const tablet = await logIn(owner.kakao_id)
  await owner.post('/push-tokens', { platform: 'android', token: `fcm:${crypto.randomUUID()}` })
  const now = new Date()
  expect(await owner.with({ now: () => now }).delete('/users/me')).toMatchObject({
    status: 202,
    json: { purge_at: new Date(now.getTime() + 30 * DAY_MS).toISOString(), store_subscriptions: [] },
  })
  const again = await owner.with({ now: () => new Date(now.getTime() + DAY_MS) }).delete('/users/me')
  expect(again).toMatchObject({
    status: 202,
    json: { purge_at: new Date(now.getTime() + 30 * DAY_MS).toISOString(), store_subscriptions: [] },
  })
  expect((await owner.get('/users/me')).status).toBe(401)
  expect((await tablet.get('/users/me')).status).toBe(401)
  expect((await tablet.post('/auth/refresh', { refresh_token: tablet.user.refresh_token })).status).toBe(401)
  expect(await rowsOf(`SELECT 1 FROM push_tokens WHERE user_id = '${owner.user.user_id}'`)).toEqual([])
})

it('after thirty days all of an account is destroyed, and its vendor is to be told', async () => {
  const owner = await leaveThen()
  const id = owner.user.user_id
  const { bucket } = createTestDeps()
  // A walk with all that hangs on it: where somebody walked must not outlive them.
  await rowsOf(`
    INSERT INTO walks (id, user_id, status, started_at, completed_at, created_at, request_hash, is_valid)
    VALUES ('${id}', '${id}', 'completed', '2019-02-01', '2019-02-01', '2019-02-01', '', true)`)
  await rowsOf(`INSERT INTO walk_traces (walk_id, cells, trace, richness, distance_m) VALUES ('${id}', '{1}', 'x', 1, 1)`)
  await rowsOf(`INSERT INTO walk_ends (walk_id, user_id, cell_x, cell_y, started_at) VALUES ('${id}', '${id}', 1, 1, '2019-02-01')`)
  await rowsOf(
    `INSERT INTO hidden_areas (user_id, cell_x, cell_y, first_used_at, last_used_on, days_used) VALUES ('${id}', 1, 1, '2019-02-01', '2019-02-01', 1)`,
  )
  await rowsOf(`INSERT INTO track_spool (walk_id, track_key, content, spooled_at) VALUES ('${id}', 'x', 'x', '2019-02-01')`)
  await rowsOf(`
    INSERT INTO imports (id, user_id, request_hash, kind, state, options, created_at, touched_at) VALUES ('${id}', '${id}', '', 'files', 'running', '{}', now(), now())`)
  await rowsOf(`INSERT INTO import_files (import_id, position, name, state, walk_id) VALUES ('${id}', 0, '산책.gpx', 'imported', '${id}')`)
  const mine = folders.map((folder) => `${folder}/${id}/a/b`)
  const theirs = `tracks/${crypto.randomUUID()}/a`
  await Promise.all([...mine, theirs].map((key) => bucket.put(key, 'x')))

  await purge(30 * DAY_MS - 1)
  expect(await rowsOf(`SELECT 1 FROM users WHERE id = '${id}'`)).toHaveLength(1)
  const result = await purge(30 * DAY_MS)
  expect(result.purged).toBeGreaterThanOrEqual(1)
  expect(
    await rowsOf(
      `SELECT 1 FROM users WHERE id = '${id}' UNION ALL SELECT 1 FROM pets WHERE user_id = '${id}' UNION ALL SELECT 1 FROM identities WHERE user_id = '${id}'`,
    ),
  ).toEqual([])
  expect(
    await rowsOf(
      `SELECT walk_id FROM walk_traces WHERE walk_id = '${id}' UNION ALL SELECT walk_id FROM track_spool WHERE walk_id = '${id}' UNION ALL SELECT id FROM walks WHERE id = '${id}'
       UNION ALL SELECT user_id FROM walk_ends WHERE user_id = '${id}' UNION ALL SELECT user_id FROM hidden_areas WHERE user_id = '${id}'
       UNION ALL SELECT id FROM imports WHERE id = '${id}' UNION ALL SELECT import_id FROM import_files WHERE import_id = '${id}'`,
    ),
  ).toEqual([])
  expect(await Promise.all(mine.map((key) => bucket.head(key)))).toEqual(mine.map(() => null))
  expect(await bucket.head(theirs)).not.toBeNull()
  const told = `SELECT payload FROM outbox WHERE type = 'auth.revoke_identity' AND payload ->> 'provider_id' = '${owner.kakao_id}'`
  expect(await rowsOf(told)).toMatchObject([{ payload: { provider: 'kakao', provider_id: owner.kakao_id } }])
  await purge(31 * DAY_MS)
  expect(await rowsOf(told)).toHaveLength(1)
})

it('who logs in again within the grace keeps everything', async () => {
  const owner = await leaveThen()
  const back = await logIn(owner.kakao_id, { deps: { now: () => new Date(LEFT_AT.getTime() + 29 * DAY_MS) } })
  expect(back.user.user_id).toBe(owner.user.user_id)
  expect((await owner.delete('/users/me')).status).toBe(401)
  await purge(31 * DAY_MS)
  expect((await back.get('/pets')).json.items).toHaveLength(1)
})

it('an account whose objects will not go stays until they do', async () => {
  const owner = await leaveThen()
  const { bucket } = createTestDeps()
  const failing = Object.create(bucket, {
    list: {
      value: ({ prefix }: R2ListOptions) =>
        prefix?.includes(owner.user.user_id) ? Promise.reject(new Error('R2 is away')) : bucket.list({ prefix: prefix ?? '' }),
    },
  }) as R2Bucket
  expect((await purge(30 * DAY_MS, { bucket: failing })).failed).toBe(1)
  expect(await rowsOf(`SELECT 1 FROM users WHERE id = '${owner.user.user_id}'`)).toHaveLength(1)
  await purge(30 * DAY_MS)
  expect(await rowsOf(`SELECT 1 FROM users WHERE id = '${owner.user.user_id}'`)).toEqual([])
})

it('sessions long expired and notices long received are forgotten', async () => {
  const owner = await signUp()
  const { db } = createTestDeps()
  const [old, recent] = [crypto.randomUUID(), crypto.randomUUID()]
  const expired = new Date(LEFT_AT.getTime() - DAY_MS).toISOString()
  const insert = (id: string, expiresAt: string) =>
    db.execute(`INSERT INTO sessions (id, user_id, counter, token_hash, created_at, rotated_at, expires_at)
                VALUES ('${id}', '${owner.user.user_id}', 1, 'x', '2019-01-01', '2019-01-01', '${expiresAt}')`)
  await insert(old, expired)
  await insert(recent, LEFT_AT.toISOString())
  await db.execute(
    `INSERT INTO identity_notices (provider, notice_id, received_at) VALUES ('apple', '${old}', '2018-11-30'), ('apple', '${recent}', '2019-01-30')`,
  )
  await purge(30 * DAY_MS)
  expect(await rowsOf(`SELECT id FROM sessions WHERE id IN ('${old}', '${recent}')`)).toEqual([{ id: recent }])
  expect(await rowsOf(`SELECT notice_id FROM identity_notices WHERE notice_id IN ('${old}', '${recent}')`)).toEqual([{ notice_id: recent }])
})

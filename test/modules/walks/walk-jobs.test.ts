import { expect, it } from 'vitest'
import { runSchedule } from '../../../src/schedule.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { addPet, completionBody, freshTrack, startWalk, walk } from '../../support/walks.ts'

const HOUR = 3_600_000
const EVERY_TEN_MINUTES = '*/10 * * * *'
const NIGHTLY = '10 19 * * *'

/** A scheduled time nobody else's run has taken. */
const someTime = () => new Date(Date.now() - Math.floor(Math.random() * 3_600_000))

it('ends walks that were forgotten for twelve hours, and still takes their track', async () => {
  const owner = await signUp()
  const pet = await addPet(owner)
  const id = await startWalk(owner.with({ now: () => new Date(Date.now() - 14 * HOUR) }), [pet])
  await runSchedule(EVERY_TEN_MINUTES, someTime(), createTestDeps())
  expect((await owner.get(`/walks/${id}`)).json).toMatchObject({ status: 'ended', auto_ended: true })
  const { json } = await owner.post(`/walks/${id}/complete`, completionBody(freshTrack({ agoMs: 13 * HOUR })))
  expect(json).toMatchObject({ valid: true, walk: { auto_ended: true } })
})

it('moves a spooled track to R2, once R2 answers again', async () => {
  const owner = await signUp()
  const noBucket = { put: () => Promise.reject(new Error('R2 is down')) } as unknown as R2Bucket
  const { id } = await walk(owner.with({ bucket: noBucket }), [await addPet(owner)])
  const deps = createTestDeps()
  const spooled = async () => (await deps.db.execute(`SELECT 1 FROM track_spool WHERE walk_id = '${id}'`)).rows.length
  await runSchedule(EVERY_TEN_MINUTES, someTime(), createTestDeps({ bucket: noBucket }))
  expect(await spooled()).toBe(1)
  for (let run = 0; run < 20 && (await spooled()) > 0; run++) await runSchedule(EVERY_TEN_MINUTES, someTime(), deps)
  expect(await spooled()).toBe(0)
  expect((await deps.bucket.list({ prefix: `tracks/${owner.user.user_id}/${id}/` })).objects).toHaveLength(1)
})

it('purges deleted and refused walks with their recordings after thirty days, and no others', async () => {
  const owner = await signUp()
  const pet = await addPet(owner)
  const kept = await walk(owner, [pet], { track: freshTrack({ agoMs: 5 * HOUR }) })
  const deleted = await walk(owner, [pet], { track: freshTrack({ agoMs: 10 * HOUR }) })
  const refused = await walk(owner, [pet], { track: freshTrack({ length_m: 120 }) })
  await owner.delete(`/walks/${deleted.id}`)
  const deps = createTestDeps()
  const rows = async () =>
    (await deps.db.execute<{ id: string }>(`SELECT id FROM walks WHERE user_id = '${owner.user.user_id}'`)).rows.map(({ id }) => id)
  const objects = async () => (await deps.bucket.list({ prefix: `tracks/${owner.user.user_id}/` })).objects.length

  // The rows age rather than the clock, which belongs to every test.
  const age = (days: number) =>
    deps.db.execute(
      `UPDATE walks SET deleted_at = deleted_at - interval '${days} days', completed_at = completed_at - interval '${days} days' WHERE user_id = '${owner.user.user_id}'`,
    )
  await age(29)
  await runSchedule(NIGHTLY, someTime(), deps)
  expect((await rows()).length).toBe(3)
  expect(refused.json.valid).toBe(false)
  await age(2)
  await runSchedule(NIGHTLY, someTime(), deps)
  expect(await rows()).toEqual([kept.id])
  expect(await objects()).toBe(1)
})

it('runs once for a scheduled time, however often the trigger fires', async () => {
  const deps = createTestDeps()
  const at = someTime()
  await Promise.all([1, 2, 3].map(() => runSchedule(EVERY_TEN_MINUTES, at, deps)))
  const { rows } = await deps.db.execute<{ job: string; error: string | null; finished_at: string | null }>(
    `SELECT job, error, finished_at FROM job_runs WHERE scheduled_at = '${at.toISOString()}'`,
  )
  expect(rows.length).toBe(3)
  expect(rows.every(({ error, finished_at }) => error === null && finished_at !== null)).toBe(true)
})

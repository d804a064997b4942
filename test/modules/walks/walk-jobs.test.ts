import { expect, it } from 'vitest'
import { endForgottenWalks, purgeWalks, storeSpooledTracks } from '../../../src/modules/walks/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { bucketWith } from '../../support/buckets.ts'
import { signUp } from '../../support/login.ts'
import { runTask } from '../../support/tasks.ts'
import { addPet, completionBody, freshTrack, startWalk, walk } from '../../support/walks.ts'

const HOUR = 3_600_000

it('ends walks that were forgotten for twelve hours, and still takes their track', async () => {
  const owner = await signUp()
  const pet = await addPet(owner)
  const id = await startWalk(owner.with({ now: () => new Date(Date.now() - 14 * HOUR) }), [pet])
  await runTask(endForgottenWalks, new Date())
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
  await runTask(storeSpooledTracks, new Date(), createTestDeps({ bucket: noBucket }))
  expect(await spooled()).toBe(1)
  await runTask(storeSpooledTracks, new Date(), deps)
  expect(await spooled()).toBe(0)
  expect((await deps.bucket.list({ prefix: `tracks/${owner.user.user_id}/${id}/` })).objects).toHaveLength(1)
})

it('tracks that R2 refuses again do not hold up later ones', async () => {
  const owner = await signUp()
  const pet = await addPet(owner)
  const deps = createTestDeps()
  const noBucket = { put: () => Promise.reject(new Error('R2 is down')) } as unknown as R2Bucket
  const refused = await walk(owner.with({ bucket: noBucket }), [pet], { track: freshTrack({ agoMs: 5 * HOUR }) })
  const taken = await walk(owner.with({ bucket: noBucket }), [pet])
  const put = (key: string, content: Uint8Array) =>
    key.includes(refused.id) ? Promise.reject(new Error('R2 refuses it')) : deps.bucket.put(key, content)
  const bucket = bucketWith({ put: put as R2Bucket['put'] })
  expect((await runTask(storeSpooledTracks, new Date(), createTestDeps({ bucket })))['failed']).toBe(1)
  const spooled = async ({ id }: { id: string }) => (await deps.db.execute(`SELECT 1 FROM track_spool WHERE walk_id = '${id}'`)).rows.length
  expect([await spooled(refused), await spooled(taken)]).toEqual([1, 0])
  await runTask(storeSpooledTracks, new Date())
  expect(await spooled(refused)).toBe(0)
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
  const traces = async () =>
    (await deps.db.execute(`SELECT walk_id FROM walk_traces WHERE walk_id IN ('${kept.id}', '${deleted.id}', '${refused.id}')`)).rows.length
  expect(await traces()).toBe(3)
  await age(29)
  await runTask(purgeWalks, new Date(), deps)
  expect((await rows()).length).toBe(3)
  expect(refused.json.valid).toBe(false)
  await age(2)
  await runTask(purgeWalks, new Date(), deps)
  expect(await rows()).toEqual([kept.id])
  expect(await objects()).toBe(1)
  // What copies are found by goes with its walk.
  expect(await traces()).toBe(1)
})

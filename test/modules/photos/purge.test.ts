import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../../../src/core/time.ts'
import { consume } from '../../../src/queues.ts'
import { sweepPhotosIn } from '../../../src/modules/photos/jobs.ts'
import { purgeUsers } from '../../../src/modules/users/jobs.ts'
import { purgeWalks } from '../../../src/modules/walks/jobs.ts'
import { createTestDeps, type Api } from '../../support/api.ts'
import { bucketWith } from '../../support/buckets.ts'
import { signUp } from '../../support/login.ts'
import { runTask } from '../../support/tasks.ts'
import { freshPhoto } from '../../support/photos.ts'
import { addPet, walk } from '../../support/walks.ts'

const deps = createTestDeps()
const silentQueue = { sendBatch: async () => {} } as unknown as Queue
const objectsOf = async (prefix: string) => (await deps.bucket.list({ prefix })).objects.map(({ key }) => key)
const rowsOf = async (statement: string) => (await deps.db.execute(statement)).rows

/** Runs what the outbox holds of a person's photos, as the queue would. */
async function deliver(api: Api): Promise<void> {
  const rows = await rowsOf(`
    SELECT id FROM outbox
    WHERE type = 'uploads.delete_objects' AND done_at IS NULL AND payload ->> 'object_key' LIKE '%/${api.user?.user_id}/%'`)
  const messages = rows.map(({ id }) => ({ id: crypto.randomUUID(), timestamp: new Date(), attempts: 1, body: { outbox_id: id } }))
  const batch = createMessageBatch('jobs', messages)
  await consume(batch, deps)
  const { explicitAcks } = await getQueueResult(batch, createExecutionContext())
  expect(explicitAcks).toHaveLength(messages.length)
}

async function photographer() {
  const owner = await signUp()
  const pet = await addPet(owner)
  const { id } = await walk(owner, [pet])
  const folder = `walk-photos/${owner.user.user_id}/${id}/`
  const upload = async () => (await owner.post(`/upload/walk-photo/${id}`, await freshPhoto())).json as { id: string; photo_url: string }
  return { owner, pet, id, folder, upload }
}

describe('objects go with what they are of', () => {
  it('a photo’s with the photo', async () => {
    const { owner, id, folder, upload } = await photographer()
    const [gone, kept] = [await upload(), await upload()]
    await owner.delete(`/walks/${id}/photos/${gone.id}`)
    await deliver(owner)
    const left = await objectsOf(folder)
    expect(left).toHaveLength(3)
    for (const key of left) expect(kept.photo_url).toContain(key.slice(folder.length, folder.length + 22))
  })

  it('a pet’s with the pet, or with the photo that takes its place', async () => {
    const { owner, pet } = await photographer()
    const folder = `pet-profiles/${owner.user.user_id}/${pet}/`
    for (let n = 0; n < 2; n++) await owner.post(`/upload/pet-profile/${pet}`, await freshPhoto())
    await deliver(owner)
    expect(await objectsOf(folder)).toHaveLength(3)
    await owner.delete(`/pets/${pet}`)
    await deliver(owner)
    expect(await objectsOf(folder)).toEqual([])
    expect(await rowsOf(`SELECT 1 FROM photos WHERE pet_id = '${pet}'`)).toEqual([])
  })

  it('a walk’s with the walk, when it can no longer be taken back', async () => {
    const { owner, id, folder, upload } = await photographer()
    await upload()
    const card = `share-cards/${owner.user.user_id}/${id}/basic-x.png`
    await deps.bucket.put(card, 'x')
    await owner.delete(`/walks/${id}`)
    await runTask(purgeWalks, new Date())
    expect(await objectsOf(folder)).toHaveLength(3)
    await deps.db.execute(`UPDATE walks SET deleted_at = deleted_at - interval '31 days' WHERE id = '${id}'`)
    await runTask(purgeWalks, new Date())
    expect([...(await objectsOf(folder)), ...(await objectsOf(card))]).toEqual([])
    expect(await rowsOf(`SELECT 1 FROM photos WHERE walk_id = '${id}'`)).toEqual([])
  })

  it('an account’s with the account', async () => {
    const { owner, pet, upload } = await photographer()
    await upload()
    await owner.post(`/upload/pet-profile/${pet}`, await freshPhoto())
    await owner.post('/upload/image', await freshPhoto())
    const all = async () =>
      (await Promise.all(['pet-profiles', 'walk-photos', 'images'].map((kind) => objectsOf(`${kind}/${owner.user.user_id}/`)))).flat()
    expect(await all()).toHaveLength(9)
    const leftAt = new Date('2019-05-01T00:00:00Z')
    await owner.with({ now: () => leftAt }).delete('/users/me')
    await runTask(purgeUsers, new Date(leftAt.getTime() + 30 * DAY_MS), createTestDeps({ jobs: silentQueue }))
    expect(await all()).toEqual([])
    expect(await rowsOf(`SELECT 1 FROM photos WHERE user_id = '${owner.user.user_id}'`)).toEqual([])
  })
})

describe('the sweeper', () => {
  const tomorrow = new Date(Date.now() + DAY_MS + 60_000)
  const age = (api: Api) =>
    deps.db.execute(`UPDATE photos SET created_at = created_at - interval '2 days' WHERE user_id = '${api.user?.user_id}'`)

  it('removes objects that no row knows once they are a day old, and none that one knows', async () => {
    const { owner, folder, upload } = await photographer()
    await upload()
    const known = await objectsOf(folder)
    const orphans = ['AAAAAAAAAAAAAAAAAAAAAA.jpg', 'AAAAAAAAAAAAAAAAAAAAAA_200.jpg', 'zzzzzzzzzzzzzzzzzzzzzz.png']
    for (const name of orphans) await deps.bucket.put(folder + name, 'x')
    expect(await sweepPhotosIn(deps, folder, new Date())).toEqual({ objects: 0, rows: 0 })
    expect(await objectsOf(folder)).toHaveLength(6)
    expect(await sweepPhotosIn(deps, folder, tomorrow)).toEqual({ objects: 3, rows: 0 })
    expect(await objectsOf(folder)).toEqual(known)
    expect((await owner.get('/users/me')).status).toBe(200)
  })

  it('removes rows whose object is lost once they are a day old, and takes them out of what the walk counts for', async () => {
    const { owner, id, folder, upload } = await photographer()
    const [lost, kept] = [await upload(), await upload()]
    const key = lost.photo_url.slice('/media/'.length).replace(/\?.*/, '')
    await deps.bucket.delete(key)
    const photos = async () => (await owner.get(`/walks/${id}`)).json.photos.map((photo: { id: string }) => photo.id)
    const counted = () => rowsOf(`SELECT value::int FROM metric_totals WHERE user_id = '${owner.user.user_id}' AND metric = 'walk_photos'`)
    expect(await sweepPhotosIn(deps, folder, new Date())).toEqual({ objects: 0, rows: 0 })
    expect(await photos()).toHaveLength(2)
    await age(owner)
    expect(await sweepPhotosIn(deps, folder, tomorrow)).toMatchObject({ rows: 1 })
    expect(await photos()).toEqual([kept.id])
    expect(await counted()).toEqual([{ value: 1 }])
    // The thumbnails that are left of it have no row now.
    expect(await sweepPhotosIn(deps, folder, tomorrow)).toEqual({ objects: 2, rows: 0 })
  })

  it('goes through a folder in stretches, wherever they end, and begins again', async () => {
    const { owner, folder, upload } = await photographer()
    for (let n = 0; n < 5; n++) await upload()
    await age(owner)
    for (let n = 0; n < 5; n++) await deps.bucket.put(`${folder}${String(n).repeat(22)}.jpg`, 'x')
    for (const limit of [1, 2, 3, 4]) {
      const inPages = bucketWith({ list: (options) => deps.bucket.list({ ...options, limit }) })
      const swept = { objects: 0, rows: 0 }
      // A run looks at nine pages.
      for (let run = 0; run < 4; run++) {
        const { objects, rows } = await sweepPhotosIn({ ...deps, db: deps.db, bucket: inPages }, folder, tomorrow)
        swept.objects += objects
        swept.rows += rows
      }
      expect(swept).toEqual({ objects: limit === 1 ? 5 : 0, rows: 0 })
      expect(await objectsOf(folder)).toHaveLength(15)
    }
  })
})

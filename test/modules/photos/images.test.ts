import { expect, it } from 'vitest'
import { createApi, createTestDeps, type Api } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { freshPhoto } from '../../support/photos.ts'
import { addPet, walk } from '../../support/walks.ts'

const { db } = createTestDeps()
const idsOf = ({ json }: { json: any }): string[] => json.items.map(({ id }: { id: string }) => id)

/** An image at a second of its own, so that which is newer is no question of how fast the machine is. */
async function uploadImage(owner: Api, second = 0) {
  const now = () => new Date(Date.parse('2026-11-20T03:00:00Z') + second * 1_000)
  return (await owner.with({ now }).post('/upload/image', await freshPhoto())).json as { id: string; photo_url: string }
}

it('are listed for their owner alone, newest first and page by page, as they were answered', async () => {
  const [owner, other] = await Promise.all([signUp(), signUp()])
  const pet = await addPet(owner)
  const uploaded = [await uploadImage(owner, 1), await uploadImage(owner, 3), await uploadImage(owner, 2)]
  await uploadImage(other)
  await owner.post(`/upload/pet-profile/${pet}`, await freshPhoto())
  await owner.post(`/upload/walk-photo/${(await walk(owner, [pet])).id}`, await freshPhoto())
  const newest = [uploaded[1]!, uploaded[2]!, uploaded[0]!]
  const first = await owner.get('/upload/images?limit=2')
  expect(first.json.items).toEqual([
    { ...newest[0], created_at: expect.stringContaining('2026-11-20T03:00:03') },
    { ...newest[1], created_at: expect.stringContaining('2026-11-20T03:00:02') },
  ])
  const second = await owner.get(`/upload/images?limit=2&cursor=${first.json.next_cursor}`)
  expect([idsOf(second), second.json.next_cursor]).toEqual([[newest[2]!.id], null])
  expect((await owner.get('/upload/images?cursor=nonsense')).json.code).toBe('invalid_cursor')
})

it('of one moment each stand on one page', async () => {
  const owner = await signUp()
  const ids = [await uploadImage(owner), await uploadImage(owner), await uploadImage(owner)].map(({ id }) => id)
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Awaited<ReturnType<Api['get']>> = await owner.get(`/upload/images?limit=1${cursor && `&cursor=${cursor}`}`)
    seen.push(...idsOf(page))
    cursor = page.json.next_cursor
  }
  expect(seen.toSorted()).toEqual(ids.toSorted())
})

it('are gone once deleted, with their objects to follow, which may be asked twice', async () => {
  const owner = await signUp()
  const [gone, kept] = [await uploadImage(owner), await uploadImage(owner)]
  for (let n = 0; n < 2; n++) expect((await owner.delete(`/upload/images/${gone.id}`)).status).toBe(204)
  expect(idsOf(await owner.get('/upload/images'))).toEqual([kept.id])
  const { rows } = await db.execute(
    `SELECT payload ->> 'object_key' AS key FROM outbox WHERE type = 'uploads.delete_objects' AND payload ->> 'object_key' LIKE 'images/${owner.user.user_id}/%'`,
  )
  expect(rows).toEqual([{ key: gone.photo_url.replace('/media/', '') }])
})

it('are nobody else’s to delete; photos of pets and walks are not deleted as images', async () => {
  const [owner, other] = await Promise.all([signUp(), signUp()])
  const pet = await addPet(owner)
  const image = await uploadImage(owner)
  const { json: profile } = await owner.post(`/upload/pet-profile/${pet}`, await freshPhoto())
  for (const id of [image.id, profile.id, crypto.randomUUID()])
    for (const person of [other, ...(id === image.id ? [] : [owner])])
      expect((await person.delete(`/upload/images/${id}`)).status).toBe(204)
  expect(idsOf(await owner.get('/upload/images'))).toEqual([image.id])
  expect((await owner.get(`/pets/${pet}`)).json.photo_url).toBe(profile.photo_url)
  for (const { photo_url } of [image, profile]) expect((await createApi().get(photo_url)).status).toBe(200)
})

it('are a hundred at most, and one deleted makes room for another', async () => {
  const owner = await signUp()
  await db.execute(`
    INSERT INTO photos (id, user_id, kind, object_key, has_thumbnails, content_hash, width, height, created_at)
    SELECT gen_random_uuid(), '${owner.user.user_id}', 'image', 'images/${owner.user.user_id}/none/' || n, false, decode(lpad(n::text, 64, '0'), 'hex'), 1, 1, now()
    FROM generate_series(1, 99) AS n`)
  const hundredth = await uploadImage(owner)
  expect(await owner.post('/upload/image', await freshPhoto())).toMatchObject({ status: 409, json: { code: 'image_limit_reached' } })
  await owner.delete(`/upload/images/${hundredth.id}`)
  expect((await owner.post('/upload/image', await freshPhoto())).status).toBe(201)
})

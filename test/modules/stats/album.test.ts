import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { freshPhoto } from '../../support/photos.ts'
import { addPet, walk } from '../../support/walks.ts'

const { db } = createTestDeps()

async function photographer() {
  const owner = await signUp()
  const { id } = await walk(owner, [await addPet(owner)])
  const take = async (query: string, walkId = id) =>
    (await owner.post(`/upload/walk-photo/${walkId}?${query}`, await freshPhoto())).json.id as string
  const idsOf = async (query = '') => (await owner.get(`/photos${query}`)).json.items.map((photo: any) => photo.id)
  return { owner, id, take, idsOf }
}

describe('GET /photos', () => {
  it('lists the photos of one’s walks, newest first, with place and time', async () => {
    const [{ owner, id, take }, stranger] = await Promise.all([photographer(), photographer()])
    const first = await take('lat=37.5&lng=127.03&taken_at=2026-11-01T00:00:00Z')
    const second = await take('taken_at=2026-11-02T00:00:00Z')
    await stranger.take('taken_at=2026-11-02T00:00:00Z')
    const { json } = await owner.get('/photos')
    expect(json.items).toMatchObject([
      { id: second, walk_id: id, lat: null, lng: null, taken_at: expect.stringContaining('2026-11-02T00:00:00') },
      { id: first, walk_id: id, lat: 37.5, lng: 127.03 },
    ])
    expect(json.next_cursor).toBeNull()
    // Nobody else could open it, because the walk is not shared.
    expect((await owner.get(json.items[0].photo_url)).status).toBe(200)
    expect((await owner.get(json.items[0].thumbnail_url)).status).toBe(200)
  })

  it('takes Seoul days, both of which count', async () => {
    const { take, idsOf } = await photographer()
    const before = await take('taken_at=2026-10-31T14:59:59Z')
    const first = await take('taken_at=2026-10-31T15:00:00Z')
    const last = await take('taken_at=2026-11-02T14:59:59Z')
    const after = await take('taken_at=2026-11-02T15:00:00Z')
    expect(await idsOf('?from=2026-11-01&to=2026-11-02')).toEqual([last, first])
    expect(await idsOf('?from=2026-11-03')).toEqual([after])
    expect(await idsOf('?to=2026-10-31')).toEqual([before])
    expect(await idsOf('?from=2026-11-02&to=2026-11-01')).toEqual([])
  })

  it('goes on from page to page, also among photos of one moment', async () => {
    const { owner, take, idsOf } = await photographer()
    for (const _ of [1, 2, 3]) await take('taken_at=2026-11-02T00:00:00Z')
    await take('taken_at=2026-11-01T00:00:00Z')
    const all = await idsOf()
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const { json } = await owner.get(`/photos?limit=1${cursor && `&cursor=${cursor}`}`)
      seen.push(...json.items.map((photo: any) => photo.id))
      cursor = json.next_cursor
    }
    expect(seen).toEqual(all)
    expect(seen).toHaveLength(4)
    const { json } = await owner.get('/photos?limit=1')
    expect(await owner.get(`/photos?limit=1&from=2026-11-01&cursor=${json.next_cursor}`)).toMatchObject({
      status: 422,
      json: { code: 'invalid_cursor' },
    })
  })

  it('leaves out photos of deleted and of refused walks', async () => {
    const { owner, id, take, idsOf } = await photographer()
    const photo = await take('')
    expect(await idsOf()).toEqual([photo])
    await db.execute(sql`UPDATE walks SET is_valid = false WHERE id = ${id}`)
    expect(await idsOf()).toEqual([])
    await db.execute(sql`UPDATE walks SET is_valid = true WHERE id = ${id}`)
    await owner.delete(`/walks/${id}`)
    expect(await idsOf()).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import { type Api, createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { freshPhoto } from '../../support/photos.ts'
import { shareWalk } from '../../support/shared-walks.ts'
import { makeDong, moveTo } from '../../support/walkers.ts'
import { addPet, freshTrack, walk, wideTrack } from '../../support/walks.ts'

type Person = Awaited<ReturnType<typeof signUp>>

const sql = (statement: string) => createTestDeps().db.execute(statement)
const follow = (follower: Person, followee: Person) =>
  sql(`INSERT INTO follows (follower_id, followee_id, created_at) VALUES ('${follower.user.user_id}', '${followee.user.user_id}', now())`)
/** The same person some time later. */
const later = (api: Api, ms: number) => api.with({ now: () => new Date(Date.now() + ms) })
const unfollow = (follower: Person) => sql(`DELETE FROM follows WHERE follower_id = '${follower.user.user_id}'`)
const idsOf = async (api: Api, path: string): Promise<string[]> => {
  const { status, json } = await api.get(path)
  expect(status).toBe(200)
  return json.items.map((item: { walk_id: string }) => item.walk_id)
}
const following = (api: Api, more = '') => idsOf(api, `/feed?filter=following&limit=50${more}`)
const walksOf = (api: Api, author: Person) => idsOf(api, `/users/${author.user.user_id}/walks`)

async function makePair() {
  const [author, reader] = await Promise.all([signUp(), signUp()])
  await follow(reader, author)
  return { author, reader }
}

describe('a card', () => {
  it('is complete, and shows what others may know and no more', async () => {
    const { author, reader } = await makePair()
    const pet = await addPet(author, { name: '보리' })
    const { id, json } = await walk(author, [pet], { track: wideTrack(), more: { shared_to_feed: true, memo: '바람이 시원했다' } })
    for (let i = 0; i < 4; i++) await author.post(`/upload/walk-photo/${id}?lat=37.5&lng=127`, await freshPhoto())
    await sql(`
      INSERT INTO likes (walk_id, user_id, author_id, created_at) VALUES ('${id}', '${reader.user.user_id}', '${author.user.user_id}', now())`)
    await sql(`
      INSERT INTO reactions (walk_id, user_id, emoji, author_id, created_at)
      SELECT '${id}', id, 'paw', '${author.user.user_id}', now() FROM users WHERE id IN ('${reader.user.user_id}', '${author.user.user_id}')`)
    const { json: feed } = await reader.get('/feed?filter=following')
    expect(feed.items).toHaveLength(1)
    const [card] = feed.items
    expect(card).toMatchObject({
      walk_id: id,
      author: { id: author.user.user_id, pet: { id: pet, name: '보리' } },
      pets: [{ id: pet, name: '보리', species: 'dog' }],
      time_precision: 'minute',
      distance_m: json.walk.distance_m,
      duration_sec: json.walk.duration_sec,
      calories: json.walk.calories,
      memo: '바람이 시원했다',
      is_map_open: false,
      route: null,
      photo_count: 4,
      audience: 'everyone',
      likes: 1,
      liked: true,
      comments: 0,
      reactions: { paw: 2 },
      my_reactions: ['paw'],
      following: true,
      is_mine: false,
    })
    expect(card.sketch.length).toBeGreaterThan(2)
    expect(card.photos).toHaveLength(3)
    for (const photo of card.photos) expect(photo).toMatchObject({ lat: null, lng: null, taken_at: null })
    // A card tells nothing that the detail does not.
    const detail = (await reader.get(`/walks/${id}`)).json
    const { walk_id: _, author: __, photos, photo_count, following: follows, ...told } = card
    expect({ ...detail, ...detail.post }).toMatchObject(told)
    expect(detail.photos.slice(0, 3)).toEqual(photos)
    expect([photo_count, follows]).toEqual([detail.photos.length, true])
    for (const instant of [card.started_at, card.posted_at]) expect(instant).toMatch(/:00\.000Z$/)
    expect((await author.get(`/users/${author.user.user_id}/walks`)).json.items).toMatchObject([
      { walk_id: id, is_mine: true, time_precision: 'second', liked: false, my_reactions: ['paw'], following: false },
    ])
  })

  it('shows the day alone of somebody who hides times', async () => {
    const { author, reader } = await makePair()
    await shareWalk(author)
    await author.patch('/users/me/settings', { hide_walk_times: true })
    const { json } = await reader.get('/feed?filter=following')
    expect(json.items).toMatchObject([
      { time_precision: 'day', started_at: expect.stringMatching(/T15:00:00/), posted_at: expect.stringMatching(/T15:00:00/) },
    ])
  })

  it('shows neither figures nor sketch to somebody who has seen its owner live', async () => {
    const { author, reader } = await makePair()
    const id = await shareWalk(author)
    await sql(`
      INSERT INTO location_provisions (subject_id, invitation_id, viewer_id, first_at, last_at)
      SELECT user_id, gen_random_uuid(), '${reader.user.user_id}', started_at, ended_at FROM walks WHERE id = '${id}'`)
    const { json } = await reader.get('/feed?filter=following')
    expect(json.items).toMatchObject([
      { walk_id: id, time_precision: 'day', sketch: null, distance_m: null, duration_sec: null, calories: null, route: null },
    ])
  })
})

describe('whose walks are in a feed', () => {
  it('follows what happens to a walk', async () => {
    const { author, reader } = await makePair()
    const { id } = await walk(author, [await addPet(author)])
    expect(await following(reader)).toEqual([])
    await author.patch(`/walks/${id}`, { shared_to_feed: true })
    expect(await following(reader)).toEqual([id])
    await author.patch(`/walks/${id}`, { shared_to_feed: false })
    expect(await following(reader)).toEqual([])
    expect((await reader.get(`/walks/${id}`)).status).toBe(404)
    await author.patch(`/walks/${id}`, { shared_to_feed: true })
    await author.delete(`/walks/${id}`)
    expect(await following(reader)).toEqual([])
    await author.post(`/walks/${id}/restore`)
    expect(await following(reader)).toEqual([id])
    await sql(`UPDATE walks SET is_valid = false WHERE id = '${id}'`)
    expect(await following(reader)).toEqual([])
    await sql(`UPDATE walks SET is_valid = true WHERE id = '${id}'`)
    await sql(`UPDATE users SET deleted_at = now() WHERE id = '${author.user.user_id}'`)
    expect(await following(reader)).toEqual([])
    await sql(`UPDATE users SET deleted_at = NULL WHERE id = '${author.user.user_id}'`)
    expect(await following(reader)).toEqual([id])
  })

  it('keeps the time of the first share, and puts a walk that came late where it was shared', async () => {
    const { author, reader } = await makePair()
    const pet = await addPet(author)
    const early = await shareWalk(author)
    // It was walked two days ago and arrives now.
    const late = await walk(author, [pet], { track: freshTrack({ agoMs: 2 * DAY_MS }), more: { shared_to_feed: true } })
    expect(await following(reader, '&order=recent')).toEqual([late.id, early])
    await author.patch(`/walks/${early}`, { shared_to_feed: false })
    await author.patch(`/walks/${early}`, { shared_to_feed: true })
    expect(await following(reader, '&order=recent')).toEqual([late.id, early])
  })

  it('has no walk of mine, of people who are blocked either way, or that I have hidden', async () => {
    const { author, reader } = await makePair()
    const { dong } = await makeDong()
    await Promise.all([moveTo(author, dong), moveTo(reader, dong)])
    const mine = await shareWalk(reader)
    const theirs = await shareWalk(author)
    await sql(`UPDATE walks SET region_code = '${dong}' WHERE id IN ('${mine}', '${theirs}')`)
    const local = () => idsOf(reader, '/feed?filter=local')
    expect(await local()).toEqual([theirs])
    expect((await reader.post(`/feed/${theirs}/hide`)).status).toBe(204)
    expect((await reader.post(`/feed/${theirs}/hide`)).status).toBe(204)
    expect([await local(), await following(reader), await following(reader, '&order=recent')]).toEqual([[], [], []])
    // It is hidden from the feed and from nothing else.
    expect((await reader.get(`/walks/${theirs}`)).status).toBe(200)
    expect((await reader.delete(`/feed/${theirs}/hide`)).status).toBe(204)
    expect(await local()).toEqual([theirs])
    for (const [one, other] of [
      [author, reader],
      [reader, author],
    ] as const) {
      await one.post(`/blocks/${other.user.user_id}`)
      expect([await local(), (await reader.get(`/walks/${theirs}`)).status]).toEqual([[], 404])
      expect((await reader.get(`/users/${author.user.user_id}/walks`)).status).toBe(404)
      expect((await reader.post(`/feed/${theirs}/hide`)).status).toBe(404)
      await one.delete(`/blocks/${other.user.user_id}`)
    }
    expect(await local()).toEqual([theirs])
  })

  it('has a walk for followers only while one follows, and to others it does not exist', async () => {
    const { author, reader } = await makePair()
    const stranger = await signUp()
    const id = await shareWalk(author, 'followers')
    const photo = (await author.post(`/upload/walk-photo/${id}`, await freshPhoto())).json.photo_url as string
    expect([await following(reader), await walksOf(reader, author)]).toEqual([[id], [id]])
    const shown = await reader.get(`/walks/${id}`)
    expect(shown).toMatchObject({ status: 200, json: { post: { audience: 'followers' } } })
    // The path of the photo alone opens nothing.
    expect((await stranger.get(photo.split('?')[0]!)).status).toBe(404)
    expect((await stranger.get(shown.json.photos[0].photo_url)).status).toBe(200)
    for (const other of [stranger, reader]) {
      if (other === reader) await unfollow(reader)
      expect(await walksOf(other, author)).toEqual([])
      expect((await idsOf(other, '/feed?filter=all&order=recent&limit=50')).includes(id)).toBe(false)
      for (const path of [`/walks/${id}`]) expect(await other.get(path)).toMatchObject({ status: 404, json: { code: 'walk_not_found' } })
      expect((await other.post(`/feed/${id}/hide`)).status).toBe(404)
    }
    expect((await author.patch(`/walks/${id}`, { audience: 'everyone' })).json.post.audience).toBe('everyone')
    expect(await walksOf(stranger, author)).toEqual([id])
  })

  it('shares with whom the settings say, where the walk does not', async () => {
    const author = await signUp()
    await author.patch('/users/me/settings', { share_audience: 'followers' })
    const stranger = await signUp()
    const closed = await shareWalk(author)
    const open = await shareWalk(author, 'everyone')
    await author.patch('/users/me/settings', { share_audience: 'everyone' })
    expect(await walksOf(stranger, author)).toEqual([open])
    expect((await author.get(`/walks/${closed}`)).json.post.audience).toBe('followers')
  })

  it('has nothing that moderation has closed, which its owner and an admin still see', async () => {
    const { author, reader } = await makePair()
    const admin = await signUp()
    await sql(`UPDATE users SET role = 'admin' WHERE id = '${admin.user.user_id}'`)
    const id = await shareWalk(author)
    const photo = (await author.post(`/upload/walk-photo/${id}`, await freshPhoto())).json.photo_url as string
    await sql(`
      INSERT INTO moderation_cases (target_type, target_id, author_id, snapshot, opened_at, hidden_at)
      VALUES ('walk', '${id}', '${author.user.user_id}', '{}', now(), now())`)
    await sql(`SELECT fold_post('${id}')`)
    expect([await following(reader), await walksOf(reader, author)]).toEqual([[], []])
    expect((await reader.get(`/walks/${id}`)).status).toBe(404)
    expect((await reader.get(photo.split('?')[0]!)).status).toBe(404)
    const own = await author.get(`/walks/${id}`)
    expect(own).toMatchObject({ status: 200, json: { post: { is_hidden: true } } })
    expect((await author.get(own.json.photos[0].photo_url)).status).toBe(200)
    expect((await admin.get(`/walks/${id}`)).status).toBe(200)
    await sql(`DELETE FROM moderation_cases WHERE target_id = '${id}'`)
    await sql(`SELECT fold_post('${id}')`)
    expect(await following(reader)).toEqual([id])
  })

  it('has nobody who is banned', async () => {
    const { author, reader } = await makePair()
    const id = await shareWalk(author)
    await sql(`UPDATE users SET banned_at = now() WHERE id = '${author.user.user_id}'`)
    expect(await following(reader)).toEqual([])
    expect((await reader.get(`/walks/${id}`)).status).toBe(404)
    expect((await reader.get(`/users/${author.user.user_id}/walks`)).status).toBe(404)
    await sql(`UPDATE users SET banned_at = NULL WHERE id = '${author.user.user_id}'`)
    expect(await following(reader)).toEqual([id])
  })
})

it('somebody who is suspended reads, walks, and shares nothing new', async () => {
  const { author, reader } = await makePair()
  const shared = await shareWalk(author)
  await sql(`UPDATE users SET suspended_until = now() + interval '1 day' WHERE id IN ('${author.user.user_id}', '${reader.user.user_id}')`)
  expect(await following(reader)).toEqual([shared])
  const { id, status, json } = await walk(author, [await addPet(author)], {
    track: freshTrack({ agoMs: 9 * HOUR_MS }),
    more: { shared_to_feed: true, memo: '산책' },
  })
  expect({ status, json }).toMatchObject({ status: 200, json: { valid: true, walk: { shared_to_feed: false, post: null, memo: '산책' } } })
  const suspended = { status: 403, json: { code: 'account_suspended', until: expect.any(String) } }
  expect(await author.patch(`/walks/${id}`, { shared_to_feed: true })).toMatchObject(suspended)
  expect(await author.patch(`/walks/${shared}`, { memo: '모두에게' })).toMatchObject(suspended)
  expect((await author.patch(`/walks/${id}`, { memo: '나만의 메모' })).json.memo).toBe('나만의 메모')
  expect((await author.patch(`/walks/${shared}`, { shared_to_feed: false })).status).toBe(200)
  expect((await later(author, 2 * DAY_MS).patch(`/walks/${id}`, { shared_to_feed: true })).json.post).toMatchObject({
    audience: 'everyone',
  })
})

describe('pages', () => {
  it('refuse a cursor of another filter, order or person, and one of yesterday', async () => {
    const { author, reader } = await makePair()
    for (let i = 0; i < 3; i++) await shareWalk(author)
    const { json } = await reader.get('/feed?filter=following&limit=1')
    const invalid = { status: 422, json: { code: 'invalid_cursor' } }
    expect(await reader.get(`/feed?filter=all&limit=1&cursor=${json.next_cursor}`)).toMatchObject(invalid)
    expect(await reader.get(`/feed?filter=following&order=recent&cursor=${json.next_cursor}`)).toMatchObject(invalid)
    expect(await author.get(`/feed?filter=following&cursor=${json.next_cursor}`)).toMatchObject(invalid)
    expect((await reader.get(`/feed?filter=following&limit=1&cursor=${json.next_cursor}`)).json).toMatchObject({ at: json.at })
    expect(await later(reader, 25 * HOUR_MS).get(`/feed?filter=following&limit=1&cursor=${json.next_cursor}`)).toMatchObject({
      status: 422,
      json: { code: 'cursor_expired' },
    })
  })

  it('stand while new walks come, which `since` counts', async () => {
    const { author, reader } = await makePair()
    const first = [await shareWalk(author), await shareWalk(author), await shareWalk(author)]
    const page = (await reader.get('/feed?filter=following&order=recent&limit=2')).json
    const since = `/feed?filter=following&since=${encodeURIComponent(page.at)}`
    expect((await reader.get(since)).json).toMatchObject({ items: [], next_cursor: null, new_count: 0 })
    const news = await shareWalk(author)
    expect((await reader.get(since)).json.new_count).toBe(1)
    const rest = (await reader.get(`/feed?filter=following&order=recent&limit=2&cursor=${page.next_cursor}`)).json
    expect([...page.items, ...rest.items].map(({ walk_id }: { walk_id: string }) => walk_id)).toEqual(first.toReversed())
    await reader.post(`/feed/${news}/hide`)
    expect((await reader.get(since)).json.new_count).toBe(0)
  })

  it('of what somebody shared, joined, are the whole', async () => {
    const author = await signUp()
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.unshift(await shareWalk(author))
    const reader = await signUp()
    const seen: string[] = []
    for (let cursor = ''; ;) {
      const { json } = await reader.get(`/users/${author.user.user_id}/walks?limit=2${cursor}`)
      seen.push(...json.items.map(({ walk_id }: { walk_id: string }) => walk_id))
      if (json.next_cursor === null) break
      cursor = `&cursor=${json.next_cursor}`
    }
    expect(seen).toEqual(ids)
  })

  it('of a local feed need a home', async () => {
    const reader = await signUp()
    for (const path of ['/feed?filter=local', `/feed?filter=local&since=${new Date().toISOString()}`])
      expect(await reader.get(path)).toMatchObject({ status: 409, json: { code: 'region_not_set' } })
    expect((await reader.get('/feed')).status).toBe(200)
  })
})

it('a purge of somebody takes their walks, likes and comments along, and leaves the counters of others right', async () => {
  const [author, fan] = await Promise.all([signUp(), signUp()])
  const id = await shareWalk(author)
  const row = `'${id}', '${fan.user.user_id}', '${author.user.user_id}', now()`
  await sql(`INSERT INTO likes (walk_id, user_id, author_id, created_at) VALUES (${row})`)
  await sql(
    `INSERT INTO comments (id, request_hash, content, walk_id, user_id, author_id, created_at) VALUES (gen_random_uuid(), '', '와', ${row})`,
  )
  await follow(fan, author)
  expect((await author.get(`/walks/${id}`)).json.post).toMatchObject({ likes: 1, comments: 1 })
  await sql(`DELETE FROM users WHERE id = '${fan.user.user_id}'`)
  expect((await author.get(`/walks/${id}`)).json.post).toMatchObject({ likes: 0, comments: 0 })
  const { rows } = await sql(`SELECT follower_count, following_count FROM user_counts WHERE user_id = '${author.user.user_id}'`)
  expect(rows).toEqual([{ follower_count: 0, following_count: 0 }])
  await sql(`DELETE FROM users WHERE id = '${author.user.user_id}'`)
  for (const table of ['posts', 'likes', 'comments', 'follows', 'user_counts', 'feed_hides'])
    expect(
      (await sql(`SELECT 1 FROM ${table} AS it WHERE it::text LIKE '%${author.user.user_id}%' OR it::text LIKE '%${fan.user.user_id}%'`))
        .rows,
    ).toEqual([])
})

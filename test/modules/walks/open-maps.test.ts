import { beforeAll, describe, expect, it } from 'vitest'
import { distanceM, type Position } from '../../../src/core/geo.ts'
import { DAY_MS } from '../../../src/core/time.ts'
import type { Api } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { addPet, freshTrack, walk } from '../../support/walks.ts'

const HOME = { lat: 37.55, lng: 127.08 }
/** 11 km from home. */
const AWAY = { lat: 37.65, lng: 127.08 }
const opened = { status: 200, json: { is_map_open: true } }
const refused = (code: string) => ({ status: 409, json: { code } })

describe('the map of a walk', () => {
  let stranger: Api
  let owner: Api
  let pet: string
  const walkAt = async (origin: { lat: number; lng: number }, daysAgo: number) => {
    const track = freshTrack({ origin, length_m: 2_000, agoMs: daysAgo * DAY_MS })
    const { id, json } = await walk(owner, [pet], { track, more: { shared_to_feed: true } })
    expect(json).toMatchObject({ valid: true })
    return { id, route: json.walk.route.coordinates as Position[] }
  }
  const open = (id: string) => owner.patch(`/walks/${id}`, { is_map_open: true })
  const seen = async (id: string) => (await stranger.get(`/walks/${id}`)).json

  beforeAll(async () => {
    ;[owner, stranger] = await Promise.all([signUp(), signUp()])
    pet = await addPet(owner)
  })

  it('stays closed until ten walks tell where home is, and nothing else of the request is done', async () => {
    const far = await walkAt(AWAY, 20)
    expect(await owner.patch(`/walks/${far.id}`, { is_map_open: true, memo: '소풍' })).toMatchObject(refused('too_few_walks_for_map'))
    expect((await owner.get(`/walks/${far.id}`)).json.memo).toBeNull()
    for (let day = 1; day <= 9; day++) await walkAt(HOME, day)
    expect(await open(far.id)).toMatchObject(opened)
  })

  it('is opened far from home, without 200 m at its ends, and closed again', async () => {
    const { id, route } = await walkAt(AWAY, 21)
    expect((await seen(id)).route).toBeNull()
    expect(await open(id)).toMatchObject(opened)
    const { route: shown, is_map_open } = await seen(id)
    expect(is_map_open).toBe(true)
    const along = (line: readonly Position[]) => line.reduce((sum, place, i) => sum + distanceM(line[i - 1] ?? place, place), 0)
    expect(along(shown.coordinates)).toBeCloseTo(along(route) - 400, -1)
    for (const place of [shown.coordinates[0], shown.coordinates.at(-1)])
      expect(Math.min(...route.map((at) => distanceM(at, place)))).toBeLessThan(60)
    await owner.patch(`/walks/${id}`, { is_map_open: false })
    expect((await seen(id)).route).toBeNull()
  })

  it('is opened a fortnight after the walk at the earliest, because a new home is no usual place before', async () => {
    const { id } = await walkAt({ lat: 37.62, lng: 127.25 }, 13)
    expect(await open(id)).toMatchObject(refused('too_early_for_map'))
    const then = owner.with({ now: () => new Date(Date.now() + 1.1 * DAY_MS) })
    expect(await then.patch(`/walks/${id}`, { is_map_open: true })).toMatchObject({ status: 200 })
  })

  it('is never opened where walks often begin or end, nor within 2 km of there, nor of the zone', async () => {
    const { id } = await walkAt(HOME, 12)
    const near = await walkAt({ lat: HOME.lat + 0.018, lng: HOME.lng }, 23)
    for (const walked of [id, near.id]) expect(await open(walked)).toMatchObject(refused('too_close_to_home'))
    const far = await walkAt({ lat: 37.6, lng: 126.9 }, 24)
    await owner.put('/users/me/privacy-zone', { lat: 37.6, lng: 126.9, radius_m: 200 })
    expect(await open(far.id)).toMatchObject(refused('too_close_to_home'))
    await owner.delete('/users/me/privacy-zone')
    expect(await open(far.id)).toMatchObject(opened)
  })

  it('closes by itself once a place near it is a usual one, and a zone closes it at once', async () => {
    const place = { lat: 37.45, lng: 127.08 }
    const { id } = await walkAt(place, 25)
    expect(await open(id)).toMatchObject(opened)
    await owner.put('/users/me/privacy-zone', { ...place, radius_m: 200 })
    expect(await seen(id)).toMatchObject({ is_map_open: false, route: null })
    await owner.delete('/users/me/privacy-zone')
    expect((await seen(id)).route).not.toBeNull()
    await walkAt(place, 26)
    expect((await seen(id)).is_map_open).toBe(true)
    await walkAt(place, 27)
    expect(await seen(id)).toMatchObject({ is_map_open: false, route: null })
    expect((await owner.get(`/walks/${id}`)).json.is_map_open).toBe(false)
  })

  it('of a walk that is not shared, or of somebody else, is not opened for anybody', async () => {
    const { id } = await walkAt({ lat: 37.5, lng: 126.8 }, 28)
    expect(await owner.patch(`/walks/${id}`, { shared_to_feed: false, is_map_open: true })).toMatchObject(opened)
    expect((await stranger.get(`/walks/${id}`)).status).toBe(404)
    expect((await stranger.patch(`/walks/${id}`, { is_map_open: true })).status).toBe(404)
  })
})

import { beforeAll, describe, expect, it } from 'vitest'
import { DAY_MS } from '../../src/core/time.ts'
import type { Position } from '../../src/core/geo.ts'
import { decodeRoute } from '../../src/modules/walks/showing/presentation.ts'
import { createTestDeps, type Api } from '../support/api.ts'
import { signUp } from '../support/login.ts'
import { placesIn } from '../support/places.ts'
import { publicRoutes, userRoutes } from '../support/route-table.ts'
import { addPet, freshTrack, walk } from '../support/walks.ts'

const idOf = ({ user }: Api) => user!.user_id

/** Where towns, stations of AirKorea and places of registers are is no secret. */
const PUBLIC_PLACES = ['/regions', '/map/hazards', '/places', '/places/search', '/places/{id}']

/** The places of all walks of somebody, which are shared before. */
async function shareAll(owner: Api): Promise<Position[]> {
  const { rows } = await createTestDeps().db.execute<{ route_polyline: string }>(
    `UPDATE walks SET shared_to_feed = true WHERE user_id = '${idOf(owner)}' AND route_polyline IS NOT NULL RETURNING route_polyline`,
  )
  return rows.flatMap(({ route_polyline }) => decodeRoute(route_polyline).filter((_, i) => i % 5 === 0))
}

/** Others see no place of a walk, whatever they ask. A new route is asked as well, because it stands in the table. */
describe('no answer to somebody else holds a place within 5 km of a walk', () => {
  let other: Api
  beforeAll(async () => {
    other = await signUp()
  })

  it.each([...userRoutes, ...publicRoutes].filter(({ route }) => !PUBLIC_PLACES.includes(route)))(
    '$method $route',
    async ({ method, prepare }) => {
      const owner = await signUp()
      const { id, json: done } = await walk(owner, [await addPet(owner)], {
        track: freshTrack({ agoMs: DAY_MS }),
        more: { memo: '강변 산책' },
      })
      expect(done).toMatchObject({ valid: true })
      await owner.post(`/upload/walk-photo/${id}?lat=37.5&lng=127.03`)
      const { path, body } = await prepare(owner)
      const track = await shareAll(owner)
      expect(track.length).toBeGreaterThan(5)
      const { json, text } = await other.request(method, path, body)
      // What somebody has just written comes back to them.
      const own = JSON.stringify(body ?? null)
      expect(placesIn(json ?? text, track).filter((place) => !own.includes(place.split(/[ ,]/)[1]!))).toEqual([])
    },
  )

  it('nor do the lists in which others stand', async () => {
    const owner = await signUp()
    const { id } = await walk(owner, [await addPet(owner)])
    const track = await shareAll(owner)
    for (const path of [
      `/walks/${id}`,
      `/users/${idOf(owner)}`,
      `/users/${idOf(owner)}/badges`,
      '/rankings',
      '/rankings/hall-of-fame',
      '/rankings?scope=following',
      '/rankings/following/days',
      '/notifications',
      '/home',
    ])
      expect(placesIn((await other.get(path)).json, track), path).toEqual([])
  })

  it('and the look for places finds what an owner sees', async () => {
    const owner = await signUp()
    const { id } = await walk(owner, [await addPet(owner)])
    const track = await shareAll(owner)
    expect(placesIn((await owner.get(`/walks/${id}`)).json, track).length).toBeGreaterThan(10)
    expect(placesIn((await owner.get('/walks')).json, track)).toContainEqual(expect.stringContaining('a line of precision 5'))
    expect(placesIn((await owner.get(`/walks/${id}/export.gpx`)).text, track).length).toBeGreaterThan(10)
  })
})

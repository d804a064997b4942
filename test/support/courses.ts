import { encode } from '@googlemaps/polyline-codec'
import { sql } from 'drizzle-orm'
import { METRES_PER_DEGREE, type LatLng } from '../../src/core/geo.ts'
import { cellOf, toGrid } from '../../src/core/grid.ts'
import { type Api, createTestDeps } from './api.ts'
import { signUp } from './login.ts'
import { idOf, type Person } from './rooms.ts'
import { givePremium } from './walkers.ts'
import { freshSeed } from './walks.ts'

/** Somewhere in or around Korea, each time elsewhere. Lists there may still hold what another test file has made, so tests look for their own ids. */
export function quietSpot(): LatLng {
  const seed = freshSeed()
  return { lat: 33.3 + (seed % 53) / 10, lng: 124.3 + (Math.floor(seed / 53) % 73) / 10 }
}

/** So far east and north of a spot, in metres. */
export const beside = ({ lat, lng }: LatLng, east_m: number, north_m: number): LatLng => ({
  lat: lat + north_m / METRES_PER_DEGREE,
  lng: lng + east_m / (METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180)),
})

export const wayFrom = (spot: LatLng, ...corners: readonly [east_m: number, north_m: number][]): LatLng[] =>
  corners.map(([east_m, north_m]) => beside(spot, east_m, north_m))

export const polylineOf = (way: readonly LatLng[], precision: 5 | 6 = 6): string =>
  encode(
    way.map(({ lat, lng }) => [lat, lng] as const),
    precision,
  )

const textOf = (way: readonly LatLng[]): string => `LINESTRING(${way.map(({ lat, lng }) => `${lng} ${lat}`).join(', ')})`

export async function givePlaceAt({ lat, lng }: LatLng, { name = '시험공원', radius_m = 0 } = {}): Promise<string> {
  const { rows } = await createTestDeps().db.execute<{ id: string }>(sql`
    INSERT INTO places (kind, name, source, source_key, location, area)
    SELECT 'park', ${name}, 'parks', gen_random_uuid(), point, CASE WHEN ${radius_m}::float8 > 0 THEN ST_Buffer(point, ${radius_m}::float8) END
    FROM (SELECT ST_MakePoint(${lng}, ${lat})::geography AS point) AS there
    RETURNING id`)
  return rows[0]!.id
}

/** A derived course, as the nightly task writes it. */
export async function giveDerived(way: readonly LatLng[], more: { band?: number; name?: string } = {}): Promise<string> {
  const { rows } = await createTestDeps().db.execute<{ id: string }>(sql`
    INSERT INTO courses (id, kind, created_at, updated_at, name, line, distance_m, is_loop, duration_min, users_band, computed_on)
    SELECT gen_random_uuid(), 'derived', now(), now(), ${more.name ?? '시험공원 1.2km 코스'}, line, round(ST_Length(line::geography, false)), false, 20, ${more.band ?? 1}, current_date
    FROM (SELECT ST_SetSRID(${textOf(way)}::geometry, 4326) AS line) AS given
    RETURNING id`)
  return rows[0]!.id
}

/** Hides somebody near a spot, as their walks would. */
export async function hideAt(person: Person, spot: LatLng): Promise<void> {
  const [x, y] = cellOf(toGrid(spot)!)
  await createTestDeps().db.execute(sql`
    INSERT INTO hidden_areas (user_id, cell_x, cell_y, first_used_at, last_used_on, days_used)
    VALUES (${idOf(person)}, ${x}, ${y}, now(), current_date, 1)
    ON CONFLICT DO NOTHING`)
}

/** Somebody with premium, whose home is far away. */
export async function premiumPerson(home: LatLng = { lat: 35.55, lng: 129.3 }): Promise<Person> {
  const person = await signUp()
  await givePremium(person)
  await hideAt(person, home)
  return person
}

export const courseBody = (way: readonly LatLng[] = wayFrom(quietSpot(), [0, 0], [1_500, 0]), more: object = {}) => ({
  name: '아침 코스',
  route_encoded: { polyline: polylineOf(way), precision: 6 },
  ...more,
})

export async function makeCourse(owner: Api, way?: readonly LatLng[], more: object = {}): Promise<any> {
  const { json, status } = await owner.post('/courses', courseBody(way, more))
  if (status !== 201) throw new Error(`the course was refused: ${JSON.stringify(json)}`)
  return json
}

export interface Publishable {
  readonly id: string
  readonly spot: LatLng
  readonly pair: { readonly from_place_id: string; readonly to_place_id: string }
}

/** A course of 6 km from west to east, and two places 1.5 km apart in its middle, 20 m beside it. */
export async function makePublishable(owner: Api, spot = quietSpot()): Promise<Publishable> {
  const [from_place_id, to_place_id] = await Promise.all([
    givePlaceAt(beside(spot, 0, 20), { name: '서쪽공원' }),
    givePlaceAt(beside(spot, 1_500, 20), { name: '동쪽공원' }),
  ])
  const { id } = await makeCourse(owner, wayFrom(spot, [-2_000, 300], [-500, 0], [0, 0], [700, 40], [1_500, 0], [4_000, 0]))
  return { id, spot, pair: { from_place_id, to_place_id } }
}

export async function publish(owner: Api, spot?: LatLng): Promise<Publishable> {
  const made = await makePublishable(owner, spot)
  const { json, status } = await owner.put(`/courses/${made.id}/publication`, made.pair)
  if (status !== 200) throw new Error(`publishing was refused: ${JSON.stringify(json)}`)
  return made
}

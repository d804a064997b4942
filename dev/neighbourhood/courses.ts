import { encode } from '@googlemaps/polyline-codec'
import type { Actor } from '../../src/core/actor.ts'
import { type LatLng, planeAt, toX, toY } from '../../src/core/geo.ts'
import type { Deps } from '../../src/deps.ts'
import { addFavoriteCourse } from '../../src/modules/courses/favorites/service.ts'
import type { PlacePair } from '../../src/modules/courses/own/schema.ts'
import { createCourse, previewPublication, publishOwnCourse, removeCourse } from '../../src/modules/courses/own/service.ts'
import { listCoursesQuery } from '../../src/modules/courses/schema.ts'
import { listCourses } from '../../src/modules/courses/service.ts'
import { listPlacesQuery } from '../../src/modules/places/schema.ts'
import { listPlaces } from '../../src/modules/places/service.ts'
import { listWalksQuery } from '../../src/modules/walks/schema.ts'
import { listMyWalks } from '../../src/modules/walks/service.ts'
import { CAST, type Owner } from './owners.ts'
import type { Domain, Town } from './town.ts'

const AROUND_M = 8_000
const PARKS_LOOKED_AT = 50
const PAIRS_TRIED = 10
/** Nearer to home nothing can be published. */
const FROM_HOME_M = 2_000
const LENGTH_M = { min: 500, max: 4_000 }

/** The premium owner makes a course of a walk and one between two parks, publishes that, and keeps what is near. */
export const courses: Domain = (town, day) =>
  town
    .settled(day)
    .filter(({ number, joins }) => number === CAST.premium && [6, 8].includes(day.index - joins))
    .map((owner) => ({
      at: day.at(20.7),
      run: (deps: Deps) => (day.index - owner.joins === 6 ? makeCourses(town, deps, owner) : keepNear(town, deps, owner)),
    }))

async function makeCourses(town: Town, deps: Deps, owner: Owner): Promise<void> {
  const { actor } = town.resident(owner)
  const { items } = await listMyWalks(deps, actor, listWalksQuery.parse({ limit: 1 }))
  if (items[0]) await createCourse(deps, actor, { id: town.id('course', 'walk'), name: '매일 걷는 길', walk_id: items[0].id })
  // Where they have walked besides, nothing can be published either. What is no good there goes again.
  for (const [k, [from, to]] of (await parksFarFrom(deps, town, owner)).entries()) {
    const polyline = encode([from, to].map(({ lat, lng }) => [lat, lng] as const))
    const { id } = await createCourse(deps, actor, {
      id: town.id('course', `parks ${k}`),
      name: '공원에서 공원까지',
      description: '벤치가 많아서 쉬어 가기 좋아요',
      route_encoded: { polyline, precision: 5 },
    })
    const pair = { from_place_id: from.id, to_place_id: to.id }
    if (await isPublishable(deps, actor, id, pair)) return void (await publishOwnCourse(deps, actor, id, pair))
    await removeCourse(deps, actor, id)
  }
}

const isPublishable = (deps: Deps, actor: Actor, id: string, pair: PlacePair) =>
  previewPublication(deps, actor, id, pair).then(
    () => true,
    () => false,
  )

type Park = LatLng & { readonly id: string }

/** Some pairs of parks far from home, also with the way between them. */
async function parksFarFrom(deps: Deps, town: Town, owner: Owner): Promise<[Park, Park][]> {
  const { lat, lng } = owner.home
  const query = { lat: String(lat), lng: String(lng), radius_m: String(AROUND_M), category: 'park,dog_run', limit: PARKS_LOOKED_AT }
  const { items } = await listPlaces(deps, town.resident(owner).actor, listPlacesQuery.parse(query))
  const plane = planeAt(lat, lng)
  const parks = items.flatMap((place) =>
    place.lat === null || place.lng === null
      ? []
      : [{ id: place.id, lat: place.lat, lng: place.lng, x: toX(plane, place.lng), y: toY(plane, place.lat) }],
  )
  const pairs = parks.flatMap((from, k) => parks.slice(k + 1).map((to): [typeof from, typeof from] => [from, to]))
  const far = pairs.filter(([from, to]) => {
    const length = Math.hypot(to.x - from.x, to.y - from.y)
    const share = Math.min(1, Math.max(0, -(from.x * (to.x - from.x) + from.y * (to.y - from.y)) / length ** 2))
    const offHome = Math.hypot(from.x + share * (to.x - from.x), from.y + share * (to.y - from.y))
    return length >= LENGTH_M.min && length <= LENGTH_M.max && offHome >= FROM_HOME_M
  })
  return far.slice(0, PAIRS_TRIED)
}

async function keepNear(town: Town, deps: Deps, owner: Owner): Promise<void> {
  const { actor } = town.resident(owner)
  const { lat, lng } = owner.home
  const query = { lat: String(lat), lng: String(lng), radius_m: String(AROUND_M), limit: 2 }
  const { items } = await listCourses(deps, actor, listCoursesQuery.parse(query))
  for (const { id } of items) await addFavoriteCourse(deps, actor, id)
}

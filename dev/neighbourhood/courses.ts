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
import type { Day, Domain, Town } from './town.ts'

const AROUND_M = 8_000
const PARKS_LOOKED_AT = 50
const PAIRS_TRIED = 10
/** Nearer to home nothing can be published. */
const FROM_HOME_M = 2_000
const LENGTH_M = { min: 500, max: 4_000 }

/** So many days after they have joined. */
const MAKES_ON = 6
/** On the later day there is a course of many people as well. */
const KEEPS_ON = [8, 75]

/** The premium owner makes a course of a walk and one between two parks, publishes that, and keeps what is near. What has come too near to where they are hidden they replace. */
export const courses: Domain = (town, day) =>
  town
    .settled(day)
    .filter(({ number, joins }) => number === CAST.premium && [MAKES_ON, ...KEEPS_ON].includes(day.index - joins))
    .map((owner) => ({
      at: day.at(20.7),
      run: async (deps: Deps) => {
        if (day.index - owner.joins === MAKES_ON) await makeCourseOfWalk(town, deps, owner)
        if (await isNothingShown(town, deps, owner)) await publishCourse(town, deps, owner, day)
        if (day.index - owner.joins !== MAKES_ON) await keepNear(town, deps, owner)
      },
    }))

async function makeCourseOfWalk(town: Town, deps: Deps, owner: Owner): Promise<void> {
  const { actor } = town.resident(owner)
  const { items } = await listMyWalks(deps, actor, listWalksQuery.parse({ limit: 1 }))
  if (items[0]) await createCourse(deps, actor, { id: town.id('course', 'walk'), name: '매일 걷는 길', walk_id: items[0].id })
}

/** Whether nobody else sees a course of theirs. One that is not shown any more goes. */
async function isNothingShown(town: Town, deps: Deps, owner: Owner): Promise<boolean> {
  const { actor } = town.resident(owner)
  const { items } = await listCourses(deps, actor, listCoursesQuery.parse({ filter: 'mine' }))
  for (const { id, publication } of items) if (publication?.is_shown === false) await removeCourse(deps, actor, id)
  return !items.some(({ publication }) => publication?.is_shown)
}

async function publishCourse(town: Town, deps: Deps, owner: Owner, day: Day): Promise<void> {
  const { actor } = town.resident(owner)
  // Where they have walked besides, nothing can be published either. What is no good there goes again.
  for (const [k, [from, to]] of (await parksFarFrom(deps, town, owner)).entries()) {
    const polyline = encode([from, to].map(({ lat, lng }) => [lat, lng] as const))
    const { id } = await createCourse(deps, actor, {
      id: town.id('course', day.date, k),
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
  const query = { lat: String(lat), lng: String(lng), radius_m: String(AROUND_M), limit: 10 }
  const { items } = await listCourses(deps, actor, listCoursesQuery.parse(query))
  const near = items.toSorted((a, b) => Number(a.is_mine) - Number(b.is_mine)).slice(0, 2)
  for (const { id } of near) await addFavoriteCourse(deps, actor, id)
}

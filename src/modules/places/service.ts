import { signedIn, type Actor } from '../../core/actor.ts'
import { found } from '../../core/errors.ts'
import type { LatLng } from '../../core/geo.ts'
import type { Deps } from '../../deps.ts'
import { placeNotFound } from './errors.ts'
import { listFavorites } from './favorites/queries.ts'
import { PLACE_KINDS, type PlaceKind } from './kinds.ts'
import { findPlace, listNear, listWithin } from './queries.ts'
import { favoritePages, KAKAO_ID, type ListPlacesQuery, nearPages, type PlaceDetail, RADIUS_M, type Rectangle } from './schema.ts'
import { findFound } from './search/service.ts'
import { attributionsOf } from './sources.ts'

/** Where nothing lies within the radius, so much farther is looked, once. */
export const WIDER = 3
const RECTANGLE_MAX = 300
const GRID_CELLS = 12
const CLUSTER_MIN = 5

type ListDeps = Pick<Deps, 'db' | 'cursors'>

export async function listPlaces(deps: ListDeps, actor: Actor, query: ListPlacesQuery) {
  const { lat, lng, bbox } = query
  const kinds = query.category ?? PLACE_KINDS
  if (bbox) return listRectangle(deps, actor, bbox, kinds)
  if (lat !== undefined && lng !== undefined) return listAround(deps, actor, { lat, lng }, kinds, query)
  return listOwnFavorites(deps, actor, kinds, query)
}

async function listAround(
  { db, cursors }: ListDeps,
  actor: Actor,
  at: LatLng,
  kinds: readonly PlaceKind[],
  { radius_m = RADIUS_M, cursor, limit }: ListPlacesQuery,
) {
  const list = nearPages(cursors, actor.user_id, String(at.lat), String(at.lng), String(radius_m), kinds.join())
  const position = await list.after(cursor)
  const after = position && { radius_m: position[0], distance: position[1], id: position[2] }
  const near = signedIn(await listNear(db, actor, { at, kinds, radius_m, wider_m: radius_m * WIDER, after, limit }))
  const { items, next_cursor } = await list.page(near.items, limit, ({ place, distance }) => [near.radius_m, distance, place.id])
  const places = items.map(({ place }) => place)
  return {
    items: places,
    clusters: [],
    radius_m_used: near.radius_m,
    next_cursor,
    sources: attributionsOf(places.map(({ source }) => source)),
  }
}

async function listRectangle({ db }: ListDeps, actor: Actor, box: Rectangle, kinds: readonly PlaceKind[]) {
  const grid = { box, kinds, limit: RECTANGLE_MAX, cells: GRID_CELLS, count_min: CLUSTER_MIN }
  const { items, clusters } = signedIn(await listWithin(db, actor, grid))
  const counted = clusters.length > 0 ? kinds.flatMap((kind) => SOURCES_OF[kind]) : []
  return {
    items,
    clusters,
    radius_m_used: null,
    next_cursor: null,
    sources: attributionsOf([...items.map(({ source }) => source), ...counted]),
  }
}

/** A cluster says how many places it counts, and not whose they are. */
const SOURCES_OF = {
  park: ['seed', 'parks'],
  dog_run: ['parks'],
  hospital: ['hospitals'],
  pharmacy: ['pharmacies'],
  beach: ['seed'],
  mountain: ['seed'],
} as const satisfies Record<PlaceKind, readonly string[]>

async function listOwnFavorites({ db, cursors }: ListDeps, actor: Actor, kinds: readonly PlaceKind[], { cursor, limit }: ListPlacesQuery) {
  const list = favoritePages(cursors, actor.user_id, kinds.join())
  const position = await list.after(cursor)
  const after = position && { created_at: position[0], id: position[1] }
  const { items: rows } = signedIn(await listFavorites(db, actor, { kinds, after, limit }))
  const { items, next_cursor } = await list.page(rows, limit, ({ place, created_at }) => [created_at, place.id])
  const places = items.map(({ place }) => place)
  return { items: places, clusters: [], radius_m_used: null, next_cursor, sources: attributionsOf(places.map(({ source }) => source)) }
}

export async function getPlace(deps: Pick<Deps, 'db' | 'cache'>, actor: Actor, id: string): Promise<PlaceDetail> {
  const [, kakaoId] = KAKAO_ID.exec(id) ?? []
  if (kakaoId) return findFound(deps, actor, kakaoId)
  const { place } = signedIn(await findPlace(deps.db, actor, id))
  const known = found(place, placeNotFound)
  return { ...known, sources: attributionsOf([known.source]) }
}

import { signedIn, type Actor } from '../../../core/actor.ts'
import { haversineM, type LatLng } from '../../../core/geo.ts'
import { sha256Hex } from '../../../core/hash.ts'
import type { Deps } from '../../../deps.ts'
import { keys } from '../../../redis/keys.ts'
import { placeExpired } from '../errors.ts'
import type { Place, PlaceDetail } from '../schema.ts'
import { attributionsOf } from '../sources.ts'
import { categoryOf, isWanted } from './rules.ts'
import { findOwn, type OwnPlaces } from './queries.ts'
import {
  type FoundPlaces,
  type KeptPage,
  keptPageSchema,
  type KeptPlace,
  keptPlaceSchema,
  PAGES,
  type SearchPlacesQuery,
} from './schema.ts'

const RADIUS_M = 20_000
/** How many of ours are found by name. A page of Kakao has as many. */
const NAMED_MAX = 15
const SAME_WITHIN_M = 50

type SearchDeps = Pick<Deps, 'db' | 'cache' | 'kakaoLocal' | 'waitUntil'>

/** Places of Kakao together with ours. Without Kakao, for whatever reason, there are ours. */
export async function searchPlaces(deps: SearchDeps, actor: Actor, { q, lat, lng, sort, page }: SearchPlacesQuery): Promise<FoundPlaces> {
  const at = { lat, lng }
  const kakao = await askKakao(deps, { q, at, sort, page })
  const wanted = kakao?.places.filter((place) => isWanted(q, place)) ?? []
  const own = signedIn(
    await findOwn(deps.db, actor, wanted, { text: q, at, radius_m: RADIUS_M, limit: NAMED_MAX, same_within_m: SAME_WITHIN_M }),
  )
  const items = merge(wanted, own, at, page === 1)
  return {
    items: sort === 'distance' ? items.toSorted((a, b) => (a.distance_m ?? 0) - (b.distance_m ?? 0)) : items,
    next_page: kakao && !kakao.is_end && page < PAGES ? page + 1 : null,
    partial: kakao === null,
    sources: attributionsOf(items.map(({ source }) => source)),
  }
}

/** Each place once: ours where Kakao's is ours, and on the first page also ours that Kakao does not have. Those of the first page are on no other. */
function merge(kakao: readonly KeptPlace[], { same, named }: OwnPlaces, at: LatLng, isFirst: boolean): Place[] {
  const shown = new Set(isFirst ? [] : named.map(({ id }) => id))
  const places = kakao.map((place) => same[place.id] ?? present(place, at))
  return [...places, ...(isFirst ? named : [])].filter(({ id }) => !shown.has(id) && shown.add(id))
}

function present(place: KeptPlace, at: LatLng | null): Place {
  const { id, name, lat, lng, address, road_address, phone, place_url } = place
  return {
    id: `kakao:${id}`,
    category: categoryOf(place),
    name,
    lat,
    lng,
    distance_m: at && Math.round(haversineM(at.lat, at.lng, lat, lng)),
    address: address || null,
    road_address,
    phone,
    status: 'open',
    is_favorite: false,
    is_riverside: false,
    place_url,
    source: 'kakao',
  }
}

/** A page of Kakao's answer, from the cache where somebody near has asked for the same within the hour. Null when Kakao cannot be asked. */
async function askKakao(
  { cache, kakaoLocal, waitUntil }: SearchDeps,
  { q, at, sort, page }: { q: string; at: LatLng; sort: SearchPlacesQuery['sort']; page: number },
): Promise<KeptPage | null> {
  // The point is rounded, so that neighbours share an answer. It is also all that Kakao learns of where somebody is.
  const near = { lat: Number(at.lat.toFixed(3)), lng: Number(at.lng.toFixed(3)) }
  const entry = keys.kakaoSearch(await sha256Hex(JSON.stringify([q, near.lat, near.lng, sort, page])))
  const { data: kept } = keptPageSchema.safeParse(await cache.get(entry.key))
  if (kept) return kept
  const answer = await kakaoLocal.searchKeyword({ query: q, at: near, radius_m: RADIUS_M, sort, page })
  if (answer.outcome === 'failed') {
    // Neither passes by itself within the hour.
    if (answer.reason !== 'unavailable')
      console.warn(JSON.stringify({ level: 'warn', message: 'Kakao refuses to look for places', reason: answer.reason }))
    return null
  }
  const found: KeptPage = {
    is_end: answer.value.is_end,
    places: answer.value.places.map((place) => keptPlaceSchema.parse(place)),
  }
  const details = found.places.map((place) => [keys.kakaoPlace(place.id), place] as const)
  waitUntil(cache.setAll([[entry, found], ...details]))
  return found
}

/** A place that a search has found at Kakao, which has no way to ask for one place. */
export async function findFound({ db, cache }: Pick<Deps, 'db' | 'cache'>, actor: Actor, kakaoId: string): Promise<PlaceDetail> {
  const { data: kept } = keptPlaceSchema.safeParse(await cache.get(keys.kakaoPlace(kakaoId).key))
  const search = { text: null, at: null, radius_m: 0, limit: 0, same_within_m: SAME_WITHIN_M }
  const { same } = signedIn(await findOwn(db, actor, kept ? [kept] : [], search))
  if (!kept) throw placeExpired()
  const place = same[kept.id] ?? present(kept, null)
  const unknown = { open_now: null, hours: null, licensed_on: null, closed_on: null, is_geocoded: false }
  return { ...place, ...unknown, sources: attributionsOf([place.source]) }
}

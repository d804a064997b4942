import { z } from 'zod'
import { latSchema, lngSchema } from '../../core/fields.ts'
import type { Fetch } from '../http.ts'
import { askKakao } from './failures.ts'
import type { CategorySearch, KakaoAddress, KakaoAnswer, KakaoPlace, KakaoPlacePage, KakaoPlaces, KeywordSearch, Rect } from './places.ts'
import { listTiles, PAGEABLE_MAX } from './tiles.ts'

const SIZE = 15
/** Beyond it Kakao repeats it. */
const LAST_PAGE = PAGEABLE_MAX / SIZE
const RADIUS_MAX_M = 20_000

const count = z.coerce.number().int().min(0)
const pageSchema = z.object({
  documents: z.array(z.unknown()),
  meta: z.object({ is_end: z.boolean(), pageable_count: count }),
})
/** Kakao writes numbers of places as texts, and `""` for none. */
const number = z.union([z.number(), z.string().trim().min(1).transform(Number)])
const [lat, lng] = [number.pipe(latSchema), number.pipe(lngSchema)]
const text = z.string().trim()
const placeSchema = z.object({
  id: z.union([z.number().transform(String), text.min(1)]),
  place_name: text.min(1),
  category_name: text.catch(''),
  address_name: text.catch(''),
  road_address_name: text.catch(''),
  phone: text.catch(''),
  place_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .catch(undefined),
  distance: z.union([z.number(), text]).optional().catch(undefined),
  x: lng,
  y: lat,
})
const addressesSchema = z.object({ documents: z.array(z.unknown()) })
const addressSchema = z.object({
  // A street or a dong as a whole (`ROAD`, `REGION`) is no place.
  address_type: z.enum(['ROAD_ADDR', 'REGION_ADDR']),
  address_name: text.min(1),
  x: lng,
  y: lat,
})

interface Parts {
  readonly fetch: Fetch
  readonly config: { readonly KAKAO_REST_API_KEY: string }
}

export function createKakaoPlaces({ fetch, config }: Parts): KakaoPlaces {
  const request = (operation: string, query: URLSearchParams) =>
    new Request(`https://dapi.kakao.com/v2/local/search/${operation}.json?${query}`, {
      headers: { Authorization: `KakaoAK ${config.KAKAO_REST_API_KEY}` },
    })

  async function search(operation: 'keyword' | 'category', given: KeywordSearch | CategorySearch): Promise<KakaoAnswer<KakaoPlacePage>> {
    const page = given.page ?? 1
    if (page > LAST_PAGE) return { outcome: 'answered', value: { places: [], is_end: true, pageable_count: PAGEABLE_MAX } }
    const answer = await askKakao(fetch, request(operation, queryOf(given, page)), pageSchema)
    if (answer.outcome === 'failed') return answer
    const { documents, meta } = answer.value
    const places = documents.map((document) => readPlace(document)).filter((place) => place !== null)
    const is_end = meta.is_end || page >= LAST_PAGE || documents.length === 0
    return { outcome: 'answered', value: { places, is_end, pageable_count: meta.pageable_count } }
  }

  return {
    searchKeyword: (given) => search('keyword', given),
    searchCategory: (given) => search('category', given),
    async findAddress(query) {
      const wanted = withoutUnit(query)
      if (wanted === '') return { outcome: 'answered', value: null }
      const answer = await askKakao(fetch, request('address', new URLSearchParams({ query: wanted })), addressesSchema)
      if (answer.outcome === 'failed') return answer
      const found = answer.value.documents.map((document) => readAddress(document)).find((address) => address !== null)
      return { outcome: 'answered', value: found ?? null }
    },
    listInRect: (query, rect) => listTiles(rect, (tile, page) => search('keyword', { query, rect: tile, page })),
  }
}

function queryOf({ at, radius_m, rect, sort, ...given }: KeywordSearch | CategorySearch, page: number): URLSearchParams {
  const query = new URLSearchParams({ page: String(page), size: String(SIZE) })
  if ('query' in given) query.set('query', given.query)
  if (given.category !== undefined) query.set('category_group_code', given.category)
  if (at) {
    query.set('x', String(at.lng))
    query.set('y', String(at.lat))
    if (radius_m !== undefined) query.set('radius', String(Math.min(RADIUS_MAX_M, Math.max(0, Math.round(radius_m)))))
  }
  if (rect) query.set('rect', corners(rect))
  query.set('sort', at && sort === 'distance' ? 'distance' : 'accuracy')
  return query
}

const corners = ({ south, west, north, east }: Rect) => [west, south, east, north].join(',')

/** An address as Kakao knows it: without the floor after a comma, and without the dong or the building in brackets. */
function withoutUnit(address: string): string {
  return address.replace(/[,(][^]*$/, '').trim()
}

function readPlace(document: unknown): KakaoPlace | null {
  const { data } = placeSchema.safeParse(document)
  if (!data) return null
  const distance = data.distance === undefined || data.distance === '' ? Number.NaN : Number(data.distance)
  return {
    id: data.id,
    name: data.place_name,
    category_name: data.category_name,
    address: data.address_name,
    road_address: data.road_address_name || null,
    phone: data.phone || null,
    place_url: data.place_url ?? `https://place.map.kakao.com/${encodeURIComponent(data.id)}`,
    lat: data.y,
    lng: data.x,
    distance_m: Number.isFinite(distance) ? distance : null,
  }
}

function readAddress(document: unknown): KakaoAddress | null {
  const { data } = addressSchema.safeParse(document)
  return data ? { address: data.address_name, lat: data.y, lng: data.x } : null
}

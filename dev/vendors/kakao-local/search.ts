import { haversineM, type LatLng } from '../../../src/core/geo.ts'
import { EMPTY_GROUPS, GROUPS, type MapPlace } from './places.ts'
import { readNumber, refusal } from './refusals.ts'

type Query = Readonly<Record<string, string>>

/** Kakao shows no more, however many it has found. */
const PAGEABLE_MAX = 45

/** https://developers.kakao.com/docs/latest/ko/local/dev-guide#search-by-keyword */
export function searchKeyword(all: readonly MapPlace[], query: Query) {
  const text = query.query?.trim()
  if (!text) throw refusal(400, 'MissingParameter', 'query parameter required')
  const words = text.split(/\s+/)
  const group = query.category_group_code
  if (group) checkGroup(group)
  const found = all.filter((place) => (!group || place.group === group) && words.every((word) => says(place, word)))
  return answer(found, query, { same_name: { keyword: text, region: [], selected_region: '' } })
}

export function searchCategory(all: readonly MapPlace[], query: Query) {
  const group = query.category_group_code
  if (!group) throw refusal(400, 'MissingParameter', 'category_group_code parameter required')
  checkGroup(group)
  if (!query.rect && !(query.x && query.y && query.radius)) throw refusal(400, 'MissingParameter', 'x,y,radius or rect parameter required')
  return answer(
    all.filter((place) => place.group === group),
    query,
    { same_name: null },
  )
}

function checkGroup(code: string) {
  if (!(code in GROUPS) && !EMPTY_GROUPS.includes(code)) throw refusal(400, 'InvalidArgument', 'category_group_code is invalid')
}

function says({ name, category_name, address, road_address, words }: MapPlace, word: string): boolean {
  return [name, category_name, address, road_address, words].some((text) => text.replaceAll(' ', '').includes(word))
}

function answer(matching: readonly MapPlace[], query: Query, { same_name }: { same_name: object | null }) {
  const page = readNumber(query.page, 'page', { min: 1, max: 45, otherwise: 1 })
  const size = readNumber(query.size, 'size', { min: 1, max: 15, otherwise: 15 })
  const radius = readNumber(query.radius, 'radius', { min: 0, max: 20_000, otherwise: Infinity })
  const at = query.x && query.y ? { lng: readNumber(query.x, 'x'), lat: readNumber(query.y, 'y') } : null
  if (query.sort && !['accuracy', 'distance'].includes(query.sort)) throw refusal(400, 'InvalidArgument', 'sort is invalid')
  if (query.sort === 'distance' && !at) throw refusal(400, 'InvalidArgument', 'sort distance requires x,y')
  const isIn = query.rect ? rectOf(query.rect) : () => true
  const metresTo = (place: MapPlace) => (at ? haversineM(at.lat, at.lng, place.at.lat, place.at.lng) : 0)
  const found = matching.filter((place) => isIn(place.at) && (!at || metresTo(place) <= radius))
  if (query.sort === 'distance') found.sort((a, b) => metresTo(a) - metresTo(b))
  const pageable = Math.min(PAGEABLE_MAX, found.length)
  const last = Math.max(1, Math.ceil(pageable / size))
  // A page beyond the last is the last once more.
  const shown = Math.min(page, last)
  const documents = found.slice((shown - 1) * size, Math.min(pageable, shown * size))
  return {
    documents: documents.map((place) => documentOf(place, at ? String(Math.round(metresTo(place))) : '')),
    meta: { is_end: page >= last, pageable_count: pageable, same_name, total_count: found.length },
  }
}

function rectOf(text: string): (at: LatLng) => boolean {
  const [west, south, east, north, ...others] = text.split(',').map((corner) => (corner.trim() === '' ? Number.NaN : Number(corner)))
  if (others.length > 0 || ![west, south, east, north].every(Number.isFinite)) throw refusal(400, 'InvalidArgument', 'rect is invalid')
  return ({ lat, lng }) => lat >= south! && lat <= north! && lng >= west! && lng <= east!
}

/** Everything is a text, also numbers. */
function documentOf({ id, name, category_name, group, phone, address, road_address, at }: MapPlace, distance: string) {
  return {
    address_name: address,
    category_group_code: group,
    category_group_name: GROUPS[group] ?? '',
    category_name,
    distance,
    id,
    phone,
    place_name: name,
    place_url: `http://place.map.kakao.com/${id}`,
    road_address_name: road_address,
    x: String(at.lng),
    y: String(at.lat),
  }
}

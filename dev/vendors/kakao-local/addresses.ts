import type { LatLng } from '../../../src/core/geo.ts'
import type { Licensed } from '../public-data/register.ts'
import { cut, type MapPlace, shorten } from './places.ts'
import { readNumber, refusal } from './refusals.ts'

/** An address as it is compared: without blanks, with a short province, and with plain lots. */
function normalise(address: string): string {
  const plain = shorten(cut(address)).replaceAll(/(?<=\s)0*(\d+)-0*(\d+)/g, '$1-$2')
  return plain.replaceAll(/\s+/g, '')
}

interface Known {
  road: string
  lot: string
  at: LatLng
}

/** https://developers.kakao.com/docs/latest/ko/local/dev-guide#address-coord */
export function findAddress(places: readonly MapPlace[], licences: readonly Licensed[], query: Readonly<Record<string, string>>) {
  const text = query.query?.trim()
  if (!text) throw refusal(400, 'MissingParameter', 'query parameter required')
  readNumber(query.page, 'page', { min: 1, max: 45, otherwise: 1 })
  readNumber(query.size, 'size', { min: 1, max: 30, otherwise: 10 })
  const known: Known[] = [
    ...places.map(({ road_address, address, at }) => ({ road: road_address, lot: address, at })),
    // Some streets are so new that Kakao does not know them.
    ...licences
      .filter(({ row }) => row.CRD_INFO_X?.trim() || Number(row.ROAD_NM_ZIP) % 7 !== 0)
      .map(({ row, at }) => ({ road: cut(row.ROAD_NM_ADDR ?? ''), lot: cut(row.LOTNO_ADDR ?? ''), at })),
  ]
  const wanted = normalise(text)
  const byRoad = known.find(({ road }) => road && normalise(road) === wanted)
  const byLot = known.find(({ lot }) => lot && normalise(lot) === wanted)
  const whole = known.find(({ road, lot }) => [road, lot].some((address) => address && normalise(address).startsWith(wanted)))
  const documents = byRoad
    ? [documentOf('ROAD_ADDR', byRoad, byRoad.road)]
    : byLot
      ? [documentOf('REGION_ADDR', byLot, byLot.lot)]
      : whole
        ? [documentOf(/[로길]$/.test(text) ? 'ROAD' : 'REGION', whole, text)]
        : []
  return { documents, meta: { is_end: true, pageable_count: documents.length, total_count: documents.length } }
}

function documentOf(address_type: 'ROAD_ADDR' | 'REGION_ADDR' | 'ROAD' | 'REGION', { road, lot, at }: Known, name: string) {
  const [x, y] = [String(at.lng), String(at.lat)]
  const isWhole = !address_type.endsWith('_ADDR')
  return {
    address: isWhole || !lot ? null : { address_name: shorten(lot), x, y },
    address_name: shorten(name),
    address_type,
    road_address: isWhole || !road ? null : { address_name: shorten(road), x, y },
    x,
    y,
  }
}

import type { LatLng } from '../../core/geo.ts'
import { isInSouthKorea } from '../../core/korean-tm.ts'
import { readDate, readLotAddress, readPhone, readPositive, readRows, readText, type Row } from './fields.ts'
import { createPublicData, type PublicDataParts } from './gateway.ts'
import type { PublicDataOutcome } from './outcome.ts'

/** A row of the standard data set of city parks (전국도시공원정보). */
export interface CityPark {
  /** The park's number, or its name and address where it has none. */
  readonly key: string
  readonly name: string
  /** In Korean, as the municipality says it: `근린공원`, `어린이공원`, … */
  readonly kind: string | null
  readonly road_address: string | null
  readonly lot_address: string | null
  readonly location: LatLng | null
  readonly phone: string | null
  readonly area_m2: number | null
  /** `YYYY-MM-DD`. */
  readonly updated_on: string | null
}

export interface CityParkPage {
  readonly rows: readonly CityPark[]
  /**
   * How many parks there are on all pages. One form of the answer leaves it out. Then it is what has been seen with this page, and one more as long as pages
   * are full, so that the total of the last page is the right one.
   */
  readonly total: number
  readonly is_total_stated: boolean
  /** How many rows of this page have no name, and are not among `rows`. */
  readonly refused: number
}

export interface CityParks {
  /** From 1. A page has 1,000 rows. */
  listPage(page: number, options?: { readonly patient?: boolean | undefined }): Promise<PublicDataOutcome<CityParkPage>>
}

const ROWS_MAX = 1_000
const DEADLINE_MS = 8_000

export function createCityParks(parts: PublicDataParts): CityParks {
  const ask = createPublicData(parts)
  return {
    async listPage(page, { patient } = {}) {
      const answer = await ask(
        'https://api.data.go.kr/openapi/tn_pubr_public_cty_park_info_api',
        { pageNo: page, numOfRows: ROWS_MAX, type: 'json' },
        { deadlineMs: DEADLINE_MS, patient },
      )
      if (answer.outcome !== 'answered') return answer
      const { items, total } = answer.value
      const given = readRows(items)
      if (!given) return { outcome: 'failed', reason: 'unavailable', code: null }
      const rows = given.map(readPark).filter((row) => row !== null)
      const seen = (page - 1) * ROWS_MAX + given.length
      return {
        outcome: 'answered',
        value: {
          rows,
          total: total ?? (given.length < ROWS_MAX ? seen : seen + 1),
          is_total_stated: total !== null,
          refused: given.length - rows.length,
        },
      }
    },
  }
}

/** Names come as `manageNo` or as `MANAGE_NO`. */
function readPark(given: Row): CityPark | null {
  const row: Row = Object.fromEntries(Object.entries(given).map(([name, value]) => [name.replaceAll('_', '').toLowerCase(), value]))
  const name = readText(row.parknm)
  if (name === null) return null
  const [road_address, lot_address] = [readText(row.rdnmadr), readLotAddress(row.lnmadr)]
  const location = { lat: readPositive(row.latitude) ?? 0, lng: readPositive(row.longitude) ?? 0 }
  return {
    key: readText(row.manageno) ?? `${name}:${road_address ?? lot_address ?? ''}`,
    name,
    kind: readText(row.parkse),
    road_address,
    lot_address,
    location: isInSouthKorea(location) ? location : null,
    phone: readPhone(row.phonenumber),
    area_m2: readPositive(row.parkar),
    updated_on: readDate(row.referencedate),
  }
}

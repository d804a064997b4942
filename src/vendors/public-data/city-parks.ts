import type { LatLng } from '../../core/geo.ts'
import type { PublicDataOutcome } from './gateway.ts'

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
  readonly total: number
  /** How many rows of this page have no name, and are not among `rows`. */
  readonly refused: number
}

export interface CityParks {
  /** From 1. A page has 1,000 rows. */
  listPage(page: number, options?: { readonly patient?: boolean | undefined }): Promise<PublicDataOutcome<CityParkPage>>
}

import type { LatLng } from '../../core/geo.ts'
import type { PublicDataOutcome } from './gateway.ts'

/** The registers of the Ministry of the Interior (행정안전부): animal hospitals, and pharmacies that sell for animals. */
export type LicenceKind = 'animal_hospitals' | 'animal_pharmacies'

/** `cancelled` is 04 (cancelled, expired or stopped), and `removed` is 05 (excluded, moved away) or a row that was deleted. */
export type LicenceStatus = 'open' | 'suspended' | 'closed' | 'cancelled' | 'removed' | 'other'

export interface Licence {
  /** The municipality's code and the licence's number: `3900000:390000001020260003`. */
  readonly key: string
  readonly name: string
  readonly status: LicenceStatus
  /** With hyphens, as it is dialled in Korea. */
  readonly phone: string | null
  readonly road_address: string | null
  readonly lot_address: string | null
  readonly location: LatLng | null
  /** The coordinates as they came (EPSG:5174), without blanks around them. */
  readonly x_text: string | null
  readonly y_text: string | null
  /** `YYYY-MM-DD`. */
  readonly licensed_on: string | null
  readonly closed_on: string | null
  /** An ISO instant. */
  readonly updated_at: string | null
}

export interface LicencePage {
  readonly rows: readonly Licence[]
  /** How many rows the register has under the same conditions, on all pages. */
  readonly total: number
  /** How many rows of this page have no name or number, and are not among `rows`. */
  readonly refused: number
}

export interface LicencePageOptions {
  /** From 1. A page has 100 rows. */
  readonly page: number
  /** Only rows that changed at this time or later. */
  readonly changed_since?: Date | undefined
  /** Waits and tries again when too many requests come at once. For jobs. */
  readonly patient?: boolean | undefined
}

export interface Licences {
  listPage(kind: LicenceKind, options: LicencePageOptions): Promise<PublicDataOutcome<LicencePage>>
}

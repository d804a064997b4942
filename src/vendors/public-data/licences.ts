import type { LatLng } from '../../core/geo.ts'
import { placeOfLicence } from '../../core/korean-tm.ts'
import { seoulDateTime } from '../../core/time.ts'
import { readDate, readLotAddress, readMoment, readPhone, readRows, readText, type Row } from './fields.ts'
import { createPublicData, type PublicDataParts } from './gateway.ts'
import type { PublicDataOutcome } from './outcome.ts'

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

/** The ministry gives no more, and does not say so when it is asked for more. */
const ROWS_MAX = 100
const DEADLINE_MS = 8_000

export function createLicences(parts: PublicDataParts): Licences {
  const ask = createPublicData(parts)
  return {
    async listPage(kind, { page, changed_since, patient }) {
      const answer = await ask(
        `https://apis.data.go.kr/1741000/${kind}/info`,
        {
          pageNo: page,
          numOfRows: ROWS_MAX,
          returnType: 'json',
          ...(changed_since && { 'cond[DAT_UPDT_PNT::GTE]': seoulDateTime(changed_since).replaceAll(/\D/g, '') }),
        },
        { deadlineMs: DEADLINE_MS, patient },
      )
      if (answer.outcome !== 'answered') return answer
      const { items, total } = answer.value
      const given = readRows(items)
      // Without a total nobody could tell whether a snapshot is complete.
      if (!given || total === null) return { outcome: 'failed', reason: 'unavailable', code: null }
      const rows = given.map(readLicence).filter((row) => row !== null)
      return { outcome: 'answered', value: { rows, total, refused: given.length - rows.length } }
    },
  }
}

function readLicence(row: Row): Licence | null {
  const [number, name] = [readText(row.MNG_NO), readText(row.BPLC_NM)]
  if (number === null || name === null) return null
  const closed_on = readDate(row.CLSBIZ_YMD)
  const [x_text, y_text] = [readText(row.CRD_INFO_X), readText(row.CRD_INFO_Y)]
  return {
    key: `${readText(row.OPN_ATMY_GRP_CD) ?? ''}:${number}`,
    name,
    status: statusOf(row),
    phone: readPhone(row.TELNO),
    road_address: readText(row.ROAD_NM_ADDR),
    lot_address: readLotAddress(row.LOTNO_ADDR),
    location: placeOfLicence(x_text, y_text),
    x_text,
    y_text,
    licensed_on: readDate(row.LCPMT_YMD),
    closed_on,
    updated_at: readMoment(row.DAT_UPDT_PNT),
  }
}

const STATUSES: Readonly<Record<string, LicenceStatus>> = {
  '01': 'open',
  '02': 'suspended',
  '03': 'closed',
  '04': 'cancelled',
  '05': 'removed',
}

/** A day of closing and a deletion say more than the status, which municipalities forget to change. */
function statusOf(row: Row): LicenceStatus {
  if (readText(row.DAT_UPDT_SE)?.toUpperCase() === 'D') return 'removed'
  const status = STATUSES[readText(row.SALS_STTS_CD)?.padStart(2, '0') ?? ''] ?? 'other'
  return status === 'open' && readText(row.CLSBIZ_YMD) !== null ? 'closed' : status
}

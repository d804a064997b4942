import type { KmaCell } from '../../core/kma-grid.ts'
import { DAY_MS, HOUR_MS } from '../../core/time.ts'
import type { DayExtremes, ForecastHour, Observation } from '../../core/weather.ts'
import { createPublicData, type PublicDataOptions, type PublicDataParts } from '../public-data/gateway.ts'
import { toSeoulDigits } from '../public-data/instant.ts'
import type { PublicDataOutcome } from '../public-data/outcome.ts'
import { listAll } from '../public-data/pages.ts'
import { readDays, readHours, readObservation } from './forecasts.ts'
import { readUvRows, type UvRow } from './uv.ts'
import { readNotices, readStatus, type WarningNotice, type WarningStatus } from './warnings.ts'

/**
 * The Korea Meteorological Administration. A `base` is the moment that an observation or a forecast is made for, and `nothing` says that it is not published
 * yet, or no longer. What is answered belongs to the base that was asked for.
 */
export interface Kma {
  /** What was measured at a full hour. Null where nothing is measured, such as at sea. */
  observe(cell: KmaCell, base: Date, options?: PublicDataOptions): Promise<PublicDataOutcome<Observation | null>>
  /** The six hours after a half hour. */
  forecastHours(cell: KmaCell, base: Date, options?: PublicDataOptions): Promise<PublicDataOutcome<readonly ForecastHour[]>>
  /** The days after one of eight bases a day (02:00, 05:00, …). */
  forecastDays(
    cell: KmaCell,
    base: Date,
    options?: PublicDataOptions,
  ): Promise<PublicDataOutcome<{ readonly hours: readonly ForecastHour[]; readonly extremes: readonly DayExtremes[] }>>
  warningStatus(options?: PublicDataOptions): Promise<PublicDataOutcome<WarningStatus>>
  /** In the order of their issue. KMA tells of six days, so what is asked before that is not asked. */
  listWarnings(
    of: { readonly from: Date; readonly to: Date },
    options?: PublicDataOptions,
  ): Promise<PublicDataOutcome<readonly WarningNotice[]>>
  /** A page of 1,000 regions. The first is 1. */
  uvIndices(
    base: Date,
    page: number,
    options?: PublicDataOptions,
  ): Promise<PublicDataOutcome<{ readonly rows: readonly UvRow[]; readonly total: number }>>
}

const API = 'https://apis.data.go.kr/1360000'
const FORECASTS = `${API}/VilageFcstInfoService_2.0`
const WARNINGS = `${API}/WthrWrnInfoService`
const UV = `${API}/LivingWthrIdxServiceV5/getUVIdxV5`

const HOURS_ROWS = 100
/** The base of 17:00 has 1,052. */
const DAYS_ROWS = 1_100
const WARNING_ROWS = 1_000
const UV_ROWS = 1_000
const WARNING_DAYS_MAX = 6
/** KMA keeps a base for a day, and one of days for three. A little less, because nobody says how it counts. */
const KEPT_MS = 23 * HOUR_MS
/** The whole country. */
const STATION = 108
const JSON_TYPE = { dataType: 'JSON' }

/** A forecast that begins at its base or before it is that of an older one. The base that its rows repeat is not to be relied on. */
function beginsAfter<T>([first]: readonly ForecastHour[], base: Date, value: T): T | 'nothing' | undefined {
  return first && (Date.parse(first.at) > base.getTime() ? value : 'nothing')
}

const unavailable = { outcome: 'failed', reason: 'unavailable', code: null } as const

export function createKma({ now = () => new Date(), ...parts }: PublicDataParts & { readonly now?: () => Date }): Kma {
  const ask = createPublicData(parts)
  const isGone = (base: Date) => now().getTime() - base.getTime() > KEPT_MS

  /** What `readItems` makes of all rows. Rows of which nothing can be read are no answer, and `nothing` says that they are of an older base. */
  async function read<T>(
    operation: string,
    { cell: { nx, ny }, base, rows, options }: { cell: KmaCell; base: Date; rows: number; options: PublicDataOptions | undefined },
    readItems: (items: readonly unknown[]) => T | 'nothing' | undefined,
  ): Promise<PublicDataOutcome<T>> {
    const { date, time } = toSeoulDigits(base)
    const parameters = { ...JSON_TYPE, base_date: date, base_time: time, nx, ny }
    const answer = await listAll(ask, `${FORECASTS}/${operation}`, parameters, rows, options)
    // KMA says of what it no longer keeps that the request is wrong.
    if (answer.outcome === 'failed' && answer.code === '10' && isGone(base)) return { outcome: 'nothing' }
    if (answer.outcome !== 'answered') return answer
    if (answer.value.length === 0) return { outcome: 'nothing' }
    const value = readItems(answer.value)
    if (value === 'nothing') return { outcome: 'nothing' }
    return value === undefined ? unavailable : { outcome: 'answered', value }
  }

  return {
    observe: (cell, base, options) =>
      read('getUltraSrtNcst', { cell, base, rows: HOURS_ROWS, options }, (items) => readObservation(items, base)),
    forecastHours: (cell, base, options) =>
      read('getUltraSrtFcst', { cell, base, rows: HOURS_ROWS, options }, (items) => {
        const hours = readHours(items)
        return beginsAfter(hours, base, hours)
      }),
    forecastDays: (cell, base, options) =>
      read('getVilageFcst', { cell, base, rows: DAYS_ROWS, options }, (items) => {
        const days = readDays(items, base)
        return beginsAfter(days.hours, base, days)
      }),
    async warningStatus(options) {
      const answer = await ask(`${WARNINGS}/getPwnStatus`, { pageNo: 1, numOfRows: 10, ...JSON_TYPE }, options)
      if (answer.outcome !== 'answered') return answer
      const value = readStatus(answer.value.items[0])
      return value ? { outcome: 'answered', value } : unavailable
    },
    async listWarnings({ from, to }, options) {
      const earliest = now().getTime() - WARNING_DAYS_MAX * DAY_MS
      const days = [Math.max(from.getTime(), earliest), Math.max(to.getTime(), earliest)] as const
      const [fromTmFc, toTmFc] = days.map((day) => toSeoulDigits(new Date(day)).date) as [string, string]
      const answer = await listAll(ask, `${WARNINGS}/getPwnCd`, { ...JSON_TYPE, stnId: STATION, fromTmFc, toTmFc }, WARNING_ROWS, options)
      if (answer.outcome !== 'answered') return answer
      const notices = readNotices(answer.value)
      return { outcome: 'answered', value: notices.toSorted((a, b) => Date.parse(a.issued_at) - Date.parse(b.issued_at) || a.seq - b.seq) }
    },
    async uvIndices(base, page, options) {
      const { date, time } = toSeoulDigits(base)
      const parameters = { pageNo: page, numOfRows: UV_ROWS, ...JSON_TYPE, areaNo: '', time: `${date}${time.slice(0, 2)}` }
      const answer = await ask(UV, parameters, options)
      if (answer.outcome !== 'answered') return answer
      const rows = readUvRows(answer.value.items)
      if (rows.length === 0 && answer.value.items.length > 0) return unavailable
      return { outcome: 'answered', value: { rows, total: answer.value.total ?? rows.length } }
    },
  }
}

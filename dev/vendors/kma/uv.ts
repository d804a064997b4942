import { DAY_MS, fromSeoulDate, HOUR_MS } from '../../../src/core/time.ts'
import type { Clock } from '../clock.ts'
import type { Operation } from '../public-data/gateway.ts'
import type { Land } from '../weather/land.ts'
import type { Weather } from '../weather/weather.ts'
import { NO_DATA, pageOf } from './answers.ts'

const STEPS = 26
/** Later steps are columns without a value. */
const STEPS_FORECAST = 20

/** getUVIdxV5: ultraviolet light of every district, every third hour from the base on. */
export function createUv({ weather, land, clock }: { weather: Weather; land: Land; clock: Clock }): Operation {
  return {
    host: 'apis.data.go.kr',
    path: '/1360000/LivingWthrIdxServiceV5/getUVIdxV5',
    operation: 'getUVIdxV5',
    format: 'dataType',
    quota: 10_000,
    answer(query) {
      const [, year, month, day, hour] = /^(\d{4})(\d\d)(\d\d)(\d\d)$/.exec(query['time'] ?? '') ?? []
      const base = year === undefined ? Number.NaN : fromSeoulDate(`${year}-${month}-${day}`).getTime() + Number(hour) * HOUR_MS
      const age = clock.now().getTime() - base
      if (Number.isNaN(age) || age < 0 || age > DAY_MS) return NO_DATA
      const rows = land
        .regions()
        .filter(({ code }) => !query['areaNo'] || code === query['areaNo'])
        .map((region) => {
          const hours = Array.from({ length: STEPS }, (_, step) => {
            const at = new Date(base + step * 3 * HOUR_MS)
            const uv = step < STEPS_FORECAST ? String(Math.round(weather.at({ place: region, at, source: 'forecast' }).uv)) : ''
            return [`h${step * 3}`, uv]
          })
          return { code: 'A07_2', areaNo: region.code, date: query['time'], ...Object.fromEntries(hours) }
        })
      return rows.length === 0 ? NO_DATA : pageOf(rows, query)
    },
  }
}

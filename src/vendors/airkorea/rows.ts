import { z } from 'zod'
import type { AirReading } from '../../core/weather.ts'
import { toStorable } from '../public-data/fields.ts'
import { toInstant } from '../public-data/instant.ts'
import { toNumber } from '../public-data/numbers.ts'

export interface AirStation {
  readonly name: string
  readonly address: string
  readonly lat: number
  readonly lng: number
  /** `도시대기`, `도로변대기`, … */
  readonly network: string | null
}

const textSchema = z.string().transform(toStorable)
const nameSchema = textSchema.pipe(z.string().min(1))
const optionalTextSchema = z
  .union([z.string(), z.number(), z.null()])
  .optional()
  .transform((value) => toStorable(String(value ?? '')) || null)
const valueSchema = z.union([z.string(), z.number(), z.null()]).optional()

const readingSchema = z.object({
  stationName: nameSchema,
  stationCode: optionalTextSchema,
  sidoName: nameSchema,
  mangName: optionalTextSchema,
  dataTime: z.string(),
  pm10Value: valueSchema,
  pm10Flag: optionalTextSchema,
  pm25Value: valueSchema,
  pm25Flag: optionalTextSchema,
})
const stationSchema = z.object({
  stationName: nameSchema,
  addr: textSchema.catch(''),
  mangName: optionalTextSchema,
  dmX: valueSchema,
  dmY: valueSchema,
})

/** Names are not unique in the country: without a code, the sido tells two stations apart. Of one station the latest reading counts. */
export function readReadings(items: readonly unknown[]): AirReading[] {
  const readings = new Map<string, AirReading>()
  for (const item of items) {
    const { data } = readingSchema.safeParse(item)
    const measured_at = toInstant(data?.dataTime)
    if (!data || measured_at === null) continue
    const key = data.stationCode ?? `${data.sidoName} ${data.stationName}`
    const known = readings.get(key)
    if (known && Date.parse(known.measured_at) >= Date.parse(measured_at)) continue
    readings.set(key, {
      station_code: data.stationCode,
      station: data.stationName,
      sido: data.sidoName,
      network: data.mangName,
      measured_at,
      pm10: particles(data.pm10Value, data.pm10Flag),
      pm25: particles(data.pm25Value, data.pm25Flag),
    })
  }
  return [...readings.values()]
}

/** More dust than there has ever been. What lies beyond it is no measurement. */
const PARTICLES_MAX = 10_000

/**
 * A station that says what is wrong with a value has none. Its grade is not read, because one may stand beside a missing value. Yellow dust goes beyond the 900
 * that elsewhere stand for a silent instrument.
 */
function particles(value: unknown, flag: string | null): number | null {
  const text = String(value ?? '').trim()
  const number = flag === null && /^\d+(\.\d+)?$/.test(text) ? Number(text) : PARTICLES_MAX
  return number < PARTICLES_MAX ? number : null
}

/** Which of the two coordinates is the latitude depends on the version, so their values say it. A station without a place is left out. */
export function readStations(items: readonly unknown[]): AirStation[] {
  return items.flatMap((item) => {
    const { data } = stationSchema.safeParse(item)
    if (!data) return []
    const numbers = [toNumber(data.dmX), toNumber(data.dmY)]
    const lat = numbers.find((it) => it !== null && it >= 32 && it <= 40)
    const lng = numbers.find((it) => it !== null && it >= 123 && it <= 133)
    if (lat === undefined || lng === undefined || lat === null || lng === null) return []
    return { name: data.stationName, address: data.addr, lat, lng, network: data.mangName }
  })
}

import { type Amount, type Precipitation, PRECIPITATIONS, type Sky } from '../../core/weather.ts'
import { toNumber } from '../public-data/numbers.ts'

const NONE: Amount = { min: 0, max: 0 }
const NUMBER = String.raw`(\d+(?:\.\d+)?)`

export function toPrecipitation(code: unknown): Precipitation | null {
  return PRECIPITATIONS[toNumber(code) ?? -1] ?? null
}

/** Code 2 was withdrawn in 2019. */
const SKY_CODES: Readonly<Record<number, Sky>> = { 1: 'clear', 2: 'mostly_cloudy', 3: 'mostly_cloudy', 4: 'overcast' }

export function toSky(code: unknown): Sky | null {
  return SKY_CODES[toNumber(code) ?? 0] ?? null
}

/**
 * An amount of a forecast: `강수없음`, `1mm 미만`, `6.2mm`, `30.0~50.0mm`, `50.0mm 이상`, or a bare number of millimetres. The guide says that `-` and nothing
 * mean none. Null where it is missing or not understood.
 */
export function toAmount(value: unknown): Amount | null {
  const text = String(value ?? '').replaceAll(/\s|mm|cm/g, '')
  if (['', '-', '강수없음', '적설없음'].includes(text)) return NONE
  const [, below] = new RegExp(`^${NUMBER}미만$`).exec(text) ?? []
  if (below !== undefined) return { min: 0, max: Number(below) }
  const [, above] = new RegExp(`^${NUMBER}이상$`).exec(text) ?? []
  if (above !== undefined) return Number(above) < 900 ? { min: Number(above), max: null } : null
  const [, from, to] = new RegExp(`^${NUMBER}~${NUMBER}$`).exec(text) ?? []
  if (from !== undefined) return { min: Number(from), max: Number(to) }
  const exact = toNumber(text)
  return exact === null || exact < 0 ? null : { min: exact, max: exact }
}

/** The codes of the last, three-hourly day of a forecast. */
const RAIN_CODES: Readonly<Record<number, Amount>> = { 0: NONE, 1: { min: 0, max: 3 }, 2: { min: 3, max: 15 }, 3: { min: 15, max: null } }
const SNOW_CODES: Readonly<Record<number, Amount>> = { 0: NONE, 1: { min: 0, max: 1 }, 2: { min: 1, max: null } }

/** There a bare number is a code, and a text still an amount. */
const toCoded = (codes: Readonly<Record<number, Amount>>) => (value: unknown) => {
  const code = toNumber(value)
  return code === null ? toAmount(value) : (codes[code] ?? null)
}
export const toCodedRain = toCoded(RAIN_CODES)
export const toCodedSnow = toCoded(SNOW_CODES)

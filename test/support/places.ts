import { decode } from '@googlemaps/polyline-codec'
import { distanceM, type Position } from '../../src/core/geo.ts'

const NEAR_M = 5_000
/** A number with fewer decimals may be a length or a share by chance. */
const EXACT = /\.\d{4,}/
const NUMBER = /-?\d+(?:\.\d+)?/g
const POLYLINE = /[?-~]{12,}/g

/** Says where in an answer there is a place within 5 km of `track`: a pair of numbers, one exact number, or an encoded line. */
export function placesIn(answer: unknown, track: readonly Position[]): string[] {
  const found: string[] = []
  walk(answer, '$')
  return found

  function walk(value: unknown, at: string): void {
    if (typeof value === 'string') return inText(value, at)
    if (typeof value === 'number') return inNumbers([value], at)
    if (value === null || typeof value !== 'object') return
    const entries = Object.entries(value)
    // Numbers that stand beside each other, whatever they are called.
    inNumbers(
      entries.flatMap(([, one]) => (typeof one === 'number' ? [one] : [])),
      at,
    )
    for (const [key, one] of entries) walk(one, `${at}.${key}`)
  }

  function inText(text: string, at: string): void {
    inNumbers((text.match(NUMBER) ?? []).map(Number), at)
    for (const line of text.match(POLYLINE) ?? []) {
      for (const precision of [5, 6]) {
        if (decode(line, precision).some(([lat, lng]) => isNear([lng, lat]))) found.push(`${at}: a line of precision ${precision}`)
      }
    }
  }

  function inNumbers(numbers: readonly number[], at: string): void {
    numbers.forEach((number, i) => {
      const next = numbers[i + 1]
      if (EXACT.test(String(number)) && track.some(([lng, lat]) => isNear([lng, number]) || isNear([number, lat])))
        found.push(`${at}: ${number}`)
      else if (next !== undefined && (isNear([number, next]) || isNear([next, number]))) found.push(`${at}: ${number}, ${next}`)
    })
  }

  function isNear(place: Position): boolean {
    return Math.abs(place[0]) <= 180 && Math.abs(place[1]) <= 90 && track.some((position) => distanceM(position, place) <= NEAR_M)
  }
}

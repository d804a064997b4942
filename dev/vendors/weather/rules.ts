import { z } from 'zod'
import { haversineM, type LatLng } from '../../../src/core/geo.ts'
import { type KmaCell, middleOf, toKmaCell } from '../../../src/core/kma-grid.ts'
import { PRECIPITATIONS, SKIES } from '../../../src/core/weather.ts'

/** An air station is rarely in the cell of the place that reads it. */
const AIR_WITHIN_M = 10_000

const placeSchema = z.union([
  z.strictObject({ lat: z.number().min(-90).max(90), lng: z.number().min(-180).max(180) }),
  z.strictObject({ nx: z.int().min(1).max(149), ny: z.int().min(1).max(253) }),
])

/** What somebody wants the weather to be. What is left out stays as it is. */
export const ruleSchema = z
  .strictObject({
    at: placeSchema.optional().meta({ description: 'a place, for the cell it lies in, or a cell. Without it everywhere' }),
    radius_m: z.number().positive().optional().meta({ description: 'all cells whose middle lies so near to `at`' }),
    from: z.iso.datetime({ offset: true }).optional(),
    to: z.iso.datetime({ offset: true }).optional().meta({ description: 'the first moment after it' }),
    only: z.enum(['observed', 'forecast']).optional(),
    temp: z.number().min(-60).max(60).optional(),
    pty: z.enum(PRECIPITATIONS).optional(),
    humidity: z.number().min(0).max(100).optional(),
    rn1: z.number().min(0).max(300).optional(),
    wind_ms: z.number().min(0).max(80).optional(),
    sky: z.enum(SKIES).optional(),
    pop: z.number().min(0).max(100).optional(),
    lightning: z.number().min(0).max(100).optional(),
    snow_cm: z.number().min(0).max(100).optional(),
    uv: z.number().min(0).max(15).optional(),
    pm10: z.int().min(0).max(3_000).optional(),
    pm25: z.int().min(0).max(1_000).optional(),
    missing: z.boolean().optional().meta({ description: 'observations are those of the open sea' }),
  })
  .refine(({ at, radius_m }) => at !== undefined || radius_m === undefined, { message: 'a radius needs a place' })
export type Rule = z.output<typeof ruleSchema>

export interface Moment {
  readonly place: LatLng
  readonly at: Date
  readonly source: 'observed' | 'forecast'
}

export function appliesTo(rule: Rule, { place, at, source }: Moment): boolean {
  return isDuring(rule, { at, source }) && coversCell(rule, place)
}

/** Whether a station measures what the rule says of the air: those around its place, and at least the nearest of all. */
export function airAppliesTo(rule: Rule, moment: Moment, stations: readonly LatLng[]): boolean {
  if (!isDuring(rule, moment)) return false
  if (rule.at === undefined) return true
  const centre = placeOf(rule.at)
  const metresTo = (place: LatLng) => haversineM(centre.lat, centre.lng, place.lat, place.lng)
  const own = metresTo(moment.place)
  return own <= Math.max(rule.radius_m ?? 0, AIR_WITHIN_M) || stations.every((other) => metresTo(other) >= own)
}

function isDuring({ from, to, only }: Rule, { at, source }: Omit<Moment, 'place'>): boolean {
  if (only !== undefined && only !== source) return false
  return (from === undefined || at.getTime() >= Date.parse(from)) && (to === undefined || at.getTime() < Date.parse(to))
}

function coversCell({ at, radius_m }: Rule, place: LatLng): boolean {
  if (at === undefined) return true
  if (radius_m !== undefined) {
    const centre = placeOf(at)
    if (haversineM(centre.lat, centre.lng, place.lat, place.lng) <= radius_m) return true
  }
  const [own, other] = ['nx' in at ? at : toKmaCell(at), toKmaCell(place)]
  return own !== null && own.nx === other?.nx && own.ny === other.ny
}

const placeOf = (at: LatLng | KmaCell): LatLng => ('nx' in at ? middleOf(at) : at)

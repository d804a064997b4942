import { haversineM, type LatLng } from '../../../src/core/geo.ts'
import { readSigungus, type Sigungu } from '../sigungus.ts'

const LAND_WITHIN_M = 45_000

export type Land = ReturnType<typeof createLand>

/** The districts of Korea, by the centres in `file`. */
export function createLand(file = 'seeds/regions.tsv') {
  let known: Sigungu[] | undefined
  const regions = (): Sigungu[] => (known ??= readSigungus(file))
  return {
    regions,
    /** What is farther from every district's centre is at sea or abroad. */
    isLand: ({ lat, lng }: LatLng) => regions().some((region) => haversineM(region.lat, region.lng, lat, lng) <= LAND_WITHIN_M),
  }
}

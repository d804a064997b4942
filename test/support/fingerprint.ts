import { haversineM } from '../../src/core/geo.ts'

/** Computes what `fingerprint_deviation` computes in the database: how far two fingerprints lie apart, slot by slot, in metres. */
export function fingerprintDeviation(a: readonly number[], b: readonly number[]): { median_m: number; p90_m: number } {
  const apart = Float64Array.from({ length: a.length / 2 }, (_, k) => haversineM(a[2 * k + 1]!, a[2 * k]!, b[2 * k + 1]!, b[2 * k]!))
  apart.sort()
  return { median_m: percentileCont(apart, 0.5), p90_m: percentileCont(apart, 0.9) }
}

/** Works as SQL's `percentile_cont`: linear between two values. */
function percentileCont(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1)
  const low = Math.floor(at)
  return sorted[low]! + (sorted[Math.min(low + 1, sorted.length - 1)]! - sorted[low]!) * (at - low)
}

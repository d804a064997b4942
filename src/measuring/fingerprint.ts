const FINGERPRINT_SLOTS = 16
const LEAST_SEC = 120
const LEAST_FIXES = 10

/**
 * Where the walk was in each of 16 equal slots of its own time: the time-weighted mean position of each slot, [lng, lat, lng, lat, …] rounded to 1e-6.
 * Shifting or stretching time does not change it and white noise averages out. Null for a walk too short to tell from another.
 *
 * Copies are found in the database (`fingerprint_deviation`): within 3 m at the median and 6 m at the 90th percentile of the slots. Measured on generated
 * walks: of 763,200 pairs of the same 700 m walked twice by the same walker none came that near (3.5 and 7 m: five, 4 and 8 m: 17; and with 32 slots within
 * 5 and 10 m about one in 70,000, too many for somebody with years of the same round). Of copies, shifted or stretched ones come that near always, with
 * white noise of 3, 5, 8 m 100, 100, 94 %, with every second point 98 %, with a drift of 2 m 99 %, of 3 m 73 %, of 5 m 5 %. Copies with their ends cut off differ.
 */
export function fingerprintOf(lng: Float64Array, lat: Float64Array, timeMs: Float64Array): number[] | null {
  const count = timeMs.length
  if (count < LEAST_FIXES) return null
  const start = timeMs[0]!
  const length = timeMs[count - 1]! - start
  if (length < LEAST_SEC * 1000) return null
  const slot = length / FINGERPRINT_SLOTS
  const lng0 = lng[0]!
  const lat0 = lat[0]!
  const sums = new Float64Array(2 * FINGERPRINT_SLOTS)
  let i = 1
  let at = 0
  let k = 0
  let atLng = 0
  let atLat = 0
  while (k < FINGERPRINT_SLOTS && i < count) {
    // The way is straight between fixes, so each part of it lies on average in its middle.
    const end = Math.min(timeMs[i]! - start, k === FINGERPRINT_SLOTS - 1 ? Infinity : (k + 1) * slot)
    const from = timeMs[i - 1]! - start
    const share = (end - from) / (timeMs[i]! - timeMs[i - 1]!)
    const toLng = lng[i - 1]! - lng0 + (lng[i]! - lng[i - 1]!) * share
    const toLat = lat[i - 1]! - lat0 + (lat[i]! - lat[i - 1]!) * share
    const weight = (end - at) / 2 / slot
    sums[2 * k] = sums[2 * k]! + weight * (atLng + toLng)
    sums[2 * k + 1] = sums[2 * k + 1]! + weight * (atLat + toLat)
    at = end
    atLng = toLng
    atLat = toLat
    if (end === timeMs[i]! - start) i++
    else k++
  }
  return Array.from(sums, (sum, n) => Math.round((sum + (n % 2 === 0 ? lng0 : lat0)) * 1e6) / 1e6)
}

import { METRES_PER_DEGREE } from '../core/geo.ts'
import { unpackTrace, type Residuals, type Trace } from './residuals.ts'

/** Whether one of two recordings was made from the other. */
export function areCopies(a: Residuals, b: Residuals): boolean {
  const one = unpackTrace(a.trace)
  const other = unpackTrace(b.trace)
  return one.count >= 10 && other.count >= 10 && medianApartM(one, other) < 0.4
}

/** How far the fixes of one lie from the nearest way of the other, at the median. */
function medianApartM(a: Trace, b: Trace): number {
  const perLng = METRES_PER_DEGREE * Math.cos((a.lat[0]! * Math.PI) / 180e6)
  const apart = Float64Array.from(b.lat, (lat, j) => {
    let least = Infinity
    for (let i = 0; i < a.count; i++) {
      const dx = ((a.lng[i]! - b.lng[j]!) * perLng) / 1e6
      const dy = ((a.lat[i]! - lat) * METRES_PER_DEGREE) / 1e6
      least = Math.min(least, dx * dx + dy * dy)
    }
    return Math.sqrt(least)
  })
  return apart.sort()[apart.length >> 1]!
}

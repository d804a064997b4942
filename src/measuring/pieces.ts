import { plausibleAltitudes } from './altitude.ts'
import { cleanTrack, type Clock } from './clean.ts'
import { LINK, linkFixes } from './links.ts'
import type { Track } from './track.ts'

/** Fixes recorded without a break, as the receiver gave them. */
export interface Piece {
  readonly lat: Float64Array
  readonly lng: Float64Array
  readonly time_ms: Float64Array
  /** NaN where none was given or none could be so. */
  readonly altitude_m: Float64Array
}

/** What a recording is worth to other programs: in the order of time, without what measuring drops, broken at every hole and leap. */
export function toPieces(track: Track, clock: Clock): Piece[] {
  const { fixes, link } = linkFixes(cleanTrack(track, clock).fixes)
  const altitude = plausibleAltitudes(fixes)
  const pieces: Piece[] = []
  for (let from = 0, i = 1; i <= fixes.count; i++) {
    if (i < fixes.count && link[i] === LINK.walked) continue
    pieces.push({
      lat: fixes.lat.subarray(from, i),
      lng: fixes.lng.subarray(from, i),
      time_ms: fixes.time_ms.subarray(from, i),
      altitude_m: altitude.subarray(from, i),
    })
    from = i
  }
  return pieces
}

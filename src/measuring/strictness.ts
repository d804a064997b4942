import type { Reason } from './reasons.ts'
import type { Track } from './track.ts'

const MOST_RIDDEN = 0.1
/** What a walk was worth when it was completed, and what the rules of today make of it, may differ by so much. */
const MOST_CHANGED = 0.03

/**
 * Whether a valid walk is above suspicion, as one must be that is shown to everybody for ever: signs that an honest walk may bear one of, and
 * that therefore refuse nobody, are enough to keep it out of the hall of fame.
 */
export function isBeyondDoubt(
  track: Pick<Track, 'is_mock'>,
  measured: { readonly ranked: boolean; readonly distance_m: number; readonly reasons: readonly Reason[] },
  counted: { readonly distance_m: number },
): boolean {
  if (!measured.ranked || track.is_mock?.some((flag) => flag !== 0)) return false
  if (Math.abs(measured.distance_m - counted.distance_m) > MOST_CHANGED * counted.distance_m) return false
  const ridden = measured.reasons.reduce((sum, { code, distance_m = 0 }) => (code === 'vehicle' ? sum + distance_m : sum), 0)
  return ridden <= MOST_RIDDEN * measured.distance_m && measured.reasons.every(({ code }) => code !== 'teleport')
}

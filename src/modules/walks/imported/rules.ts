import type { Measurement } from '../../../measuring/measure-track.ts'

/** Why a track from elsewhere is no walk. */
export const trackProblems = [
  'no_times',
  'no_track',
  'in_future',
  'impossible',
  'too_short',
  'not_walked',
  'not_recorded',
  'too_long',
] as const
export type TrackProblem = (typeof trackProblems)[number]

const PROBLEMS = {
  minimum_distance: 'too_short',
  speed_too_high: 'not_walked',
  route_missing: 'no_track',
  gps_spoofing: 'not_recorded',
} as const satisfies Record<string, TrackProblem>

/** Why a measured track does not count, or null. */
export function problemOf({ valid, reasons }: Pick<Measurement, 'valid' | 'reasons'>): TrackProblem | null {
  if (valid) return null
  const refusal = reasons.find(({ effect }) => effect === 'refused')
  return (refusal && PROBLEMS[refusal.code as keyof typeof PROBLEMS]) ?? 'no_track'
}

import { percentile } from '../support/tracks.ts'
import { errorsOf, share, type ClassResult, type Figure, type Measuring } from './accuracy.ts'
import type { Recorded } from './corpus.ts'

/** What each class of real recordings comes to. */

const ends = (figures: ReturnType<typeof errorsOf>, most: { median: number; p90: number; worst: number }): Figure[] => [
  { what: 'median', value: figures.median, unit: '%', least: -most.median, most: most.median },
  { what: 'nine in ten', value: figures.p90, unit: '%', most: most.p90 },
  { what: 'worst', value: figures.worst, unit: '%', most: most.worst },
]

/** The nearer of what the device stated and a careful reference. */
function errorOf({ truth }: Recorded, measured_m: number): number {
  const errors = [truth.distance_m, truth.reference_m]
    .filter((length) => length !== undefined)
    .map((length) => 100 * (measured_m / length - 1))
  return errors.reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a))
}

export function onFoot(recordings: readonly Recorded[], { measure }: Measuring): ClassResult {
  const honest = recordings.filter(({ truth }) => truth.valid === true).map((of) => ({ ...of, measured: measure(of.track) }))
  const agreed = honest.filter(({ truth }) => !truth.disputed && !truth.ridden_m)
  const disputed = honest.filter(({ truth }) => truth.disputed && truth.range_m)
  const isInRange = ({ truth: { range_m }, measured: { distance_m } }: (typeof honest)[number]) =>
    distance_m >= range_m![0] && distance_m <= range_m![1]
  return {
    name: 'honest on foot',
    n: honest.length,
    figures: [
      { what: 'refused', value: share(honest, ({ measured }) => !measured.valid), unit: '%', most: 0 },
      { what: 'unranked', value: share(honest, ({ measured }) => measured.valid && !measured.ranked), unit: '%', most: 3 },
      ...ends(errorsOf(agreed.map((of) => errorOf(of, of.measured.distance_m))), { median: 2, p90: 8, worst: 15 }),
      { what: 'disputed within range', value: share(disputed, isInRange), unit: '%', least: 95 },
    ],
  }
}

export function runs(recordings: readonly Recorded[], { measure }: Measuring): ClassResult {
  const honest = recordings.filter(({ truth }) => truth.valid === true).map((of) => ({ ...of, measured: measure(of.track) }))
  const agreed = honest.filter(({ truth }) => !truth.disputed && !truth.ridden_m)
  const errors = agreed.map((of) => errorOf(of, of.measured.distance_m))
  return {
    name: 'honest runs',
    n: honest.length,
    figures: [
      { what: 'refused', value: share(honest, ({ measured }) => !measured.valid), unit: '%', most: 0.5 },
      { what: 'unranked', value: share(honest, ({ measured }) => measured.valid && !measured.ranked), unit: '%', most: 5 },
      { what: 'median', value: percentile(errors, 0.5), unit: '%' },
      { what: 'lost at most', value: Math.max(0, -Math.min(...errors)), unit: '%', most: 10 },
    ],
  }
}

export function ridden(
  name: string,
  recordings: readonly Recorded[],
  { measure }: Measuring,
  mostRanked: number,
  mostM?: number,
): ClassResult {
  const judged = recordings.filter(({ truth }) => truth.valid === false).map((of) => ({ ...of, measured: measure(of.track) }))
  const beyond = judged.map(({ measured, truth }) => Math.max(0, measured.distance_m - (truth.foot_distance_m ?? 0)))
  const figures: Figure[] = [{ what: 'ranked', value: share(judged, ({ measured }) => measured.ranked), unit: '%', most: mostRanked }]
  if (mostM !== undefined)
    figures.push({ what: 'beyond the foot part, nine in ten', value: percentile(beyond, 0.9), unit: 'm', most: mostM })
  return { name, n: judged.length, figures }
}

/** How much of what was really walked between drives is kept; there is no bar. */
export function footParts(recordings: readonly Recorded[], { measure }: Measuring): ClassResult {
  const parts = recordings.filter(({ truth }) => (truth.foot_distance_m ?? 0) >= 100)
  const kept = parts.map(({ track, truth }) => (100 * measure(track).distance_m) / truth.foot_distance_m!)
  return {
    name: 'mixed: foot part of 100 m or more kept',
    n: parts.length,
    figures: [{ what: 'median', value: percentile(kept, 0.5), unit: '%' }],
  }
}

import type { Blocks } from './blocks.ts'
import type { Activity, Fixes, Track } from './track.ts'

/** What the phone says of each block besides places, as far as it says anything. */
export interface Evidence {
  /** Steps a second since the block before; NaN where unknown. */
  readonly cadence: Float64Array
  readonly activity: readonly (Activity | null)[] | null
}

/** A step counter reports in bursts, but not this rarely. */
const LONGEST_REPORT_SEC = 120
/** An activity holds until the next one, but no longer than this. */
const LONGEST_ACTIVITY_SEC = 900

export function readEvidence(track: Track, fixes: Fixes, blocks: Blocks): Evidence {
  return { cadence: cadenceOf(track, fixes, blocks), activity: activityOf(track, fixes, blocks) }
}

/** Between two reports steps are spread evenly, so each block gets the rate of the report it lies in. */
function cadenceOf({ steps }: Track, { time_ms: time }: Fixes, { count, first }: Blocks): Float64Array {
  const cadence = new Float64Array(count).fill(NaN)
  if (!steps || steps.length < 2) return cadence
  const reports = steps.filter(([at, n]) => Number.isFinite(at) && n >= 0).sort(([a], [b]) => a - b)
  let r = 1
  for (let b = 0; b < count; b++) {
    const at = time[first[b]!]!
    while (r < reports.length - 1 && reports[r]![0] < at) r++
    const [from, before] = reports[r - 1] ?? [NaN, NaN]
    const [to, after] = reports[r] ?? [NaN, NaN]
    const seconds = (to - from) / 1000
    if (at >= from && at <= to && seconds > 0 && seconds <= LONGEST_REPORT_SEC && after >= before) cadence[b] = (after - before) / seconds
  }
  return cadence
}

function activityOf({ activities }: Track, { time_ms: time }: Fixes, { count, first }: Blocks): (Activity | null)[] | null {
  if (!activities || activities.length === 0) return null
  const reports = activities.filter(([at]) => Number.isFinite(at)).sort(([a], [b]) => a - b)
  let r = -1
  return Array.from({ length: count }, (_, b) => {
    const at = time[first[b]!]!
    while (r + 1 < reports.length && reports[r + 1]![0] <= at) r++
    const report = reports[r]
    return report && at - report[0] <= 1000 * LONGEST_ACTIVITY_SEC ? report[1] : null
  })
}

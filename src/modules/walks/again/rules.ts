import type { Measurement, Reason } from '../../../measuring/measure-track.ts'

/** The parts of a reason that a verdict rests on. An appeal may write codes and effects of its own. */
export interface StoredReason {
  readonly code?: string
  readonly rule?: string
  readonly effect?: string
}

export interface Verdict<R extends object = object> {
  readonly is_valid: boolean
  readonly is_ranked: boolean
  readonly reasons: readonly R[]
}

/** Greater is better. */
const LEVEL = { refused: 0, unranked: 1, ranked: 2 } as const
type Level = (typeof LEVEL)[keyof typeof LEVEL]

const levelOf = ({ is_valid, is_ranked }: Pick<Verdict, 'is_valid' | 'is_ranked'>): Level =>
  !is_valid ? LEVEL.refused : is_ranked ? LEVEL.ranked : LEVEL.unranked

function levelBy(reasons: readonly { readonly effect?: string }[]): Level {
  const has = (effect: string) => reasons.some((reason) => reason.effect === effect)
  return has('refused') ? LEVEL.refused : has('unranked') ? LEVEL.unranked : LEVEL.ranked
}

const MEASURED: ReadonlySet<string | undefined> = new Set<Reason['code']>([
  'minimum_distance',
  'speed_too_high',
  'route_missing',
  'gps_spoofing',
  'vehicle',
  'teleport',
  'glitch',
  'gap',
  'dropped_points',
])
/** Whether measuring wrote a reason. Copies are found by comparing. */
const isMeasured = ({ code, rule }: StoredReason) => MEASURED.has(code) && rule !== 'replay'

/**
 * What becomes of a walk that is measured again. Reasons that measuring does not write (a copy, too much walked, an appeal) stay. A verdict that the walk's reasons do not
 * bear out was given on appeal, and stays with all its reasons.
 */
export function judgeAgain(walk: Verdict<StoredReason>, { reasons }: Pick<Measurement, 'reasons'>): Verdict {
  const was = levelOf(walk)
  if (was !== levelBy(walk.reasons)) {
    const isVerdict = ({ effect }: StoredReason) => effect === 'refused' || effect === 'unranked'
    const stay = walk.reasons.filter((reason) => isVerdict(reason) || !isMeasured(reason))
    return { is_valid: walk.is_valid, is_ranked: walk.is_ranked, reasons: [...stay, ...reasons.filter((reason) => !isVerdict(reason))] }
  }
  const stay = walk.reasons.filter((reason) => !isMeasured(reason))
  const level = Math.min(levelBy(stay), levelBy(reasons))
  return { is_valid: level > LEVEL.refused, is_ranked: level === LEVEL.ranked, reasons: [...stay, ...reasons] }
}

import { areCopies, type Residuals } from '../../../measuring/measure-track.ts'

/** A stored walk that passes where another does (`walks_alike`). */
export interface Alike {
  readonly id: string
  readonly user_id: string
  /** Whether it counts now: refused and deleted walks are compared with as well. */
  readonly is_valid: boolean
  readonly completed_at: string
  readonly started_at: string
  readonly ended_at: string
  readonly richness: number
  /** Base64. */
  readonly trace: string
}

/** A walk to compare with those. */
export interface Compared {
  readonly id: string
  readonly started_at: string
  readonly ended_at: string
  readonly residuals: Pick<Residuals, 'trace' | 'richness'>
}

/** The walk that is a copy. `refused` where it is certain which one it is; else it is not ranked. */
export interface FoundCopy {
  readonly walk_id: string
  readonly effect: 'refused' | 'unranked'
}

/** So much more of its own has the original of two recordings of the same moment. */
const CLEARLY_RICHER = 1.3

/**
 * Which walks are copies, by the pure comparison. Of two the later upload is the copy and is refused, with one exception: of two that claim the same moment, the
 * later stands where it has clearly more of its own, because whoever sees somebody's positions can upload them first. The earlier is then only not ranked,
 * because figures of its own can be made up as well.
 */
export function findCopies(walk: Compared, alike: readonly Alike[]): FoundCopy[] {
  const copies: FoundCopy[] = []
  for (const other of alike) {
    const trace = Uint8Array.from(atob(other.trace), (character) => character.charCodeAt(0))
    if (!areCopies({ cells: [], ...walk.residuals }, { cells: [], richness: other.richness, trace })) continue
    const isOfSameMoment = walk.started_at < other.ended_at && other.started_at < walk.ended_at
    if (!isOfSameMoment || walk.residuals.richness <= CLEARLY_RICHER * other.richness) return [{ walk_id: walk.id, effect: 'refused' }]
    if (other.is_valid) copies.push({ walk_id: other.id, effect: 'unranked' })
  }
  return copies
}

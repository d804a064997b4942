import { fromBase64 } from '../../../core/base64.ts'
import { areCopies } from '../../../measuring/measure-track.ts'

/** A stored walk that passes where another does (`walks_alike`). */
export interface Alike {
  readonly id: string
  /** Base64. */
  readonly trace: string
  /** Which of the two is the copy if one is, and what becomes of it. */
  readonly copy_id: string
  readonly effect: 'refused' | 'unranked'
}

export type FoundCopy = Pick<Alike, 'copy_id' | 'effect'>

/** Finds the copies among a walk and those that are like it. Where the walk itself is one, the others are no longer asked. */
export function findCopies(walk: { readonly id: string; readonly trace: Uint8Array }, alike: readonly Alike[]): FoundCopy[] {
  const copies: FoundCopy[] = []
  for (const { trace, copy_id, effect } of alike) {
    if (!areCopies(walk, { trace: fromBase64(trace) })) continue
    if (copy_id === walk.id) return [{ copy_id, effect }]
    copies.push({ copy_id, effect })
  }
  return copies
}

const REPLAY = { code: 'gps_spoofing', rule: 'replay' } as const

/** Why a copy was refused or is not ranked. */
export const REPLAY_REASONS = {
  refused: { ...REPLAY, effect: 'refused', detail: '이미 등록된 산책과 같은 경로 기록이에요.' },
  unranked: {
    ...REPLAY,
    effect: 'unranked',
    detail: '다른 산책과 위치 기록이 같아 순위에는 넣지 않았어요. 산책 기록은 그대로 남아요.',
  },
} as const

import type { RoomState, Span } from './room-state.ts'
import type { RoomRecord } from './schema.ts'

/** Part of a span that is not in Postgres yet. */
interface Unsaved {
  /** A pair, or `subject viewer`. */
  readonly key: string
  readonly span: Span
  /** The span may go on while this is being saved. */
  readonly to_ms: number
}

export interface UnsavedRecord {
  readonly record: RoomRecord
  readonly encounters: readonly Unsaved[]
  readonly shown: readonly Unsaved[]
}

/** What is to be put down of a room: who was beside whom, and who was shown whose position. Only times leave it; `null` where all is there. */
export function unsavedOf(room: RoomState): UnsavedRecord | null {
  const encounters = [...room.encounters].flatMap(([key, spans]) =>
    spans.filter(({ from_ms, to_ms, saved_ms }) => to_ms > Math.max(saved_ms, from_ms)).map((span) => ({ key, span, to_ms: span.to_ms })),
  )
  const shown = [...room.shown].flatMap(([key, span]) => (span.to_ms > span.saved_ms ? [{ key, span, to_ms: span.to_ms }] : []))
  if (encounters.length + shown.length === 0) return null
  return {
    encounters,
    shown,
    record: {
      encounters: [...Map.groupBy(encounters, ({ key }) => key)].map(([key, of]) => {
        const [one_id, other_id] = idsIn(key)
        return { one_id, other_id, spans: of.map(({ span, to_ms }) => [toIso(span.from_ms), toIso(to_ms)] as const) }
      }),
      provisions: shown.map(({ key, span, to_ms }) => {
        const [subject_id, viewer_id] = idsIn(key)
        return { subject_id, viewer_id, first_at: toIso(span.from_ms), last_at: toIso(to_ms) }
      }),
    },
  }
}

function idsIn(key: string): [string, string] {
  const [one = '', other = ''] = key.split(' ')
  return [one, other]
}

const toIso = (ms: number) => new Date(ms).toISOString()

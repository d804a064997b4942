import type { Whereabouts } from './protocol.ts'
import { recordShown, type RoomState, type Span, togetherMs } from './room-state.ts'
import type { RoomStore } from './room-store.ts'
import type { RoomRecord } from './schema.ts'
import type { Seats } from './seats.ts'
import type { Timers } from './timers.ts'

/** New company and new viewers are recorded soon. How long they go on is recorded every minute. */
export const RECORD_SOON_MS = 1_000
const RECORD_MS = 60_000
/**
 * A larger room writes durations to storage once in this time. After an eviction the last positions tell the rest of who was together, but up to this much
 * of who was shown what is lost.
 */
const KEEP_MS = 10_000
/** Pairs grow with the square of the people. With more than this many, times are stored and recorded so much less often. */
const CROWD = 10
/** Ten minutes side by side make company (docs/product.md#company). */
const COMPANY_MS = 600_000

/** Keeps what a room has seen: in its storage first, because an eviction can come at any time, and later in Postgres. */
export class Recorder {
  readonly #room: RoomState
  readonly #store: RoomStore
  readonly #seats: Seats
  readonly #timers: Timers
  /** How much less often times are written than in a smaller room. */
  #slowness = 1

  constructor({ room, store, seats, timers }: { room: RoomState; store: RoomStore; seats: Seats; timers: Timers }) {
    this.#room = room
    this.#store = store
    this.#seats = seats
    this.#timers = timers
  }

  /** Notes for the location ledger that a position was shown to somebody. */
  noteShown(item: Whereabouts, viewer: string, now: number): void {
    this.#timers.setBy('record', now + (recordShown(this.#room, item, viewer, now) ? RECORD_SOON_MS : RECORD_MS * this.#slowness))
  }

  /** Writes to storage which times have grown. A larger room does not write every second, because each row that is written costs money. */
  keep(now: number, isEverything = false): void {
    const count = this.#seats.present().length
    this.#slowness = Math.max(1, count / CROWD)
    const isAll = isEverything || count <= 2
    const keepMs = KEEP_MS * this.#slowness
    for (const [pair, spans] of this.#room.encounters) {
      for (const span of spans) {
        if (span.to_ms === span.kept_ms || (!isAll && !this.#room.parted.has(pair) && span.to_ms - span.kept_ms < keepMs)) continue
        const together = togetherMs(spans)
        const isNewCompany = together >= COMPANY_MS && together - (span.to_ms - Math.max(span.kept_ms, span.from_ms)) < COMPANY_MS
        this.#store.saveEncounter(pair, span)
        this.#timers.setBy('record', now + (isNewCompany ? RECORD_SOON_MS : RECORD_MS * this.#slowness))
      }
    }
    this.#room.parted.clear()
    for (const pair of this.#room.met) this.#store.saveMeeting(pair, this.#room.meetings.get(pair)!)
    this.#room.met.clear()
    for (const [who, span] of this.#room.shown)
      if (span.to_ms !== span.kept_ms && (isAll || span.to_ms - span.kept_ms >= keepMs)) this.#store.saveShown(who, span)
  }

  /** Saves to Postgres what is not there yet. */
  async record(now: number, save: (record: RoomRecord) => Promise<void>): Promise<void> {
    this.keep(now, true)
    const unsaved = unsavedOf(this.#room)
    if (!unsaved) return
    await save(unsaved.record)
    for (const { span, to_ms } of [...unsaved.encounters, ...unsaved.shown]) span.saved_ms = to_ms
    for (const { key, span } of unsaved.encounters) this.#store.saveEncounter(key, span)
    for (const { key, span } of unsaved.shown) this.#store.saveShown(key, span)
  }
}

/** A span of which Postgres does not have everything. */
interface Unsaved {
  /** A pair of people, or `subject viewer`. */
  readonly key: string
  readonly span: Span
  /** How far it is saved now. The span may go on meanwhile. */
  readonly to_ms: number
}

interface UnsavedRecord {
  readonly record: RoomRecord
  readonly encounters: readonly Unsaved[]
  readonly shown: readonly Unsaved[]
}

/** What Postgres does not have yet: who was beside whom, and who was shown whose position. Only times leave the room. `null` when Postgres has everything. */
function unsavedOf(room: RoomState): UnsavedRecord | null {
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

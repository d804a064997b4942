import type { Entrant } from '../../core/room-ticket.ts'
import type { ServerMessage } from './protocol.ts'
import type { Bucket, Zone } from './room-state.ts'

/** What is known of a connection: `door` until it says who it is, `entering` while that is looked up. */
interface Waiting {
  readonly status: 'door' | 'entering'
  readonly entrant: Entrant | null
}
interface Present {
  readonly status: 'in'
  readonly entrant: Entrant
  /** Where this person lives and does not want to be found. */
  readonly zone: Zone | null
}
export type Seat = (Waiting | Present) & {
  /** Of two connections of one person the one with the higher number came later. */
  readonly arrival: number
  readonly since_ms: number
  readonly bucket: Bucket
}
export type PresentSeat = Seat & Present

/** The connections of a room. What is known of one lies in its attachment, and so outlives an eviction; here it is at hand. */
export class Seats {
  readonly #seats = new Map<WebSocket, Seat>()
  #arrivals = 0

  constructor(sockets: readonly WebSocket[]) {
    for (const socket of sockets) {
      const seat = attachedTo(socket)
      if (!seat) continue
      this.#seats.set(socket, seat)
      this.#arrivals = Math.max(this.#arrivals, seat.arrival)
    }
  }

  /** A copy, since some may go while they are gone through. */
  all(): [WebSocket, Seat][] {
    return [...this.#seats]
  }

  nextArrival(): number {
    return ++this.#arrivals
  }

  has(socket: WebSocket): boolean {
    return this.#seats.has(socket)
  }

  /** A connection that is closing is no longer among the sockets of a room that has been evicted; its attachment is there. */
  of(socket: WebSocket): Seat | null {
    return this.#seats.get(socket) ?? attachedTo(socket)
  }

  sit(socket: WebSocket, seat: Seat): void {
    this.#seats.set(socket, seat)
    socket.serializeAttachment(seat)
  }

  /** Whoever has stood up is not seen off a second time when the close event comes. */
  standUp(socket: WebSocket): void {
    this.#seats.delete(socket)
    socket.serializeAttachment(null)
  }

  /** Connections of people who are in the room. */
  present(): { socket: WebSocket; user_id: string; seat: PresentSeat }[] {
    return this.all().flatMap(([socket, seat]) => (seat.status === 'in' ? [{ socket, user_id: seat.entrant.user_id, seat }] : []))
  }

  /** Since when somebody has been waiting to be let in; null while nobody is. */
  waitingSince(): number | null {
    const waiting = this.all().flatMap(([, { status, since_ms }]) => (status === 'in' ? [] : [since_ms]))
    return waiting.length > 0 ? Math.min(...waiting) : null
  }

  isHere(userId: string): boolean {
    return this.present().some(({ user_id }) => user_id === userId)
  }

  /** Of everybody who is in the room or about to be. */
  sessionIds(): Set<string> {
    return new Set(this.all().flatMap(([, { entrant }]) => entrant?.session_id ?? []))
  }
}

function attachedTo(socket: WebSocket): Seat | null {
  // Nobody else attaches anything.
  return socket.deserializeAttachment() as Seat | null
}

export function send(socket: WebSocket, message: ServerMessage): void {
  tryTo(() => socket.send(JSON.stringify(message)))
}

export function close(socket: WebSocket, code: number, reason: string): void {
  tryTo(() => socket.close(code, reason))
}

/** A socket that is gone by now has nothing to be told; its close event follows. */
function tryTo(act: () => void): void {
  try {
    act()
  } catch {
    // As above.
  }
}

import type { Entrant } from '../../core/room-ticket.ts'
import type { ServerMessage } from './protocol.ts'
import type { Bucket } from './room-state.ts'

/** A connection that is not in the room yet: `door` until it says who it is, `entering` while that is looked up. */
interface Waiting {
  readonly status: 'door' | 'entering'
  readonly entrant: Entrant | null
}
interface Present {
  readonly status: 'in'
  readonly entrant: Entrant
  /** Whether the person has chosen to be shown everywhere. It goes with the connection, so that everybody begins hidden. */
  readonly is_unveiled: boolean
  /** When they chose last. */
  readonly switched_ms?: number
}
export type Seat = (Waiting | Present) & {
  /** The connection with the higher number came later. */
  readonly arrival: number
  readonly since_ms: number
  readonly bucket: Bucket
}
export type PresentSeat = Seat & Present

/** The connections of a room. Each seat is also the socket's attachment, so that it outlives an eviction. */
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

  /** A copy, because some may leave while a caller goes through them. */
  all(): [WebSocket, Seat][] {
    return [...this.#seats]
  }

  nextArrival(): number {
    return ++this.#arrivals
  }

  has(socket: WebSocket): boolean {
    return this.#seats.has(socket)
  }

  /** After an eviction the room is not given the sockets that are closing. Their attachments are still there. */
  of(socket: WebSocket): Seat | null {
    return this.#seats.get(socket) ?? attachedTo(socket)
  }

  sit(socket: WebSocket, seat: Seat): void {
    this.#seats.set(socket, seat)
    socket.serializeAttachment(seat)
  }

  /** Notes who asks to enter, and keeps the rest of the seat as it is now. */
  enterBy(socket: WebSocket, entrant: Entrant | null): void {
    const seat = this.of(socket)
    if (seat) this.sit(socket, { ...seat, status: 'entering', entrant })
  }

  /** Forgets a connection, so that its close event does not announce the person's leaving a second time. */
  standUp(socket: WebSocket): void {
    this.#seats.delete(socket)
    socket.serializeAttachment(null)
  }

  /** Connections of people who are in the room. */
  present(): { socket: WebSocket; user_id: string; seat: PresentSeat }[] {
    return this.all().flatMap(([socket, seat]) => (seat.status === 'in' ? [{ socket, user_id: seat.entrant.user_id, seat }] : []))
  }

  /** Since when the first of those who wait has been waiting to be let in, or `null` when nobody waits. */
  waitingSince(): number | null {
    const waiting = this.all().flatMap(([, { status, since_ms }]) => (status === 'in' ? [] : [since_ms]))
    return waiting.length > 0 ? Math.min(...waiting) : null
  }

  isHere(userId: string): boolean {
    return this.present().some(({ user_id }) => user_id === userId)
  }

  /** The sessions of everybody who is in the room or about to be. */
  sessionIds(): Set<string> {
    return new Set(this.all().flatMap(([, { entrant }]) => entrant?.session_id ?? []))
  }
}

function attachedTo(socket: WebSocket): Seat | null {
  // Only `sit` writes attachments.
  return socket.deserializeAttachment() as Seat | null
}

export function send(socket: WebSocket, message: ServerMessage): void {
  tryTo(() => socket.send(JSON.stringify(message)))
}

export function close(socket: WebSocket, code: number, reason: string): void {
  tryTo(() => socket.close(code, reason))
}

/** A socket may be gone already. Its close event then follows. */
function tryTo(act: () => void): void {
  try {
    act()
  } catch {
    // The close event tells the room.
  }
}

import { WebSocket } from 'ws'
import type { Actor } from '../../src/core/actor.ts'
import { METRES_PER_DEGREE } from '../../src/core/geo.ts'
import type { RoomServer } from './room-servers.ts'

const ENTER_WITHIN_MS = 30_000
const STEP_DEGREES = 1 / METRES_PER_DEGREE

type Heard =
  | { readonly type: 'location'; readonly user_id: string; readonly timestamp: number }
  | { readonly type: 'locations'; readonly items: readonly { readonly user_id: string; readonly timestamp: number }[] }
  | { readonly type: 'snapshot' | 'presence' | 'ended' | 'error' }

/** When each position was sent. A position is known by its timestamp, because servers pass the timestamp on unchanged. No two are equal. */
export class Positions {
  readonly #saidAt = new Map<number, number>()
  /** The newest timestamp. */
  last = 0

  get count(): number {
    return this.#saidAt.size
  }

  say(): number {
    this.last = Math.max(Date.now(), this.last + 0.01)
    this.#saidAt.set(this.last, performance.now())
    return this.last
  }

  ageMs(timestamp: number): number {
    return performance.now() - this.#saidAt.get(timestamp)!
  }
}

/** Somebody in a live room. They send their positions, and note what they hear of the others. */
export class Walker {
  readonly user: Actor
  readonly invitationId: string
  /** Each position of somebody else, once, with its timestamp and its age. */
  readonly heard: { readonly timestamp: number; readonly ms: number }[] = []
  /** The times at which frames with positions came. */
  readonly frames_ms: number[] = []
  /** The newest position of each of the others. */
  readonly newest = new Map<string, number>()
  /** The timestamp of the last own position. */
  said = -1
  readonly #server: RoomServer
  readonly #positions: Positions
  #socket: WebSocket | null = null
  #steps = 0

  constructor(server: RoomServer, invitationId: string, user: Actor, positions: Positions) {
    this.#server = server
    this.invitationId = invitationId
    this.user = user
    this.#positions = positions
  }

  prepare(): Promise<() => WebSocket> {
    return this.#server.prepare(this.invitationId, this.user)
  }

  /** Opens a connection. Returns how long it took to be in the room. */
  enter(open: () => WebSocket): Promise<number> {
    const startedAt = performance.now()
    const socket = open()
    this.#socket = socket
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('was not let into a live room in time')), ENTER_WITHIN_MS)
      const arrive = () => {
        clearTimeout(timer)
        resolve(performance.now() - startedAt)
      }
      if (!this.#server.hasSnapshot) socket.once('open', arrive)
      socket.on('message', (data) => {
        // The messages are those of protocol.ts. The other server sends fewer of their keys.
        const message = JSON.parse(String(data)) as Heard
        if (message.type === 'snapshot') arrive()
        else this.#hear(message)
      })
      socket.once('close', (code) => {
        clearTimeout(timer)
        reject(new Error(`a connection to a live room was closed with ${code}`))
      })
      // A later error only ends in the close event.
      socket.on('error', () => {})
    })
  }

  #hear(message: Heard): void {
    if (message.type !== 'location' && message.type !== 'locations') return
    this.frames_ms.push(performance.now())
    for (const { user_id, timestamp } of message.type === 'location' ? [message] : message.items) {
      if (timestamp <= (this.newest.get(user_id) ?? -1)) continue
      this.newest.set(user_id, timestamp)
      this.heard.push({ timestamp, ms: this.#positions.ageMs(timestamp) })
    }
  }

  /** Sends a position one step further north. A position that cannot be sent counts as lost. */
  say(): void {
    const lat = 37.5 + this.#steps++ * STEP_DEGREES
    this.said = this.#positions.say()
    this.#socket?.send(JSON.stringify({ lat, lng: 127.03, timestamp: this.said }), () => {})
  }

  /** Whether the connection is still open. */
  get isConnected(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN
  }

  /** Breaks the connection, as a phone does that loses the network. */
  drop(): void {
    this.#socket?.terminate()
  }

  leave(): void {
    this.#socket?.close()
  }
}

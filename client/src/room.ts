import { type ClientMessage, closings, heartbeat, limits, reconnecting, type RoomMessage } from './generated/room.ts'
import { clearTimer, type MakeSocket, setTimer, type Socket, type Timer } from './platform.ts'
import { ApiProblem, isPassing } from './problems.ts'

/** How it stands with the connection. `over` is for good: enter anew for another try. */
export type RoomState =
  | { readonly status: 'connecting' | 'in' | 'waiting' }
  /** `reason` is the name of a close code, or `left` when the app has left. `problem` is why no ticket was given. */
  | { readonly status: 'over'; readonly reason: (typeof closings)[number]['name'] | 'left' | 'no_ticket'; readonly problem?: ApiProblem }

/** What `on` listens to: each message of the room by its type, and `state`. */
export type RoomEvents = { [T in RoomMessage['type']]: Extract<RoomMessage, { type: T }> } & { state: RoomState }

export interface Position {
  readonly lat: number
  readonly lng: number
  /** When the phone found it, in epoch milliseconds. */
  readonly timestamp?: number
}
type Said = Position & { readonly timestamp: number }

interface RoomOptions {
  readonly url: string
  readonly WebSocket: MakeSocket
  readonly takeTicket: () => Promise<string>
}

/** Sent as this exact text, because the runtime answers it without waking the room. */
const PING: ClientMessage = { type: 'ping' }
const OPEN = 1
/** So many positions of the time without a connection are sent afterwards. */
const KEPT_MAX = 12
/** An older position would get the server's time, and be taken for the newest. A minute is left for the way. */
const KEPT_MS = (limits.timestamp_off_max_sec - 60) * 1_000
/** Of the messages that may be sent at once, so many are left for pings, the switch and the end. */
const SPARE = 3
const A_MESSAGE_MS = 1_000 / limits.messages_per_second

/**
 * A place in a live room. It comes back by itself when the connection is lost, and keeps to the room's limits. It is entered at once.
 */
export class LiveRoom {
  readonly #options: RoomOptions
  readonly #listeners = new Map<string, Set<(event: never) => void>>()
  #state: RoomState = { status: 'connecting' }
  #socket: Socket | null = null
  #failures = 0
  /** Whether the last connection was refused with a code after which a new ticket may help. */
  #isSecondTry = false
  /** Positions that were not sent yet, the oldest first. */
  #unsaid: Said[] = []
  /** The last position that was sent. It may have been lost with the connection. */
  #last: Said | null = null
  #isEnding = false
  #tokens = 0
  #filled_ms = 0
  #timers: Record<'again' | 'flush' | 'heartbeat' | 'steady' | 'enter', Timer> = {
    again: null,
    flush: null,
    heartbeat: null,
    steady: null,
    enter: null,
  }

  constructor(options: RoomOptions) {
    this.#options = options
    void this.#connect()
  }

  get state(): RoomState {
    return this.#state
  }

  /** Listens, and answers how to stop listening. */
  on<T extends keyof RoomEvents>(type: T, listener: (event: RoomEvents[T]) => void): () => void {
    const listeners = this.#listeners.get(type) ?? new Set()
    this.#listeners.set(type, listeners.add(listener))
    return () => void listeners.delete(listener)
  }

  /** Says where the phone is. Without a connection it is said later, and of many positions the newest are. */
  tell({ lat, lng, timestamp = Date.now() }: Position): void {
    if (this.#state.status === 'over') return
    this.#unsaid = [...this.#unsaid, { lat, lng, timestamp }].slice(-KEPT_MAX)
    this.#flush()
  }

  /** Shows me near home too, until this connection ends. It is off again after a break, and then `snapshot` comes. */
  showNearHome(on: boolean): boolean {
    return this.#say({ type: 'show_near_home', on })
  }

  /** Ends my part. Without a connection it is said as soon as there is one. The state is then `over`, because of `done`. */
  end(): void {
    this.#isEnding = true
    this.#say({ type: 'end' })
  }

  /** Goes without ending my part, so that I can come back. */
  leave(): void {
    this.#over({ status: 'over', reason: 'left' })
  }

  /** Tries at once. Call it when the network comes back, or the app comes to the front. */
  wake(): void {
    if (this.#state.status === 'waiting') void this.#connect()
    else if (this.#state.status === 'in') this.#listenFor(heartbeat.answer_sec, PING)
  }

  async #connect(): Promise<void> {
    this.#drop()
    this.#become({ status: 'connecting' })
    let ticket: string
    try {
      ticket = await this.#options.takeTicket()
    } catch (error) {
      if (this.#state.status !== 'connecting') return
      if (isPassing(error) || !(error instanceof ApiProblem) || error.status >= 500) return this.#comeAgain()
      return this.#over({ status: 'over', reason: 'no_ticket', problem: error })
    }
    if (this.#state.status !== 'connecting') return
    let socket: Socket
    try {
      socket = new this.#options.WebSocket(this.#options.url, ['ticket', ticket])
    } catch {
      return this.#comeAgain()
    }
    this.#socket = socket
    const ifCurrent =
      <E>(act: (event: E) => void) =>
      (event: object) => {
        if (this.#socket === socket) act(event as E)
      }
    socket.addEventListener(
      'message',
      ifCurrent<{ data: unknown }>(({ data }) => this.#hear(data)),
    )
    socket.addEventListener(
      'close',
      ifCurrent<{ code: number }>(({ code }) => this.#closed(code)),
    )
    this.#timers.enter = setTimer(() => this.#comeAgain(), limits.door_sec * 1_000)
  }

  #hear(data: unknown): void {
    if (typeof data !== 'string') return
    let message: RoomMessage
    try {
      message = JSON.parse(data) as RoomMessage
    } catch {
      return
    }
    this.#listenFor(heartbeat.ping_sec)
    if (message.type === 'snapshot') this.#entered()
    this.#emit(message.type, message)
  }

  /** The room has let us in. What may have been lost is said again: the room shows nothing that is older than what it has. */
  #entered(): void {
    clearTimer(this.#timers.enter)
    this.#isSecondTry = false
    this.#tokens = limits.messages_at_once - SPARE
    this.#filled_ms = Date.now()
    this.#timers.steady = setTimer(() => {
      this.#failures = 0
    }, reconnecting.steady_after_sec * 1_000)
    this.#become({ status: 'in' })
    if (this.#last) this.#unsaid = [this.#last, ...this.#unsaid].slice(-KEPT_MAX)
    this.#last = null
    this.#flush()
    if (this.#isEnding) this.#say({ type: 'end' })
  }

  /** Says the positions that wait, as fast as the room takes them. */
  #flush(): void {
    if (this.#state.status !== 'in') return
    const now = Date.now()
    this.#unsaid = this.#unsaid.filter(({ timestamp }) => Math.abs(now - timestamp) <= KEPT_MS)
    this.#tokens = Math.min(limits.messages_at_once - SPARE, this.#tokens + Math.max(0, now - this.#filled_ms) / A_MESSAGE_MS)
    this.#filled_ms = now
    while (this.#tokens >= 1 && this.#unsaid[0]) {
      const [position] = this.#unsaid
      if (!this.#say({ type: 'location', ...position })) return
      this.#tokens--
      this.#last = position
      this.#unsaid = this.#unsaid.slice(1)
    }
    clearTimer(this.#timers.flush)
    if (this.#unsaid.length > 0) this.#timers.flush = setTimer(() => this.#flush(), A_MESSAGE_MS)
  }

  #say(message: ClientMessage): boolean {
    if (this.#state.status !== 'in' || this.#socket?.readyState !== OPEN) return false
    this.#socket.send(JSON.stringify(message))
    return true
  }

  /** Waits for any message. When none comes it asks, and when no answer comes the connection is lost. */
  #listenFor(seconds: number, ask?: ClientMessage): void {
    clearTimer(this.#timers.heartbeat)
    if (ask) this.#say(ask)
    this.#timers.heartbeat = setTimer(() => (ask ? this.#comeAgain() : this.#listenFor(heartbeat.answer_sec, PING)), seconds * 1_000)
  }

  #closed(code: number): void {
    const closing = closings.find((one) => one.code === code)
    if (closing?.next === 'stop' || (closing?.next === 'new_ticket' && this.#isSecondTry))
      return this.#over({ status: 'over', reason: closing.name })
    if (closing?.next !== 'new_ticket') return this.#comeAgain()
    this.#isSecondTry = true
    void this.#connect()
  }

  #comeAgain(): void {
    this.#drop()
    const { first_sec, factor, max_sec } = reconnecting
    const pause_sec = Math.min(first_sec * factor ** this.#failures++, max_sec)
    this.#timers.again = setTimer(() => void this.#connect(), pause_sec * 1_000 * (0.5 + Math.random() / 2))
    this.#become({ status: 'waiting' })
  }

  #over(state: RoomState): void {
    if (this.#state.status === 'over') return
    this.#drop()
    this.#unsaid = []
    this.#become(state)
  }

  /** Lets go of the connection. A dead one tells late of its close, so nothing waits for that. */
  #drop(): void {
    for (const timer of Object.values(this.#timers)) clearTimer(timer)
    const socket = this.#socket
    this.#socket = null
    try {
      socket?.close(1000)
    } catch {
      // It is closed already.
    }
  }

  #become(state: RoomState): void {
    this.#state = state
    this.#emit('state', state)
  }

  #emit(type: string, event: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) {
      try {
        listener(event as never)
      } catch (error) {
        // A fault of the app is told as one, and costs no connection.
        setTimer(() => {
          throw error
        }, 0)
      }
    }
  }
}

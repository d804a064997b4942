import { DurableObject } from 'cloudflare:workers'
import type { Deps } from '../../deps.ts'
import { CHECK_MS, Membership } from './membership.ts'
import { CLOSE } from './closing.ts'
import { type ClientMessage, isTooLarge, LIMITS, parseMessage, PING, PONG } from './protocol.ts'
import { Recorder } from './recorder.ts'
import { recall } from './movement.ts'
import { clearRoom, fullBucket, type RoomState, takeToken } from './room-state.ts'
import { RoomStore } from './room-store.ts'
import { close, type PresentSeat, type Seat, Seats, send } from './seats.ts'
import { type Entrance, ENTRANCE_HEADER, lookAtRoom, REFUSAL_HEADER, saveRecord } from './service.ts'
import { Showing } from './showing.ts'
import { type Timer, Timers } from './timers.ts'

export type RoomDeps = Pick<Deps, 'db' | 'now' | 'jobs' | 'roomTickets' | 'wakeAt'>

const DOOR_MS = LIMITS.door_sec * 1_000

/**
 * The live room of one invitation, or of one date of a meetup: its connections, its messages and its one alarm. The sockets hibernate, so whatever must outlive a message is in SQLite
 * or in a socket's attachment. Memory can be filled again from these.
 */
export class LiveRoom extends DurableObject<Env> {
  readonly #deps: RoomDeps
  readonly #room: RoomState
  readonly #store: RoomStore
  readonly #timers: Timers
  readonly #seats: Seats
  readonly #recorder: Recorder
  readonly #showing: Showing
  readonly #membership: Membership
  /** What came while a ticket was looked up. A room that awaits is not evicted. */
  readonly #early = new Map<WebSocket, (string | ArrayBuffer)[]>()

  constructor(ctx: DurableObjectState, env: Env, deps: RoomDeps) {
    super(ctx, env)
    this.#deps = deps
    this.#store = new RoomStore(ctx.storage)
    this.#room = this.#store.loadState()
    this.#seats = new Seats(ctx.getWebSockets())
    for (const { user_id, seat } of this.#seats.present()) if (seat.is_unveiled) this.#room.unveiled.add(user_id)
    recall(this.#room)
    // Who waits at the door is known from attachments alone, so that a stranger leaves nothing in storage.
    const since_ms = this.#seats.waitingSince()
    this.#timers = new Timers(this.#store, ctx.storage, new Map([['door', since_ms === null ? null : since_ms + DOOR_MS]]))
    const parts = { room: this.#room, store: this.#store, seats: this.#seats, timers: this.#timers }
    this.#recorder = new Recorder(parts)
    this.#showing = new Showing({ ...parts, recorder: this.#recorder })
    this.#showing.restore(this.#now(), CHECK_MS)
    this.#membership = new Membership(
      { ...parts, recorder: this.#recorder, showing: this.#showing },
      {
        now: () => this.#now(),
        roomId: () => this.#roomId(),
        lookAtRoom: (sessionIds) => lookAtRoom(deps, this.#roomId(), sessionIds),
      },
    )
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG))
    void ctx.blockConcurrencyWhile(() => this.#timers.restore())
  }

  /** Opens a connection. Only the Worker can reach this, and its header says who is at the door. */
  override async fetch(request: Request): Promise<Response> {
    // Only enterRoom writes this header.
    const { entrant, protocol } = JSON.parse(request.headers.get(ENTRANCE_HEADER) ?? 'null') as Entrance
    const { 0: client, 1: server } = new WebSocketPair()
    const now = this.#now()
    this.ctx.acceptWebSocket(server)
    this.#seats.sit(server, { status: 'door', entrant: null, arrival: this.#seats.nextArrival(), since_ms: now, bucket: fullBucket(now) })
    this.#timers.setBy('door', now + DOOR_MS)
    const code = entrant && (await this.#membership.enter(server, entrant))
    if (code) {
      // Nobody else holds the other end, and a close that is never answered keeps the room in memory for half a minute.
      client.accept()
      client.close()
      return new Response(null, { status: 403, headers: { [REFUSAL_HEADER]: String(code) } })
    }
    return new Response(null, { status: 101, webSocket: client, ...(protocol && { headers: { 'Sec-WebSocket-Protocol': protocol } }) })
  }

  override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    const seat = this.#seats.of(socket)
    if (!seat) return
    const now = this.#now()
    const bucket = takeToken(seat.bucket, now)
    if (!bucket || isTooLarge(data)) return this.#membership.close(socket, CLOSE.too_fast_or_large, 'message too fast or too large')
    this.#seats.sit(socket, { ...seat, bucket })
    if (seat.status === 'in') return this.#hear(socket, { ...seat, bucket }, parseMessage(data), now)
    if (seat.status === 'entering') return void this.#early.get(socket)?.push(data)
    await this.#hearAtDoor(socket, seat, data)
  }

  #hear(socket: WebSocket, seat: PresentSeat, message: ClientMessage | null, now: number): void {
    switch (message?.type) {
      case 'location':
        return this.#showing.hear(socket, seat, message, now)
      case 'show_near_home':
        return this.#membership.unveil(socket, seat, message.on)
      case 'ping':
        return send(socket, { type: 'pong' })
      case 'end':
        return this.#membership.endFor(socket, seat)
      default:
        return send(socket, { type: 'error', code: 'invalid_message', detail: '알 수 없는 메시지예요.' })
    }
  }

  /** The first message must be a ticket, and nobody has a second try. Messages that come while the ticket is looked up are heard once it lets somebody in. */
  async #hearAtDoor(socket: WebSocket, seat: Seat, data: string | ArrayBuffer): Promise<void> {
    const early: (string | ArrayBuffer)[] = []
    this.#early.set(socket, early)
    this.#seats.enterBy(socket, seat.entrant)
    const message = parseMessage(data)
    try {
      const entrant = message?.type === 'auth' ? await this.#deps.roomTickets.verify(message.ticket, this.#roomId()) : null
      if (entrant) await this.#membership.enter(socket, entrant)
      else this.#membership.close(socket, CLOSE.unauthenticated, 'a ticket was expected')
    } finally {
      this.#early.delete(socket)
    }
    for (const message of early) {
      const inside = this.#seats.of(socket)
      if (inside?.status === 'in') this.#hear(socket, inside, parseMessage(message), this.#now())
    }
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    this.#membership.depart(socket)
    // Codes such as 1005 and 1006 only say that there was no code. They must not be sent.
    const isSendable = code === 1_000 || (code >= 3_000 && code <= 4_999)
    close(socket, isSendable ? code : CLOSE.done, isSendable ? reason : '')
  }

  override webSocketError(socket: WebSocket): void {
    this.#membership.depart(socket)
  }

  /** Tells the room of a change. `false` means that Postgres could not be asked, and that the room is muted until it could. */
  recheck(): Promise<boolean> {
    return this.#membership.recheck()
  }

  override async alarm(): Promise<void> {
    await this.#timers.run(this.#now(), (timer) => this.#work(timer))
  }

  async #work(timer: Timer): Promise<void> {
    const now = this.#now()
    switch (timer) {
      case 'door':
        return this.#clearDoor(now)
      case 'frame':
        return this.#showing.show(now)
      case 'check':
        return this.#membership.check()
      case 'linger':
        return this.#membership.missLingering(now)
      case 'record':
        return this.#record(now)
      case 'end':
        return this.#membership.end('expired')
      case 'forget':
        this.#room.spots.clear()
        this.#room.cells.clear()
        return this.#store.deletePlaces()
      case 'vanish':
        await this.#record(now)
        return this.#vanish()
    }
  }

  #now(): number {
    return this.#deps.now().getTime()
  }

  #roomId(): string {
    const id = this.#store.facts?.room_id ?? this.ctx.id.name
    if (!id) throw new Error('a live room goes by the id of its invitation or of its meetup’s date')
    return id
  }

  #record(now: number): Promise<void> {
    return this.#recorder.record(now, (record) => saveRecord(this.#deps, { kind: this.#room.kind, id: this.#roomId() }, record))
  }

  /** Closes connections that have not said in time who they are. */
  async #clearDoor(now: number): Promise<void> {
    let next = Infinity
    for (const [socket, { status, since_ms }] of this.#seats.all()) {
      if (status === 'in') continue
      if (since_ms + DOOR_MS <= now) this.#membership.close(socket, CLOSE.unauthenticated, 'nobody said who they are')
      else next = Math.min(next, since_ms + DOOR_MS)
    }
    if (next < Infinity) this.#timers.setBy('door', next)
    else if (!this.#store.facts) await this.#vanish()
  }

  /** Leaves nothing behind, neither in memory nor in storage. */
  async #vanish(): Promise<void> {
    this.#timers.forget()
    clearRoom(this.#room)
    await this.#store.vanish()
  }
}

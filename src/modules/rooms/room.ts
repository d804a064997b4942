import { DurableObject } from 'cloudflare:workers'
import type { Entrant } from '../../core/room-ticket.ts'
import type { Deps } from '../../deps.ts'
import { CLOSE, type EndReason, MESSAGE_MAX_BYTES, parseMessage, PING, PONG, type GivenPosition, type ServerMessage } from './protocol.ts'
import { unsavedOf } from './record.ts'
import {
  canSee,
  emptyRoom,
  fullBucket,
  inSight,
  move,
  pairOf,
  recall,
  recordShown,
  type RoomState,
  takeToken,
  togetherMs,
  whereaboutsOf,
} from './room-state.ts'
import { type RoomFacts, RoomStore } from './room-store.ts'
import { membersOf, reasonToClose } from './rules.ts'
import type { RoomTruth } from './schema.ts'
import { close, type PresentSeat, type Seat, Seats, send } from './seats.ts'
import { type Entrance, ENTRANCE_HEADER, lookAtRoom, REFUSAL_HEADER, saveRecord } from './service.ts'
import { Timers } from './timers.ts'

export type RoomDeps = Pick<Deps, 'db' | 'now' | 'jobs' | 'roomTickets' | 'wakeAt'>

/** Who has said nothing about themselves by then must go. */
const DOOR_MS = 10_000
/** More than two hear each other once in this time, all in one frame. */
const FRAME_MS = 1_000
/** The room looks by itself who may be in it, for what it was not told. */
const CHECK_MS = 60_000
const RECHECK_MS = 1_000
/** New company and new viewers are put down at once, how long it goes on now and then. */
const RECORD_SOON_MS = 1_000
const RECORD_MS = 60_000
/** In larger rooms, how long something lasts is in storage to within this. The last positions tell the rest of who was together; of who was shown them up to this is lost. */
const KEEP_MS = 10_000
/** Rules §9: positions are gone an hour after the end, although an alarm may come late. */
const FORGET_MS = 55 * 60_000
/** Ten minutes side by side make company. */
const COMPANY_MS = 600_000
/** A ticket is remembered a little longer than it holds. */
const SPENT_MS = 120_000

type Timer = 'door' | 'frame' | 'check' | 'record' | 'end' | 'forget' | 'vanish'

/**
 * The live room of one invitation. Its sockets hibernate; whatever must outlive a message is in SQLite or in an attachment, and what is in memory can be
 * read again from these. Who may be in it is Postgres's to say: it is asked at the door, whenever something has changed, and once a minute.
 */
export class LiveRoom extends DurableObject<Env> {
  readonly #deps: RoomDeps
  readonly #store: RoomStore
  readonly #timers: Timers<Timer>
  readonly #seats: Seats
  #room: RoomState
  #facts: RoomFacts | null
  /** How often the room was told of a change: what was looked up before the last of them does not count. */
  #changes = 0
  /** Those who have moved and whom not everybody has been shown since. */
  readonly #moved = new Set<string>()
  #frame_ms = 0

  constructor(ctx: DurableObjectState, env: Env, deps: RoomDeps) {
    super(ctx, env)
    this.#deps = deps
    this.#store = new RoomStore(ctx.storage)
    this.#room = this.#store.loadState()
    recall(this.#room)
    this.#facts = this.#store.loadFacts()
    this.#seats = new Seats(ctx.getWebSockets())
    // Who waits at the door lies in attachments alone, so that a stranger makes no storage.
    const since_ms = this.#seats.waitingSince()
    this.#timers = new Timers(this.#store, ctx.storage, new Map([['door', since_ms === null ? null : since_ms + DOOR_MS]]))
    // What was still to be shown, or may have been: what came after the last frame, and while nobody was shown anything.
    const since = this.#facts?.is_muted ? this.#now() - CHECK_MS : (this.#timers.dueAt('frame') ?? Infinity) - FRAME_MS
    for (const [userId, { at_ms }] of this.#room.spots) if (at_ms >= since) this.#moved.add(userId)
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG))
    void ctx.blockConcurrencyWhile(() => this.#timers.restore())
  }

  /** Only the Worker reaches this, and says who is at the door. */
  override async fetch(request: Request): Promise<Response> {
    // Written by enterRoom alone.
    const { entrant, protocol } = JSON.parse(request.headers.get(ENTRANCE_HEADER) ?? 'null') as Entrance
    const { 0: client, 1: server } = new WebSocketPair()
    const now = this.#now()
    this.ctx.acceptWebSocket(server)
    this.#seats.sit(server, { status: 'door', entrant: null, arrival: this.#seats.nextArrival(), since_ms: now, bucket: fullBucket(now) })
    this.#timers.setBy('door', now + DOOR_MS)
    const code = entrant && (await this.#enter(server, entrant))
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
    if (!bucket || sizeOf(data) > MESSAGE_MAX_BYTES) return this.#close(socket, CLOSE.too_fast_or_large, 'message too fast or too large')
    if (seat.status !== 'in') return this.#atDoor(socket, { ...seat, bucket }, data)
    this.#seats.sit(socket, { ...seat, bucket })
    const message = parseMessage(data)
    switch (message?.type) {
      case 'location':
        return this.#hear(socket, seat, message, now)
      case 'ping':
        return send(socket, { type: 'pong' })
      case 'end':
        return this.#endFor(socket, seat)
      default:
        return send(socket, { type: 'error', code: 'invalid_message', detail: '알 수 없는 메시지예요.' })
    }
  }

  /** The first message says who it is. What comes while that is looked up is no second try. */
  async #atDoor(socket: WebSocket, seat: Seat, data: string | ArrayBuffer): Promise<void> {
    this.#seats.sit(socket, { ...seat, status: 'entering', entrant: seat.entrant })
    if (seat.status === 'entering') return
    const message = parseMessage(data)
    const entrant = message?.type === 'auth' ? await this.#deps.roomTickets.verify(message.ticket, this.#invitationId()) : null
    if (entrant) await this.#enter(socket, entrant)
    else this.#close(socket, CLOSE.unauthenticated, 'a ticket was expected')
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    this.#depart(socket)
    // Codes such as 1005 and 1006 only say that there was none: they are never sent.
    const isSendable = code === 1_000 || (code >= 3_000 && code <= 4_999)
    close(socket, isSendable ? code : CLOSE.done, isSendable ? reason : '')
  }

  override webSocketError(socket: WebSocket): void {
    this.#depart(socket)
  }

  /**
   * Something has changed that decides who may be in the room, or see whom. Until it is known what, nobody is shown anything; false where that could not
   * be found out just now, and the room goes on trying.
   */
  async recheck(): Promise<boolean> {
    this.#changes++
    if (!this.#facts || this.#facts.ended_ms !== null) return true
    this.#setFacts({ ...this.#facts, is_muted: true })
    this.#timers.setBy('check', this.#now() + RECHECK_MS)
    try {
      await this.#check()
      return true
    } catch (error) {
      console.error(JSON.stringify({ level: 'error', message: 'a live room is muted', error: String(error) }))
      return false
    }
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
        return this.#show(now)
      case 'check':
        return this.#check()
      case 'record':
        return this.#record()
      case 'end':
        return this.#end('expired')
      case 'forget':
        this.#room.spots.clear()
        return this.#store.deleteSpots()
      case 'vanish':
        await this.#record()
        return this.#vanish()
    }
  }

  #now(): number {
    return this.#deps.now().getTime()
  }

  #invitationId(): string {
    const id = this.#facts?.invitation_id ?? this.ctx.id.name
    if (!id) throw new Error('a live room goes by the id of its invitation')
    return id
  }

  #setFacts(facts: RoomFacts): void {
    this.#facts = facts
    this.#store.saveFacts(facts)
  }

  /** How things stand, as of a moment after the last change that the room was told of; `asked` are the sessions of those it tells of. */
  async #look(): Promise<{ truth: RoomTruth; asked: ReadonlySet<string> }> {
    for (;;) {
      const changes = this.#changes
      const asked = this.#seats.sessionIds()
      const truth = await lookAtRoom(this.#deps, this.#invitationId(), [...asked])
      if (changes === this.#changes) return { truth, asked }
    }
  }

  /** Lets somebody in, or closes the connection with the code that is answered. */
  async #enter(socket: WebSocket, entrant: Entrant): Promise<number | null> {
    const refuse = (code: number, reason: string) => {
      this.#close(socket, code, reason)
      return code
    }
    const seat = this.#seats.of(socket)
    if (!seat) return CLOSE.not_open
    this.#seats.sit(socket, { ...seat, status: 'entering', entrant })
    const looked = await this.#look().catch((error: unknown) => {
      console.error(JSON.stringify({ level: 'error', message: 'nobody could say who may enter a live room', error: String(error) }))
      return null
    })
    if (!this.#seats.has(socket)) return CLOSE.not_open
    if (!looked) return refuse(CLOSE.try_again, 'try again later')
    const { truth, asked } = looked
    const { user_id, ticket_id } = entrant
    const isOver = this.#facts !== null && this.#facts.ended_ms !== null
    const code = reasonToClose(truth, entrant) ?? (isOver ? CLOSE.not_open : null)
    if (code !== null) return refuse(code, 'not let in')
    const now = this.#now()
    if (ticket_id && !this.#store.spendTicket(ticket_id, { now_ms: now, until_ms: now + SPENT_MS }))
      return refuse(CLOSE.unauthenticated, 'the ticket has been used')
    const ends_ms = Date.parse(truth.ends_at ?? '')
    this.#facts ??= { invitation_id: this.#invitationId(), ends_ms, ended_ms: null, is_muted: false }
    this.#timers.set('end', ends_ms)
    this.#timers.setBy('check', now + CHECK_MS)
    this.#apply(truth, asked)

    const others = this.#seats.present().filter((it) => it.user_id === user_id)
    if (others.some((other) => other.seat.arrival > seat.arrival)) return refuse(CLOSE.replaced, 'replaced')
    // The newer one is in before the older ones go, so that the person never left.
    this.#seats.sit(socket, { ...seat, status: 'in', entrant, zone: zoneOf(truth, entrant) })
    for (const older of others) this.#close(older.socket, CLOSE.replaced, 'replaced by a newer connection')
    if (this.#room.ended.delete(user_id)) this.#store.savePeople(this.#room)
    this.#greet(socket, user_id, now)
    if (others.length === 0) this.#announce(user_id, this.#presence(user_id, 'joined'))
    return null
  }

  #greet(socket: WebSocket, userId: string, now: number): void {
    const items = inSight(this.#room, userId, (id) => this.#seats.isHere(id), now).flatMap((id) => whereaboutsOf(this.#room, id) ?? [])
    const members = [...this.#room.members.values()]
      .filter(({ user_id }) => user_id === userId || canSee(this.#room, userId, user_id))
      .map((member) => ({ ...member, is_here: this.#seats.isHere(member.user_id) }))
    const ends_at = new Date(this.#facts!.ends_ms).toISOString()
    send(socket, { type: 'snapshot', user_id: userId, ends_at, members, items })
    for (const item of items) this.#noteShown(item, userId, now)
    this.#keep(now)
  }

  /** Brings the room in line with how things stand: who may be in it, who sees whom, and where they live. Whoever was not `asked` about came since. */
  #apply(truth: RoomTruth, asked: ReadonlySet<string>): void {
    const before = { ...this.#room, members: new Map(this.#room.members), apart: new Set(this.#room.apart) }
    const { members, apart, spots } = this.#room
    members.clear()
    for (const { user_id, nickname, is_host } of membersOf(truth)) members.set(user_id, { user_id, nickname, is_host })
    apart.clear()
    for (const [one, other] of truth.apart) apart.add(pairOf(one, other))
    this.#keep(this.#now(), true)
    for (const userId of spots.keys()) {
      if (members.has(userId)) continue
      spots.delete(userId)
      this.#store.deleteSpot(userId)
    }
    this.#store.savePeople(this.#room)
    const wasMuted = this.#facts!.is_muted
    this.#setFacts({ ...this.#facts!, is_muted: false })

    if (truth.status !== 'open') return this.#end(truth.status === 'over' ? 'expired' : 'cancelled')
    const present = this.#seats.present()
    for (const { socket, seat } of present) {
      if (!asked.has(seat.entrant.session_id)) continue
      const code = reasonToClose(truth, seat.entrant)
      if (code === null) this.#seats.sit(socket, { ...seat, zone: zoneOf(truth, seat.entrant) })
      else this.#close(socket, code, 'no longer a participant')
    }
    // Whoever may not see somebody any more learns only that they have left; whoever left has been announced to those who still see them.
    for (const { socket, user_id: viewer } of this.#seats.present()) {
      for (const { user_id: subject } of present) {
        if (canSee(before, viewer, subject) && !canSee(this.#room, viewer, subject))
          send(socket, { type: 'presence', user_id: subject, nickname: before.members.get(subject)!.nickname, status: 'left' })
        else if (
          before.members.has(viewer) &&
          before.members.has(subject) &&
          !canSee(before, viewer, subject) &&
          canSee(this.#room, viewer, subject)
        )
          send(socket, this.#presence(subject, 'joined'))
      }
    }
    if (wasMuted) this.#show(this.#now())
  }

  async #check(): Promise<void> {
    if (!this.#facts || this.#facts.ended_ms !== null) return
    if (this.#seats.present().length === 0) {
      // Whoever comes is looked up at the door.
      if (this.#facts.is_muted) this.#setFacts({ ...this.#facts, is_muted: false })
      return
    }
    const { truth, asked } = await this.#look()
    this.#apply(truth, asked)
    if (this.#seats.present().length > 0) this.#timers.set('check', this.#now() + CHECK_MS)
  }

  #hear(socket: WebSocket, { entrant: { user_id }, zone }: PresentSeat, position: GivenPosition, now: number): void {
    if (!move(this.#room, user_id, position, zone, now))
      return send(socket, { type: 'error', code: 'position_refused', detail: '이동할 수 없는 거리예요. 위치를 확인해 주세요.' })
    this.#moved.add(user_id)
    const isDue = this.#seats.present().length <= 2 || now - this.#frame_ms >= FRAME_MS
    // What is said before storage is written to does not wait for the disk.
    if (isDue) this.#show(now)
    else this.#timers.setBy('frame', this.#frame_ms + FRAME_MS)
    this.#store.saveSpot(user_id, this.#room.spots.get(user_id)!)
    this.#keep(now)
  }

  /** Shows everybody who has moved: two hear each other at once, more of them in one frame. */
  #show(now: number): void {
    if (this.#facts?.is_muted) return
    const present = this.#seats.present()
    const moved = [...this.#moved].flatMap((userId) => whereaboutsOf(this.#room, userId) ?? [])
    this.#moved.clear()
    this.#frame_ms = now
    const shown = present.map(({ socket, user_id: viewer }) => ({
      socket,
      viewer,
      items: moved.filter(({ user_id }) => canSee(this.#room, viewer, user_id)),
    }))
    for (const { socket, items } of shown) {
      if (present.length <= 2) for (const item of items) send(socket, item)
      else if (items.length > 0) send(socket, { type: 'locations', items })
    }
    for (const { viewer, items } of shown) for (const item of items) this.#noteShown(item, viewer, now)
    this.#keep(now)
  }

  #noteShown(item: Parameters<typeof recordShown>[1], viewer: string, now: number): void {
    this.#timers.setBy('record', now + (recordShown(this.#room, item, viewer, now) ? RECORD_SOON_MS : RECORD_MS))
  }

  /** Puts into storage what has lasted on; in larger rooms not each second. */
  #keep(now: number, isAll = this.#seats.present().length <= 2): void {
    for (const [pair, spans] of this.#room.encounters) {
      for (const span of spans) {
        if (span.to_ms === span.kept_ms || (!isAll && !this.#room.parted.has(pair) && span.to_ms - span.kept_ms < KEEP_MS)) continue
        const together = togetherMs(spans)
        const isNewCompany = together >= COMPANY_MS && together - (span.to_ms - Math.max(span.kept_ms, span.from_ms)) < COMPANY_MS
        this.#store.saveEncounter(pair, span)
        this.#timers.setBy('record', now + (isNewCompany ? RECORD_SOON_MS : RECORD_MS))
      }
    }
    this.#room.parted.clear()
    for (const [who, span] of this.#room.shown)
      if (span.to_ms !== span.kept_ms && (isAll || span.to_ms - span.kept_ms >= KEEP_MS)) this.#store.saveShown(who, span)
  }

  /** Puts down in Postgres what is not there yet. */
  async #record(): Promise<void> {
    this.#keep(this.#now(), true)
    const unsaved = unsavedOf(this.#room)
    if (!unsaved) return
    await saveRecord(this.#deps, this.#invitationId(), unsaved.record)
    for (const { span, to_ms } of [...unsaved.encounters, ...unsaved.shown]) span.saved_ms = to_ms
    for (const { key, span } of unsaved.encounters) this.#store.saveEncounter(key, span)
    for (const { key, span } of unsaved.shown) this.#store.saveShown(key, span)
  }

  #presence(userId: string, status: 'joined' | 'left'): ServerMessage {
    return { type: 'presence', user_id: userId, nickname: this.#room.members.get(userId)?.nickname ?? '', status }
  }

  /** To all who may see somebody. */
  #announce(userId: string, message: ServerMessage): void {
    for (const { socket, user_id } of this.#seats.present()) if (canSee(this.#room, user_id, userId)) send(socket, message)
  }

  /** Somebody has finished their part; when all have, the room is over. */
  #endFor(socket: WebSocket, { entrant: { user_id } }: PresentSeat): void {
    this.#room.ended.add(user_id)
    this.#store.savePeople(this.#room)
    this.#announce(user_id, { type: 'ended', user_id, reason: 'ended' })
    this.#seats.standUp(socket)
    close(socket, CLOSE.done, 'ended')
    this.#rest()
    if ([...this.#room.members.keys()].every((member) => this.#room.ended.has(member))) this.#end('ended')
  }

  #end(reason: EndReason): void {
    if (!this.#facts || this.#facts.ended_ms !== null) return
    const now = this.#now()
    this.#keep(now, true)
    this.#setFacts({ ...this.#facts, ended_ms: now })
    for (const [socket] of this.#seats.all()) {
      send(socket, { type: 'ended', user_id: null, reason })
      this.#seats.standUp(socket)
      close(socket, reason === 'ended' ? CLOSE.done : CLOSE.not_open, reason)
    }
    this.#moved.clear()
    this.#timers.clear('frame', 'check', 'end', 'door')
    this.#timers.set('record', now + RECORD_SOON_MS)
    this.#timers.set('forget', now + FORGET_MS)
    // Until then the room still has to know that it is over.
    this.#timers.set('vanish', Math.max(now + FORGET_MS, this.#facts.ends_ms) + 1)
  }

  /** Ends a connection; where it was somebody's last one, the others are told. */
  #close(socket: WebSocket, code: number, reason: string): void {
    this.#depart(socket)
    close(socket, code, reason)
  }

  #depart(socket: WebSocket): void {
    const seat = this.#seats.of(socket)
    this.#seats.standUp(socket)
    if (seat?.status === 'in' && !this.#seats.isHere(seat.entrant.user_id))
      this.#announce(seat.entrant.user_id, this.#presence(seat.entrant.user_id, 'left'))
    this.#rest()
  }

  /** After somebody has gone: their part is put down soon, and an empty room does nothing more by itself. */
  #rest(): void {
    if (!this.#facts) return
    const now = this.#now()
    this.#keep(now, true)
    if (this.#room.shown.size + this.#room.encounters.size > 0) this.#timers.setBy('record', now + RECORD_SOON_MS)
    if (this.#seats.present().length === 0) this.#timers.clear('frame', 'check')
  }

  async #clearDoor(now: number): Promise<void> {
    let next = Infinity
    for (const [socket, { status, since_ms }] of this.#seats.all()) {
      if (status === 'in') continue
      if (since_ms + DOOR_MS <= now) this.#close(socket, CLOSE.unauthenticated, 'nobody said who they are')
      else next = Math.min(next, since_ms + DOOR_MS)
    }
    if (next < Infinity) this.#timers.setBy('door', next)
    else if (!this.#facts) await this.#vanish()
  }

  async #vanish(): Promise<void> {
    this.#timers.forget()
    this.#room = emptyRoom()
    this.#facts = null
    await this.#store.vanish()
  }
}

function zoneOf({ sessions }: RoomTruth, { session_id }: Entrant) {
  return sessions.find(({ id }) => id === session_id)?.zone ?? null
}

/** In bytes; what has more letters than that has more bytes, too. */
function sizeOf(data: string | ArrayBuffer): number {
  if (typeof data !== 'string') return data.byteLength
  return data.length > MESSAGE_MAX_BYTES ? data.length : new TextEncoder().encode(data).length
}

import type { Entrant } from '../../core/room-ticket.ts'
import { CLOSE } from './closing.ts'
import type { EndReason } from './protocol.ts'
import { RECORD_SOON_MS, type Recorder } from './recorder.ts'
import { pairOf, type RoomState } from './room-state.ts'
import { hidePeople } from './hiding.ts'
import type { RoomFacts, RoomStore } from './room-store.ts'
import { membersOf, mustEnterAnew, reasonToClose } from './rules.ts'
import type { RoomTruth } from './schema.ts'
import { close, type PresentSeat, type Seats, send } from './seats.ts'
import type { Showing } from './showing.ts'
import type { Timers } from './timers.ts'
import { lingersUntil } from './whereabouts.ts'

/** The room asks by itself once a minute who may be in it, because a notice of a change can be lost. */
export const CHECK_MS = 60_000
const RECHECK_MS = 1_000
/** Positions must be gone an hour after the end (docs/product.md#live-rooms). Five minutes are left for an alarm that comes late. */
const FORGET_MS = 55 * 60_000
/** A used ticket is remembered for longer than it is valid. */
const SPENT_MS = 120_000

/** What a room asks of the world outside it. */
interface Outside {
  readonly now: () => number
  readonly roomId: () => string
  /** Asks Postgres how things stand, and which of these sessions are alive. */
  readonly lookAtRoom: (sessionIds: readonly string[]) => Promise<RoomTruth>
}

/** Decides who is in a room, and until when. Only Postgres says who may be in it. */
export class Membership {
  readonly #room: RoomState
  readonly #store: RoomStore
  readonly #seats: Seats
  readonly #timers: Timers
  readonly #recorder: Recorder
  readonly #showing: Showing
  readonly #outside: Outside
  /** Counts the notices of changes. An answer of Postgres that was asked for before the last notice is not used. */
  #changes = 0

  constructor(
    parts: { room: RoomState; store: RoomStore; seats: Seats; timers: Timers; recorder: Recorder; showing: Showing },
    outside: Outside,
  ) {
    this.#room = parts.room
    this.#store = parts.store
    this.#seats = parts.seats
    this.#timers = parts.timers
    this.#recorder = parts.recorder
    this.#showing = parts.showing
    this.#outside = outside
  }

  /** Lets somebody in, or closes the connection and answers the close code. */
  async enter(socket: WebSocket, entrant: Entrant): Promise<number | null> {
    const refuse = (code: number, reason: string) => {
      this.close(socket, code, reason)
      return code
    }
    if (!this.#seats.of(socket)) return CLOSE.not_open
    this.#seats.enterBy(socket, entrant)
    const looked = await this.#look().catch((error: unknown) => {
      console.error(JSON.stringify({ level: 'error', message: 'nobody could say who may enter a live room', error: String(error) }))
      return null
    })
    // What came meanwhile has taken from the seat's bucket.
    const seat = this.#seats.has(socket) ? this.#seats.of(socket) : null
    if (!seat) return CLOSE.not_open
    if (!looked) return refuse(CLOSE.try_again, 'try again later')
    const { truth, asked } = looked
    const { user_id, ticket_id } = entrant
    const code = reasonToClose(truth, entrant) ?? (this.#isOver() ? CLOSE.not_open : null)
    if (code !== null) return refuse(code, 'not let in')
    const now = this.#outside.now()
    if (ticket_id && !this.#store.spendTicket(ticket_id, { now_ms: now, until_ms: now + SPENT_MS }))
      return refuse(CLOSE.unauthenticated, 'the ticket has been used')
    this.#timers.setBy('check', now + CHECK_MS)
    const known = { room_id: this.#outside.roomId(), kind: truth.kind ?? 'invitation', ends_ms: 0, ended_ms: null, is_muted: false }
    const facts = this.#apply(this.#store.facts ?? { ...known, place: truth.place }, truth, asked)

    const others = this.#seats.present().filter((it) => it.user_id === user_id)
    if (others.some((other) => other.seat.arrival > seat.arrival)) return refuse(CLOSE.replaced, 'replaced')
    // The newer connection is in before the older ones go, so that the person never left.
    this.#seats.sit(socket, { ...seat, status: 'in', entrant, is_unveiled: false })
    this.#room.unveiled.delete(user_id)
    for (const older of others) this.close(older.socket, CLOSE.replaced, 'replaced by a newer connection')
    if (this.#room.ended.delete(user_id)) this.#store.savePeople(this.#room)
    // For the others, somebody who lingers never left.
    const wasHere = others.length > 0 || this.#forgetLingering(user_id)
    this.#showing.greet(socket, user_id, facts.ends_ms, now)
    if (!wasHere) this.#showing.tellJoined(user_id, now)
    return null
  }

  /**
   * Something has changed that decides who may be in the room, or whom they see. Nobody is shown anything until Postgres has been asked again. Answers
   * `false` when Postgres could not be asked. The room then goes on trying.
   */
  async recheck(): Promise<boolean> {
    this.#changes++
    const { facts } = this.#store
    if (!facts || facts.ended_ms !== null) return true
    this.#store.saveFacts({ ...facts, is_muted: true })
    this.#timers.setBy('check', this.#outside.now() + RECHECK_MS)
    try {
      await this.check()
      return true
    } catch (error) {
      console.error(JSON.stringify({ level: 'error', message: 'a live room is muted', error: String(error) }))
      return false
    }
  }

  /** Asks Postgres who may be in the room. An empty room does not ask, because whoever comes is looked up at the door. */
  async check(): Promise<void> {
    const { facts } = this.#store
    if (!facts || facts.ended_ms !== null) return
    if (this.#seats.present().length + this.#room.lingering.size === 0) {
      if (facts.is_muted) this.#store.saveFacts({ ...facts, is_muted: false })
      return
    }
    const { truth, asked } = await this.#look()
    if (this.#store.facts) this.#apply(this.#store.facts, truth, asked)
    if (this.#seats.present().length > 0) this.#timers.set('check', this.#outside.now() + CHECK_MS)
  }

  /** Somebody has finished their part. The room is over when all have. */
  endFor(socket: WebSocket, { entrant: { user_id } }: PresentSeat): void {
    this.#room.ended.add(user_id)
    this.#store.savePeople(this.#room)
    this.#seats.standUp(socket)
    this.#leave(user_id)
    close(socket, CLOSE.done, 'ended')
    this.#rest()
    this.#endWhenAllHave()
  }

  /** Tells the others of those who have gone long enough ago. */
  missLingering(now: number): void {
    for (const [userId, until_ms] of this.#room.lingering) {
      if (until_ms > now) continue
      this.#forgetLingering(userId)
      this.#showing.tellGone(userId)
    }
    if (this.#room.lingering.size > 0) this.#timers.setBy('linger', Math.min(...this.#room.lingering.values()))
    this.#endWhenAllHave()
  }

  /** Shows somebody everywhere from now on, or no longer. */
  unveil(socket: WebSocket, seat: PresentSeat, on: boolean): void {
    const { user_id } = seat.entrant
    const now = this.#outside.now()
    this.#seats.sit(socket, { ...seat, is_unveiled: on, switched_ms: now })
    if (on) this.#room.unveiled.add(user_id)
    else this.#room.unveiled.delete(user_id)
    this.#showing.showAgain(user_id, now)
  }

  /** Ends the room for everybody. */
  end(reason: EndReason): void {
    const { facts } = this.#store
    if (!facts || facts.ended_ms !== null) return
    const now = this.#outside.now()
    this.#recorder.keep(now, true)
    this.#store.saveFacts({ ...facts, ended_ms: now })
    for (const [socket] of this.#seats.all()) {
      send(socket, { type: 'ended', user_id: null, reason })
      this.#seats.standUp(socket)
      close(socket, reason === 'ended' ? CLOSE.done : CLOSE.not_open, reason)
    }
    this.#showing.stop()
    this.#timers.clear('frame', 'check', 'linger', 'end', 'door')
    this.#timers.set('record', now + RECORD_SOON_MS)
    this.#timers.set('forget', now + FORGET_MS)
    // The room must know until its time that it is over, or it would open again.
    this.#timers.set('vanish', Math.max(now + FORGET_MS, facts.ends_ms) + 1)
  }

  /** Closes a connection. If it was a person's last one, the others are told. */
  close(socket: WebSocket, code: number, reason: string): void {
    this.depart(socket)
    close(socket, code, reason)
  }

  /** Takes a connection out of the room. If it was a person's last one, the others are told. */
  depart(socket: WebSocket): void {
    const seat = this.#seats.of(socket)
    this.#seats.standUp(socket)
    if (seat?.status === 'in' && !this.#seats.isHere(seat.entrant.user_id)) {
      // After an eviction nothing else says so of a connection that is closing.
      if (seat.is_unveiled) this.#room.unveiled.add(seat.entrant.user_id)
      this.#leave(seat.entrant.user_id)
    }
    this.#rest()
  }

  /** Tells the others that somebody has gone: at once when they were seen going, and otherwise later. */
  #leave(userId: string): void {
    const until_ms = lingersUntil(this.#room, userId, this.#outside.now())
    this.#room.unveiled.delete(userId)
    if (until_ms === null || this.#isOver()) return this.#showing.tellGone(userId)
    this.#room.lingering.set(userId, until_ms)
    this.#store.saveLingering(userId, until_ms)
    this.#timers.setBy('linger', until_ms)
  }

  #forgetLingering(userId: string): boolean {
    if (!this.#room.lingering.delete(userId)) return false
    this.#store.deleteLingering(userId)
    return true
  }

  /** The end of somebody who lingers is not known yet. A meetup's room stays open until its time, because others may still join. */
  #endWhenAllHave(): void {
    const { kind, members, ended, lingering } = this.#room
    if (kind === 'meetup') return
    if (members.size > 0 && [...members.keys()].every((member) => ended.has(member) && !lingering.has(member))) this.end('ended')
  }

  /** After somebody has gone, their part is recorded soon. An empty room does nothing more by itself. */
  #rest(): void {
    if (!this.#store.facts) return
    const now = this.#outside.now()
    this.#recorder.keep(now, true)
    if (this.#room.shown.size + this.#room.encounters.size > 0) this.#timers.setBy('record', now + RECORD_SOON_MS)
    if (this.#seats.present().length === 0) this.#timers.clear('frame', 'check')
  }

  #isOver(): boolean {
    return this.#store.facts !== null && this.#store.facts.ended_ms !== null
  }

  /** Asks Postgres how things stand, and asks again when a notice of a change comes meanwhile. `asked` are the sessions that the answer speaks of. */
  async #look(): Promise<{ truth: RoomTruth; asked: ReadonlySet<string> }> {
    for (;;) {
      const changes = this.#changes
      const asked = this.#seats.sessionIds()
      const truth = await this.#outside.lookAtRoom([...asked])
      if (changes === this.#changes) return { truth, asked }
    }
  }

  /**
   * Brings the room in line with what Postgres has answered: who may be in it, who sees whom, and where they are hidden. A session that was not `asked` about has
   * come since, so the answer says nothing of it. Answers the facts as they are now.
   */
  #apply(was: RoomFacts, truth: RoomTruth, asked: ReadonlySet<string>): RoomFacts {
    const ends_ms = truth.ends_at === null ? was.ends_ms : Date.parse(truth.ends_at)
    const facts = { ...was, ends_ms, is_muted: false, place: truth.place }
    this.#timers.set('end', ends_ms)
    if (mustEnterAnew(was, truth)) this.#empty()
    const before = { ...this.#room, members: new Map(this.#room.members), apart: new Set(this.#room.apart) }
    const { members, apart, spots, lingering } = this.#room
    const here = new Set([...this.#seats.present().map(({ user_id }) => user_id), ...lingering.keys()])
    members.clear()
    for (const { user_id, nickname, is_host } of membersOf(truth)) members.set(user_id, { user_id, nickname, is_host })
    apart.clear()
    for (const [one, other] of truth.apart) apart.add(pairOf(one, other))
    this.#recorder.keep(this.#outside.now(), true)
    for (const userId of spots.keys()) if (!members.has(userId)) this.#forgetSpot(userId)
    for (const userId of lingering.keys()) if (!members.has(userId)) this.#forgetLingering(userId)
    hidePeople(this.#room, this.#store, facts.kind, truth)
    this.#store.savePeople(this.#room)
    this.#store.saveFacts(facts)

    if (truth.status !== 'open' && truth.status !== 'early') this.end(truth.status === 'over' ? 'expired' : 'cancelled')
    if (truth.status !== 'open') return facts
    for (const { socket, seat } of this.#seats.present()) {
      if (!asked.has(seat.entrant.session_id)) continue
      const code = reasonToClose(truth, seat.entrant)
      if (code !== null) this.close(socket, code, 'no longer a participant')
    }
    this.#showing.tellChanges(before, here, this.#outside.now())
    if (was.is_muted) this.#showing.show(this.#outside.now())
    return facts
  }

  /** Closes all connections that are in the room, and leaves nothing of where anybody was. */
  #empty(): void {
    for (const { socket } of this.#seats.present()) {
      this.#seats.standUp(socket)
      close(socket, CLOSE.not_open, 'enter anew')
    }
    for (const userId of this.#room.spots.keys()) this.#forgetSpot(userId)
    for (const userId of this.#room.lingering.keys()) this.#forgetLingering(userId)
    this.#room.unveiled.clear()
    this.#showing.stop()
    this.#rest()
  }

  #forgetSpot(userId: string): void {
    this.#room.spots.delete(userId)
    this.#store.deleteSpot(userId)
    this.#showing.forgetTold(userId)
  }
}

import { type GivenPosition, LIMITS, type ServerMessage, type Whereabouts } from './protocol.ts'
import type { Recorder } from './recorder.ts'
import { move } from './movement.ts'
import { canSee, inSight, type RoomState } from './room-state.ts'
import type { RoomStore } from './room-store.ts'
import { type PresentSeat, type Seats, send } from './seats.ts'
import type { Timers } from './timers.ts'
import { shownInRoom } from './whereabouts.ts'

const FRAME_MS = LIMITS.frame_sec * 1_000

/** Shows the people in a room to each other: where they are, and who comes and goes. Everybody hears only of those whom they may see. */
export class Showing {
  readonly #room: RoomState
  readonly #store: RoomStore
  readonly #seats: Seats
  readonly #timers: Timers
  readonly #recorder: Recorder
  /** Those who have moved since the last frame. */
  readonly #moved = new Set<string>()
  #frame_ms = 0

  constructor(parts: { room: RoomState; store: RoomStore; seats: Seats; timers: Timers; recorder: Recorder }) {
    this.#room = parts.room
    this.#store = parts.store
    this.#seats = parts.seats
    this.#timers = parts.timers
    this.#recorder = parts.recorder
  }

  /**
   * Finds after an eviction who has moved since the last frame, or has chosen how they are shown. A frame that is due began one frame earlier. A muted room has shown nothing since it was
   * muted, which is at most `mutedMs` ago.
   */
  restore(now: number, mutedMs: number): void {
    const since = this.#store.facts?.is_muted ? now - mutedMs : (this.#timers.dueAt('frame') ?? Infinity) - FRAME_MS
    for (const [userId, { at_ms }] of this.#room.spots) if (at_ms >= since) this.#moved.add(userId)
    for (const { user_id, seat } of this.#seats.present()) if ((seat.switched_ms ?? -Infinity) >= since) this.#moved.add(user_id)
  }

  /** Takes a position of somebody who is in the room, and shows it now or in the next frame. */
  hear(socket: WebSocket, { entrant: { user_id } }: PresentSeat, position: GivenPosition, now: number): void {
    const cells = this.#room.cells.get(user_id)
    const outcome = move(this.#room, user_id, position, now)
    if (outcome === 'late') return
    if (outcome === 'impossible')
      return send(socket, { type: 'error', code: 'position_refused', detail: '이동할 수 없는 거리예요. 위치를 확인해 주세요.' })
    // The position is shown before it is stored. The runtime holds back a message that is sent after a write until the write is on the disk.
    this.showAgain(user_id, now)
    this.#store.saveSpot(user_id, this.#room.spots.get(user_id)!)
    const found = this.#room.cells.get(user_id)
    if (found && found !== cells) this.#store.saveCells(user_id, found)
    this.#recorder.keep(now)
  }

  /** Shows where somebody is, now or in the next frame. */
  showAgain(userId: string, now: number): void {
    this.#moved.add(userId)
    if (this.#isSmall() || now - this.#frame_ms >= FRAME_MS) this.show(now)
    else this.#timers.setBy('frame', this.#frame_ms + FRAME_MS)
  }

  /** Whether there are no more than two. Somebody who lingers counts, because the others would notice the other kind of message. */
  #isSmall(): boolean {
    return new Set([...this.#seats.present().map(({ user_id }) => user_id), ...this.#room.lingering.keys()]).size <= 2
  }

  #isHere(userId: string): boolean {
    return this.#seats.isHere(userId) || this.#room.lingering.has(userId)
  }

  /** Shows everybody who has moved: one message a person in a room of two, one frame in a larger room. A muted room shows nothing. */
  show(now: number): void {
    if (this.#store.facts?.is_muted) return
    const isSmall = this.#isSmall()
    const shown = this.#seats.present().map(({ socket, user_id: viewer }) => ({
      socket,
      viewer,
      items: [...this.#moved].flatMap((subject) => {
        const item = shownInRoom(this.#room, subject, viewer, now)
        const isNews = item && (item.type === 'location' || !this.#room.told.has(`${subject} ${viewer}`))
        return isNews ? [item] : []
      }),
    }))
    this.#moved.clear()
    // Whoever moves unseen must not put off the next frame, or its time would tell of them.
    if (shown.some(({ items }) => items.length > 0)) this.#frame_ms = now
    for (const { socket, items } of shown) {
      if (isSmall) for (const item of items) send(socket, item)
      else if (items.length > 0) send(socket, { type: 'locations', items })
    }
    for (const { viewer, items } of shown) for (const item of items) this.#note(item, viewer, now)
    this.#recorder.keep(now)
  }

  /** Remembers what somebody was shown: a position for the ledger, and anything else so that it is said once. */
  #note(item: Whereabouts, viewer: string, now: number): void {
    const who = `${item.user_id} ${viewer}`
    const { told } = this.#room
    if (item.type === 'location') {
      this.#recorder.noteShown(item, viewer, now)
      if (told.delete(who)) this.#store.deleteTold(who)
    } else if (!told.has(who)) {
      told.set(who, item.type)
      this.#store.saveTold(who, item.type)
    }
  }

  /** Forgets what was said in place of somebody's position. */
  forgetTold(userId: string): void {
    for (const who of this.#room.told.keys()) {
      if (!who.startsWith(`${userId} `)) continue
      this.#room.told.delete(who)
      this.#store.deleteTold(who)
    }
  }

  /** Tells a newcomer who may be in the room, the host first, and where those are whom they may see. */
  greet(socket: WebSocket, userId: string, ends_ms: number, now: number): void {
    const seen = inSight(this.#room, userId, (id) => this.#isHere(id), now)
    const items = seen.flatMap((id) => shownInRoom(this.#room, id, userId, now) ?? [])
    const members = [...this.#room.members.values()]
      .filter(({ user_id }) => user_id === userId || canSee(this.#room, userId, user_id))
      .sort((one, other) => Number(other.is_host) - Number(one.is_host) || one.nickname.localeCompare(other.nickname, 'ko'))
      .map((member) => ({ ...member, is_here: this.#isHere(member.user_id) }))
    send(socket, { type: 'snapshot', kind: this.#room.kind, user_id: userId, ends_at: new Date(ends_ms).toISOString(), members, items })
    for (const item of items) this.#note(item, userId, now)
    this.#recorder.keep(now)
  }

  /** Tells the others that somebody is here. */
  tellJoined(userId: string, now: number): void {
    for (const { socket, user_id: viewer } of this.#seats.present())
      if (canSee(this.#room, viewer, userId)) this.#tellJoined(socket, viewer, userId, now)
  }

  /** Tells the others that somebody is gone, and whether they have finished their part. */
  tellGone(userId: string): void {
    const message: ServerMessage = this.#room.ended.has(userId)
      ? { type: 'ended', user_id: userId, reason: 'ended' }
      : this.#presence(userId, 'left')
    for (const { socket, user_id } of this.#seats.present()) if (canSee(this.#room, user_id, userId)) send(socket, message)
  }

  /** What stands in place of a position is said with it, because it is not said again when they move. */
  #tellJoined(socket: WebSocket, viewer: string, subject: string, now: number): void {
    send(socket, this.#presence(subject, 'joined'))
    const item = shownInRoom(this.#room, subject, viewer, now)
    if (!item || item.type === 'location') return
    send(socket, item)
    this.#note(item, viewer, now)
  }

  /**
   * Tells everybody whom they see no longer, or see anew, since `before`. Who may not see somebody any more learns only that they have left. `here` are
   * those who were here before. The others were told of each who had to go when that connection was closed.
   */
  tellChanges(before: RoomState, here: ReadonlySet<string>, now: number): void {
    for (const { socket, user_id: viewer } of this.#seats.present()) {
      for (const subject of here) {
        const [saw, sees] = [canSee(before, viewer, subject), canSee(this.#room, viewer, subject)]
        if (saw && !sees)
          send(socket, { type: 'presence', user_id: subject, nickname: before.members.get(subject)!.nickname, status: 'left' })
        else if (!saw && sees && before.members.has(viewer) && before.members.has(subject)) this.#tellJoined(socket, viewer, subject, now)
      }
    }
  }

  /** Nothing is left to be shown. */
  stop(): void {
    this.#moved.clear()
  }

  #presence(userId: string, status: 'joined' | 'left'): ServerMessage {
    return { type: 'presence', user_id: userId, nickname: this.#room.members.get(userId)?.nickname ?? '', status }
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { randomFrom } from '../../dev/random.ts'
import { Positions, Walker } from './room-client.ts'
import type { AgreedRoom } from './room-population.ts'
import type { RoomServer } from './room-servers.ts'

const ENTER_AT_ONCE = 20
/** In the first seconds each room also records its new company in Postgres. Rooms that do not all begin at once do that at different times. */
const WARM_UP_MS = 6_000
/** A position that has not come this long after the last one was sent is lost. */
const LAST_WITHIN_MS = 3_000
const POLL_MS = 20

export interface Pace {
  readonly everyMs: number
  readonly seconds: number
}

/** What was measured at one pace. */
export interface Walked {
  /** The time from sending a position until somebody else had it. */
  readonly fanOut_ms: readonly number[]
  readonly lost: number
  /** Frames a second, for each walker. */
  readonly frames: readonly number[]
  /** The share of one core that the server's process used. */
  readonly cpu_percent: number
  /** How late positions were sent. Such a delay is the fault of the generator. */
  readonly late_ms: readonly number[]
}

/** All people of some rooms, connected to one server. */
export class Company {
  readonly walkers: readonly Walker[]
  readonly #server: RoomServer
  readonly #rooms: readonly (readonly Walker[])[]
  readonly #positions = new Positions()
  readonly #random = randomFrom(3)

  constructor(server: RoomServer, rooms: readonly AgreedRoom[]) {
    this.#server = server
    this.#rooms = rooms.map(({ invitation_id, people }) => people.map((user) => new Walker(server, invitation_id, user, this.#positions)))
    this.walkers = this.#rooms.flat()
  }

  async enter(): Promise<void> {
    const waiting = [...this.walkers]
    const letIn = async () => {
      for (let walker = waiting.pop(); walker; walker = waiting.pop()) await walker.enter(await walker.prepare())
    }
    await Promise.all(Array.from({ length: ENTER_AT_ONCE }, letIn))
  }

  /** Everybody loses the connection at one moment and comes back at once. Returns how long each took, and how many failed. */
  async storm(): Promise<{ back_ms: number[]; lost: number }> {
    const opens = await Promise.all(this.walkers.map((walker) => walker.prepare()))
    for (const walker of this.walkers) walker.drop()
    const outcomes = await Promise.allSettled(this.walkers.map((walker, i) => walker.enter(opens[i]!)))
    const back_ms = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []))
    for (const reason of new Set(outcomes.flatMap((it) => (it.status === 'rejected' ? String(it.reason) : [])))) console.log(`  ${reason}`)
    return { back_ms, lost: outcomes.length - back_ms.length }
  }

  /** Everybody sends a position at intervals, each at a moment of their own. The first part is not measured, and the second part is. */
  async walk({ everyMs, seconds }: Pace): Promise<Walked> {
    const startedAt = performance.now()
    const endsAt = startedAt + WARM_UP_MS + seconds * 1_000
    const late_ms: number[] = []
    const keepSaying = async (walker: Walker) => {
      for (let due = startedAt + this.#random.next() * everyMs; due < endsAt; due += everyMs) {
        await sleep(Math.max(0, due - performance.now()))
        late_ms.push(performance.now() - due)
        walker.say()
      }
    }
    const walking = Promise.all(this.walkers.map(keepSaying))
    await sleep(WARM_UP_MS)
    const { count, last } = this.#positions
    const from = performance.now()
    const cpuBefore = await this.#server.cpuMs()
    await walking
    const cpu = (await this.#server.cpuMs()) - cpuBefore
    const tookMs = performance.now() - from
    const frames = this.walkers.map(({ frames_ms }) => (1_000 * frames_ms.filter((at) => at >= from).length) / tookMs)

    const said = this.#positions.count - count
    const lostBy = performance.now() + LAST_WITHIN_MS
    while (this.#lost(last, said) > 0 && performance.now() < lostBy) await sleep(POLL_MS)
    return {
      fanOut_ms: this.walkers.flatMap(({ heard }) => heard.flatMap(({ timestamp, ms }) => (timestamp > last ? ms : []))),
      lost: this.#lost(last, said),
      frames,
      cpu_percent: (100 * cpu) / tookMs,
      late_ms,
    }
  }

  /**
   * In a room of two every position must arrive, because two people hear each other at once. A larger room sends the newest positions in one frame. There only
   * the last position that each has heard of each other counts.
   */
  #lost(last: number, said: number): number {
    const areTwo = this.#rooms.every((room) => room.length === 2)
    if (areTwo) return this.walkers.reduce((left, { heard }) => left - heard.filter(({ timestamp }) => timestamp > last).length, said)
    return this.#rooms.reduce((sum, room) => sum + room.reduce((missing, walker) => missing + missedBy(room, walker), 0), 0)
  }

  leave(): void {
    for (const walker of this.walkers) walker.leave()
  }
}

/** The number of others whose last position somebody has not heard. */
function missedBy(room: readonly Walker[], walker: Walker): number {
  return room.filter((other) => other !== walker && other.said >= 0 && walker.newest.get(other.user.user_id) !== other.said).length
}

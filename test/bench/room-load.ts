import { setTimeout as sleep } from 'node:timers/promises'
import { randomFrom } from '../../dev/random.ts'
import { Positions, Walker } from './room-client.ts'
import type { AgreedRoom } from './room-population.ts'
import type { RoomServer } from './room-servers.ts'

const ENTER_AT_ONCE = 20
/** In the first seconds each room also puts its new company down in Postgres, which rooms do at different times where they do not all begin at once. */
const WARM_UP_MS = 6_000
/** What has not come by then, after the last position, is lost. */
const LAST_WITHIN_MS = 3_000
const POLL_MS = 20

export interface Pace {
  readonly everyMs: number
  readonly seconds: number
}

/** What came of walking at some pace. */
export interface Walked {
  /** From a position's being sent until somebody else had it. */
  readonly fanOut_ms: readonly number[]
  readonly lost: number
  /** Frames a second, by walker. */
  readonly frames: readonly number[]
  /** Of one core, what the server's process used. */
  readonly cpu_percent: number
  /** How late positions were sent: what is late here is the generator's own doing. */
  readonly late_ms: readonly number[]
}

/** Everybody of some rooms, connected to one server. */
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

  /** All lose their connection at one moment and come back at once; how long each took, and how many did not make it. */
  async storm(): Promise<{ back_ms: number[]; lost: number }> {
    const opens = await Promise.all(this.walkers.map((walker) => walker.prepare()))
    for (const walker of this.walkers) walker.drop()
    const outcomes = await Promise.allSettled(this.walkers.map((walker, i) => walker.enter(opens[i]!)))
    const back_ms = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []))
    for (const reason of new Set(outcomes.flatMap((it) => (it.status === 'rejected' ? String(it.reason) : [])))) console.log(`  ${reason}`)
    return { back_ms, lost: outcomes.length - back_ms.length }
  }

  /** Each says a position each so often, at a moment of their own, for a while that is not measured and then for one that is. */
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
    const first = this.#positions.count
    const from = performance.now()
    const cpuBefore = await this.#server.cpuMs()
    await walking
    const cpu = (await this.#server.cpuMs()) - cpuBefore
    const tookMs = performance.now() - from
    const frames = this.walkers.map(({ frames_ms }) => (1_000 * frames_ms.filter((at) => at >= from).length) / tookMs)

    const said = this.#positions.count - first
    const lostBy = performance.now() + LAST_WITHIN_MS
    while (this.#lost(first, said) > 0 && performance.now() < lostBy) await sleep(POLL_MS)
    return {
      fanOut_ms: this.walkers.flatMap(({ heard }) => heard.flatMap(({ number, ms }) => (number >= first ? ms : []))),
      lost: this.#lost(first, said),
      frames,
      cpu_percent: (100 * cpu) / tookMs,
      late_ms,
    }
  }

  /**
   * Of two, who hear each other at once, every position must arrive. More of them are told the newest in one frame: there it is what
   * each has last heard of each other that counts.
   */
  #lost(first: number, said: number): number {
    const areTwo = this.#rooms.every((room) => room.length === 2)
    if (areTwo) return this.walkers.reduce((left, { heard }) => left - heard.filter(({ number }) => number >= first).length, said)
    return this.#rooms.reduce((sum, room) => sum + room.reduce((missing, walker) => missing + missedBy(room, walker), 0), 0)
  }

  leave(): void {
    for (const walker of this.walkers) walker.leave()
  }
}

/** Of how many others somebody has not heard the last position. */
function missedBy(room: readonly Walker[], walker: Walker): number {
  return room.filter((other) => other !== walker && other.said >= 0 && walker.newest.get(other.user.user_id) !== other.said).length
}

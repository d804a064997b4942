/** A plain model of a live room. It says what everybody in the room should know when all messages have been delivered. */
/** A connection that should exist: what its owner has said lately, and what it should have been shown. */
interface Connection {
  tokens: number
  filledAt: number
  /** Where the others are, as this connection should know it. It is `unknown` when the model cannot say, because somebody moved while they were hidden. */
  readonly seen: Map<string, string>
}

interface Spot {
  readonly northM: number
  readonly at: number
  readonly isHome: boolean
}

const HOME_M = 200
const TOGETHER_M = 200
const FRESH_MS = 30_000

export class RoomModel {
  now: number
  readonly host: string
  readonly people: readonly string[]
  readonly accepted: Set<string>
  readonly blocks = new Set<string>()
  readonly zones = new Set<string>()
  readonly connections = new Map<string, Connection>()
  readonly ended = new Set<string>()
  readonly spots = new Map<string, Spot>()
  /** When two people were beside each other, by sorted pair: the start and end of each stretch, in seconds. */
  readonly together = new Map<string, [from: number, to: number][]>()
  /** By `subject viewer`: who may have been shown coordinates, and who surely was. A larger room shows them up to a second later. */
  readonly shown = new Set<string>()
  readonly surelyShown = new Set<string>()
  #pending: { readonly at: number; readonly subject: string; readonly viewer: string; readonly connection: Connection }[] = []
  over: 'cancelled' | 'ended' | null = null

  constructor(people: readonly [string, ...string[]], now: number) {
    this.host = people[0]
    this.people = people
    this.accepted = new Set(people.slice(1))
    this.now = now
  }

  isMember(person: string): boolean {
    return person === this.host || (this.accepted.has(person) && !this.areApart(person, this.host))
  }

  areApart(one: string, other: string): boolean {
    return this.blocks.has(`${one} ${other}`) || this.blocks.has(`${other} ${one}`)
  }

  canSee(viewer: string, subject: string): boolean {
    return viewer !== subject && this.isMember(viewer) && this.isMember(subject) && !this.areApart(viewer, subject)
  }

  /** The code with which somebody at the door is closed, or `null` when they are let in. */
  enter(person: string): number | null {
    const code = this.codeFor(person)
    if (code !== null) return code
    this.ended.delete(person)
    const connection: Connection = { tokens: 5, filledAt: this.now, seen: new Map() }
    this.connections.set(person, connection)
    for (const [subject, spot] of this.spots) {
      const isThere = this.connections.has(subject) || (!this.ended.has(subject) && this.now - spot.at <= 120_000)
      if (isThere && this.canSee(person, subject)) this.#show(subject, person)
    }
    return null
  }

  codeFor(person: string): number | null {
    if (person !== this.host && this.areApart(person, this.host)) return 4003
    if (this.over) return 4002
    if (person === this.host) return this.accepted.size > 0 ? null : 4002
    return this.accepted.has(person) ? null : 4002
  }

  /** Whether a message is taken. One message too many ends the connection. */
  message(person: string): boolean {
    const connection = this.connections.get(person)!
    const tokens = Math.min(5, connection.tokens + ((this.now - connection.filledAt) * 2) / 1_000)
    if (tokens < 1) {
      this.leave(person)
      return false
    }
    connection.tokens = tokens - 1
    connection.filledAt = this.now
    return true
  }

  /** Whether the position is accepted. */
  say(person: string, northM: number): boolean {
    const last = this.spots.get(person)
    if (last && Math.abs(northM - last.northM) > 100 + (28 * (this.now - last.at)) / 1_000) return false
    this.spots.set(person, { northM, at: this.now, isHome: this.zones.has(person) && Math.abs(northM) < HOME_M })
    for (const [other, spot] of this.spots) {
      if (!this.canSee(person, other) || this.now - spot.at > FRESH_MS || Math.abs(spot.northM - northM) > TOGETHER_M) continue
      const pair = [person, other].toSorted().join(' ')
      const stretches = this.together.get(pair) ?? []
      const last = stretches.at(-1)
      if (last && this.now - last[1] <= FRESH_MS) last[1] = this.now
      else stretches.push([this.now, this.now])
      this.together.set(pair, stretches)
    }
    for (const viewer of this.connections.keys()) if (this.canSee(viewer, person)) this.#show(person, viewer, this.connections.size > 2)
    return true
  }

  #show(subject: string, viewer: string, isLater = false): void {
    const spot = this.spots.get(subject)!
    const connection = this.connections.get(viewer)!
    connection.seen.set(subject, spot.isHome ? 'home' : String(spot.northM))
    // Somebody may come home before the frame is shown. Then no coordinates are shown.
    if (spot.isHome) this.#pending = this.#pending.filter((it) => it.subject !== subject)
    else {
      this.shown.add(`${subject} ${viewer}`)
      if (isLater) this.#pending.push({ at: this.now, subject, viewer, connection })
      else this.surelyShown.add(`${subject} ${viewer}`)
    }
  }

  /** Moves time forward, and shows the frames of larger rooms. */
  pass(ms: number): void {
    this.now += ms
    const isDue = ({ at }: { at: number }) => this.now - at >= 1_000
    for (const { subject, viewer, connection } of this.#pending.filter(isDue))
      if (this.connections.get(viewer) === connection && this.canSee(viewer, subject)) this.surelyShown.add(`${subject} ${viewer}`)
    this.#pending = this.#pending.filter((it) => !isDue(it))
  }

  leave(person: string): void {
    this.connections.delete(person)
  }

  end(person: string): void {
    this.ended.add(person)
    this.leave(person)
    if (this.people.filter((it) => this.isMember(it)).every((it) => this.ended.has(it))) this.close('ended')
  }

  close(how: 'cancelled' | 'ended'): void {
    this.over ??= how
    this.connections.clear()
  }

  /** Applies changed blocks, answers or zones. Returns who is out, and with which code. */
  recheck(): Map<string, number> {
    const out = new Map<string, number>()
    for (const person of this.connections.keys()) {
      const code = this.codeFor(person)
      if (code !== null) out.set(person, code)
    }
    for (const person of out.keys()) this.leave(person)
    for (const person of this.spots.keys()) if (!this.isMember(person)) this.spots.delete(person)
    for (const [viewer, { seen }] of this.connections)
      for (const subject of seen.keys()) if (!this.canSee(viewer, subject)) seen.set(subject, 'unknown')
    return out
  }

  /** What a connection should know by now. */
  viewOf(viewer: string): { here: string[]; seen: Record<string, string> } {
    const others = this.people.filter((subject) => this.canSee(viewer, subject))
    const { seen } = this.connections.get(viewer)!
    return {
      here: others.filter((subject) => this.connections.has(subject)).toSorted(),
      seen: Object.fromEntries(others.flatMap((subject) => (seen.has(subject) ? [[subject, seen.get(subject)!]] : []))),
    }
  }
}

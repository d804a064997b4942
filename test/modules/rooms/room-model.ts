import { cellOf, cellsTouching, metresToCell, toGrid } from '../../../src/core/grid.ts'
import { spot } from '../../support/rooms.ts'

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
}

/** How far two have come with meeting each other, at the place that was agreed. */
interface Meeting {
  hasMet: boolean
  nearSince: number | null
  apartSince: number | null
}

export const ZONE = { lat: 37.5, lng: 127.03, radius_m: 150 }
/** Everybody's walks begin far away. */
export const FAR_M = 100_000
const TOGETHER_M = 200
const MEETING_M = 300
const FRESH_MS = 30_000

/** Where they have agreed to meet, and whether they are strangers who go to a meetup. */
export interface RoomPlan {
  readonly placeM: number | null
  readonly isMeetup: boolean
}

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
  /** Frames of larger rooms that are still to come. */
  #pending: {
    readonly at: number
    readonly subject: string
    readonly viewer: string
    readonly connection: Connection
    readonly isVisible: boolean
  }[] = []
  readonly placeM: number | null
  /** Strangers of a meetup are shown to each other at the place alone. */
  readonly isMeetup: boolean
  readonly meetings = new Map<string, Meeting>()
  /** Who wants to be shown everywhere. */
  readonly unveiled = new Set<string>()
  /** Who has gone unseen, and until when nobody is told. */
  readonly lingering = new Map<string, number>()
  /** Positions that could be shown at some time, by `subject viewer north`. */
  readonly visible = new Set<string>()
  over: 'cancelled' | 'ended' | null = null

  constructor(people: readonly [string, ...string[]], now: number, { placeM, isMeetup }: RoomPlan) {
    this.placeM = placeM
    this.isMeetup = isMeetup
    this.host = people[0]
    this.people = people
    this.accepted = new Set(people.slice(1))
    this.now = now
  }

  isMember(person: string): boolean {
    return person === this.host || this.accepted.has(person)
  }

  areApart(one: string, other: string): boolean {
    return this.blocks.has(`${one} ${other}`) || this.blocks.has(`${other} ${one}`)
  }

  canSee(viewer: string, subject: string): boolean {
    return viewer !== subject && this.isMember(viewer) && this.isMember(subject) && !this.areApart(viewer, subject)
  }

  isHidden(person: string): boolean {
    const point = toGrid(spot(this.spots.get(person)!.northM))!
    const cells = [cellOf(toGrid(spot(FAR_M))!), ...(this.zones.has(person) ? cellsTouching(ZONE, ZONE.radius_m) : [])]
    return !this.unveiled.has(person) && cells.some((cell) => metresToCell(point, cell) <= 400)
  }

  #isAtPlace(person: string, withinM: number): boolean {
    return this.placeM !== null && Math.abs(this.spots.get(person)!.northM - this.placeM) <= withinM
  }

  haveMet(one: string, other: string): boolean {
    const meeting = this.meetings.get([one, other].toSorted().join(' '))
    return (
      (this.placeM === null && !this.isMeetup) ||
      (!!meeting?.hasMet && (meeting.apartSince === null || this.now - meeting.apartSince < 600_000))
    )
  }

  isVisible(subject: string, viewer: string): boolean {
    const isVisible =
      this.spots.has(subject) &&
      this.canSee(viewer, subject) &&
      (this.isMeetup
        ? this.#isAtPlace(subject, MEETING_M) && !this.isHidden(subject)
        : this.unveiled.has(subject) ||
          (!this.isHidden(subject) && (this.placeM === null || this.#isAtPlace(subject, MEETING_M) || this.haveMet(subject, viewer))))
    if (isVisible) this.visible.add(`${subject} ${viewer} ${this.spots.get(subject)!.northM}`)
    return isVisible
  }

  /** Notes every position that could be shown now. */
  #look(): void {
    for (const subject of this.spots.keys()) for (const viewer of this.people) this.isVisible(subject, viewer)
  }

  #followMeeting(one: string, other: string): void {
    if (this.placeM === null || this.isMeetup) return
    const [a, b] = [this.spots.get(one)!, this.spots.get(other)!]
    const pair = [one, other].toSorted().join(' ')
    const meeting = this.meetings.get(pair) ?? { hasMet: false, nearSince: null, apartSince: null }
    this.meetings.set(pair, meeting)
    const isFresh = Math.abs(a.at - b.at) <= FRESH_MS
    const isKnown = !this.isHidden(one) && !this.isHidden(other)
    const placed = (person: string) => (this.isHidden(person) ? this.placeM! : this.spots.get(person)!.northM)
    const isThere = (person: string) => this.#isAtPlace(person, this.isHidden(person) ? 150 : MEETING_M)
    const isNear = isFresh && isThere(one) && isThere(other) && Math.abs(placed(one) - placed(other)) <= TOGETHER_M
    const apartM = Math.abs(a.northM - b.northM)
    if (!meeting.hasMet) {
      meeting.nearSince = isNear ? (meeting.nearSince ?? this.now) : null
      if (meeting.nearSince === null || this.now - meeting.nearSince < 60_000) return
      Object.assign(meeting, { hasMet: true, nearSince: null })
    } else if (isNear || (isKnown && isFresh && apartM <= 300)) meeting.apartSince = null
    else {
      meeting.apartSince ??= this.now
      if (this.now - meeting.apartSince >= (isKnown && apartM > 300 ? 120_000 : 600_000))
        Object.assign(meeting, { hasMet: false, apartSince: null })
    }
  }

  /** The code with which somebody at the door is closed, or `null` when they are let in. */
  enter(person: string): number | null {
    const code = this.codeFor(person)
    if (code !== null) return code
    this.ended.delete(person)
    this.unveiled.delete(person)
    const wasHere = this.connections.has(person) || this.lingering.delete(person)
    const connection: Connection = { tokens: 15, filledAt: this.now, seen: new Map() }
    this.connections.set(person, connection)
    for (const [subject, spot] of this.spots) {
      const isThere = this.isHere(subject) || (!this.ended.has(subject) && this.now - spot.at <= 120_000)
      if (isThere && this.canSee(person, subject)) this.#show(subject, person)
    }
    if (!wasHere && this.spots.has(person)) {
      for (const viewer of this.connections.keys())
        if (this.canSee(viewer, person) && !this.isVisible(person, viewer)) this.#show(person, viewer)
    }
    return null
  }

  /** Whether somebody is here, as far as the others know. */
  isHere(person: string): boolean {
    return this.connections.has(person) || this.lingering.has(person)
  }

  #isSmall(): boolean {
    return new Set([...this.connections.keys(), ...this.lingering.keys()]).size <= 2
  }

  codeFor(person: string): number | null {
    if (person !== this.host && (this.areApart(person, this.host) || (this.isMeetup && !this.accepted.has(person)))) return 4003
    if (this.over) return 4002
    if (person === this.host) return this.accepted.size > 0 || this.isMeetup ? null : 4002
    return this.accepted.has(person) ? null : 4002
  }

  /** Whether a message is taken. One message too many ends the connection. */
  message(person: string): boolean {
    const connection = this.connections.get(person)!
    const tokens = Math.min(15, connection.tokens + ((this.now - connection.filledAt) * 2) / 1_000)
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
    this.spots.set(person, { northM, at: this.now })
    for (const other of this.spots.keys()) if (this.canSee(person, other)) this.#followMeeting(person, other)
    for (const [other, spot] of this.spots) {
      if (!this.isVisible(person, other) || !this.isVisible(other, person)) continue
      if (!this.canSee(person, other) || this.now - spot.at > FRESH_MS || Math.abs(spot.northM - northM) > TOGETHER_M) continue
      const pair = [person, other].toSorted().join(' ')
      const stretches = this.together.get(pair) ?? []
      const last = stretches.at(-1)
      if (last && this.now - last[1] <= FRESH_MS) last[1] = this.now
      else stretches.push([this.now, this.now])
      this.together.set(pair, stretches)
    }
    this.showAll(person)
    return true
  }

  showAll(person: string): void {
    if (!this.spots.has(person)) return
    for (const viewer of this.connections.keys()) if (this.canSee(viewer, person)) this.#show(person, viewer, !this.#isSmall())
    this.change()
  }

  #show(subject: string, viewer: string, isLater = false): void {
    const connection = this.connections.get(viewer)!
    const isVisible = this.isVisible(subject, viewer)
    connection.seen.set(subject, isVisible ? String(this.spots.get(subject)!.northM) : 'hidden')
    // Somebody may come home before the frame is shown. Then no coordinates are shown.
    this.#pending = this.#pending.filter((it) => it.subject !== subject || it.viewer !== viewer)
    if (isLater) this.#pending.push({ at: this.now, subject, viewer, connection, isVisible })
    if (isVisible) {
      this.shown.add(`${subject} ${viewer}`)
      if (!isLater) this.surelyShown.add(`${subject} ${viewer}`)
    }
  }

  /** Something has changed that decides what is shown. A frame that is still to come may then show either. */
  change(): void {
    this.#look()
    this.#pending = this.#pending.filter(({ subject, viewer, connection, isVisible }) => {
      if (!this.spots.has(subject) || this.isVisible(subject, viewer) === isVisible) return true
      connection.seen.set(subject, 'unknown')
      if (!isVisible) this.shown.add(`${subject} ${viewer}`)
      return false
    })
  }

  /** Moves time forward, and shows the frames of larger rooms. */
  pass(ms: number): void {
    this.now += ms
    this.change()
    const isDue = ({ at }: { at: number }) => this.now - at >= 1_000
    for (const { subject, viewer, connection, isVisible } of this.#pending.filter(isDue))
      if (isVisible && this.connections.get(viewer) === connection && this.canSee(viewer, subject))
        this.surelyShown.add(`${subject} ${viewer}`)
    this.#pending = this.#pending.filter((it) => !isDue(it))
    let hasMissed = false
    for (const [person, until] of this.lingering) hasMissed = (until <= this.now && this.lingering.delete(person)) || hasMissed
    if (hasMissed) this.#closeWhenAllHave()
  }

  leave(person: string): void {
    this.connections.delete(person)
    const spot = this.spots.get(person)
    const others = this.people.filter((viewer) => this.canSee(viewer, person))
    const isSeen = !spot || (this.now - spot.at <= FRESH_MS && others.every((viewer) => this.isVisible(person, viewer)))
    if (!isSeen && others.length > 0) this.lingering.set(person, Math.ceil((this.now + 600_000) / 600_000) * 600_000)
    this.unveiled.delete(person)
    this.change()
  }

  end(person: string): void {
    this.ended.add(person)
    this.leave(person)
    this.#closeWhenAllHave()
  }

  /** Others may still come to a meetup. */
  #closeWhenAllHave(): void {
    if (this.isMeetup) return
    if (this.people.filter((it) => this.isMember(it)).every((it) => this.ended.has(it) && !this.lingering.has(it))) this.close('ended')
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
    for (const person of this.spots.keys()) if (!this.isMember(person)) this.spots.delete(person)
    for (const person of this.lingering.keys()) if (!this.isMember(person)) this.lingering.delete(person)
    for (const person of out.keys()) this.leave(person)
    this.change()
    for (const [viewer, { seen }] of this.connections)
      for (const subject of seen.keys()) if (!this.canSee(viewer, subject)) seen.set(subject, 'unknown')
    return out
  }

  /** What a connection should know by now. */
  viewOf(viewer: string): { here: string[]; seen: Record<string, string> } {
    const others = this.people.filter((subject) => this.canSee(viewer, subject))
    const { seen } = this.connections.get(viewer)!
    return {
      here: others.filter((subject) => this.isHere(subject)).toSorted(),
      seen: Object.fromEntries(others.flatMap((subject) => (seen.has(subject) ? [[subject, seen.get(subject)!]] : []))),
    }
  }
}

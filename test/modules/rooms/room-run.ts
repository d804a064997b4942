import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import fc from 'fast-check'
import { vi } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { insertDate } from '../../support/meetup-rooms.ts'
import { dial, idOf, type Person, type RoomClient, spot, stubOf } from '../../support/rooms.ts'
import { recheckRooms } from '../../../src/modules/rooms/recheck/service.ts'
import type { Whereabouts } from '../../../src/modules/rooms/protocol.ts'
import { RoomModel, type RoomPlan, ZONE } from './room-model.ts'

const { db } = createTestDeps()

/** `after_ms` is the time since the command before. */
type Command = { readonly after_ms: number } & (
  | { readonly do: 'enter' | 'drop' | 'end' | 'nonsense' | 'withdraw' | 'accept' | 'zone' | 'flood' | 'switch'; readonly who: number }
  | { readonly do: 'say'; readonly who: number; readonly northM: number }
  | { readonly do: 'block' | 'unblock'; readonly who: number; readonly whom: number }
  /** Two walk beside each other for more than a minute. */
  | { readonly do: 'beside'; readonly who: number; readonly whom: number; readonly northM: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'evict' }
  /** Everybody loses the connection, and the room loses what is not in storage. */
  | { readonly do: 'crash' }
  | { readonly do: 'cancel' }
)

/** Long enough that who has gone unseen is missed, or that two have lost each other. */
const LONG_MS = 620_000
/** The access tokens of a history are valid for this long at least. */
const HISTORY_MAX_MS = 35 * 60_000

const who = fc.integer({ min: 0, max: 3 })
const northM = fc.constantFrom(0, 40, 150, 260, 420, 900, 1_300, 6_000)
const act = fc.oneof(
  { weight: 24, arbitrary: fc.record({ do: fc.constant('enter' as const), who }) },
  { weight: 42, arbitrary: fc.record({ do: fc.constant('say' as const), who, northM }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('beside' as const), who, whom: who, northM }) },
  { weight: 15, arbitrary: fc.constant({ do: 'evict' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'crash' as const }) },
  {
    weight: 12,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 5_000, 29_000, 61_000, 125_000) }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'wait' as const, ms: LONG_MS }) },
  { weight: 9, arbitrary: fc.record({ do: fc.constantFrom('drop' as const, 'nonsense' as const), who }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('block' as const, 'unblock' as const), who, whom: who }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('withdraw' as const, 'accept' as const, 'zone' as const, 'switch' as const), who }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('end' as const, 'flood' as const), who }) },
  { weight: 1, arbitrary: fc.constant({ do: 'cancel' as const }) },
)
/** Often the next command comes before the frame of a larger room. */
const command: fc.Arbitrary<Command> = fc.tuple(act, fc.constantFrom(150, 700)).map(([of, after_ms]) => ({ ...of, after_ms }))
/** Which room it is, who comes first, and what happens then. */
export type History = [plan: RoomPlan, entries: Command[], commands: Command[]]
/** Most rooms begin with people in them, because little can go wrong in an empty room. */
export const history: fc.Arbitrary<History> = fc.tuple(
  fc.constantFrom<RoomPlan>(
    { placeM: null, isMeetup: false },
    { placeM: 260, isMeetup: false },
    { placeM: 900, isMeetup: false },
    { placeM: 260, isMeetup: true },
    { placeM: 900, isMeetup: true },
  ),
  fc
    .subarray([0, 1, 2, 3], { minLength: 1 })
    .map((people) => people.map((person): Command => ({ do: 'enter', who: person, after_ms: 700 }))),
  fc.array(command, { minLength: 4, maxLength: 16 }),
)

/** An invitation of the first person that the three others have accepted, without any block. */
async function beginAnew(names: readonly string[], now: number, { placeM, isMeetup }: RoomPlan): Promise<string> {
  const id = crypto.randomUUID()
  const at = new Date(now).toISOString()
  const ids = names.map((name) => `'${name}'`).join(', ')
  if (isMeetup) {
    await db.execute(`
      WITH lifted AS (DELETE FROM blocks WHERE blocker_id IN (${ids}))
      UPDATE users SET privacy_zone_center = NULL, privacy_zone_radius_m = NULL WHERE id IN (${ids})`)
    await insertDate(id, {
      host: names[0]!,
      others: names.slice(1),
      status: 'going',
      place: { lng: ZONE.lng, lat: spot(placeM!).lat },
      starts: at,
    })
    return id
  }
  await db.execute(`
    WITH lifted AS (DELETE FROM blocks WHERE blocker_id IN (${ids})), moved AS (
      UPDATE users SET privacy_zone_center = NULL, privacy_zone_radius_m = NULL WHERE id IN (${ids})
    ), invited AS (
      INSERT INTO invitations (id, request_hash, inviter_id, scheduled_at, expires_at, ends_at, location, created_at)
      VALUES ('${id}', '', '${names[0]}', '${at}'::timestamptz + interval '2 hours', '${at}'::timestamptz + interval '1 hour', '${at}'::timestamptz + interval '8 hours',
        ${placeM === null ? 'NULL' : `ST_SetSRID(ST_MakePoint(${ZONE.lng}, ${spot(placeM).lat}), 4326)`}, '${at}')
      RETURNING id
    )
    INSERT INTO invitees (invitation_id, user_id, answer, created_at, answered_at)
    SELECT invited.id, guest.id, 'accepted', '${at}', '${at}' FROM invited, unnest(ARRAY[${ids}]::uuid[]) AS guest (id) WHERE guest.id <> '${names[0]}'`)
  return id
}

const northOf = ({ lat }: { lat: number }): string => String(Math.round((lat - 37.5) * 111_195))

/** What a client knows from all messages that it has heard. */
function viewOf({ heard }: RoomClient) {
  const here = new Set<string>()
  const seen = new Map<string, string>()
  const place = (item: { type: string; user_id: string; lat?: number }) =>
    seen.set(item.user_id, item.type === 'near_home' || item.type === 'on_the_way' ? 'hidden' : northOf({ lat: item.lat! }))
  for (const message of heard) {
    if (message.type === 'snapshot') {
      for (const member of message.members) if (member.is_here && member.user_id !== message.user_id) here.add(member.user_id)
      message.items.forEach(place)
    }
    if (message.type === 'presence' && message.status === 'joined') here.add(message.user_id)
    if (message.type === 'presence' && message.status === 'left') here.delete(message.user_id)
    if (message.type === 'ended' && message.user_id) here.delete(message.user_id)
    if (message.type === 'location' || message.type === 'near_home' || message.type === 'on_the_way') place(message)
    if (message.type === 'locations') message.items.forEach(place)
  }
  return { here: [...here].toSorted(), seen }
}

/** What a message says of where people are. */
const itemsOf = (message: RoomClient['heard'][number]): readonly Whereabouts[] =>
  message.type === 'location' || message.type === 'near_home' || message.type === 'on_the_way'
    ? [message]
    : message.type === 'locations' || message.type === 'snapshot'
      ? message.items
      : []

/** A room that is not in memory cannot be evicted, and need not be. One that something keeps there is a fault. */
function unlessHeld(error: unknown): void {
  if (String(error).includes('active references')) throw error
}

/** A room and its plain model, side by side. */
export class Run {
  readonly id: string
  readonly model: RoomModel
  readonly #people: readonly Person[]
  readonly #startedAt: number
  /** How many messages of each client were checked. */
  readonly #checked = new Map<RoomClient, number>()
  readonly #names: readonly [string, ...string[]]
  readonly clients = new Map<string, RoomClient>()
  /** Clients that should be closed, with the code. */
  readonly gone: [RoomClient, number][] = []

  private constructor(id: string, people: readonly [Person, ...Person[]], now: number, plan: RoomPlan) {
    const [host, ...guests] = people
    this.id = id
    this.#people = people
    this.#startedAt = now
    this.#names = [idOf(host), ...guests.map(idOf)]
    this.model = new RoomModel(this.#names, now, plan)
  }

  static async begin(people: readonly [Person, ...Person[]], now: number, plan: RoomPlan): Promise<Run> {
    return new Run(await beginAnew(people.map(idOf), now, plan), people, now, plan)
  }

  /** Moves the clock between commands. Alarms ring when they are due. */
  async pass(ms: number): Promise<void> {
    this.model.pass(ms)
    vi.setSystemTime(this.model.now)
    await runDurableObjectAlarm(stubOf(this.id))
  }

  expectGone(person: string, code: number): void {
    const client = this.clients.get(person)
    if (client) this.gone.push([client, code])
    this.clients.delete(person)
  }

  /** Sends a message and waits for its answer, so that the room has handled it. */
  async ask(person: string, message: object, answer: 'pong' | 'error'): Promise<void> {
    const client = this.clients.get(person)!
    if (!this.model.message(person)) {
      client.say(message)
      this.expectGone(person, 4008)
      return void (await client.closing())
    }
    client.say(message)
    await client.next(answer)
  }

  async run(step: Command): Promise<void> {
    const { model } = this
    if (step.do === 'wait' && model.now + step.ms > this.#startedAt + HISTORY_MAX_MS) return
    await this.pass(step.do === 'wait' ? step.ms : step.after_ms)
    if (step.do === 'wait') return
    if (step.do === 'evict') return evictDurableObject(stubOf(this.id)).catch(unlessHeld)
    if (step.do === 'crash') {
      await evictDurableObject(stubOf(this.id), { webSockets: 'close' }).catch(unlessHeld)
      this.clients.clear()
      // Being shown everywhere goes with the connection.
      model.unveiled.clear()
      return model.connections.clear()
    }
    if (step.do === 'cancel') {
      if (model.isMeetup) await this.#cancelDate()
      else await this.#people[0]!.delete(`/invitations/${this.id}`)
      for (const person of model.connections.keys()) this.expectGone(person, 4002)
      return model.close('cancelled')
    }
    const name = this.#names[step.who]!
    const person = this.#people[step.who]!
    const isIn = model.connections.has(name)
    switch (step.do) {
      case 'enter': {
        const code = model.enter(name)
        const client = await dial(`/ws/walk-together/${this.id}?token=${person.user.access_token}`)
        if (code !== null) return void this.gone.push([client, code])
        this.expectGone(name, 4009)
        this.clients.set(name, client)
        await client.next('snapshot')
        return
      }
      case 'say':
        return this.#say(name, step.northM)
      case 'beside':
        for (let n = 0; n < 4; n++) {
          await this.pass(21_000)
          for (const it of new Set([name, this.#names[step.whom]!])) await this.#say(it, step.northM)
        }
        return
      case 'switch': {
        if (!isIn || !model.message(name)) return
        const on = !model.unveiled.delete(name)
        if (on) model.unveiled.add(name)
        this.clients.get(name)!.say({ type: 'show_near_home', on })
        model.showAll(name)
        return this.ask(name, { type: 'ping', n: 1 }, 'pong')
      }
      case 'nonsense':
        return isIn ? this.ask(name, { type: 'wag' }, 'error') : undefined
      case 'flood': {
        if (!isIn) return
        const client = this.clients.get(name)!
        while (model.message(name)) client.say({ type: 'wag' })
        client.say({ type: 'wag' })
        this.expectGone(name, 4008)
        return void (await client.closing())
      }
      case 'drop': {
        if (!isIn) return
        const client = this.clients.get(name)!
        this.clients.delete(name)
        model.leave(name)
        client.close(1_000)
        return void (await client.closing())
      }
      case 'end': {
        if (!isIn) return
        const client = this.clients.get(name)!
        const isTaken = model.message(name)
        client.say({ type: 'end' })
        this.expectGone(name, isTaken ? 1_000 : 4008)
        if (!isTaken) return void (await client.closing())
        const others = [...model.connections.keys()].filter((it) => it !== name)
        model.end(name)
        if (model.over) for (const other of others) this.expectGone(other, 1_000)
        return void (await client.closing())
      }
      case 'zone':
        model.change()
        if (model.zones.delete(name)) await person.delete('/users/me/privacy-zone')
        else {
          model.zones.add(name)
          await person.put('/users/me/privacy-zone', ZONE)
        }
        return model.change()
      case 'block':
        if (step.who === step.whom) return
        model.blocks.add(`${name} ${this.#names[step.whom]}`)
        // It ends what a guest has answered for good.
        if (step.who === 0 || step.whom === 0) model.accepted.delete(step.who === 0 ? this.#names[step.whom]! : name)
        await person.post(`/blocks/${this.#names[step.whom]}`)
        return this.#recheck()
      case 'unblock':
        model.blocks.delete(`${name} ${this.#names[step.whom]}`)
        await person.delete(`/blocks/${this.#names[step.whom]}`)
        return this.#recheck()
      case 'withdraw':
      case 'accept': {
        if (step.who === 0 || model.over === 'cancelled' || model.areApart(name, this.#names[0])) return
        if (model.isMeetup) await this.#seat(name, step.do === 'accept')
        else {
          const { status } = await person.patch(`/invitations/${this.id}`, { status: step.do === 'accept' ? 'accepted' : 'declined' })
          if (status !== 200) return
        }
        if (step.do === 'accept') model.accepted.add(name)
        else model.accepted.delete(name)
        return this.#recheck()
      }
    }
  }

  /** Gives a seat, or takes it away. */
  async #seat(name: string, isGoing: boolean): Promise<void> {
    await db.execute(`
      UPDATE meetup_participants SET status = '${isGoing ? 'going' : 'left'}' WHERE occurrence_id = '${this.id}' AND user_id = '${name}'`)
    await recheckRooms(createTestDeps(), [this.id])
  }

  async #cancelDate(): Promise<void> {
    await db.execute(`UPDATE meetup_occurrences SET cancelled_at = now() WHERE id = '${this.id}'`)
    await recheckRooms(createTestDeps(), [this.id])
  }

  async #say(name: string, northM: number): Promise<void> {
    const client = this.clients.get(name)
    if (!client) return
    const isTaken = this.model.message(name)
    client.say({ ...spot(northM), timestamp: this.model.now })
    if (!isTaken) {
      this.expectGone(name, 4008)
      return void (await client.closing())
    }
    if (!this.model.say(name, northM)) return void (await client.next('error'))
    return this.ask(name, { type: 'ping', n: 1 }, 'pong')
  }

  #recheck(): void {
    for (const [person, code] of this.model.recheck()) this.expectGone(person, code)
    // From now on nobody may hear anything of people who are hidden from them.
    for (const client of this.clients.values()) this.#checked.set(client, client.heard.length)
  }

  /** What was said since the last check and should not have been: of people whom the viewer may not see, positions that are hidden, and times beside none. */
  leaks(): object[] {
    const isLeak = (viewer: string, item: Whereabouts) =>
      !this.model.canSee(viewer, item.user_id) ||
      (item.type === 'location'
        ? !this.model.visible.has(`${item.user_id} ${viewer} ${northOf(item)}`)
        : Object.keys(item).toSorted().join(' ') !== 'type user_id')
    return [...this.clients].flatMap(([viewer, client]) => {
      const unchecked = client.heard.slice(this.#checked.get(client) ?? 0)
      this.#checked.set(client, client.heard.length)
      return unchecked
        .flatMap(itemsOf)
        .filter((item) => isLeak(viewer, item))
        .map((item) => ({ viewer, ...item }))
    })
  }

  /** What everybody should know now, and with which codes others should have been closed. */
  expectedViews() {
    const views = [...this.clients.keys()].map((viewer) => {
      const { here, seen } = this.model.viewOf(viewer)
      return { closed: null, here, seen: Object.entries(seen).filter(([, what]) => what !== 'unknown') }
    })
    return { views, codes: this.gone.map(([, code]) => code) }
  }

  /** What everybody really knows, and with which codes others were closed. */
  views() {
    const views = [...this.clients].map(([viewer, client]) => {
      const { here, seen } = viewOf(client)
      const expected = Object.entries(this.model.viewOf(viewer).seen).filter(([, what]) => what !== 'unknown')
      return { closed: client.closed, here, seen: expected.map(([subject]) => [subject, seen.get(subject)]) }
    })
    return { views, codes: this.gone.map(([client]) => client.closed?.code) }
  }

  /** What should be recorded: everybody who was shown a position and nobody else, and for how many milliseconds two people were side by side. */
  expectedRecord() {
    const met = [...this.model.together].flatMap(([pair, stretches]) => {
      const ms = stretches.reduce((sum, [from, to]) => sum + to - from, 0)
      return ms > 0 ? [`${pair} ${ms}`] : []
    })
    return { unseen: [], unshown: [], met: met.toSorted() }
  }

  /** What is in Postgres when the room has recorded everything. */
  async record() {
    await this.pass(61_000)
    await this.pass(61_000)
    const { rows: shown } = await db.execute<{ who: string }>(`
      SELECT subject_id || ' ' || viewer_id AS who FROM location_provisions WHERE invitation_id = '${this.id}'`)
    const { rows: met } = await db.execute<{ what: string }>(`
      SELECT one_id || ' ' || other_id || ' ' || round(seconds_in(together) * 1000) AS what FROM room_encounters WHERE '${this.id}' IN (invitation_id, occurrence_id)`)
    const keys = new Set(shown.map(({ who: key }) => key))
    return {
      unseen: [...this.model.surelyShown].filter((key) => !keys.has(key)),
      unshown: [...keys].filter((key) => !this.model.shown.has(key)),
      met: met.map(({ what }) => what).toSorted(),
    }
  }
}

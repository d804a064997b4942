import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import fc from 'fast-check'
import { vi } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { dial, idOf, type Person, type RoomClient, spot, stubOf } from '../../support/rooms.ts'
import { RoomModel } from './room-model.ts'

const { db } = createTestDeps()

/** `after_ms` is the time since the command before. */
type Command = { readonly after_ms: number } & (
  | { readonly do: 'enter' | 'drop' | 'end' | 'nonsense' | 'withdraw' | 'accept' | 'zone' | 'flood'; readonly who: number }
  | { readonly do: 'say'; readonly who: number; readonly northM: number }
  | { readonly do: 'block' | 'unblock'; readonly who: number; readonly whom: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'evict' }
  /** Everybody loses the connection, and the room loses what is not in storage. */
  | { readonly do: 'crash' }
  | { readonly do: 'cancel' }
)

const who = fc.integer({ min: 0, max: 3 })
const northM = fc.constantFrom(0, 40, 150, 260, 420, 6_000)
const act = fc.oneof(
  { weight: 24, arbitrary: fc.record({ do: fc.constant('enter' as const), who }) },
  { weight: 42, arbitrary: fc.record({ do: fc.constant('say' as const), who, northM }) },
  { weight: 15, arbitrary: fc.constant({ do: 'evict' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'crash' as const }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 5_000, 29_000, 61_000, 125_000) }) },
  { weight: 9, arbitrary: fc.record({ do: fc.constantFrom('drop' as const, 'nonsense' as const), who }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('block' as const, 'unblock' as const), who, whom: who }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('withdraw' as const, 'accept' as const, 'zone' as const), who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('end' as const, 'flood' as const), who }) },
  { weight: 1, arbitrary: fc.constant({ do: 'cancel' as const }) },
)
/** Often the next command comes before the frame of a larger room. */
const command: fc.Arbitrary<Command> = fc.tuple(act, fc.constantFrom(150, 700)).map(([of, after_ms]) => ({ ...of, after_ms }))
/** Most rooms begin with people in them, because little can go wrong in an empty room. */
export const history = fc.tuple(
  fc
    .subarray([0, 1, 2, 3], { minLength: 1 })
    .map((people) => people.map((person): Command => ({ do: 'enter', who: person, after_ms: 700 }))),
  fc.array(command, { minLength: 4, maxLength: 16 }),
)

/** An invitation of the first person that the three others have accepted, without any block. */
async function beginAnew(names: readonly string[], now: number): Promise<string> {
  const id = crypto.randomUUID()
  const at = new Date(now).toISOString()
  const ids = names.map((name) => `'${name}'`).join(', ')
  await db.execute(`
    WITH lifted AS (DELETE FROM blocks WHERE blocker_id IN (${ids})), moved AS (
      UPDATE users SET privacy_zone_center = NULL, privacy_zone_radius_m = NULL WHERE id IN (${ids})
    ), invited AS (
      INSERT INTO invitations (id, request_hash, inviter_id, scheduled_at, expires_at, ends_at, created_at)
      VALUES ('${id}', '', '${names[0]}', '${at}'::timestamptz + interval '2 hours', '${at}'::timestamptz + interval '1 hour', '${at}'::timestamptz + interval '8 hours', '${at}')
      RETURNING id
    )
    INSERT INTO invitees (invitation_id, user_id, answer, created_at)
    SELECT invited.id, guest.id, 'accepted', '${at}' FROM invited, unnest(ARRAY[${ids}]::uuid[]) AS guest (id) WHERE guest.id <> '${names[0]}'`)
  return id
}

/** What a client knows from all messages that it has heard. */
function viewOf({ heard }: RoomClient) {
  const here = new Set<string>()
  const seen = new Map<string, string>()
  const place = (item: { type: string; user_id: string; lat?: number }) =>
    seen.set(item.user_id, item.type === 'near_home' ? 'home' : String(Math.round((item.lat! - 37.5) * 111_195)))
  for (const message of heard) {
    if (message.type === 'snapshot') {
      for (const member of message.members) if (member.is_here && member.user_id !== message.user_id) here.add(member.user_id)
      message.items.forEach(place)
    }
    if (message.type === 'presence' && message.status === 'joined') here.add(message.user_id)
    if (message.type === 'presence' && message.status === 'left') here.delete(message.user_id)
    if (message.type === 'ended' && message.user_id) here.delete(message.user_id)
    if (message.type === 'location' || message.type === 'near_home') place(message)
    if (message.type === 'locations') message.items.forEach(place)
  }
  return { here: [...here].toSorted(), seen }
}

/** The people a message speaks of, unless it says that they have left. */
const subjectsOf = (message: RoomClient['heard'][number]): string[] =>
  message.type === 'location' || message.type === 'near_home'
    ? [message.user_id]
    : message.type === 'locations' || message.type === 'snapshot'
      ? message.items.map(({ user_id }) => user_id)
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
  readonly #names: readonly [string, ...string[]]
  readonly clients = new Map<string, RoomClient>()
  /** Clients that should be closed, with the code. */
  readonly gone: [RoomClient, number][] = []

  private constructor(id: string, people: readonly [Person, ...Person[]], now: number) {
    const [host, ...guests] = people
    this.id = id
    this.#people = people
    this.#names = [idOf(host), ...guests.map(idOf)]
    this.model = new RoomModel(this.#names, now)
  }

  static async begin(people: readonly [Person, ...Person[]], now: number): Promise<Run> {
    return new Run(await beginAnew(people.map(idOf), now), people, now)
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
    await this.pass(step.do === 'wait' ? step.ms : step.after_ms)
    if (step.do === 'wait') return
    if (step.do === 'evict') return evictDurableObject(stubOf(this.id)).catch(unlessHeld)
    if (step.do === 'crash') {
      await evictDurableObject(stubOf(this.id), { webSockets: 'close' }).catch(unlessHeld)
      this.clients.clear()
      return model.connections.clear()
    }
    if (step.do === 'cancel') {
      await this.#people[0]!.delete(`/invitations/${this.id}`)
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
      case 'say': {
        if (!isIn) return
        const client = this.clients.get(name)!
        const isTaken = model.message(name)
        client.say({ ...spot(step.northM), timestamp: model.now })
        if (!isTaken) {
          this.expectGone(name, 4008)
          return void (await client.closing())
        }
        if (!model.say(name, step.northM)) return void (await client.next('error'))
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
        if (model.zones.delete(name)) await person.delete('/users/me/privacy-zone')
        else {
          model.zones.add(name)
          await person.put('/users/me/privacy-zone', { lat: 37.5, lng: 127.03, radius_m: 150 })
        }
        return
      case 'block':
        if (step.who === step.whom) return
        model.blocks.add(`${name} ${this.#names[step.whom]}`)
        await person.post(`/blocks/${this.#names[step.whom]}`)
        return this.#recheck()
      case 'unblock':
        model.blocks.delete(`${name} ${this.#names[step.whom]}`)
        await person.delete(`/blocks/${this.#names[step.whom]}`)
        return this.#recheck()
      case 'withdraw':
      case 'accept': {
        if (step.who === 0 || model.over === 'cancelled' || model.areApart(name, this.#names[0])) return
        const { status } = await person.patch(`/invitations/${this.id}`, { status: step.do === 'accept' ? 'accepted' : 'declined' })
        if (status !== 200) return
        if (step.do === 'accept') model.accepted.add(name)
        else model.accepted.delete(name)
        return this.#recheck()
      }
    }
  }

  #recheck(): void {
    for (const [person, code] of this.model.recheck()) this.expectGone(person, code)
    // From now on nobody may hear anything of people who are hidden from them.
    for (const client of this.clients.values()) client.unread()
  }

  /** Messages since the last check about people who are hidden from the viewer, as `viewer subject`. */
  leaks(): string[] {
    return [...this.clients].flatMap(([viewer, client]) =>
      client
        .unread()
        .flatMap(subjectsOf)
        .filter((subject) => !this.model.canSee(viewer, subject))
        .map((subject) => `${viewer} ${subject}`),
    )
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
      SELECT one_id || ' ' || other_id || ' ' || round(seconds_in(together) * 1000) AS what FROM room_encounters WHERE invitation_id = '${this.id}'`)
    const keys = new Set(shown.map(({ who: key }) => key))
    return {
      unseen: [...this.model.surelyShown].filter((key) => !keys.has(key)),
      unshown: [...keys].filter((key) => !this.model.shown.has(key)),
      met: met.map(({ what }) => what).toSorted(),
    }
  }
}

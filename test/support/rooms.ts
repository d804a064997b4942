import { createExecutionContext } from 'cloudflare:test'
import { expect } from 'vitest'
import { cellOf, toGrid } from '../../src/core/grid.ts'
import { type ServerMessage, serverMessageSchema } from '../../src/modules/rooms/protocol.ts'
import { closed, createApi, createTestDeps, type Api, type SignedIn } from './api.ts'
import { testEnv } from './env.ts'
import { signUp } from './login.ts'

export type Person = Api & { user: SignedIn }

export const idOf = ({ user }: { user: SignedIn }): string => user.user_id

export const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString()

/** Hides people near the place so far north of `spot()`, and nowhere else. Somebody without walks would be hidden where they first say a position. */
export async function hideNear(northM: number, ...people: readonly Person[]): Promise<void> {
  const [x, y] = cellOf(toGrid(spot(northM))!)
  const ids = people.map((person) => `'${idOf(person)}'`).join(', ')
  await createTestDeps().db.execute(`
    WITH elsewhere AS (DELETE FROM hidden_areas WHERE user_id IN (${ids}) AND (cell_x, cell_y) <> (${x}, ${y}))
    INSERT INTO hidden_areas (user_id, cell_x, cell_y, first_used_at, last_used_on, days_used)
    SELECT id, ${x}, ${y}, now(), now(), 1 FROM unnest(ARRAY[${ids}]::uuid[]) AS person (id)
    ON CONFLICT DO NOTHING`)
}

/** Makes an invitation of `host` and returns its id. Everybody's home is far away. */
export async function invite(host: Person, guests: readonly Person[], more: object = {}): Promise<string> {
  await hideNear(100_000, host, ...guests)
  const { json, status } = await host.post('/invitations', { invitee_ids: guests.map(idOf), scheduled_at: inMinutes(20), ...more })
  if (status !== 201) throw new Error(`the invitation was refused: ${JSON.stringify(json)}`)
  return json.id
}

export async function accept(guest: Person, invitationId: string): Promise<void> {
  const { json, status } = await guest.patch(`/invitations/${invitationId}`, { status: 'accepted' })
  if (status !== 200) throw new Error(`accepting was refused: ${JSON.stringify(json)}`)
}

/** An invitation with a host and guests who have all accepted. */
export async function makeRoom(guestCount = 1): Promise<{ id: string; host: Person; guests: [Person, ...Person[]] }> {
  const [host, first, ...others] = await Promise.all([signUp(), signUp(), ...Array.from({ length: guestCount - 1 }, () => signUp())])
  const guests: [Person, ...Person[]] = [first, ...others]
  const id = await invite(host, guests)
  await Promise.all(guests.map((guest) => accept(guest, id)))
  return { id, host, guests }
}

export const stubOf = (invitationId: string) => createTestDeps().rooms.getByName(invitationId)

/** One end of a WebSocket, and all messages that it has heard. Each must match the schema that the room documents, and have no other key. */
export class RoomClient {
  readonly heard: ServerMessage[] = []
  closed: { code: number; reason: string } | null = null
  readonly protocol: string | null
  readonly #socket: WebSocket
  #read = 0
  #wake: (() => void)[] = []
  #fault: Error | null = null

  constructor(socket: WebSocket, protocol: string | null) {
    this.#socket = socket
    this.protocol = protocol
    socket.addEventListener('message', ({ data }) => {
      const message: unknown = JSON.parse(data as string)
      this.#check(message)
      this.heard.push(message as ServerMessage)
      this.#stir()
    })
    socket.addEventListener('close', ({ code, reason }) => {
      this.closed = { code, reason }
      this.#stir()
    })
    socket.accept()
  }

  #check(message: unknown): void {
    const { error } = closed(serverMessageSchema).safeParse(message)
    if (error) this.#fault ??= new Error(`the room said ${JSON.stringify(message)}, which it does not document`, { cause: error })
  }

  #stir() {
    for (const wake of this.#wake.splice(0)) wake()
  }

  async #until<T>(what: string, look: () => T | undefined): Promise<T> {
    for (const end = performance.now() + 20_000; ;) {
      if (this.#fault) throw this.#fault
      const seen = look()
      if (seen !== undefined) return seen
      const left = end - performance.now()
      if (left <= 0)
        throw new Error(`waited for ${what} in vain; heard ${JSON.stringify(this.heard)}, closed ${JSON.stringify(this.closed)}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 1_000))
        this.#wake.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }

  /** Waits for the next message of a type, after those that were read before. */
  next<T extends ServerMessage['type']>(type: T): Promise<Extract<ServerMessage, { type: T }>> {
    return this.#until(type, () => {
      for (; this.#read < this.heard.length;) {
        const message = this.heard[this.#read++]!
        if (message.type === type) return message as Extract<ServerMessage, { type: T }>
      }
      return undefined
    })
  }

  /** The messages that were heard since the last one was read. */
  unread(): ServerMessage[] {
    const unread = this.heard.slice(this.#read)
    this.#read = this.heard.length
    return unread
  }

  closing(): Promise<number> {
    return this.#until('a close', () => this.closed?.code)
  }

  say(message: object | string | ArrayBuffer): void {
    this.#socket.send(typeof message === 'string' || message instanceof ArrayBuffer ? message : JSON.stringify(message))
  }

  /** Waits until the room has handled everything that was said so far. */
  async settle(): Promise<void> {
    // This is not the exact text that the runtime answers by itself, so the room answers it.
    this.say({ type: 'ping', n: 1 })
    await this.next('pong')
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason)
  }
}

/** Opens the address as an app does. The upgrade must be answered. */
export async function dial(path: string, headers: Record<string, string> = {}): Promise<RoomClient> {
  const response = await createApi().app.request(path, { headers: { Upgrade: 'websocket', ...headers } }, testEnv, createExecutionContext())
  if (!response.webSocket) throw new Error(`no upgrade but ${response.status}: ${await response.text()}`)
  expect(response.status).toBe(101)
  return new RoomClient(response.webSocket, response.headers.get('Sec-WebSocket-Protocol'))
}

export async function takeTicket(person: Person, invitationId: string): Promise<string> {
  const { json, status } = await person.post('/ws/tickets', { invitation_id: invitationId })
  if (status !== 200) throw new Error(`the ticket was refused: ${JSON.stringify(json)}`)
  return json.ticket
}

export async function enter(person: Person, invitationId: string): Promise<RoomClient> {
  const ticket = await takeTicket(person, invitationId)
  return dial(`/ws/walk-together/${invitationId}`, { 'Sec-WebSocket-Protocol': `ticket, ${ticket}` })
}

/** Lets everybody into the room, and waits until each is greeted. */
export async function enterAll(invitationId: string, people: readonly Person[]): Promise<RoomClient[]> {
  const clients: RoomClient[] = []
  for (const person of people) {
    const client = await enter(person, invitationId)
    await client.next('snapshot')
    clients.push(client)
  }
  return clients
}

/** A position in Seoul, so many metres to the north. */
export const spot = (northM = 0) => ({ lat: 37.5 + northM / 111_195, lng: 127.03, timestamp: Date.now() })

import { createTestDeps } from './api.ts'
import { signUp } from './login.ts'
import { dial, hideNear, idOf, type Person, type RoomClient, spot } from './rooms.ts'

const MINUTE = 60_000

interface DateOptions {
  /** How far north of `spot()` the place is. */
  readonly placeM?: number
  readonly startsInMinutes?: number
  /** How those are in who are not the host. */
  readonly status?: 'going' | 'waiting' | 'requested' | 'left' | 'removed' | 'declined'
}

/** A meetup with one date, to which the host and the others go. Everybody's home is far away. */
export async function makeDate(
  host: Person,
  others: readonly Person[],
  { placeM = 0, startsInMinutes = 20, status = 'going' }: DateOptions = {},
): Promise<{ id: string; meetup: string }> {
  await hideNear(100_000, host, ...others)
  const id = crypto.randomUUID()
  const starts = new Date(Date.now() + startsInMinutes * MINUTE).toISOString()
  return { id, meetup: await insertDate(id, { host: idOf(host), others: others.map(idOf), status, place: spot(placeM), starts }) }
}

/** Inserts a meetup with one date, and answers the meetup's id. */
export async function insertDate(
  id: string,
  of: {
    readonly host: string
    readonly others: readonly string[]
    readonly status: NonNullable<DateOptions['status']>
    readonly place: { readonly lat: number; readonly lng: number }
    readonly starts: string
  },
): Promise<string> {
  const { host, others, status, starts } = of
  const meetup = crypto.randomUUID()
  const going = status === 'going' ? others.length + 1 : 1
  const place = `ST_SetSRID(ST_MakePoint(${of.place.lng}, ${of.place.lat}), 4326)::geography`
  await createTestDeps().db.execute(`
    WITH meetup AS (
      INSERT INTO meetups (id, request_hash, host_id, created_at, title, category, location_name, location, starts_on, starts_time, capacity, approval, renewed_at)
      VALUES ('${meetup}', '', '${host}', now(), '함께 걸어요', 'all', '서울숲', ${place}, current_date, '10:00', 50, 'auto', now())
      RETURNING id
    ), date AS (
      INSERT INTO meetup_occurrences (id, meetup_id, slot_at, starts_at, ends_at, location_name, location, category, capacity, going)
      SELECT '${id}', id, '${starts}', '${starts}', '${starts}'::timestamptz + interval '6 hours', '서울숲', ${place}, 'all', 50, ${going}
      FROM meetup
      RETURNING id
    )
    INSERT INTO meetup_participants (occurrence_id, user_id, status, joined_at)
    SELECT date.id, person.id, person.status::participation, now()
    FROM date, (VALUES ('${host}'::uuid, 'going')${others.map((other) => `, ('${other}'::uuid, '${status}')`).join('')}) AS person (id, status)`)
  return meetup
}

/** A date with a host and others who go there. */
export async function makeMeetupRoom(otherCount = 1, options: DateOptions = {}) {
  const [host, first, ...more] = await Promise.all([signUp(), signUp(), ...Array.from({ length: otherCount - 1 }, () => signUp())])
  const others: [Person, ...Person[]] = [first, ...more]
  return { ...(await makeDate(host, others, options)), host, others }
}

export async function askForMeetupTicket(person: Person, id: string) {
  return person.post('/ws/tickets', { occurrence_id: id })
}

export async function enterMeetup(person: Person, id: string): Promise<RoomClient> {
  const { json, status } = await askForMeetupTicket(person, id)
  if (status !== 200) throw new Error(`the ticket was refused: ${JSON.stringify(json)}`)
  return dial(`/ws/walk-together/${id}`, { 'Sec-WebSocket-Protocol': `ticket, ${json.ticket}` })
}

/** Lets everybody into the room of a date, and waits until each is greeted. */
export async function enterAllMeetup(id: string, people: readonly Person[]): Promise<RoomClient[]> {
  const clients: RoomClient[] = []
  for (const person of people) {
    const client = await enterMeetup(person, id)
    await client.next('snapshot')
    clients.push(client)
  }
  return clients
}

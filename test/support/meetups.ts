import { type Api, createApi, createTestDeps } from './api.ts'
import { signUp } from './login.ts'
import { inMinutes, type Person } from './rooms.ts'
import { addPet } from './walks.ts'

/** Somewhere in Korea. */
function anyPlace(): { lat: number; lng: number } {
  return { lat: 33.2 + Math.random() * 5, lng: 126 + Math.random() * 3 }
}

let taken = 0
/** Somewhere in the ocean, 50 km from where any other test looks. */
export function quietPlace(): { lat: number; lng: number } {
  const n = taken++
  return { lat: 10 + (n % 40) / 2, lng: 140 + Math.floor(n / 40) / 2 }
}

export const meetupBody = <T extends object>(more: T = {} as T) => ({
  title: '토요일 아침 산책',
  category: 'all',
  location_name: '서울숲',
  ...anyPlace(),
  scheduled_at: inMinutes(24 * 60),
  ...more,
})

export interface MadeMeetup {
  readonly id: string
  readonly date: string
  readonly starts_at: string
  readonly json: any
}

export async function makeMeetup(host: Api, more: object = {}): Promise<MadeMeetup> {
  const { json, status } = await host.post('/meetups', meetupBody(more))
  if (status !== 201) throw new Error(`the meetup was refused: ${JSON.stringify(json)}`)
  const [date] = json.dates
  return { id: json.id, date: date.occurrence_id, starts_at: date.starts_at, json }
}

/** People with a dog each. */
export function walkersWithDogs(count: number): Promise<Person[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const person = await signUp()
      await addPet(person)
      return person
    }),
  )
}

export async function join(person: Api, { id }: { id: string }, body: object = {}): Promise<any> {
  const { json, status } = await person.post(`/meetups/${id}/join`, body)
  if (status !== 200) throw new Error(`joining was refused: ${JSON.stringify(json)}`)
  return json
}

/** Who is in a date, by status, each in the order of joining. */
export async function seatsOf(date: string): Promise<{ going: number; capacity: number; rows: { user_id: string; status: string }[] }> {
  const { rows } = await createTestDeps().db.execute<any>(`
    SELECT going, capacity, (
      SELECT coalesce(json_agg(json_build_object('user_id', user_id, 'status', status) ORDER BY queue_no), '[]')
      FROM meetup_participants
      WHERE occurrence_id = meetup_occurrences.id
    ) AS rows
    FROM meetup_occurrences
    WHERE id = '${date}'`)
  return rows[0]
}

/** Many people with a dog each, signed in. They are written as rows, because signing up takes longer than what they then do. */
export async function makeCrowdWithDogs(count: number): Promise<Person[]> {
  const { db, accessTokens } = createTestDeps()
  const { rows } = await db.execute<{ user_id: string; session_id: string }>(`
    WITH people AS (
      INSERT INTO users (id, nickname, created_at)
      SELECT gen_random_uuid(), left(md5(random()::text), 12), now() FROM generate_series(1, ${count})
      RETURNING id
    ), dogs AS (
      INSERT INTO pets (id, user_id, name, species, is_primary, request_hash, created_at)
      SELECT gen_random_uuid(), id, '보리', 'dog', true, '', now() FROM people
    )
    INSERT INTO sessions (id, user_id, counter, token_hash, created_at, rotated_at, expires_at)
    SELECT gen_random_uuid(), id, 1, '', now(), now(), now() + interval '1 day' FROM people
    RETURNING user_id, id AS session_id`)
  return Promise.all(
    rows.map(async (actor) => {
      const user = { user_id: actor.user_id, access_token: await accessTokens.issue(actor), refresh_token: '' }
      return { ...createApi({ user }), user }
    }),
  )
}

/** Does something for each, so many at a time. */
export async function eachAtOnce<T, R>(all: readonly T[], atOnce: number, act: (one: T, n: number) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < all.length) {
        const n = next++
        results[n] = await act(all[n]!, n)
      }
    }),
  )
  return results
}

/** Dates of a meetup of which something is not as it must be: a counter that is not its rows, more than there are seats, or a free seat while somebody waits. */
export async function faultsOf(meetup: string, now: Date): Promise<unknown[]> {
  const { rows } = await createTestDeps().db.execute(`
    SELECT occurrence.id, occurrence.going, occurrence.capacity, counted.going AS rows, counted.waiting
    FROM meetup_occurrences occurrence
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE status = 'going') AS going, count(*) FILTER (WHERE status = 'waiting') AS waiting
      FROM meetup_participants
      WHERE occurrence_id = occurrence.id
    ) AS counted
    WHERE occurrence.meetup_id = '${meetup}'
      AND (
        counted.going <> occurrence.going
        OR occurrence.going > occurrence.capacity
        OR (
          counted.waiting > 0 AND occurrence.going < occurrence.capacity AND occurrence.cancelled_at IS NULL
          AND occurrence.starts_at > '${now.toISOString()}'::timestamptz + interval '2 hours'
        )
      )`)
  return rows
}

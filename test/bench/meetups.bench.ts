import pg from 'pg'
import type { Actor } from '../../src/core/actor.ts'
import { findMeetup, listMeetups, type MeetupFilter } from '../../src/modules/meetups/queries.ts'
import type { ListedMeetup } from '../../src/modules/meetups/schema.ts'
import { joinDate, leaveDate, listParticipants } from '../../src/modules/meetups/seats/queries.ts'
import { cpuMeterOf, directDb } from './backend-cpu.ts'
import { type BenchContext, median, type Row, rowOf, times } from './bench.ts'

/** Each of them has eight dates: 100,000. */
const MEETUPS = 12_500
const DATES = 8
const PEOPLE = 20_000
const GOING = 8
const REPETITIONS = 60
const WARM_UP = 10
const BAR_MS = 5
const PAGE = 20

interface Place {
  readonly lat: number
  readonly lng: number
  readonly dates: number
}

/** Lists, details and seats among 100,000 × scale dates of meetups all over the country, of which some regions have very many. The order of a list is compared with a brute force. */
export async function benchMeetups({ databaseUrl, scale }: BenchContext): Promise<Row[]> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    const meetups = times(MEETUPS, scale)
    const askers = await makeMeetups(client, meetups)
    const of = `${(meetups * DATES).toLocaleString('en')} dates`
    const { crowded, empty } = await findPlaces(client)
    console.log(`  ${crowded.dates} dates within 5 km of the fullest place, ${empty.dates} of the emptiest`)
    await compareWithBruteForce(client, askers[0]!, crowded)
    const list = (more: Partial<MeetupFilter>) => (asker: Actor) => listMeetups(directDb(client), asker, filterOf(more), new Date())
    const rows: Row[] = []
    for (const [name, place] of [
      ['the fullest place', crowded],
      ['the emptiest place', empty],
    ] as const) {
      for (const radius_m of [5_000, 20_000])
        rows.push(...(await measure(client, askers, `${radius_m / 1_000} km around ${name}`, of, list({ near: place, radius_m }))))
      for (const [what, more] of [
        ['of a category', { category: 'large' }],
        ['for a size', { size: 'medium' }],
      ] as const)
        rows.push(...(await measure(client, askers, `5 km around ${name}, ${what}`, of, list({ near: place, ...more }))))
    }
    // Of these there are none, so that all dates around are looked at.
    rows.push(
      ...(await measure(
        client,
        askers,
        '20 km around the fullest place, of a category without any',
        of,
        list({ near: crowded, radius_m: 20_000, category: 'breed' }),
      )),
    )
    const days = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString()
    rows.push(
      ...(await measure(
        client,
        askers,
        '20 km around the fullest place, an hour of the seventh week',
        of,
        list({ near: crowded, radius_m: 20_000, from: days(45), to: days(45 + 1 / 24) }),
      )),
    )
    rows.push(
      ...(await measure(
        client,
        askers,
        '20 km around the fullest place, in a year',
        of,
        list({ near: crowded, radius_m: 20_000, from: days(365) }),
      )),
    )
    rows.push(...(await measure(client, askers, '20 km around nowhere', of, list({ near: { lat: 32.1, lng: 130.9 }, radius_m: 20_000 }))))
    const after = await placeOfPage(client, askers[0]!, crowded, 10)
    rows.push(...(await measure(client, askers, '5 km around the fullest place, page 11', of, list({ near: crowded, after }))))
    rows.push(...(await measure(client, askers, 'where I go', of, list({ mine: 'going' }))))
    rows.push(...(await measure(client, askers, 'that I host', of, list({ mine: 'hosting' }))))
    return [...rows, ...(await measureSeats(client, askers, of))]
  } finally {
    await client.end()
  }
}

const filterOf = (more: Partial<MeetupFilter>): MeetupFilter => ({
  category: null,
  size: null,
  near: null,
  radius_m: 5_000,
  from: new Date().toISOString(),
  to: null,
  mine: null,
  after: null,
  limit: PAGE,
  ...more,
})

async function measure(
  client: pg.Client,
  askers: readonly Actor[],
  what: string,
  of: string,
  act: (asker: Actor, n: number) => Promise<unknown>,
): Promise<Row[]> {
  const cpuMs = await cpuMeterOf(client)
  const [ms, cpu_ms]: [number[], number[]] = [[], []]
  for (let n = 0; n < REPETITIONS; n++) {
    const before_ms = cpuMs()
    const startedAt = performance.now()
    await act(askers[n % askers.length]!, n)
    const took_ms = performance.now() - startedAt
    const spent_ms = cpuMs() - before_ms
    if (n < WARM_UP) continue
    ms.push(took_ms)
    cpu_ms.push(spent_ms)
  }
  console.log(`    meetups ${what}: ${median(ms).toFixed(2)} ms, CPU ${median(cpu_ms).toFixed(2)} ms`)
  return [rowOf(`meetups ${what}: Postgres`, of, ms, { bar: BAR_MS }), rowOf(`meetups ${what}: Postgres CPU`, of, cpu_ms, { bar: BAR_MS })]
}

/** What one date costs: its detail, its people, a seat that is taken and given back, and one for which others wait. */
async function measureSeats(client: pg.Client, askers: readonly Actor[], of: string): Promise<Row[]> {
  const { rows } = await client.query<{ id: string; occurrence_id: string }>(`
    SELECT meetup_id AS id, id AS occurrence_id
    FROM meetup_occurrences
    WHERE starts_at > now() + interval '1 day' AND going = capacity
    ORDER BY starts_at, id
    LIMIT ${REPETITIONS}`)
  const db = directDb(client)
  const nth = (n: number) => rows[n % rows.length]!
  return [
    ...(await measure(client, askers, 'one in detail', of, (asker, n) => findMeetup(db, asker, nth(n).id, new Date()))),
    ...(await measure(client, askers, 'who comes to a date', of, (asker, n) =>
      listParticipants(db, asker, { ...nth(n), after: null, limit: PAGE }, new Date()),
    )),
    ...(await measure(client, askers, 'joining a full date', of, (asker, n) => joinDate(db, asker, nth(n), true, new Date()))),
    ...(await measure(client, askers, 'leaving the queue', of, (asker, n) => leaveDate(db, asker, nth(n), new Date()))),
  ]
}

/** Weekly meetups around the middles of all sigungus, of which the first have far more, with people who go and some who wait. Answers people with a session who block some. */
async function makeMeetups(client: pg.Client, meetups: number): Promise<Actor[]> {
  const startedAt = performance.now()
  await client.query('BEGIN')
  await client.query(`SET LOCAL session_replication_role = replica`)
  await client.query(`
    CREATE TABLE meetup_people AS SELECT gen_random_uuid() AS id, i FROM generate_series(1, ${PEOPLE}) AS i`)
  await client.query('CREATE UNIQUE INDEX ON meetup_people (i)')
  await client.query(`INSERT INTO users (id, nickname, created_at) SELECT id, '모임' || i, now() FROM meetup_people`)
  await client.query(`
    INSERT INTO pets (id, user_id, name, species, breed_code, is_primary, weight_kg, request_hash, created_at)
    SELECT gen_random_uuid(), id, '보리', 'dog', 'dog_maltese', true, 4, '', now() FROM meetup_people`)
  await client.query(`
    INSERT INTO blocks (blocker_id, blocked_id, created_at)
    SELECT one.id, other.id, now()
    FROM meetup_people AS one
    CROSS JOIN generate_series(1, 5) AS k
    JOIN meetup_people AS other ON other.i = 1 + abs(hashint8(one.i::bigint * 31 + k) % ${PEOPLE}) AND other.i <> one.i
    ON CONFLICT DO NOTHING`)
  await client.query(`
    INSERT INTO meetups (id, request_hash, host_id, created_at, title, category, size_filter, location_name, location, starts_on, starts_time, recurrence_rule, capacity,
                         approval, made_until, renewed_at)
    SELECT gen_random_uuid(), '', host.id, now(), '산책 ' || made.i, category, CASE WHEN category IN ('small', 'medium', 'large') THEN category::text::pet_size END, '공원',
           ST_SetSRID(ST_MakePoint(
             ST_X(center::geometry) + (hashint8(made.i * 3) % 1000) / 1000.0 * 0.12, ST_Y(center::geometry) + (hashint8(made.i * 5) % 1000) / 1000.0 * 0.1
           ), 4326)::geography,
           current_date + 1 + made.i % 7, time '06:00' + (made.i % 60) * interval '15 minutes', 'FREQ=WEEKLY', ${GOING} + (made.i % 3) * 4, 'auto', current_date + 56, now()
    FROM (
      SELECT i, centers.list[1 + floor((i * 0.6180339887 - floor(i * 0.6180339887)) ^ 2 * cardinality(centers.list))::int] AS center,
             (ARRAY['all', 'all', 'small', 'medium', 'large']::meetup_category[])[1 + i % 5] AS category
      FROM generate_series(1, ${meetups}) AS i
      CROSS JOIN (SELECT array_agg(center ORDER BY code) AS list FROM regions WHERE level = 'sigungu') AS centers
    ) AS made
    JOIN meetup_people AS host ON host.i = 1 + abs(hashint8(made.i::bigint) % ${PEOPLE})`)
  await client.query(`
    INSERT INTO meetup_occurrences (meetup_id, slot_at, starts_at, ends_at, location_name, location, category, size_filter, capacity, going)
    SELECT meetups.id, at, at, at + interval '6 hours', location_name, location, category, size_filter, capacity, ${GOING}
    FROM meetups
    CROSS JOIN generate_series(0, ${DATES - 1}) AS week
    CROSS JOIN LATERAL (SELECT ((starts_on + week * 7) + starts_time) AT TIME ZONE 'Asia/Seoul' AS at) AS slot`)
  await client.query(`
    INSERT INTO meetup_participants (occurrence_id, user_id, status, joined_at)
    SELECT occurrence.id, meetups.host_id, 'going', now() FROM meetup_occurrences occurrence JOIN meetups ON meetups.id = occurrence.meetup_id`)
  await client.query(`
    INSERT INTO meetup_participants (occurrence_id, user_id, status, joined_at)
    SELECT occurrence.id, person.id, CASE WHEN k < ${GOING} THEN 'going' ELSE 'waiting' END::participation, now()
    FROM (SELECT id, meetup_id, row_number() OVER () AS n FROM meetup_occurrences WHERE going = ${GOING}) AS occurrence
    JOIN meetups ON meetups.id = occurrence.meetup_id
    CROSS JOIN generate_series(1, ${GOING - 1}) AS k
    JOIN meetup_people AS person ON person.i = 1 + (occurrence.n * 7919 + k * 104729) % ${PEOPLE} AND person.id <> meetups.host_id
    ON CONFLICT DO NOTHING`)
  await client.query(`
    UPDATE meetup_occurrences
    SET going = counted.going, capacity = greatest(counted.going, meetup_occurrences.capacity)
    FROM (SELECT occurrence_id, count(*) AS going FROM meetup_participants GROUP BY 1) AS counted
    WHERE meetup_occurrences.id = counted.occurrence_id AND counted.going <> meetup_occurrences.going`)
  await client.query('COMMIT')
  await client.query('VACUUM ANALYZE users, pets, blocks, meetups, meetup_occurrences, meetup_participants')
  const { rows } = await client.query<Actor>(`
    INSERT INTO sessions (id, user_id, counter, token_hash, created_at, rotated_at, expires_at)
    SELECT gen_random_uuid(), id, 1, '', now(), now(), now() + interval '1 day' FROM meetup_people WHERE i <= ${REPETITIONS}
    RETURNING user_id, id AS session_id`)
  await client.query('DROP TABLE meetup_people')
  await client.query('ANALYZE sessions')
  console.log(`  ${meetups} meetups loaded in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`)
  return rows
}

/** Where the most and where the fewest dates are near. */
async function findPlaces(client: pg.Client): Promise<{ crowded: Place; empty: Place }> {
  const { rows } = await client.query<Place>(`
    SELECT ST_Y(center::geometry) AS lat, ST_X(center::geometry) AS lng,
           (SELECT count(*)::int FROM meetup_occurrences WHERE ST_DWithin(location, center, 5000)) AS dates
    FROM regions
    WHERE level = 'sigungu'
    ORDER BY dates`)
  return { crowded: rows.at(-1)!, empty: rows[0]! }
}

async function placeOfPage(client: pg.Client, asker: Actor, near: Place, pages: number): Promise<MeetupFilter['after']> {
  let after: MeetupFilter['after'] = null
  for (let n = 0; n < pages; n++) {
    const last: ListedMeetup | undefined = (await listMeetups(directDb(client), asker, filterOf({ near, after }), new Date()))!.items[
      PAGE - 1
    ]
    if (!last) throw new Error(`there are fewer than ${pages} pages`)
    after = { starts_at: last.starts_at, id: last.occurrence_id }
  }
  return after
}

/** Reads all pages around a place, and throws unless they are what sorting all dates says. */
async function compareWithBruteForce(client: pg.Client, asker: Actor, near: Place): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT occurrence.id
     FROM meetup_occurrences occurrence
     JOIN meetups ON meetups.id = occurrence.meetup_id
     WHERE ST_DWithin(occurrence.location, ST_SetSRID(ST_MakePoint($2, $3), 4326)::geography, 20000)
       AND occurrence.starts_at >= now()
       AND (meetups.host_id = $1 OR NOT is_blocked($1, meetups.host_id))
     ORDER BY occurrence.starts_at, occurrence.id`,
    [asker.user_id, near.lng, near.lat],
  )
  const found: string[] = []
  for (let after: MeetupFilter['after'] = null; ;) {
    const limit = 200
    const { items }: { items: ListedMeetup[] } = (await listMeetups(
      directDb(client),
      asker,
      filterOf({ near, radius_m: 20_000, after, limit }),
      new Date(),
    ))!
    found.push(...items.slice(0, limit).map(({ occurrence_id }) => occurrence_id))
    const last: ListedMeetup | undefined = items[limit - 1]
    if (items.length <= limit || !last) break
    after = { starts_at: last.starts_at, id: last.occurrence_id }
  }
  if (found.join() !== rows.map(({ id }) => id).join())
    throw new Error(`the pages of ${found.length} dates are not what sorting ${rows.length} says`)
  console.log(`  ${found.length} dates in their order, as sorting all says`)
}

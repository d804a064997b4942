import { beforeAll, expect, it } from 'vitest'
import type { Deps } from '../../../src/deps.ts'
import { getMeetup, getMeetups } from '../../../src/modules/meetups/service.ts'
import { getParticipants } from '../../../src/modules/meetups/seats/service.ts'
import { createTestDeps } from '../../support/api.ts'
import { actorOf } from '../../support/measured-walks.ts'
import { join, makeMeetup, walkersWithDogs } from '../../support/meetups.ts'
import type { Person } from '../../support/rooms.ts'
import { watchScans } from '../../support/scans.ts'

const BIG = ['meetups', 'meetup_occurrences', 'meetup_participants', 'users', 'pets', 'blocks']
const { db } = createTestDeps()
/** In the sea, where no other test looks. */
const place = { lat: 36, lng: 132.5 }
let reader: Person
let meetup: { id: string; date: string }

/** Two thousand weekly meetups of a crowd all over a sea, and one that the reader has joined. */
beforeAll(async () => {
  const [host, guest] = await walkersWithDogs(2)
  reader = guest!
  meetup = await makeMeetup(host!, place)
  await join(reader, meetup)
  await db.execute(`
    WITH people AS (
      INSERT INTO users (id, nickname, created_at)
      SELECT gen_random_uuid(), left(md5(random()::text), 12), now() FROM generate_series(1, 4000)
      RETURNING id
    ), dogs AS (
      INSERT INTO pets (id, user_id, name, species, is_primary, request_hash, created_at) SELECT gen_random_uuid(), id, '보리', 'dog', true, '', now() FROM people
    )
    INSERT INTO blocks (blocker_id, blocked_id, created_at)
    SELECT id, lead(id) OVER (ORDER BY id), now() FROM people OFFSET 1 LIMIT 3000`)
  await db.execute(`
    INSERT INTO meetups (id, request_hash, host_id, created_at, title, category, location_name, location, starts_on, starts_time, recurrence_rule, capacity, approval, renewed_at)
    SELECT gen_random_uuid(), '', blocker_id, now(), '산책', 'all', '공원', ST_SetSRID(ST_MakePoint(131 + random() * 3, 34 + random() * 4), 4326)::geography,
           current_date + 1, '10:00', 'FREQ=WEEKLY', 15, 'auto', now()
    FROM (SELECT blocker_id FROM blocks WHERE blocked_id IS NOT NULL LIMIT 2000) AS host`)
  await db.execute(`
    SELECT make_dates(id, ARRAY(SELECT (starts_on + week * 7 + starts_time) AT TIME ZONE 'Asia/Seoul' FROM generate_series(0, 7) AS week), now())
    FROM meetups
    WHERE title = '산책'`)
  for (const table of BIG) await db.execute(`VACUUM (ANALYZE) ${table}`)
})

const around = { limit: 20, radius_m: 20_000 }

it.each<[string, (deps: Deps) => Promise<unknown>]>([
  ['around a place', (deps) => getMeetups(deps, actorOf(reader), { ...around, ...place })],
  ['for a size', (deps) => getMeetups(deps, actorOf(reader), { ...around, ...place, size: 'small' })],
  ['of a category', (deps) => getMeetups(deps, actorOf(reader), { ...around, ...place, category: 'breed' })],
  ['where I go', (deps) => getMeetups(deps, actorOf(reader), { ...around, mine: 'going' })],
  ['that I host', (deps) => getMeetups(deps, actorOf(reader), { ...around, mine: 'hosting' })],
  ['one in detail', (deps) => getMeetup(deps, actorOf(reader), meetup.id)],
  ['its people', (deps) => getParticipants(deps, actorOf(reader), meetup.id, { limit: 20 })],
])('meetups %s read no big table from end to end', async (_, ask) => {
  const { db: watched, scans } = watchScans(db, { tables: BIG })
  await ask(createTestDeps({ db: watched }))
  expect(scans).toEqual(Object.fromEntries(BIG.map((table) => [table, 0])))
})

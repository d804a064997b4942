import pg from 'pg'
import { type FoundPage, listPeopleNamed } from '../../src/modules/social/search/queries.ts'
import { readTyped } from '../../src/modules/social/search/rules.ts'
import { cpuMeterOf, directDb } from './backend-cpu.ts'
import { type BenchContext, type Row, rowOf, times } from './bench.ts'

/** Each has a nickname and a pet: 200,000 names. */
const PEOPLE = 100_000
/** How many pets have the one name that everybody likes. */
const POPULAR = 10_000
const POPULAR_NAME = '초코'
const FOLLOWS_EACH = 5
/** A follower of few, of as many as are looked up one by one, and of as many as the product allows. */
const FOLLOWEES = [150, 1_000, 5_000] as const
const ASKERS = 50
const WARM_UP = 10
const PAGE = 20
const BAR_MS = 5
const DONGS_A_SIGUNGU = 15

const SYLLABLES = '가구기나누노다도두라루리마모몽무미바보복봄비사소솜수시아온우유이자조차초추치코콩쿠키타토탄티파푸하호후'

interface Asker {
  readonly user_id: string
  readonly session_id: string
}

interface Place {
  readonly tier: number
  readonly key: string
  readonly user: { readonly id: string }
}

/** The statement of a search among 200,000 × scale names, of which 10,000 × scale are the same. The order of one search is compared with a brute force. */
export async function benchSearch({ databaseUrl, scale }: BenchContext): Promise<Row[]> {
  const people = times(PEOPLE, scale)
  const popular = times(POPULAR, scale)
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    await giveNames(client, people, popular)
    const of = `${(2 * people).toLocaleString('en')} names, ${popular.toLocaleString('en')} the same`
    const rows: Row[] = []
    const askers = await makeAskers(client, FOLLOWEES[0], ASKERS)
    await compareWithBruteForce(client, askers[0]!)
    for (const [what, typed, page] of [
      ['a popular name, page 1', POPULAR_NAME, 1],
      ['a popular name, page 20', POPULAR_NAME, 20],
      [`a popular name, page ${Math.floor((popular * 0.8) / PAGE)}`, POPULAR_NAME, Math.floor((popular * 0.8) / PAGE)],
      ['half typed (초ㅋ), page 1', '초ㅋ', 1],
      ['half typed (초ㅋ), page 20', '초ㅋ', 20],
      ['half typed (촠), page 1', '촠', 1],
      ['initials (ㅊㅋ), page 1', 'ㅊㅋ', 1],
      ['initials (ㅊㅋ), page 20', 'ㅊㅋ', 20],
      ['one syllable (초), page 1', '초', 1],
      ['a nickname', '보리아빠77', 1],
      ['nobody', '뷁뷁', 1],
    ] as const)
      rows.push(...(await ask(client, askers, what, typed, page, of)))
    for (const followees of FOLLOWEES.slice(1)) {
      const followers = await makeAskers(client, followees, ASKERS)
      const what = `a popular name, page 1, of ${followees.toLocaleString('en')} followees`
      rows.push(...(await ask(client, followers, what, POPULAR_NAME, 1, of)))
    }
    return rows
  } finally {
    await client.end()
  }
}

const search = (client: pg.Client, asker: Asker, typed: string, page: FoundPage) =>
  listPeopleNamed(directDb(client), asker, readTyped(typed)!, page, new Date())

async function read(client: pg.Client, asker: Asker, typed: string, page: FoundPage): Promise<Place[]> {
  return (await search(client, asker, typed, page))!.items
}

/** Where the first `count` people of a list end. */
async function placeOf(client: pg.Client, asker: Asker, typed: string, count: number): Promise<FoundPage['after']> {
  const { text, by_initials } = readTyped(typed)!
  const { rows } = await client.query<{ tier: number; key: string; user_id: string }>(
    `SELECT tier, key, user_id FROM people_named($1, name_key($2, false), $3, NULL, NULL, NULL, $4) ORDER BY tier, key, user_id OFFSET $4 - 1`,
    [asker.user_id, text, by_initials, count],
  )
  if (!rows[0]) throw new Error(`there are fewer than ${count} people called ${typed}`)
  return rows[0]
}

async function ask(client: pg.Client, askers: readonly Asker[], what: string, typed: string, page: number, of: string): Promise<Row[]> {
  const cpuMs = await cpuMeterOf(client)
  const [ms, cpu_ms]: [number[], number[]] = [[], []]
  for (const [k, asker] of askers.entries()) {
    const after = page > 1 ? await placeOf(client, asker, typed, (page - 1) * PAGE) : null
    const before_ms = cpuMs()
    const startedAt = performance.now()
    await search(client, asker, typed, { after, limit: PAGE })
    const took_ms = performance.now() - startedAt
    const spent_ms = cpuMs() - before_ms
    if (k < WARM_UP) continue
    ms.push(took_ms)
    cpu_ms.push(spent_ms)
  }
  const mean = (values: readonly number[]) => (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(2)
  const rows = [
    rowOf(`search for ${what}: Postgres`, of, ms, { bar: BAR_MS }),
    rowOf(`search for ${what}: Postgres CPU`, of, cpu_ms, { bar: BAR_MS }),
  ]
  console.log(
    `    ${what}: mean ${mean(ms)} ms, p95 ${rows[0]!.p95?.toFixed(2)} ms; CPU mean ${mean(cpu_ms)} ms, p95 ${rows[1]!.p95?.toFixed(2)} ms`,
  )
  return rows
}

/** People all over the country, of whom a few dongs have many, with a follow for every fifth pair that is tried. */
async function giveNames(client: pg.Client, people: number, popular: number): Promise<void> {
  await client.query(`
    INSERT INTO regions (code, level, parent_code, sido, sigungu, dong, center)
    SELECT left(code, 5) || lpad((100 + n)::text, 3, '0') || '00', 'dong', code, sido, sigungu, '동' || n || '동', center
    FROM regions, generate_series(1, ${DONGS_A_SIGUNGU}) AS n
    WHERE level = 'sigungu'
    ON CONFLICT DO NOTHING`)
  const startedAt = performance.now()
  await client.query('BEGIN')
  // Without triggers. What they would have written is folded below, person by person as they do it.
  await client.query(`SET LOCAL session_replication_role = replica`)
  await client.query(`
    CREATE TABLE search_people AS
    SELECT gen_random_uuid() AS id, i, dongs.codes[1 + floor((i * 0.6180339887 - floor(i * 0.6180339887)) ^ 2 * cardinality(dongs.codes))::int] AS region_code
    FROM (SELECT array_agg(code ORDER BY code) AS codes FROM regions WHERE level = 'dong') AS dongs
    CROSS JOIN generate_series(1, ${people}) AS i`)
  await client.query('CREATE UNIQUE INDEX ON search_people (i)')
  await client.query('ANALYZE search_people')
  const syllable = (seed: string) => `substr('${SYLLABLES}', 1 + abs(hashint8(${seed}) % ${SYLLABLES.length}), 1)`
  await client.query(`
    INSERT INTO users (id, nickname, region_code, created_at)
    SELECT id, CASE WHEN i = 77 THEN '보리아빠77' ELSE ${syllable('i * 7')} || ${syllable('i * 7 + 1')} || '집사' || i END, region_code, now()
    FROM search_people`)
  await client.query(`
    INSERT INTO pets (id, user_id, name, species, is_primary, request_hash, created_at)
    SELECT gen_random_uuid(), id,
           CASE WHEN i % ${Math.round(people / popular)} = 0 THEN '${POPULAR_NAME}' ELSE ${syllable('i * 13 + 2')} || ${syllable('i * 13 + 3')} || CASE WHEN i % 3 = 0 THEN ${syllable('i * 13 + 4')} ELSE '' END END,
           'dog', true, '', now()
    FROM search_people`)
  await client.query(`
    INSERT INTO follows (follower_id, followee_id, created_at)
    SELECT one.id, other.id, now()
    FROM search_people AS one
    CROSS JOIN generate_series(1, ${FOLLOWS_EACH}) AS k
    JOIN search_people AS other ON other.i = 1 + abs(hashint8(one.i::bigint * 31 + k) % ${people}) AND other.i <> one.i
    ON CONFLICT DO NOTHING`)
  await client.query('COMMIT')
  await client.query('ANALYZE users, pets, follows, regions')
  await client.query('SELECT fold_user_names(id) FROM search_people WHERE i <= 1000')
  await client.query('ANALYZE user_names')
  const foldedAt = performance.now()
  await client.query('SELECT fold_user_names(id) FROM search_people WHERE i > 1000')
  const fold_ms = (performance.now() - foldedAt) / (people - 1_000)
  await client.query('VACUUM ANALYZE users, pets, follows, user_names')
  const { rows } = await client.query<{ names: string; size: string }>(
    `SELECT count(*) AS names, pg_size_pretty(pg_total_relation_size('user_names')) AS size FROM user_names`,
  )
  console.log(
    `  ${rows[0]!.names} rows of names loaded in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s, ${fold_ms.toFixed(2)} ms a person, ${rows[0]!.size} with indexes`,
  )
}

/** People with a session each, who follow so many. */
async function makeAskers(client: pg.Client, followees: number, count: number): Promise<Asker[]> {
  const { rows } = await client.query<Asker>(
    `WITH chosen AS (SELECT id AS user_id FROM search_people ORDER BY random() LIMIT $1)
     INSERT INTO sessions (id, user_id, counter, token_hash, created_at, rotated_at, expires_at)
     SELECT gen_random_uuid(), user_id, 1, '', now(), now(), now() + interval '1 day' FROM chosen
     RETURNING user_id, id AS session_id`,
    [count],
  )
  await client.query(
    `INSERT INTO follows (follower_id, followee_id, created_at)
     SELECT asker, other.id, now()
     FROM unnest($1::uuid[]) AS asker
     CROSS JOIN LATERAL (SELECT id FROM search_people WHERE id <> asker ORDER BY hashtextextended(id::text || asker, 0) LIMIT $2) AS other
     ON CONFLICT DO NOTHING`,
    [rows.map(({ user_id }) => user_id), followees],
  )
  await client.query('VACUUM ANALYZE follows')
  return rows
}

/** Reads all pages of the popular name, and throws unless they are what sorting all people says. */
async function compareWithBruteForce(client: pg.Client, asker: Asker): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id
     FROM (
       SELECT users.id, min(name_key(named.name, false) COLLATE "C") AS key,
              CASE
                WHEN bool_or(named.is_nickname AND lower(named.name) = $2) THEN 0
                WHEN EXISTS (SELECT 1 FROM follows WHERE follower_id = $1 AND followee_id = users.id) THEN 1
                WHEN users.region_code = me.region_code THEN 2
                WHEN home.parent_code = mine.parent_code THEN 3
                ELSE 4
              END AS tier
       FROM users
       JOIN users me ON me.id = $1
       LEFT JOIN regions home ON home.code = users.region_code
       LEFT JOIN regions mine ON mine.code = me.region_code
       CROSS JOIN LATERAL (
         SELECT true AS is_nickname, users.nickname AS name UNION ALL SELECT false, pets.name FROM pets WHERE pets.user_id = users.id
       ) AS named
       WHERE users.id <> $1 AND starts_with(name_key(named.name, false), name_key($2, false))
       GROUP BY users.id, me.region_code, home.parent_code, mine.parent_code
     ) AS found
     ORDER BY tier, key, id`,
    [asker.user_id, POPULAR_NAME],
  )
  const found: string[] = []
  for (let after: FoundPage['after'] = null; ;) {
    const page: Place[] = await read(client, asker, POPULAR_NAME, { after, limit: 199 })
    found.push(...page.slice(0, 199).map(({ user }) => user.id))
    const last = page[198]
    if (page.length < 200 || !last) break
    after = { tier: last.tier, key: last.key, user_id: last.user.id }
  }
  if (found.join() !== rows.map(({ id }) => id).join())
    throw new Error(`the pages of ${found.length} people are not what sorting ${rows.length} says`)
  console.log(`  ${found.length} people in their order, as sorting all says`)
}

import pg from 'pg'
import { type FeedPosition, type FeedSpot, countNews, findFeedPage } from '../../src/modules/social/feed/queries.ts'
import type { FeedFilter } from '../../src/modules/social/feed/schema.ts'
import { HOUR_MS } from '../../src/core/time.ts'
import { cpuMeterOf, directDb, type Statement } from './backend-cpu.ts'
import { type BenchContext, median, type Row, rowOf, times } from './bench.ts'
import { type Cost, measureRequest, measureTogether, signUp } from './client.ts'
import { firstDesign } from './first-design/feed.ts'
import { FOLLOWED, FOLLOWS_EACH, makeReader, populateFeed, POSTS_EACH, VIEWERS_EACH } from './feed-population.ts'
import { floorPath } from './floor.ts'

const PEOPLE = 100_000
const REPETITIONS = 64
const FIRST_DESIGN_REPETITIONS = 5
const REQUESTS = 64
const BAR_MS = 10
const PAGE = 20
const LATE_LIKES = 1_000
/** The ratio of a late page to page one that is accepted. */
const RATIO = 1.2

interface Reader {
  readonly user_id: string
  readonly session_id: string
  readonly token: string
  readonly region_code: string
  readonly followed: number
}

/**
 * The feed of a country of 100,000 × scale people with ten shared walks and thirty followees each. It measures the pages of readers who follow 150, 1,000 and
 * 5,000, in Postgres and through the Worker, and beside them the first design, which scores every shared walk whenever somebody reads.
 */
export async function benchFeed(context: BenchContext): Promise<Row[]> {
  const people = times(PEOPLE, context.scale)
  const client = new pg.Client(context.databaseUrl)
  await client.connect()
  try {
    // It is there already in a database that was kept.
    const { rows: known } = await client.query<{ is_there: boolean }>(`SELECT to_regclass('bench_people') IS NOT NULL AS is_there`)
    if (!known[0]!.is_there) await populateFeed(client, people)
    const readers = await makeReaders(context, client, people)
    const { rows: counted } = await client.query<{ posts: string; follows: string }>(
      'SELECT (SELECT count(*) FROM posts) AS posts, (SELECT count(*) FROM follows) AS follows',
    )
    const [{ posts, follows }] = counted as [(typeof counted)[0]]
    console.log(`  ${posts} posts (${POSTS_EACH} each), ${follows} follows (${FOLLOWS_EACH} each)`)
    const rows: Row[] = []
    /** Prints a figure at once, so that a long run that fails late has not been for nothing. */
    const note = (...measured: Row[]) => {
      for (const { what, scale, median: value, p95, unit } of measured)
        console.log(`    ${what} (${scale}): ${value.toFixed(2)} ${unit}, p95 ${p95?.toFixed(2)}`)
      rows.push(...measured)
    }
    note(...(await measurePages(client, readers, context.scale)))
    note(...(await measureFirstDesign(client, readers)))
    note(...(await measureRequests(context, readers)))
    return rows
  } finally {
    await client.end()
  }
}

async function makeReaders(context: BenchContext, client: pg.Client, people: number): Promise<Reader[]> {
  const readers: Reader[] = []
  for (const followed of FOLLOWED) {
    for (let k = 0; k < VIEWERS_EACH; k++) {
      const { user_id, token } = await signUp(context)
      const i = 1 + Math.floor(((k + 0.5) * people) / VIEWERS_EACH)
      await makeReader(client, user_id, followed, i)
      const { rows } = await client.query<Pick<Reader, 'session_id' | 'region_code'>>(
        'SELECT sessions.id AS session_id, users.region_code FROM sessions JOIN users ON users.id = sessions.user_id WHERE users.id = $1',
        [user_id],
      )
      readers.push({ user_id, token, followed, ...rows[0]! })
    }
  }
  await client.query('VACUUM ANALYZE')
  return readers
}

/** A page as a request asks for it: where it begins, and its name. */
interface Asked {
  readonly name: string
  readonly filter: FeedFilter
  readonly spot: FeedSpot | null
  readonly from: FeedPosition | null
}

async function measurePages(client: pg.Client, readers: readonly Reader[], scale: number): Promise<Row[]> {
  const at = new Date()
  const asked = new Map<Reader, Asked[]>()
  for (const reader of readers) asked.set(reader, await pagesOf(client, reader, at))
  // Others go on liking while somebody scrolls.
  await client.query(
    `INSERT INTO likes (walk_id, user_id, author_id, created_at)
     SELECT walk_id, id, author_id, now()
     FROM (SELECT walk_id, author_id FROM posts WHERE is_open AND posted_at > now() - interval '7 days' ORDER BY random() LIMIT ${LATE_LIKES}) AS post,
          LATERAL (SELECT id FROM bench_people WHERE id <> author_id LIMIT 1) AS giver
     ON CONFLICT DO NOTHING`,
  )
  const cpuMs = await cpuMeterOf(client)
  const figures = new Map<string, { followed: number; page: number[]; whole: number[] }>()
  const db = directDb(client)
  const measured = async (ask: () => Promise<unknown>) => {
    const before = cpuMs()
    await ask()
    return cpuMs() - before
  }
  const rounds = Math.ceil(times(REPETITIONS, scale) / VIEWERS_EACH)
  for (let round = -1; round < rounds; round++) {
    for (const reader of readers) {
      for (const one of asked.get(reader)!) {
        const page = await measured(() => client.query(pageStatement(reader, one, at)))
        const whole = await measured(() => findFeedPage(db, reader, { ...one, at, limit: PAGE }, at))
        if (round < 0) continue
        const name = `${one.name}|${reader.followed}`
        const figure = figures.get(name) ?? { followed: reader.followed, page: [], whole: [] }
        figures.set(name, figure)
        figure.page.push(page)
        figure.whole.push(whole)
      }
      const since = await measured(() => countNews(db, reader, { filter: 'following', since: new Date(at.getTime() - HOUR_MS), at }))
      const figure = figures.get(`since an hour ago, following|${reader.followed}`) ?? { followed: reader.followed, page: [], whole: [] }
      figures.set(`since an hour ago, following|${reader.followed}`, figure)
      if (round >= 0) figure.whole.push(since)
    }
  }
  const rows = [...figures].flatMap(([key, { followed, page, whole }]) => {
    const name = key.split('|')[0]!
    const of = `${followed.toLocaleString('en')} followees`
    return [
      ...(page.length > 0 ? [rowOf(`feed_page, ${name}: Postgres CPU`, of, page, { bar: BAR_MS })] : []),
      rowOf(`${name}${page.length > 0 ? `, with ${PAGE} cards` : ''}: Postgres CPU`, of, whole, { bar: BAR_MS }),
    ]
  })
  const ratios = FOLLOWED.flatMap((followed): Row[] => {
    const cost = (page: string) => figures.get(`following, page ${page}|${followed}`)?.page ?? []
    // With a small scale there are not fifty pages.
    if (cost('50').length === 0) return []
    const ratio: Row = {
      what: 'feed_page, following: page 50 against page 1',
      scale: `${followed.toLocaleString('en')} followees`,
      unit: '×',
      median: median(cost('50')) / median(cost('1')),
      p95: null,
      n: cost('50').length,
      bar: RATIO,
    }
    return [ratio]
  })
  return [...rows, ...ratios]
}

/** Scrolls through the feeds of somebody, and keeps where the pages begin that are measured. */
async function pagesOf(client: pg.Client, reader: Reader, at: Date): Promise<Asked[]> {
  const pages: Asked[] = []
  for (const filter of ['following', 'all', 'local'] as const) {
    const spots = await scroll(client, reader, filter, at)
    const inHead = spots.filter((spot) => spot === null || 'score' in spot.after).length
    const keep = (name: string, n: number) => {
      const spot = spots[n - 1]
      if (spot !== undefined) pages.push({ name: `${filter}, ${name}`, filter, spot, from: null })
    }
    keep('page 1', 1)
    if (filter === 'following') {
      keep('page 24', 24)
      keep('page 50', 50)
    } else {
      keep('middle of the head', Math.ceil(inHead / 2))
      keep('last page of the head', inHead)
      if (filter === 'local') keep('tail', inHead + 5)
    }
  }
  const from = { posted_at: at.toISOString(), walk_id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }
  for (const filter of ['following', 'all', 'local'] as const) pages.push({ name: `${filter} by time, page 1`, filter, spot: null, from })
  return pages
}

async function scroll(client: pg.Client, reader: Reader, filter: FeedFilter, at: Date): Promise<(FeedSpot | null)[]> {
  const spots: (FeedSpot | null)[] = [null]
  const { rows: snapshot } = await client.query<{ seen: string }>('SELECT pg_current_snapshot()::text AS seen')
  while (spots.length < 50) {
    const { rows } = await client.query<{ page: { floors: unknown; next: FeedPosition | null } }>(
      pageStatement(reader, { name: '', filter, spot: spots.at(-1)!, from: null }, at),
    )
    const { floors, next } = rows[0]!.page
    if (!next) break
    spots.push({ region_code: reader.region_code, seen: snapshot[0]!.seen, floors, after: next })
  }
  return spots
}

function pageStatement(reader: Reader, { filter, spot, from }: Asked, at: Date): Statement {
  const after = spot?.after ?? from
  return {
    text: 'SELECT feed_page($1, $2, $3, $4, coalesce($5::pg_snapshot, pg_current_snapshot()), $6::jsonb, $7::jsonb, $8) AS page',
    values: [
      reader.user_id,
      filter,
      reader.region_code,
      at.toISOString(),
      spot?.seen ?? null,
      spot && JSON.stringify(spot.floors),
      after && JSON.stringify(after),
      PAGE,
    ],
  }
}

/** The first design has no head, so its page 50 is an offset. Workers would do a part of its work where nothing counts it, so it has none. */
async function measureFirstDesign(client: pg.Client, readers: readonly Reader[]): Promise<Row[]> {
  const cpuMs = await cpuMeterOf(client)
  await client.query('SET max_parallel_workers_per_gather = 0')
  const rows: Row[] = []
  const measure = async (filter: FeedFilter, page: number, followed: number) => {
    const cpu: number[] = []
    for (const reader of readers.filter((one) => one.followed === followed).slice(0, FIRST_DESIGN_REPETITIONS)) {
      const before = cpuMs()
      await client.query(firstDesign(reader.user_id, filter, (page - 1) * PAGE))
      cpu.push(cpuMs() - before)
    }
    rows.push(rowOf(`as first designed, ${filter}, page ${page}: Postgres CPU`, `${followed.toLocaleString('en')} followees`, cpu))
  }
  for (const followed of FOLLOWED) await measure('following', 1, followed)
  await measure('following', 50, 1_000)
  await measure('all', 1, 1_000)
  await measure('local', 1, 1_000)
  await client.query('RESET max_parallel_workers_per_gather')
  return rows
}

/** The whole request through the Worker. */
async function measureRequests(context: BenchContext, readers: readonly Reader[]): Promise<Row[]> {
  const rows: Row[] = []
  const rounds = Math.ceil(times(REQUESTS, context.scale) / VIEWERS_EACH)
  for (const filter of ['following', 'all', 'local'] as const) {
    const some = readers.filter(({ followed }) => followed === 1_000)
    const request = (i: number) => ({ path: `/feed?filter=${filter}&limit=${PAGE}`, token: some[i % some.length]!.token })
    const alone: Cost[] = []
    for (let i = -VIEWERS_EACH; i < rounds * VIEWERS_EACH; i++) {
      const cost = await measureRequest(context, request(i + VIEWERS_EACH), { limits: 2, put: 0 })
      if (i >= 0) alone.push(cost)
    }
    const cards = alone.flatMap(({ text }) => (JSON.parse(text) as { items: { route: { coordinates: unknown[] } | null }[] }).items)
    const opened = cards.filter(({ route }) => route)
    const points = opened.reduce((sum, { route }) => sum + route!.coordinates.length, 0) / Math.max(1, opened.length)
    const each = (count: number) => (count / alone.length).toFixed(1)
    const scale = `${each(cards.length)} cards, ${each(opened.length)} with an open map of ${points.toFixed(0)} points`
    const { trips } = alone.at(-1)!
    const io = { limits: 2, put: 0, sent: trips[0]!.sent_bytes, received: trips[0]!.received_bytes, answer: alone.at(-1)!.text.length }
    const together: number[] = []
    for (let round = -1; round < Math.max(5, rounds * 2); round++) {
      const all = await measureTogether(context.worker, VIEWERS_EACH, request)
      const below = await measureTogether(context.floor, VIEWERS_EACH, (i) => ({ ...request(i), path: floorPath(io) }))
      if (round >= 0) together.push(all - below)
    }
    rows.push(
      rowOf(`GET /feed, ${filter}: Worker CPU, ${VIEWERS_EACH} at once`, scale, together, { bar: BAR_MS }),
      rowOf(
        `GET /feed, ${filter}: Worker CPU, one at a time`,
        scale,
        alone.map(({ cpu_ms, floor_ms }) => cpu_ms - floor_ms),
        { bar: BAR_MS },
      ),
      rowOf(
        `GET /feed, ${filter}: time`,
        scale,
        alone.map(({ wall_ms }) => wall_ms),
      ),
      rowOf(
        `GET /feed, ${filter}: trips`,
        scale,
        alone.map((cost) => cost.trips.length),
        { unit: 'trips', bar: 1 },
      ),
    )
  }
  return rows
}

import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { Actor } from '../../src/core/actor.ts'
import { insertComment } from '../../src/modules/social/comments/queries.ts'
import { deleteFollow, insertFollow } from '../../src/modules/social/follows/queries.ts'
import { deleteLike, insertLike } from '../../src/modules/social/likes/queries.ts'
import { cpuMeterOf, directDb } from './backend-cpu.ts'
import { type BenchContext, type Row, rowOf, times } from './bench.ts'

const CROWD = 5_000
const REPETITIONS = 100
const WARM_UP = 10
const CALLERS = 50
const LIKES_OF_A_CALLER = 20
const BAR_MS = 1
const LIMITS = { total: 5_000, daily: 400 }
const COMMENT_LIMITS = { dailyMax: 100_000, newMs: 0 }
const walkColumns = `id, user_id, status, started_at, ended_at, completed_at, request_hash, created_at, is_valid, distance_m, duration_sec, shared_to_feed`

/**
 * What people do with walks and with each other: what a like, a comment and a follow cost in Postgres where nobody and where 5,000 have liked, and what happens when
 * fifty people like one walk at once. Beside it likes without a counter, and the first design, which counts the rows whenever somebody looks.
 */
export async function benchSocial(context: BenchContext): Promise<Row[]> {
  const client = new pg.Client(context.databaseUrl)
  await client.connect()
  try {
    const owner = await makePerson(client)
    const crowd = await makeCrowd(client, times(CROWD, context.scale))
    const shared: string[] = []
    for (let i = 0; i < 4; i++) shared.push(await shareWalk(client, owner))
    const [quiet, loved, crowded, spare] = shared as [string, string, string, string]
    await likeAll(client, owner, loved, crowd)
    await client.query('VACUUM ANALYZE')
    return [
      ...(await measureOne(client, owner, crowd, { quiet, loved }, context.scale)),
      ...(await measureRush(context, client, crowd, { crowded, spare })),
    ]
  } finally {
    await client.end()
  }
}

async function makePerson(client: pg.Client): Promise<Actor> {
  const [person] = await makeCrowd(client, 1)
  return person!
}

/** People with a session each, and a friend for follows. */
async function makeCrowd(client: pg.Client, size: number): Promise<Actor[]> {
  const { rows } = await client.query<Actor>(
    `WITH people AS (
       INSERT INTO users (id, nickname, created_at)
       SELECT gen_random_uuid(), 's' || left(replace(gen_random_uuid()::text, '-', ''), 11), now() - interval '100 days' FROM generate_series(1, $1::int)
       RETURNING id
     )
     INSERT INTO sessions (id, user_id, counter, token_hash, created_at, rotated_at, expires_at)
     SELECT gen_random_uuid(), id, 1, '', now(), now(), now() + interval '1 day' FROM people
     RETURNING user_id, id AS session_id`,
    [size],
  )
  return rows
}

let walks = 0
async function shareWalk(client: pg.Client, { user_id }: Actor): Promise<string> {
  const id = randomUUID()
  await client.query(
    `INSERT INTO walks (${walkColumns})
     SELECT $1, $2, 'completed', at, at + interval '20 minutes', at + interval '20 minutes', '', at, true, 1000, 1200, true
     FROM (SELECT now() - interval '1 day' - $3 * interval '1 hour' AS at) AS began`,
    [id, user_id, walks++],
  )
  return id
}

/** Likes of a whole crowd, and the notification that they would have left. */
async function likeAll(client: pg.Client, owner: Actor, walkId: string, crowd: readonly Actor[]): Promise<void> {
  const ids = crowd.map(({ user_id }) => user_id)
  await client.query(
    `INSERT INTO likes (walk_id, user_id, author_id, created_at) SELECT $1, id, $2, now() - interval '1 hour' FROM unnest($3::uuid[]) AS id`,
    [walkId, owner.user_id, ids],
  )
  // Each of them five minutes after the one before, so that none finds the notification fresh.
  await client.query(
    `SELECT notify_like($2, $1, id, now() - (cardinality($3::uuid[]) - n) * interval '5 minutes') FROM unnest($3::uuid[]) WITH ORDINALITY AS liker (id, n)`,
    [walkId, owner.user_id, ids],
  )
}

async function measureOne(
  client: pg.Client,
  owner: Actor,
  crowd: readonly Actor[],
  { quiet, loved }: { readonly quiet: string; readonly loved: string },
  scale: number,
): Promise<Row[]> {
  const db = directDb(client)
  const cpuMs = await cpuMeterOf(client)
  const fans = await makeCrowd(client, WARM_UP + times(REPETITIONS, scale))
  const rows: Row[] = []
  const measure = async (what: string, of: string, act: (fan: Actor, k: number) => Promise<unknown>, bar: number | null = BAR_MS) => {
    const spent: number[] = []
    for (const [k, fan] of fans.entries()) {
      const before = cpuMs()
      const answer = await act(fan, k)
      if (k >= WARM_UP) spent.push(cpuMs() - before)
      if (answer === null) throw new Error(`${what} found nobody signed in`)
    }
    rows.push(rowOf(`${what}: Postgres CPU`, of, spent, { bar }))
  }
  const now = Date.now()
  // Two minutes apart, so that each of them tells the owner, which is the dearest case.
  const at = (k: number) => new Date(now + k * 120_000)
  const many = `${crowd.length.toLocaleString('en')} likes before`
  await measure('like', 'no like before', (fan, k) => insertLike(db, fan, quiet, at(k)))
  await measure('like', many, (fan, k) => insertLike(db, fan, loved, at(k)))
  await measure('like again', many, (fan, k) => insertLike(db, fan, loved, at(k)))
  await measure('unlike', many, (fan) => deleteLike(db, fan, loved))
  await measure('comment', many, (fan, k) =>
    insertComment(
      db,
      fan,
      { id: randomUUID(), request_hash: '', walk_id: loved, content: '오늘도 씩씩하게 걸었네요', is_doubtful: false },
      COMMENT_LIMITS,
      at(k),
    ),
  )
  await measure('follow', 'a person without followers', (fan, k) => insertFollow(db, fan, crowd[k]!.user_id, LIMITS, at(k)))
  await client.query(`INSERT INTO follows (follower_id, followee_id, created_at) SELECT id, $1, now() FROM unnest($2::uuid[]) AS id`, [
    owner.user_id,
    crowd.map(({ user_id }) => user_id),
  ])
  await measure('follow', `a person with ${crowd.length.toLocaleString('en')} followers`, (fan, k) =>
    insertFollow(db, fan, owner.user_id, LIMITS, at(k)),
  )
  await measure('unfollow', 'the same', (fan) => deleteFollow(db, fan, { follower_id: fan.user_id, followee_id: owner.user_id }))

  const { rows: counted } = await client.query<{ likes: number; rows: string; bytes: number }>(
    `SELECT posts.like_count AS likes, (SELECT count(*) FROM likes WHERE likes.walk_id = posts.walk_id) AS rows, pg_column_size(told.*) AS bytes
     FROM posts
     JOIN notifications AS told ON told.user_id = posts.author_id AND told.type = 'like' AND told.topic = posts.walk_id::text
     WHERE posts.walk_id = $1`,
    [loved],
  )
  const [told] = counted
  if (!told || told.likes !== Number(told.rows)) throw new Error(`a walk counts ${told?.likes} likes and has ${told?.rows}`)
  rows.push({ what: 'notification of likes, size of its row', scale: many, unit: 'bytes', median: told.bytes, p95: null, n: 1, bar: null })
  return rows
}

/** Fifty people like one walk at once, each on a connection of their own, and take it back, again and again. */
async function measureRush(
  context: BenchContext,
  client: pg.Client,
  crowd: readonly Actor[],
  { crowded: walkId, spare }: { crowded: string; spare: string },
): Promise<Row[]> {
  const callers = await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      const connection = new pg.Client(context.databaseUrl)
      await connection.connect()
      return connection
    }),
  )
  await client.query('CREATE TABLE bench_likes (walk_id uuid, user_id uuid, created_at timestamptz, PRIMARY KEY (walk_id, user_id))')
  const rows: Row[] = []
  const each = times(LIKES_OF_A_CALLER, context.scale)
  try {
    const rush = async (what: string, like: (caller: pg.Client, fan: Actor, walk: string) => Promise<unknown>) => {
      const took: number[] = []
      // The first like on a connection would load and plan everything.
      for (const [k, caller] of callers.entries()) await like(caller, crowd[k]!, spare)
      const startedAt = performance.now()
      await Promise.all(
        callers.map(async (caller, k) => {
          for (let i = 0; i < each; i++) {
            const sentAt = performance.now()
            await like(caller, crowd[(k * each + i) % crowd.length]!, walkId)
            took.push(performance.now() - sentAt)
          }
        }),
      )
      const seconds = (performance.now() - startedAt) / 1_000
      const scale = `${CALLERS} people at once`
      rows.push(rowOf(`${what}: time`, scale, took), {
        what: `${what}: likes a second`,
        scale,
        unit: 'times',
        median: took.length / seconds,
        p95: null,
        n: took.length,
        bar: null,
      })
    }
    await rush('like of one walk', (caller, fan, walk) => insertLike(directDb(caller), fan, walk, new Date()))
    const { rows: counted } = await client.query<{ likes: number; rows: string }>(
      'SELECT like_count AS likes, (SELECT count(*) FROM likes WHERE likes.walk_id = posts.walk_id) AS rows FROM posts WHERE walk_id = $1',
      [walkId],
    )
    const [{ likes, rows: stored }] = counted as [(typeof counted)[0]]
    if (likes !== Number(stored) || likes !== Math.min(CALLERS * each, crowd.length))
      throw new Error(`${likes} likes are counted, ${stored} are stored`)
    const insert = (caller: pg.Client, fan: Actor, walk: string) =>
      caller.query('INSERT INTO bench_likes VALUES ($1, $2, now()) ON CONFLICT DO NOTHING', [walk, fan.user_id])
    await rush('a row only, counted later', insert)
    await client.query('TRUNCATE bench_likes')
    await rush('as first designed, a row and count(*) whenever somebody looks', async (caller, fan, walk) => {
      await insert(caller, fan, walk)
      await caller.query('SELECT count(*) FROM bench_likes WHERE walk_id = $1', [walk])
    })
    return rows
  } finally {
    await Promise.all(callers.map((caller) => caller.end()))
    await client.query('DROP TABLE bench_likes')
  }
}

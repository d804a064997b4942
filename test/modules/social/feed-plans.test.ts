import { sql } from 'drizzle-orm'
import { beforeAll, expect, it } from 'vitest'
import { DAY_MS } from '../../../src/core/time.ts'
import type { Deps } from '../../../src/deps.ts'
import { getFeed } from '../../../src/modules/social/feed/service.ts'
import { createTestDeps } from '../../support/api.ts'
import { actorOf } from '../../support/measured-walks.ts'
import { watchScans } from '../../support/scans.ts'
import { makeDong, makeWalker, quietMonday, type Walker } from '../../support/walkers.ts'

const AUTHORS = 60
const POSTS_EACH = 150
const CROWD = 4_000
const BIG = ['posts', 'walks', 'likes', 'comments', 'reactions', 'follows', 'users', 'pets', 'post_marks']

let monday: Date
const readers: Record<string, Walker> = {}

/** Sixty authors of one dong shared nine thousand walks, which a crowd likes. One reader follows forty of them, and one follows a crowd as well. */
beforeAll(async () => {
  const { dong } = await makeDong()
  monday = quietMonday()
  readers['few'] = await makeWalker(dong)
  readers['many'] = await makeWalker(dong)
  const { db } = createTestDeps()
  await db.execute(`
    CREATE TABLE IF NOT EXISTS plan_people (id uuid, n int)`)
  await db.execute(`
    WITH people AS (
      INSERT INTO users (id, nickname, region_code, created_at)
      SELECT gen_random_uuid(), left(md5(random()::text), 12), '${dong}', now() FROM generate_series(1, ${AUTHORS + CROWD})
      RETURNING id
    )
    INSERT INTO plan_people SELECT id, row_number() OVER () FROM people`)
  await db.execute(`
    INSERT INTO pets (id, user_id, name, species, is_primary, request_hash, created_at) SELECT gen_random_uuid(), id, '보리', 'dog', true, '', now() FROM plan_people`)
  // The rows are inserted in pieces, so that each statement ends before its deadline on a slow machine as well.
  for (let n = 1; n <= AUTHORS; n += 5)
    await db.execute(`
      INSERT INTO walks (id, user_id, status, started_at, ended_at, completed_at, request_hash, created_at, is_valid, distance_m, duration_sec, shared_to_feed, shared_at, region_code)
      SELECT gen_random_uuid(), id, 'completed', at, at + interval '1 minute', at, '', at, true, 1000, 60, true, at, '${dong}'
      FROM plan_people, generate_series(1, ${POSTS_EACH}) AS k, LATERAL (SELECT timestamptz '${monday.toISOString()}' - k * interval '7 hours' - n * interval '1 minute' AS at) AS began
      WHERE n BETWEEN ${n} AND ${n + 4}`)
  const gift = (columns: string, values: string, step: number) => `
    INSERT INTO ${columns}
    SELECT ${values}
    FROM (SELECT posts.*, row_number() OVER (ORDER BY posts.walk_id) AS i FROM posts JOIN plan_people ON plan_people.id = posts.author_id) AS post
    JOIN plan_people AS giver ON giver.n = ${AUTHORS} + 1 + (post.i + ${step}) % ${CROWD}`
  for (const step of [1, 7, 11])
    await db.execute(
      gift('likes (walk_id, user_id, author_id, created_at)', 'post.walk_id, giver.id, post.author_id, post.posted_at', step),
    )
  await db.execute(
    gift(
      'comments (id, request_hash, content, walk_id, user_id, author_id, created_at)',
      `gen_random_uuid(), '', '와', post.walk_id, giver.id, post.author_id, post.posted_at`,
      13,
    ),
  )
  await db.execute(
    gift('reactions (walk_id, user_id, emoji, author_id, created_at)', `post.walk_id, giver.id, 'paw', post.author_id, post.posted_at`, 17),
  )
  await db.execute(`
    INSERT INTO follows (follower_id, followee_id, created_at)
    SELECT fan.id, author.id, now() FROM plan_people AS fan JOIN plan_people AS author ON author.n <= 3 WHERE fan.n > ${AUTHORS}`)
  for (const [name, most] of [
    ['few', 40],
    ['many', 2_400],
  ] as const) {
    const me = readers[name]!.user.user_id
    await db.execute(
      `INSERT INTO follows (follower_id, followee_id, created_at) SELECT '${me}', id, now() FROM plan_people WHERE n <= ${most}`,
    )
    await db.execute(`
      INSERT INTO likes (walk_id, user_id, author_id, created_at)
      SELECT walk_id, '${me}', author_id, posted_at
      FROM posts JOIN plan_people ON plan_people.id = author_id WHERE n <= 20 AND posted_at > '${new Date(monday.getTime() - 14 * DAY_MS).toISOString()}'`)
  }
  await db.execute('DROP TABLE plan_people')
  for (const table of BIG) await db.execute(`VACUUM (ANALYZE) ${table}`)
}, 240_000)

it('the watch sees a table that is read from end to end', async () => {
  const { db, scans } = watchScans(createTestDeps().db, { tables: BIG })
  await db.execute(sql`SELECT count(*) FROM posts WHERE like_count + 1 = 2`)
  expect(scans['posts']).toBeGreaterThan(0)
})

it.each(['following', 'all', 'local'] as const)(
  'pages of the feed of %s read no large table from end to end',
  async (filter) => {
    for (const reader of Object.values(readers))
      for (const order of ['ranked', 'recent'] as const) {
        const { db, scans } = watchScans(createTestDeps().db, { tables: BIG })
        const deps = Object.create(createTestDeps({ now: () => monday }), { db: { value: db } }) as Deps
        let cursor: string | undefined
        // Five hundred are ranked, so the twelfth page of fifty is by time.
        for (let page = 1; page <= 12; page++) {
          const answer = await getFeed(deps, actorOf(reader), { filter, order, limit: 50, since: undefined, cursor } as never)
          if (page === 1) expect(answer.items).toHaveLength(50)
          if (!answer.next_cursor) break
          cursor = answer.next_cursor
        }
        const since = new Date(monday.getTime() - DAY_MS).toISOString()
        const { new_count } = await getFeed(deps, actorOf(reader), {
          filter,
          order,
          limit: 20,
          since,
          cursor: undefined,
        } as never)
        expect(new_count).toBe(99)
        expect(Object.entries(scans).filter(([, n]) => n > 0)).toEqual([])
      }
  },
  120_000,
)

import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../../dev/random.ts'
import { DAY_MS } from '../../../src/core/time.ts'
import { getFeed } from '../../../src/modules/social/feed/service.ts'
import { createTestDeps } from '../../support/api.ts'
import { feedOf, type Filter, makeWorld, type World } from '../../support/feed-worlds.ts'
import { histories } from '../../support/histories.ts'
import { actorOf } from '../../support/measured-walks.ts'

type Order = 'ranked' | 'recent'
const FILTERS: readonly Filter[] = ['all', 'following', 'local']

/** Reads a feed to its end, or its first `most` walks. `between` happens after each page. */
async function read(world: World, filter: Filter, order: Order, limit: number, { most = Infinity, between = async () => {} } = {}) {
  const deps = createTestDeps({ now: () => world.at })
  const items: string[] = []
  for (let cursor: string | undefined, pages = 0; pages < 1_000; pages++) {
    const page = await getFeed(deps, actorOf(world.viewer), { filter, order, limit, since: undefined, ...(cursor && { cursor }) } as never)
    items.push(...page.items.map(({ walk_id }) => walk_id))
    if (!page.next_cursor || items.length >= most) return items
    cursor = page.next_cursor
    await between()
  }
  throw new Error('the feed has no end')
}

describe('the order of a feed', () => {
  it('is that of the definition, in any world, whatever the size of a page', async () => {
    for (let n = 0; n < histories(60); n++) {
      const random = randomFrom(n + 1)
      const world = await makeWorld({ random: random.next })
      const mine = new Set(world.posts.map(({ walk_id }) => walk_id))
      for (const filter of FILTERS) {
        const limit = random.pick([1, 7, 20, 50])
        expect(await read(world, filter, 'ranked', limit), `world ${n}, ${filter} by ${limit}`).toEqual(feedOf(world, filter, 'ranked'))
        // A feed of everything by time goes on to the oldest walk of all tests.
        const expected = feedOf(world, filter, 'recent')
        const recent = await read(world, filter, 'recent', 20, { most: expected.length })
        expect(recent.filter((id) => mine.has(id)).slice(0, expected.length), `world ${n}, ${filter} by time`).toEqual(expected)
      }
    }
  }, 300_000)

  it('is that of the definition where there are more candidates than a head takes', async () => {
    const world = await makeWorld({ random: randomFrom(4).next, authors: 40, posts: 2_400 })
    for (const filter of FILTERS) expect(await read(world, filter, 'ranked', 50), filter).toEqual(feedOf(world, filter, 'ranked'))
  }, 120_000)
})

it('others may like, comment, delete, unshare and share meanwhile: no walk comes twice, and nothing else moves', async () => {
  for (let n = 0; n < histories(24); n++) {
    const random = randomFrom(1_000 + n)
    const world = await makeWorld({ random: random.next, posts: 120 })
    const filter = FILTERS[n % 3]!
    const expected = feedOf(world, filter, 'ranked')
    const { db } = createTestDeps()
    const lost = new Set<string>()
    const fan = world.authors.find(({ blocks }) => blocks === 'none')!
    const items = await read(world, filter, 'ranked', random.pick([3, 7, 20]), {
      async between() {
        const { walk_id, author } = random.pick(world.posts)
        const act = random.pick(['like', 'like', 'comment', 'unlike', 'delete', 'unshare', 'share'] as const)
        const row = `'${walk_id}', '${fan.id}', '${author.id}', now()`
        if (act === 'like')
          await db.execute(`INSERT INTO likes (walk_id, user_id, author_id, created_at) VALUES (${row}) ON CONFLICT DO NOTHING`)
        if (act === 'comment')
          await db.execute(
            `INSERT INTO comments (id, request_hash, content, walk_id, user_id, author_id, created_at) VALUES (gen_random_uuid(), '', '와', ${row})`,
          )
        if (act === 'unlike') await db.execute(`DELETE FROM likes WHERE user_id = '${fan.id}' OR walk_id = '${walk_id}'`)
        if (act === 'delete') await db.execute(`UPDATE walks SET deleted_at = now() WHERE id = '${walk_id}'`)
        if (act === 'unshare') await db.execute(`UPDATE walks SET shared_to_feed = false WHERE id = '${walk_id}'`)
        if (act === 'delete' || act === 'unshare') lost.add(walk_id)
        // What is shared later than the feed's instant is in none of its pages.
        if (act === 'share')
          await db.execute(`
            INSERT INTO walks (id, user_id, status, started_at, ended_at, completed_at, request_hash, created_at, is_valid, distance_m, duration_sec, shared_to_feed, shared_at, region_code)
            SELECT gen_random_uuid(), '${fan.id}', 'completed', at, at + interval '1 minute', now(), '', now(), true, 1000, 60, true,
                   '${new Date(world.at.getTime() + DAY_MS / 2).toISOString()}', '${world.home}'
            FROM (SELECT timestamptz '1950-01-01' + random() * interval '40 years' AS at) AS sometime`)
      },
    })
    expect(new Set(items).size, `world ${n}`).toBe(items.length)
    expect(
      items.filter((id) => !lost.has(id)),
      `world ${n}`,
    ).toEqual(expected.filter((id) => !lost.has(id)))
  }
}, 300_000)

import { DAY_MS, HOUR_MS } from '../../src/core/time.ts'
import { createTestDeps } from './api.ts'
import { makeCrowd } from './shared-walks.ts'
import { makeDong, makeWalker, quietMonday, type Walker } from './walkers.ts'

/** Everything that a feed follows from, as plain data. */
export interface World {
  readonly viewer: Walker
  /** The instant of the feed. No other test shares a walk near it. */
  readonly at: Date
  readonly home: string
  readonly authors: readonly Author[]
  readonly posts: Post[]
  readonly hidden: Set<string>
}

export interface Author {
  readonly id: string
  readonly is_followed: boolean
  readonly blocks: 'none' | 'viewer' | 'by viewer'
  /** How much the viewer gave to their walks in the thirty days before, and longer ago. */
  readonly given: number
  readonly given_before: number
}

export interface Post {
  readonly walk_id: string
  readonly author: Author
  readonly posted_at: Date
  readonly region: string | null
  readonly audience: 'everyone' | 'followers'
  is_open: boolean
  /** Likes and comments when the feed was first opened. */
  readonly engagement: number
}

interface WorldOptions {
  readonly random: () => number
  readonly authors?: number
  readonly posts?: number
  readonly days?: number
}

const pick = <T>(random: () => number, list: readonly T[]): T => list[Math.floor(random() * list.length)]!
const literal = (value: unknown) => `'${JSON.stringify(value).replaceAll("'", "''")}'`

/** Posts share few instants and few numbers of likes, so that many are equal. */
export async function makeWorld({ random, authors: authorCount = 9, posts: postCount = 60, days = 16 }: WorldOptions): Promise<World> {
  const here = await makeDong()
  const next = await makeDong(here.sigungu)
  const far = await makeDong()
  const regions = [here.dong, here.dong, next.dong, here.sigungu, far.dong, null]
  const viewer = await makeWalker(here.dong)
  const at = quietMonday()
  const authors = Array.from({ length: authorCount }, (_, i): Author => {
    const blocks = i < 2 || random() < 0.8 ? 'none' : pick(random, ['viewer', 'by viewer'] as const)
    return {
      id: crypto.randomUUID(),
      is_followed: blocks === 'none' && random() < 0.5,
      blocks,
      given: pick(random, [0, 0, 1, 3, 9, 10, 12]),
      given_before: pick(random, [0, 0, 5]),
    }
  })
  const posts = Array.from({ length: postCount }, (): Post => {
    const ago = pick(random, [Math.floor(random() * days * 24) * HOUR_MS, 14 * DAY_MS, 14 * DAY_MS + 1, 14 * DAY_MS - 1, 0, 3 * HOUR_MS])
    return {
      walk_id: crypto.randomUUID(),
      author: pick(random, authors),
      posted_at: new Date(at.getTime() - ago),
      region: pick(random, regions),
      audience: random() < 0.8 ? 'everyone' : 'followers',
      is_open: random() < 0.95,
      engagement: pick(random, [0, 0, 1, 2, 7, 49, 50, 60]),
    }
  })
  const hidden = new Set(posts.filter(() => random() < 0.05).map(({ walk_id }) => walk_id))
  await insertWorld({ viewer, at, home: here.dong, authors, posts, hidden })
  return { viewer, at, home: here.dong, authors, posts, hidden }
}

/** Those who like the posts. Their likes are rows, because the night would set counters right that say something else. */
let crowd: Promise<string[]> | undefined
const CROWD = 60
const LIKED_AT_ONCE = 500

async function insertWorld({ viewer, at, authors, posts, hidden }: World): Promise<void> {
  const { db } = createTestDeps()
  const me = viewer.user.user_id
  await db.execute(`
    INSERT INTO users (id, nickname, created_at)
    SELECT id, left(md5(id::text), 12), '2026-01-01' FROM jsonb_to_recordset(${literal(authors)}) AS author (id uuid)`)
  await db.execute(`
    INSERT INTO follows (follower_id, followee_id, created_at)
    SELECT '${me}', id, '2026-01-01' FROM jsonb_to_recordset(${literal(authors)}) AS author (id uuid, is_followed boolean) WHERE is_followed`)
  await db.execute(`
    INSERT INTO blocks (blocker_id, blocked_id, created_at)
    SELECT CASE blocks WHEN 'viewer' THEN id ELSE '${me}' END, CASE blocks WHEN 'viewer' THEN '${me}' ELSE id END, '2026-01-01'
    FROM jsonb_to_recordset(${literal(authors)}) AS author (id uuid, blocks text)
    WHERE blocks <> 'none'`)
  const rows = posts.map(({ author, ...post }) => ({ ...post, author_id: author.id }))
  await db.execute(`
    INSERT INTO walks (id, user_id, status, started_at, ended_at, completed_at, request_hash, created_at, is_valid, distance_m, duration_sec, shared_to_feed, shared_at, audience, region_code)
    SELECT walk_id, author_id, 'completed', timestamptz '2001-01-01' + n * interval '1 hour', timestamptz '2001-01-01 00:30' + n * interval '1 hour',
           posted_at, '', posted_at, is_open, 1000, 1800, true, posted_at, audience::post_audience, region
    FROM jsonb_to_recordset(${literal(rows.map((row, n) => ({ ...row, n })))})
      AS post (n int, walk_id uuid, author_id uuid, posted_at timestamptz, region text, audience text, is_open boolean)`)
  crowd ??= makeCrowd(CROWD)
  // Each like counts its post, so all of a large world at once would take longer than a trip may.
  for (let from = 0; from < rows.length; from += LIKED_AT_ONCE) {
    await db.execute(`
    INSERT INTO likes (walk_id, user_id, author_id, created_at)
    SELECT post.walk_id, fan.id, post.author_id, '2026-01-01'
    FROM jsonb_to_recordset(${literal(rows.slice(from, from + LIKED_AT_ONCE))}) AS post (walk_id uuid, author_id uuid, engagement int)
    JOIN unnest('{${(await crowd).join()}}'::uuid[]) WITH ORDINALITY AS fan (id, n) ON fan.n <= post.engagement`)
  }
  await db.execute(
    `INSERT INTO feed_hides (user_id, walk_id, created_at) SELECT '${me}', id, now() FROM unnest('{${[...hidden].join()}}'::uuid[]) AS id`,
  )
  await give(me, authors, at)
}

/** What the viewer gave: reactions, because nothing else counts them, to walks from before the feed. */
async function give(me: string, authors: readonly Author[], at: Date): Promise<void> {
  const gifts = authors.flatMap(({ id, given, given_before }) => [
    ...Array.from({ length: given }, (_, i) => ({ author_id: id, at: new Date(at.getTime() - 2 * DAY_MS - i * 60_000) })),
    ...Array.from({ length: given_before }, (_, i) => ({ author_id: id, at: new Date(at.getTime() - 30 * DAY_MS - 1 - i * 60_000) })),
  ])
  const rows = gifts.map((gift) => ({ ...gift, walk_id: crypto.randomUUID() }))
  const { db } = createTestDeps()
  await db.execute(`
    INSERT INTO walks (id, user_id, status, started_at, ended_at, completed_at, request_hash, created_at, is_valid, distance_m, duration_sec, shared_to_feed, shared_at)
    SELECT walk_id, author_id, 'completed', at, at, at, '', at, false, 0, 0, true, '1990-01-01'
    FROM jsonb_to_recordset(${literal(rows)}) AS gift (walk_id uuid, author_id uuid, at timestamptz)`)
  await db.execute(`
    INSERT INTO reactions (walk_id, user_id, emoji, author_id, created_at)
    SELECT walk_id, '${me}', 'paw', author_id, at FROM jsonb_to_recordset(${literal(rows)}) AS gift (walk_id uuid, author_id uuid, at timestamptz)`)
}

export type Filter = 'all' | 'following' | 'local'

const sigunguOf = (region: string | null) => region?.slice(0, 5)
const isNewer = (a: Post, b: Post) => b.posted_at.getTime() - a.posted_at.getTime() || (b.walk_id < a.walk_id ? -1 : 1)

/** The walks of a feed in their order, computed the slow way: the definition of docs/product.md#feed, word by word. */
export function feedOf(world: World, filter: Filter, order: 'ranked' | 'recent'): string[] {
  const { at, home, posts, hidden } = world
  const seen = posts.filter((post) => post.is_open && post.posted_at <= at && (post.audience === 'everyone' || post.author.is_followed))
  const followed = seen.filter(({ author }) => author.is_followed).toSorted(isNewer)
  const near = seen.filter(({ region }) => sigunguOf(region) === sigunguOf(home)).toSorted(isNewer)
  const anywhere = seen.toSorted(isNewer)
  const isShown = ({ walk_id, author }: Post) => author.blocks === 'none' && !hidden.has(walk_id)
  const source = { all: anywhere, following: followed, local: near }[filter]
  if (order === 'recent') return source.filter(isShown).map(({ walk_id }) => walk_id)

  const recent = (list: readonly Post[], most: number) =>
    list.filter(({ posted_at }) => at.getTime() - posted_at.getTime() <= 14 * DAY_MS).slice(0, most)
  const pool =
    filter === 'all' ? [...new Set([...recent(followed, 200), ...recent(near, 200), ...recent(anywhere, 100)])] : recent(source, 500)
  const ranked = pool.filter(isShown).map((post) => ({ post, score: scoreOf(post, world) }))
  const head = ranked.toSorted((a, b) => b.score - a.score || (b.post.walk_id < a.post.walk_id ? -1 : 1))
  const tail = filter === 'all' ? [] : source.filter((post) => !pool.includes(post) && isShown(post))
  return [...head.map(({ post }) => post.walk_id), ...tail.map(({ walk_id }) => walk_id)]
}

function scoreOf({ posted_at, author, region, engagement }: Post, { at, home }: World): number {
  const days = (at.getTime() - posted_at.getTime()) / DAY_MS
  const place = region === home ? 0.2 : sigunguOf(region) === sigunguOf(home) ? 0.12 : 0
  // In the order of the statement, so that equal scores are equal to the last bit.
  return 0.4 / (1 + days) + 0.3 * (Math.min(author.given, 10) / 10) + place + 0.002 * Math.min(engagement, 50)
}

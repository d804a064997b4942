import type pg from 'pg'
import { makeWay } from '../../dev/motion.ts'
import { randomFrom } from '../../dev/random.ts'
import type { Position } from '../../src/core/geo.ts'
import { encodeRoute } from '../../src/modules/walks/showing/presentation.ts'
import { sketchOf } from '../../src/modules/walks/showing/sketch.ts'
import { withoutIndexes } from './population.ts'

export const POSTS_EACH = 10
export const FOLLOWS_EACH = 30
const LIKES_EACH = 10
const COMMENTS_EACH = 2
const REACTIONS_EACH = 3
/** The newest posts have everything that a card shows. The others are as narrow as a walk can be, because nothing reads more of them. */
const WHOLE = 50_000
/** Of the newest posts, these were walked three weeks before, and their owners opened the map. */
const OPEN_MAPS = 0.2
const ROUTES = 40
const ROUTE_POINTS = 500
const HOME = { lat: 37.5172, lng: 127.0473 }
const DONGS_A_SIGUNGU = 15

/**
 * Makes a year of a growing app: people of all sigungus with a dog each, ten shared walks each (a few people have hundreds), thirty followees each (the most
 * popular people have some thousand followers), likes, comments and reactions. Triggers are off meanwhile, and what they would have counted is counted at once.
 */
export async function populateFeed(client: pg.Client, people: number): Promise<void> {
  await client.query(
    `SET synchronous_commit = off; SET maintenance_work_mem = '256MB'; SET work_mem = '128MB'; SET session_replication_role = replica`,
  )
  await makePeople(client, people)
  await makePosts(client, people)
  await makeFollows(client, people)
  await makeEngagement(client, people)
  await makeWhole(client, Math.round((WHOLE * people) / 100_000))
  await client.query('DROP TABLE bench_posts, bench_routes')
  await client.query('RESET session_replication_role; RESET maintenance_work_mem; RESET work_mem; RESET synchronous_commit')
  await client.query('VACUUM ANALYZE')
}

async function makePeople(client: pg.Client, people: number): Promise<void> {
  await client.query(`
    INSERT INTO regions (code, level, parent_code, sido, sigungu, dong, center)
    SELECT left(code, 5) || lpad((100 + n)::text, 3, '0') || '00', 'dong', code, sido, sigungu, '동' || n, center
    FROM regions, generate_series(1, ${DONGS_A_SIGUNGU}) AS n
    WHERE level = 'sigungu'
    ON CONFLICT DO NOTHING`)
  await client.query(`
    CREATE TABLE bench_people AS
    WITH dongs AS (
      SELECT code, row_number() OVER (ORDER BY code) - 1 AS n FROM regions WHERE level = 'dong'
    ), people AS (
      -- The random number is squared, so that the first dongs are full and the last ones nearly empty.
      SELECT i, floor((i * 0.6180339887 - floor(i * 0.6180339887)) ^ 2 * (SELECT count(*) FROM dongs))::bigint AS n FROM generate_series(1, ${people}) AS i
    )
    SELECT people.i, gen_random_uuid() AS id, dongs.code, least(700, 2.6 / (1 - random()) ^ 0.75) AS weight
    FROM people
    JOIN dongs USING (n)`)
  await client.query('CREATE UNIQUE INDEX ON bench_people (i)')
  await client.query('ANALYZE bench_people')
  await client.query(`
    INSERT INTO users (id, nickname, region_code, created_at)
    SELECT id, 'f' || i, code, now() - interval '400 days' FROM bench_people`)
  await client.query(`
    INSERT INTO pets (id, user_id, name, species, birth_date, weight_kg, is_primary, request_hash, created_at)
    SELECT gen_random_uuid(), id, '보리', 'dog', '2021-05-01', 5 + i % 20, true, '', now() - interval '400 days' FROM bench_people`)
}

/** Post k of somebody with n of them lies in the k-th part of the year, and the parts get shorter, because the app grows. So no two walks of one person overlap. */
async function makePosts(client: pg.Client, people: number): Promise<void> {
  await client.query(`
    CREATE TABLE bench_posts AS
    SELECT row_number() OVER (ORDER BY posted_at DESC) AS age, made.*
    FROM (
      SELECT gen_random_uuid() AS walk_id, each.id AS author_id, each.code AS region_code,
             now() - interval '1 minute' - interval '365 days' * (1 - sqrt((k + 0.8 * random()) / each.n)) AS posted_at,
             random() < 0.95 AS is_open, CASE WHEN random() < 0.05 THEN 'followers' ELSE 'everyone' END::post_audience AS audience
      FROM (
        SELECT id, code, greatest(1, round(weight * ${POSTS_EACH * people} / sum(weight) OVER ()))::int AS n FROM bench_people
      ) AS each, generate_series(0, each.n - 1) AS k
    ) AS made`)
  await client.query('CREATE UNIQUE INDEX ON bench_posts (age)')
  await client.query('ANALYZE bench_posts')
  // The constraint would take longer than all the rest, and nobody writes walks any more.
  await client.query('ALTER TABLE walks DROP CONSTRAINT walks_no_overlap')
  await withoutIndexes(client, 'walks', () =>
    client.query(`
      INSERT INTO walks (
        id, user_id, status, started_at, ended_at, request_hash, created_at, completed_at, is_valid, distance_m, duration_sec, moving_sec, stopped_sec, avg_speed_kmh,
        max_speed_kmh, ascent_m, descent_m, calories, region_code, shared_to_feed, shared_at, audience
      )
      SELECT walk_id, author_id, 'completed', posted_at - interval '25 minutes', posted_at - interval '5 minutes', '', posted_at, posted_at, true,
             1000 + (random() * 3000)::int, 1200, 1100, 100, 4, 6, 0, 0, 50, region_code, is_open, posted_at, audience
      FROM bench_posts
      ORDER BY age DESC`),
  )
}

/** The random number is squared, so that the first people are known to thousands. */
async function makeFollows(client: pg.Client, people: number): Promise<void> {
  await withoutIndexes(client, 'follows', () =>
    client.query(`
      INSERT INTO follows (follower_id, followee_id, created_at)
      SELECT follower.id, followee.id, now() - random() * interval '365 days'
      FROM (
        SELECT DISTINCT 1 + floor(random() * ${people})::int AS follower, 1 + floor(random() ^ 2 * ${people})::int AS followee
        FROM generate_series(1, ${FOLLOWS_EACH * people})
      ) AS pair
      JOIN bench_people AS follower ON follower.i = pair.follower
      JOIN bench_people AS followee ON followee.i = pair.followee
      WHERE pair.follower <> pair.followee
      ORDER BY follower.id, followee.id`),
  )
  await client.query(`
    INSERT INTO user_counts (user_id, follower_count, following_count)
    SELECT id, sum(follower), sum(following)
    FROM (SELECT followee_id, 1, 0 FROM follows UNION ALL SELECT follower_id, 0, 1 FROM follows) AS counted (id, follower, following)
    GROUP BY id`)
}

/** Newer posts are liked more, because the app grows, and a like comes within five days. */
async function makeEngagement(client: pg.Client, people: number): Promise<void> {
  const given = (each: number) => `
    FROM (
      SELECT 1 + floor(random() * ${people})::int AS i, 1 + floor(random() ^ 1.5 * (SELECT count(*) FROM bench_posts))::bigint AS age
      FROM generate_series(1, ${each * people})
    ) AS gift
    JOIN bench_people AS giver USING (i)
    JOIN bench_posts AS post USING (age)
    WHERE giver.id <> post.author_id`
  const at = `post.posted_at + random() * least(interval '5 days', now() - post.posted_at)`
  await withoutIndexes(client, 'likes', () =>
    client.query(
      `INSERT INTO likes (walk_id, user_id, author_id, created_at)
       SELECT post.walk_id, giver.id, post.author_id, ${at} ${given(LIKES_EACH)} ORDER BY 1, 2 ON CONFLICT DO NOTHING`,
    ),
  )
  await withoutIndexes(client, 'comments', () =>
    client.query(
      `INSERT INTO comments (id, request_hash, walk_id, user_id, author_id, content, created_at)
       SELECT gen_random_uuid(), '', post.walk_id, giver.id, post.author_id, '오늘도 씩씩하게 걸었네요', ${at} ${given(COMMENTS_EACH)}`,
    ),
  )
  await withoutIndexes(client, 'reactions', () =>
    client.query(
      `INSERT INTO reactions (walk_id, user_id, emoji, author_id, created_at)
       SELECT post.walk_id, giver.id, (enum_range(NULL::reaction_emoji))[1 + floor(random() * 6)::int], post.author_id, ${at} ${given(REACTIONS_EACH)}
       ORDER BY 1, 2 ON CONFLICT DO NOTHING`,
    ),
  )
  await withoutIndexes(client, 'posts', () =>
    client.query(`
      INSERT INTO posts (walk_id, author_id, posted_at, region_code, is_open, audience, like_count, comment_count)
      SELECT walk_id, author_id, posted_at, region_code, is_open, audience, coalesce(liked.count, 0), coalesce(commented.count, 0)
      FROM bench_posts
      LEFT JOIN (SELECT walk_id, count(*) FROM likes GROUP BY 1) AS liked USING (walk_id)
      LEFT JOIN (SELECT walk_id, count(*) FROM comments GROUP BY 1) AS commented USING (walk_id)
      ORDER BY age DESC`),
  )
  // The marks of the last day, as if transactions of long ago had made them.
  await client.query(`
    INSERT INTO post_marks (walk_id, at, made_by, delta)
    SELECT walk_id, created_at, (3 + row_number() OVER (ORDER BY created_at) % 300)::text::xid8, 1 FROM likes WHERE created_at > now() - interval '25 hours'
    ON CONFLICT DO NOTHING`)
}

/** Gives the newest walks a route, a sketch, a pet, photos, and to some an open map. */
async function makeWhole(client: pg.Client, most: number): Promise<void> {
  await client.query('CREATE TABLE bench_routes (n int PRIMARY KEY, polyline text, sketch jsonb, line geometry)')
  for (let n = 0; n < ROUTES; n++) {
    const route = routeOf(n)
    await client.query('INSERT INTO bench_routes VALUES ($1, $2, $3, ST_GeomFromText($4, 4326))', [
      n,
      encodeRoute(route),
      JSON.stringify(sketchOf(route, new Uint8Array(32).fill(n * 5 + 1)) ?? []),
      `MULTILINESTRING M ((${route.map(([lng, lat], i) => `${lng} ${lat} ${1.78e9 + 3 * i}`).join(',')}))`,
    ])
  }
  await client.query(`
    UPDATE walks
    SET route_polyline = bench_routes.polyline, sketch = bench_routes.sketch, line = bench_routes.line, memo = CASE WHEN age % 4 = 0 THEN '한강까지 천천히 다녀왔어요' END
    FROM bench_posts
    JOIN bench_routes ON bench_routes.n = bench_posts.age % ${ROUTES}
    WHERE walks.id = bench_posts.walk_id AND bench_posts.age <= ${most}`)
  await client.query(`
    INSERT INTO walk_pets (walk_id, pet_id, position)
    SELECT bench_posts.walk_id, pets.id, 1 FROM bench_posts JOIN pets ON pets.user_id = bench_posts.author_id WHERE bench_posts.age <= ${most}`)
  await client.query(`
    INSERT INTO photos (id, user_id, kind, walk_id, object_key, has_thumbnails, content_hash, width, height, created_at)
    SELECT id, author_id, 'walk_photo', walk_id, 'walk-photos/' || author_id || '/' || walk_id || '/' || id || '.jpg', true, sha256(id::text::bytea), 1600, 1200, posted_at
    FROM (SELECT bench_posts.*, gen_random_uuid() AS id FROM bench_posts, generate_series(1, age % 5) WHERE age <= ${most}) AS photo`)
  await client.query(`
    UPDATE walks
    SET is_map_open = true, started_at = walks.started_at - interval '21 days', ended_at = walks.ended_at - interval '21 days'
    FROM bench_posts
    WHERE walks.id = bench_posts.walk_id AND bench_posts.age <= ${most} AND bench_posts.age % ${Math.round(1 / OPEN_MAPS)} = 1
      AND NOT EXISTS (
        SELECT 1 FROM walks AS other
        WHERE other.user_id = walks.user_id
          AND tstzrange(other.started_at, other.ended_at) && tstzrange(walks.started_at - interval '21 days', walks.ended_at - interval '21 days')
      )`)
  // Twelve days at a door that is 50 km away from the routes.
  await client.query(`
    INSERT INTO walk_ends (walk_id, user_id, cell_x, cell_y, started_at)
    SELECT walk_id, author_id, 2016 + n, 3892, posted_at - day * interval '1 day'
    FROM (SELECT DISTINCT ON (user_id) id AS walk_id, user_id AS author_id, shared_at AS posted_at FROM walks WHERE is_map_open) AS opened, generate_series(1, 12) AS day, LATERAL (SELECT day * 2 AS n) AS cell`)
}

/** Exactly so many points, as close to each other as on a measured route. */
function routeOf(seed: number): Position[] {
  const { x, y } = makeWay(randomFrom(seed + 1), 3_000, [35, 160], 2)
  return Array.from({ length: ROUTE_POINTS }, (_, i): Position => {
    const along = (i * (x.length - 1)) / (ROUTE_POINTS - 1)
    const [k, share] = [Math.min(Math.floor(along), x.length - 2), along - Math.min(Math.floor(along), x.length - 2)]
    const between = (of: readonly number[]) => of[k]! + (of[k + 1]! - of[k]!) * share
    return [HOME.lng + between(x) / 88_300, HOME.lat + between(y) / 111_200]
  })
}

export const VIEWERS_EACH = 8
export const FOLLOWED = [150, 1_000, 5_000] as const
const GIVEN_A_MONTH = 225
const LIKED_PEOPLE = 60

/** Lets somebody follow so many, like and comment on walks of sixty of them, block ten people and hide ten walks. They live where person `i` of the population does. */
export async function makeReader(client: pg.Client, userId: string, followed: number, i: number): Promise<void> {
  await client.query('UPDATE users SET region_code = (SELECT code FROM bench_people WHERE i = $2) WHERE id = $1', [userId, i])
  await client.query(
    `INSERT INTO follows (follower_id, followee_id, created_at)
     SELECT $1, id, now() - interval '100 days'
     FROM (SELECT DISTINCT 1 + floor(random() ^ 2 * (SELECT count(*) FROM bench_people))::int AS i FROM generate_series(1, 3 * $2::int)) AS known
     JOIN bench_people USING (i)
     ORDER BY random()
     LIMIT $2`,
    [userId, followed],
  )
  const gifts = (count: number) => `
    FROM (
      SELECT posts.*
      FROM (SELECT followee_id FROM follows WHERE follower_id = $1 ORDER BY md5(followee_id::text) LIMIT ${LIKED_PEOPLE}) AS liked
      JOIN posts ON posts.author_id = liked.followee_id
      WHERE posts.posted_at > now() - interval '60 days'
      ORDER BY random()
      LIMIT ${count}
    ) AS post`
  const at = `greatest(post.posted_at, now() - interval '29 days') + random() * interval '1 minute'`
  await client.query(
    `INSERT INTO likes (walk_id, user_id, author_id, created_at) SELECT post.walk_id, $1::uuid, post.author_id, ${at} ${gifts(GIVEN_A_MONTH)} ON CONFLICT DO NOTHING`,
    [userId],
  )
  await client.query(
    `INSERT INTO comments (id, request_hash, walk_id, user_id, author_id, content, created_at)
     SELECT gen_random_uuid(), '', post.walk_id, $1::uuid, post.author_id, '좋아요', ${at} ${gifts(25)}`,
    [userId],
  )
  await client.query(
    `INSERT INTO reactions (walk_id, user_id, emoji, author_id, created_at)
     SELECT post.walk_id, $1::uuid, 'heart', post.author_id, ${at} ${gifts(25)} ON CONFLICT DO NOTHING`,
    [userId],
  )
  await client.query(
    `INSERT INTO blocks (blocker_id, blocked_id, created_at)
     SELECT $1, id, now() FROM bench_people WHERE NOT EXISTS (SELECT 1 FROM follows WHERE follower_id = $1 AND followee_id = id) ORDER BY md5(id::text) LIMIT 10`,
    [userId],
  )
  await client.query(
    `INSERT INTO feed_hides (user_id, walk_id, created_at)
     SELECT $1, posts.walk_id, now() FROM follows JOIN posts ON posts.author_id = follows.followee_id
     WHERE follows.follower_id = $1 AND posts.posted_at > now() - interval '14 days' ORDER BY random() LIMIT 10`,
    [userId],
  )
}

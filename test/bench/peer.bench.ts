import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { completionBody } from '../../dev/completion-body.ts'
import type { Actor } from '../../src/core/actor.ts'
import { startWalk } from '../../src/modules/walks/start/queries.ts'
import { completeWalkSchema, type Completion } from '../../src/modules/walks/schema.ts'
import { directDb } from './backend-cpu.ts'
import { type BenchContext, median, type Row, rowOf, times } from './bench.ts'
import { makeReader, populateFeed } from './feed-population.ts'
import { type FirstCompletion, completeAsFirstDesigned } from './first-design/completion.ts'
import { profileAsFirstDesigned } from './first-design/account.ts'
import { Line } from './first-design/line.ts'
import { boardOfOurs, completeOurs, feedOfOurs, homeOfOurs, profileOfOurs } from './first-design/ours.ts'
import { createOwnDatabase, moveIn, type Neighbour } from './first-design/people.ts'
import { boardAsFirstDesigned, feedAsFirstDesigned, homeAsFirstDesigned } from './first-design/pages.ts'
import { fillFirstDesign } from './first-design/tables.ts'
import { giveHistory } from './history.ts'
import { rankWalks } from './population.ts'
import { createCalendar, walkOf } from './walks.ts'

/**
 * This design beside the first one, which is what such a backend is before anybody has measured it: rows of the tables that the screens suggest, an ORM that loads one thing
 * at a time, and figures that are summed whenever they are needed.
 *
 * - Before each request it looks for the session, the user and the subscription, one after the other.
 * - A completion loads the walk, its dogs and what overlaps, updates, and then asks: totals of the person and of each dog, the week's goal, the days of all walks for the streak,
 *   for each badge that is open a sum over all walks, and for each of nine boards (dong, sigungu, nation; week, month, all time) what one has walked and how many have walked
 *   more. It stores what it found, row by row. With a transaction around the two writes that belong together these are 60 to 90 statements.
 * - A page lists ids and then asks row by row: the author, the dog, the likes, whether I like it, the comments, the photos.
 *
 * Nothing in it is slower than it has to be: it has the same walks, keys and indexes for what it asks (first-design/tables.ts), the same connection, and no measuring to do,
 * because it is told the distance that this design has measured. Whatever both answer is compared, and a difference ends the bench. R2 is a trip as well.
 *
 * The database is an own one. A trip takes 0 or 20 ms longer than it does on this machine, which is what lies between a Worker and a database in the same country.
 */
export async function benchPeer(context: BenchContext): Promise<Row[]> {
  const { url, drop } = await createOwnDatabase(context.databaseUrl)
  const client = new pg.Client(url)
  try {
    await client.connect()
    const people = times(PEOPLE, context.scale)
    const earlier = times(EARLIER_WALKS, context.scale)
    await populateFeed(client, people)
    await client.query(
      `CREATE TABLE bench_dongs AS SELECT code, parent_code, (row_number() OVER (ORDER BY code) - 1)::int AS n FROM regions WHERE level = 'dong'`,
    )
    await rankWalks(client)
    const veteran = await moveIn(client, '초코아빠', 1)
    const newcomer = await moveIn(client, '새이웃', Math.ceil(people / 3))
    for (const { actor } of [veteran, newcomer]) await makeReader(client, actor.user_id, Math.min(FOLLOWED, Math.floor(people / 3)), 1)
    await giveHistory(url, veteran.person, { count: earlier, sizes: [600], east_m: 0 })
    await fillFirstDesign(client)
    console.log(`  ${people} people with ten shared walks each, ${veteran.nickname} with ${earlier} more`)
    const rows: Row[] = []
    for (const delayMs of DELAYS_MS) {
      const repetitions = times(delayMs === 0 ? REPETITIONS : REPETITIONS / 3, context.scale)
      for (const [who, neighbour] of [
        [`after ${earlier} walks`, veteran],
        ['somebody new', newcomer],
      ] as const)
        rows.push(...(await compareAll(client, { who, neighbour, delayMs, repetitions })))
    }
    return rows
  } finally {
    await client.end()
    await drop()
  }
}

const PEOPLE = 2_000
const EARLIER_WALKS = 3_000
const FOLLOWED = 150
const DELAYS_MS = [0, 20] as const
const REPETITIONS = 18
const WARM_UP = 2
const POINTS = 600

interface Comparison {
  readonly who: string
  readonly neighbour: Neighbour
  readonly delayMs: number
  readonly repetitions: number
}

interface Measured {
  readonly ms: number[]
  readonly trips: number[]
}

async function compareAll(client: pg.Client, { who, neighbour, delayMs, repetitions }: Comparison): Promise<Row[]> {
  const { actor } = neighbour
  const figures = new Map<string, { first: Measured; ours: Measured }>()
  const line = new Line(client, delayMs)
  const asked = new Map<string, string[]>()
  const measure = async <T>(into: Measured | null, act: () => Promise<T>): Promise<T> => {
    line.take()
    const startedAt = performance.now()
    const answer = await act()
    const ms = performance.now() - startedAt
    const trips = line.take()
    into?.ms.push(ms)
    into?.trips.push(trips)
    return answer
  }
  /** The two take turns, so that other work of the machine falls on both. */
  const beside = async <F, O>(page: string, round: number, first: () => Promise<F>, ours: () => Promise<O>): Promise<[F, O]> => {
    const figure = figures.get(page) ?? { first: { ms: [], trips: [] }, ours: { ms: [], trips: [] } }
    figures.set(page, figure)
    const isMeasured = round >= 0
    const theirs = async () => {
      const answer = await measure(isMeasured ? figure.first : null, first)
      asked.set(page, line.takeNames())
      return answer
    }
    const mine = () => measure(isMeasured ? figure.ours : null, ours)
    // A completion of the first design is told what ours has measured.
    if (page === COMPLETION || round % 2 === 0) {
      const answer = await mine()
      return [await theirs(), answer]
    }
    return [await theirs(), await mine()]
  }
  let ranks = 0
  for (let round = -WARM_UP; round < repetitions; round++) {
    const now = new Date()
    const [profile, ourProfile] = await beside(
      'profile',
      round,
      () => profileAsFirstDesigned(line, actor, now),
      () => profileOfOurs(line, actor, now),
    )
    same('profile', profile, {
      nickname: ourProfile.nickname,
      is_premium: ourProfile.is_premium,
      follower_count: ourProfile.follower_count,
      following_count: ourProfile.following_count,
      pet_id: ourProfile.primary_pet?.id ?? null,
    })
    ranks += await compareCompletions(client, line, neighbour, round, beside)
    const at = new Date()
    const [board, ourBoard] = await beside(
      'ranking page, sigungu',
      round,
      () => boardAsFirstDesigned(line, actor, 'sigungu', at),
      () => boardOfOurs(line, actor, 'sigungu', at),
    )
    same('board', board, {
      items: ourBoard.items
        .slice(0, board.items.length)
        .map(({ user, distance_m }) => ({ user_id: user.id, nickname: user.nickname, distance_m })),
      rank: ourBoard.me?.rank ?? null,
      participants: ourBoard.participants,
    })
    for (const order of ['recent', 'ranked'] as const) {
      const [cards, ourCards] = await beside(
        `feed page, ${order}`,
        round,
        () => feedAsFirstDesigned(line, actor, order, at),
        () => feedOfOurs(line, actor, order, at),
      )
      const mine = ourCards.map(({ id, user, pets, post, photo_count }) => ({
        walk_id: id,
        author: user.nickname,
        pets: pets.length,
        likes: post.likes,
        comments: post.comments,
        photos: photo_count,
        is_liked: post.liked,
      }))
      // The score of the first design knows neither candidates nor variety, so its order is another one.
      if (order === 'recent') same('feed', cards, mine)
      else if (cards.length !== mine.length) throw new Error(`${cards.length} ranked cards beside ${mine.length}`)
    }
    const [home, ourHome] = await beside(
      'home',
      round,
      () => homeAsFirstDesigned(line, actor, at),
      () => homeOfOurs(line, actor, at),
    )
    same(
      'home',
      { streak: home.streak, rank: home.rank, recent: home.recent },
      { streak: ourHome.streak, rank: ourHome.rank, recent: ourHome.recent },
    )
  }
  if (ranks === 0) throw new Error('no rank was compared')
  if (delayMs === 0)
    for (const [page, names] of asked) console.log(`    ${page}, first design, asks ${names.length} times: ${counted(names)}`)
  return [...figures].flatMap(([page, figure]) => toRows(page, `${who}, ${delayMs} ms a trip`, figure))
}

const COMPLETION = 'completion'
const place = createCalendar()
let tracks = 0

/** Answers how many ranks were compared. A walk of a week before counts on no board that is still open. */
async function compareCompletions(
  client: pg.Client,
  line: Line,
  { actor, person }: Neighbour,
  round: number,
  beside: <F, O>(page: string, round: number, first: () => Promise<F>, ours: () => Promise<O>) => Promise<[F, O]>,
): Promise<number> {
  const track = place(person, walkOf(POINTS, 40_000_000 + tracks++))
  const id = randomUUID()
  const body = completionBody(track)
  const input = completeWalkSchema.parse(body)
  const started_at = new Date(Math.min(...track.time_ms)).toISOString()
  const start = { id, request_hash: '', started_at, pet_ids: [person.pet_id], goal: undefined, cell: null, status: 'ended' } as const
  await startWalk(directDb(client), actor, start, new Date(), new Date(0))
  await client.query(
    `INSERT INTO first_design.walks (id, user_id, status, started_at, is_valid, shared_to_feed, is_together) VALUES ($1, $2, 'ended', $3, false, false, false)`,
    [id, actor.user_id, started_at],
  )
  await client.query('INSERT INTO first_design.walk_pets (walk_id, pet_id, position) VALUES ($1, $2, 1)', [id, person.pet_id])
  let measured: Completion | null = null
  const at = new Date()
  const [theirs, ours] = await beside(
    COMPLETION,
    round,
    () => {
      const { walk } = measured!
      return completeAsFirstDesigned(
        line,
        actor,
        {
          id,
          pet_id: person.pet_id,
          started_at: walk.started_at,
          ended_at: walk.ended_at!,
          distance_m: walk.distance_m!,
          duration_sec: walk.duration_sec!,
          calories: walk.calories!,
          route_polyline: '',
          points: JSON.stringify(body),
          start: body.route_geojson.coordinates[0] as [number, number],
        },
        at,
      )
    },
    async () => (measured = await completeOurs(line, actor, id, input, at)),
  )
  if (!ours.valid || !ours.ranked) throw new Error(`an honest walk was refused: ${JSON.stringify(ours.reasons)}`)
  return compareAnswers(client, actor, theirs, ours)
}

async function compareAnswers(client: pg.Client, actor: Actor, theirs: FirstCompletion, ours: Completion): Promise<number> {
  const { rows } = await client.query<{ walk_count: number; distance_m: string; duration_sec: string; longest: number }>(
    'SELECT walk_count, distance_m, duration_sec, (SELECT max(distance_m) FROM walks WHERE user_id = $1 AND is_valid) AS longest FROM user_totals WHERE user_id = $1',
    [actor.user_id],
  )
  const [{ walk_count, distance_m, duration_sec, longest }] = rows as [(typeof rows)[0]]
  same('totals', theirs.totals, { walk_count, distance_m: Number(distance_m), duration_sec: Number(duration_sec) })
  same('streak', theirs.streak, { current: ours.streak.current, best: ours.streak.best })
  const values = theirs.badge_values
  if (values.has('longest_walk_m')) same('longest walk', values.get('longest_walk_m'), longest)
  if (values.has('distance_m')) same('the distance of badges', values.get('distance_m'), Number(distance_m))
  if (ours.ranking === null || ours.ranking.scope !== 'dong') return 0
  same(
    'rank',
    { rank: theirs.rank, participants: theirs.participants },
    { rank: ours.ranking.rank_after, participants: ours.ranking.participants },
  )
  return 1
}

/** Each name once, with how often it was asked. */
function counted(names: readonly string[]): string {
  const times = new Map<string, number>()
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1)
  return [...times].map(([name, n]) => (n === 1 ? name : `${n} × ${name}`)).join(' · ')
}

function same(what: string, theirs: unknown, ours: unknown): void {
  const [first, second] = [JSON.stringify(theirs), JSON.stringify(ours)]
  if (first !== second) throw new Error(`${what}: the first design answers ${first}, and this one ${second}`)
}

function toRows(page: string, scale: string, { first, ours }: { first: Measured; ours: Measured }): Row[] {
  const ratio: Row = {
    what: `${page}: first design against this one`,
    scale,
    unit: '×',
    median: median(first.ms) / median(ours.ms),
    p95: null,
    n: ours.ms.length,
    bar: null,
  }
  console.log(
    `    ${page} (${scale}): ${median(first.ms).toFixed(1)} ms and ${median(first.trips)} trips, ${median(ours.ms).toFixed(1)} ms and ${median(ours.trips)}`,
  )
  return [
    rowOf(`${page}, first design: time`, scale, first.ms),
    rowOf(`${page}: time`, scale, ours.ms),
    ratio,
    rowOf(`${page}, first design: trips`, scale, first.trips, { unit: 'trips' }),
    rowOf(`${page}: trips`, scale, ours.trips, { unit: 'trips' }),
  ]
}

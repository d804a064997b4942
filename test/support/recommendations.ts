import { sql } from 'drizzle-orm'
import type { Random } from '../../dev/random.ts'
import { DAY_MS, HOUR_MS } from '../../src/core/time.ts'
import { createTestDeps } from './api.ts'
import { makeDong } from './walkers.ts'

const { db } = createTestDeps()

type Size = 'small' | 'medium' | 'large'

interface MadePet {
  readonly breed_code: string | null
  readonly chosen_size: Size | null
  readonly weight_kg: number | null
  readonly is_placeholder: boolean
  readonly is_primary: boolean
  readonly is_archived: boolean
}

interface MadeWalk {
  readonly started_at: string
  readonly distance_m: number
  readonly is_valid: boolean
  readonly is_deleted: boolean
}

/** Somebody of a made-up world, as rows. `dong` is null for those of whom only the sigungu is known. */
export interface Neighbour {
  readonly id: string
  readonly region: string | null
  readonly pets: readonly MadePet[]
  readonly walks: readonly MadeWalk[]
  readonly state: 'here' | 'leaving' | 'banned' | 'opted_out'
}

export interface World {
  readonly at: Date
  readonly people: readonly Neighbour[]
  /** The dong and the sigungu of a region, as others may know them. */
  readonly areas: ReadonlyMap<string, { readonly dong: string | null; readonly sigungu: string }>
  readonly breedSizes: ReadonlyMap<string, Size | null>
  readonly follows: readonly (readonly [string, string])[]
  readonly blocks: readonly (readonly [string, string])[]
  readonly dismissals: readonly (readonly [by: string, of: string, daysAgo: number])[]
}

/** Makes a sigungu with four dongs in town, a 면, and people of whom only the sigungu is known; and a few people elsewhere. */
export async function makeWorld(random: Random, size: number, at: Date): Promise<World> {
  const first = await makeDong()
  const dongs = [first.dong]
  for (let i = 0; i < 3; i++) dongs.push((await makeDong(first.sigungu)).dong)
  const village = (await makeDong(first.sigungu)).dong
  await db.execute(sql`UPDATE regions SET dong = '시험면' WHERE code = ${village}`)
  const elsewhere = await makeDong()
  const { rows } = await db.execute<{ code: string; size: Size | null }>(
    sql`SELECT code, size FROM breeds WHERE species = 'dog' ORDER BY sort_order LIMIT 8`,
  )
  const { pick } = random
  const makePet = (place: number): MadePet => ({
    breed_code: random.next() < 0.8 ? pick(rows).code : null,
    chosen_size: random.next() < 0.2 ? pick(['small', 'medium', 'large'] as const) : null,
    weight_kg: random.next() < 0.6 ? 2 + Math.floor(random.next() * 300) / 10 : null,
    is_placeholder: random.next() < 0.1,
    is_primary: place === 0,
    is_archived: false,
  })
  const people = Array.from({ length: size }, (): Neighbour => {
    const [hour, spread] = [random.next() * 24, pick([0.2, 1, 3, 12])]
    const steadiness = pick([0, 3, 8, 14])
    const odd = random.next()
    return {
      id: crypto.randomUUID(),
      region: random.next() < 0.9 ? pick([...dongs, village, first.sigungu]) : pick([elsewhere.dong, null]),
      pets: [
        ...Array.from({ length: pick([0, 1, 1, 1, 2, 3]) }, (_, place) => makePet(place)),
        ...(random.next() < 0.1 ? [{ ...makePet(1), is_archived: true }] : []),
      ],
      walks: Array.from({ length: Math.round(random.next() * steadiness) }, (_, n) => {
        const day = at.getTime() - Math.floor(random.next() * 30) * DAY_MS
        return {
          started_at: new Date(
            Math.min(day + (hour + (random.next() - 0.5) * 2 * spread) * HOUR_MS - DAY_MS, at.getTime() - HOUR_MS - n * 10_000),
          ).toISOString(),
          distance_m: 100 + Math.floor(random.next() * 6_000),
          is_valid: random.next() < 0.95,
          is_deleted: random.next() < 0.03,
        }
      }),
      state: odd < 0.03 ? 'leaving' : odd < 0.05 ? 'banned' : odd < 0.1 ? 'opted_out' : 'here',
    }
  })
  const pairs = (count: number) => {
    const made = new Map<string, readonly [string, string]>()
    for (let i = 0; i < count; i++) {
      const pair = [pick(people).id, pick(people).id] as const
      if (pair[0] !== pair[1]) made.set(pair.join(), pair)
    }
    return [...made.values()]
  }
  const world: World = {
    at,
    people,
    areas: new Map<string, { dong: string | null; sigungu: string }>([
      ...dongs.map((dong) => [dong, { dong, sigungu: first.sigungu }] as const),
      [village, { dong: null, sigungu: first.sigungu }],
      [first.sigungu, { dong: null, sigungu: first.sigungu }],
      [elsewhere.dong, { dong: elsewhere.dong, sigungu: elsewhere.sigungu }],
    ]),
    breedSizes: new Map(rows.map(({ code, size: of }) => [code, of])),
    follows: pairs(10 * size),
    blocks: pairs(2 * size),
    dismissals: pairs(5 * size).map(([by, of]) => [by, of, pick([1, 179.9, 180.1])] as const),
  }
  await giveWorld(world)
  return world
}

async function giveWorld({ at, people, follows, blocks, dismissals }: World): Promise<void> {
  const now = at.toISOString()
  for (let from = 0; from < people.length; from += 100) {
    const given = people.slice(from, from + 100)
    await db.execute(sql`
      WITH given AS (
        SELECT * FROM json_to_recordset(${JSON.stringify(given)}) AS person (id uuid, region text, pets json, walks json, state text)
      ), here AS (
        INSERT INTO users (id, nickname, region_code, created_at, deleted_at, banned_at, settings)
        SELECT id, 'R' || left(replace(id::text, '-', ''), 11), region, ${now},
               CASE WHEN state = 'leaving' THEN ${now}::timestamptz END, CASE WHEN state = 'banned' THEN ${now}::timestamptz END,
               CASE WHEN state = 'opted_out' THEN '{"recommendable": false}'::jsonb ELSE '{}' END
        FROM given
      ), with_pets AS (
        INSERT INTO pets (id, user_id, name, species, breed_code, chosen_size, weight_kg, is_placeholder, is_primary, archived_at, request_hash, created_at)
        SELECT gen_random_uuid(), given.id, '초코', 'dog', pet.breed_code, pet.chosen_size, pet.weight_kg, pet.is_placeholder, pet.is_primary,
               CASE WHEN pet.is_archived THEN ${now}::timestamptz END, '', ${now}::timestamptz + pet.place * interval '1 second'
        FROM given
        CROSS JOIN LATERAL ROWS FROM (
          json_to_recordset(given.pets)
            AS (breed_code text, chosen_size pet_size, weight_kg numeric, is_placeholder boolean, is_primary boolean, is_archived boolean)
        ) WITH ORDINALITY AS pet (breed_code, chosen_size, weight_kg, is_placeholder, is_primary, is_archived, place)
      )
      INSERT INTO walks (id, user_id, status, started_at, ended_at, completed_at, created_at, request_hash, is_valid, distance_m, duration_sec, deleted_at)
      SELECT gen_random_uuid(), given.id, 'completed', walk.started_at, walk.started_at + interval '1 second', walk.started_at, walk.started_at, '',
             walk.is_valid, walk.distance_m, 600, CASE WHEN walk.is_deleted THEN ${now}::timestamptz END
      FROM given
      CROSS JOIN LATERAL json_to_recordset(given.walks) AS walk (started_at timestamptz, distance_m int, is_valid boolean, is_deleted boolean)`)
    await db.execute(sql`
      SELECT fold_habits(id, ${now}) FROM unnest(${`{${given.map(({ id }) => id).join(',')}}`}::uuid[]) AS person (id)`)
  }
  const text = (rows: readonly unknown[]) => JSON.stringify(rows)
  await db.execute(sql`
    INSERT INTO follows (follower_id, followee_id, created_at)
    SELECT (pair ->> 0)::uuid, (pair ->> 1)::uuid, ${now} FROM json_array_elements(${text(follows)}) AS pair`)
  await db.execute(sql`
    INSERT INTO blocks (blocker_id, blocked_id, created_at)
    SELECT (pair ->> 0)::uuid, (pair ->> 1)::uuid, ${now} FROM json_array_elements(${text(blocks)}) AS pair`)
  await db.execute(sql`
    INSERT INTO recommendation_dismissals (user_id, other_id, dismissed_at)
    SELECT (pair ->> 0)::uuid, (pair ->> 1)::uuid, ${now}::timestamptz - (pair ->> 2)::float8 * interval '1 day'
    FROM json_array_elements(${text(dismissals)}) AS pair`)
}

interface Habit {
  /** The mean hour, or null. */
  readonly hour: number | null
  readonly weekly_m: number
}

/** How somebody walks, from their walks one by one. */
function habitOf({ walks }: Neighbour, at: Date): Habit | null {
  const from = at.getTime() - 28 * DAY_MS
  const recent = walks.filter((walk) => walk.is_valid && !walk.is_deleted && Date.parse(walk.started_at) >= from)
  if (recent.length === 0) return null
  const angles = recent.map((walk) => (((Date.parse(walk.started_at) + 9 * HOUR_MS) % DAY_MS) / DAY_MS) * 2 * Math.PI)
  const x = angles.reduce((sum, angle) => sum + Math.cos(angle), 0) / recent.length
  const y = angles.reduce((sum, angle) => sum + Math.sin(angle), 0) / recent.length
  const hour = ((Math.atan2(y, x) / (2 * Math.PI)) * 24 + 24) % 24
  return { hour: Math.hypot(x, y) < 0.2 ? null : hour, weekly_m: Math.round(recent.reduce((sum, walk) => sum + walk.distance_m, 0) / 4) }
}

function petOf({ pets }: Neighbour, { breedSizes }: World): { breed: string | null; size: Size | null } | null {
  const shown = pets.filter((pet) => !pet.is_placeholder && !pet.is_archived)
  const pet = shown.find(({ is_primary }) => is_primary) ?? shown[0]
  if (!pet) return null
  const byWeight = pet.weight_kg === null ? null : pet.weight_kg < 10 ? 'small' : pet.weight_kg < 25 ? 'medium' : 'large'
  return { breed: pet.breed_code, size: pet.chosen_size ?? breedSizes.get(pet.breed_code ?? '') ?? byWeight }
}

export interface Expected {
  readonly id: string
  readonly score: number
  readonly reasons: readonly string[]
}

/** Each person's habit and pet are worked out once for a world. */
const knownOf = new WeakMap<Neighbour, { habit: Habit | null; pet: ReturnType<typeof petOf> }>()

function knowing(one: Neighbour, world: World) {
  const known = knownOf.get(one) ?? { habit: habitOf(one, world.at), pet: petOf(one, world) }
  knownOf.set(one, known)
  return known
}

/** Whoever may be recommended to somebody, all of them in order, by docs/product.md#recommendations and nothing else. */
export function expectedFor(viewer: Neighbour, world: World): Expected[] {
  const { areas } = world
  const home = viewer.region && areas.get(viewer.region)
  if (!home) return []
  const gone = new Set([
    viewer.id,
    ...world.follows.flatMap(([by, of]) => (by === viewer.id ? [of] : [])),
    ...world.dismissals.flatMap(([by, of, daysAgo]) => (by === viewer.id && daysAgo < 180 ? [of] : [])),
    ...world.blocks.flatMap(([by, of]) => (by === viewer.id ? [of] : of === viewer.id ? [by] : [])),
  ])
  const { habit: mine, pet: myPet } = knowing(viewer, world)
  // Whoever is banned meets nobody.
  if (viewer.state === 'banned') return []
  return world.people
    .flatMap((other): Expected[] => {
      const area = other.region ? areas.get(other.region) : null
      const { habit, pet } = knowing(other, world)
      if (area?.sigungu !== home.sigungu || !habit || !pet || other.state !== 'here' || gone.has(other.id)) return []
      const isSameDong = area.dong !== null && area.dong === home.dong
      const hours = mine && mine.hour !== null && habit.hour !== null ? Math.abs(mine.hour - habit.hour) : null
      const isSameBreed = pet.breed !== null && pet.breed === myPet?.breed
      const isSameSize = pet.size !== null && pet.size === myPet?.size
      const [less, more] = [Math.min(mine?.weekly_m ?? 0, habit.weekly_m), Math.max(mine?.weekly_m ?? 0, habit.weekly_m)]
      const terms: [reason: string | null, points: number][] = [
        [isSameDong ? 'same_dong' : null, 0.4 * (isSameDong ? 1 : 0.6)],
        [hours === null ? null : 'same_hours', 0.25 * (hours === null ? 0.5 : 1 - Math.min(hours, 24 - hours) / 12)],
        [isSameBreed ? 'same_breed' : isSameSize ? 'same_size' : null, 0.2 * (isSameBreed ? 1 : isSameSize ? 0.7 : 0.3)],
        ['similar_distance', 0.15 * (less === 0 ? 0 : less / more)],
      ]
      const reasons = terms.filter(([reason, points]) => reason !== null && points > 0.1).toSorted((a, b) => b[1] - a[1])
      return [
        {
          id: other.id,
          score: terms.reduce((sum, [, points]) => sum + points, 0),
          reasons: reasons.slice(0, 2).map(([reason]) => reason!),
        },
      ]
    })
    .toSorted((a, b) => Math.round((b.score - a.score) * 1e11) || (a.id < b.id ? -1 : 1))
}

/** Walks of 500 m each as rows, and the habit that follows from them. */
export async function giveHabit(userId: string, starts: readonly Date[], at = new Date(), distance_m = 500): Promise<void> {
  const given = JSON.stringify(starts.map((start) => start.toISOString()))
  await db.execute(sql`
    INSERT INTO walks (id, user_id, status, started_at, ended_at, completed_at, created_at, request_hash, is_valid, distance_m, duration_sec)
    SELECT gen_random_uuid(), ${userId}, 'completed', start::timestamptz, start::timestamptz + interval '1 second', start::timestamptz, start::timestamptz, '',
           true, ${distance_m}, 600
    FROM json_array_elements_text(${given}) AS start`)
  await db.execute(sql`SELECT fold_habits(${userId}, ${at.toISOString()})`)
}

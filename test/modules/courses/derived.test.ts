import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { fromGrid, toGrid } from '../../../src/core/grid.ts'
import { createTestDeps } from '../../support/api.ts'
import { cellsOf, freshGround, giveWays, makePeople, night } from '../../support/heat.ts'
import { cellKey, type GridXY } from '../../support/heat-model.ts'
import { signUp } from '../../support/login.ts'
import { listRows } from '../../support/rows.ts'

const { db } = createTestDeps()

/** A park in the middle of a ground. */
async function makePark([x, y]: GridXY, name = '열지도공원'): Promise<string> {
  const { lat, lng } = fromGrid({ x: x + 5_500, y: y + 5_500 })
  const [row] = await listRows<{ id: string }>(sql`
    INSERT INTO places (kind, name, source, source_key, location)
    VALUES ('park', ${name}, 'parks', gen_random_uuid(), ST_SetSRID(ST_MakePoint(${lng}, ${lat}), 4326)::geography)
    RETURNING id`)
  return row!.id
}

/** A loop of 3.5 km past the park, and the way to it from where everybody has parked 1.7 km away. What lies around that place, and the first 200 m, are hidden. */
function loopOf([x, y]: GridXY): GridXY[] {
  const middle: GridXY = [x + 5_500.3, y + 5_500.7]
  const at = (east: number, north: number): GridXY => [middle[0] + east, middle[1] + north]
  return [at(-2_100, -1_400), at(-100, -350), at(600, -350), at(600, 700), at(-100, 700), at(-100, -350), at(-2_100, -1_400)]
}

const coursesOf = (placeId: string) =>
  listRows<{
    id: string
    name: string
    distance_m: number
    is_loop: boolean
    duration_min: number
    users_band: number
    gone_at: string | null
    points: [number, number][] | null
  }>(sql`
    SELECT id, name, distance_m, is_loop, duration_min, users_band, gone_at, ST_AsGeoJSON(line, 7)::jsonb -> 'coordinates' AS points
    FROM courses WHERE place_id = ${placeId} ORDER BY created_at, id`)

/** The nights of a week, so that it is the place's turn on one of them. */
async function week(from = 0) {
  for (let day = from; day < from + 7; day++) await night(day)
}

async function walkLoop(ground: GridXY, people: readonly string[], more: object = {}) {
  return giveWays(
    people.flatMap((user, n) => [1, 2, 3].map((daysAgo) => ({ user, path: loopOf(ground), daysAgo, minutes: 20 + n, ...more }))),
  )
}

describe('a course', () => {
  it('is made where enough people walk alike: of published cells alone, with a name, a time and a band', async () => {
    const ground = freshGround()
    const park = await makePark(ground)
    const people = await makePeople(12)
    await walkLoop(ground, people)
    await week()
    const courses = await coursesOf(park)
    expect(courses).toHaveLength(1)
    const [course] = courses
    const published = await cellsOf(ground)
    expect(course!.points!.length).toBeLessThanOrEqual(80)
    expect(course!.points!.length).toBeGreaterThan(3)
    for (const [lng, lat] of course!.points!) {
      const point = toGrid({ lat, lng })!
      expect(published.has(cellKey([point.x, point.y]))).toBe(true)
      // It is the middle, to a few centimetres.
      expect(Math.abs((point.x % 32) - 16)).toBeLessThan(0.3)
      expect(Math.abs((point.y % 32) - 16)).toBeLessThan(0.3)
    }
    expect(course!.name).toBe(`열지도공원 ${(course!.distance_m / 1_000).toFixed(1)}km ${course!.is_loop ? '한 바퀴' : '코스'}`)
    expect(course!.duration_min % 5).toBe(0)
    // The walks are a kilometre in 20 to 31 minutes.
    expect(Math.abs(course!.duration_min - (25.5 * course!.distance_m) / 1_000)).toBeLessThanOrEqual(2.5)
    expect(course!.users_band).toBe(2)
    // Another week changes nothing of it.
    await week(7)
    expect(await coursesOf(park)).toEqual(courses)
  })

  it('of four people is none', async () => {
    const ground = freshGround()
    const park = await makePark(ground)
    await walkLoop(ground, await makePeople(4))
    await week()
    expect(await coursesOf(park)).toEqual([])
  })

  it('of people of one live room is none', async () => {
    const ground = freshGround()
    const park = await makePark(ground)
    const people = await makePeople(9)
    await walkLoop(ground, people, { together: people })
    await week()
    expect(await coursesOf(park)).toEqual([])
  })

  it('keeps its id when people change, and is gone with them, which its favourites say', async () => {
    const ground = freshGround()
    const park = await makePark(ground)
    const people = await makePeople(14)
    await walkLoop(ground, people.slice(0, 7))
    await week()
    const [course] = await coursesOf(park)
    expect(course).toBeDefined()
    const me = await signUp()
    await db.execute(sql`INSERT INTO course_favorites VALUES (${me.user.user_id}, ${course!.id}, now())`)
    await walkLoop(ground, people.slice(7))
    await db.execute(sql`UPDATE walks SET deleted_at = now() WHERE user_id = ANY (${`{${people.slice(0, 6).join(',')}}`}::uuid[])`)
    await night(7)
    const [successor] = await coursesOf(park)
    expect(successor!.id).toBe(course!.id)
    await db.execute(sql`UPDATE walks SET deleted_at = now() WHERE user_id = ANY (${`{${people.slice(6, 11).join(',')}}`}::uuid[])`)
    await night(8)
    expect(await coursesOf(park)).toMatchObject([{ id: course!.id, points: null }])
    expect((await coursesOf(park))[0]!.gone_at).not.toBeNull()
    await db.execute(sql`DELETE FROM course_favorites WHERE course_id = ${course!.id}`)
    await night(9)
    expect(await coursesOf(park)).toEqual([])
  })

  it('stands once, though two parks are close', async () => {
    const ground = freshGround()
    const parks = [await makePark(ground, '가공원'), await makePark([ground[0] + 60, ground[1]], '나공원')]
    await walkLoop(ground, await makePeople(9))
    await week()
    await week(7)
    expect([...(await coursesOf(parks[0]!)), ...(await coursesOf(parks[1]!))]).toHaveLength(1)
  })
})

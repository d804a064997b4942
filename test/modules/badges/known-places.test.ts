import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import seeds from '../../../seeds/places.tsv?raw'
import { createTestDeps } from '../../support/api.ts'
import { giveWalks, seoul } from '../../support/facts.ts'
import { signUp } from '../../support/login.ts'

const places = seeds
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => line.split('\t') as [string, string, string, string, string, string])
const { db } = createTestDeps()

describe('the places of the seeds', () => {
  it('are enough of each kind, each with a code and a name of its own', () => {
    expect(places.length).toBeGreaterThanOrEqual(60)
    for (const kind of ['park', 'beach', 'mountain']) expect(places.filter((place) => place[1] === kind).length).toBeGreaterThanOrEqual(20)
    expect(new Set(places.map(([code]) => code)).size).toBe(places.length)
    expect(new Set(places.map(([, kind, name]) => `${kind} ${name}`)).size).toBe(places.length)
    for (const [code, kind, name] of places) {
      expect(code).toMatch(new RegExp(`^${kind}_[a-z_]+$`))
      expect(name).toMatch(/^[가-힣]+$/)
    }
  })

  it.each(places)('%s (%s) %s lies in Korea, near a sigungu, and is as large as a place', (_code, _kind, _name, lat, lng, radius) => {
    expect(Number(lat)).toBeGreaterThan(33)
    expect(Number(lat)).toBeLessThan(38.7)
    expect(Number(lng)).toBeGreaterThan(124.5)
    expect(Number(lng)).toBeLessThan(131)
    expect(Number(radius)).toBeGreaterThanOrEqual(150)
    expect(Number(radius)).toBeLessThanOrEqual(2_000)
  })

  it('are in every part of the country', async () => {
    const { rows } = await db.execute<{ sido: string }>(sql`
      SELECT DISTINCT nearest.sido
      FROM places
      CROSS JOIN LATERAL (
        SELECT regions.sido FROM regions WHERE regions.level = 'sigungu' ORDER BY regions.center <-> places.area LIMIT 1
      ) AS nearest
      WHERE places.code = ANY (${`{${places.map(([code]) => code).join(',')}}`}::text[])`)
    const { rows: all } = await db.execute(sql`SELECT DISTINCT sido FROM regions WHERE level = 'sigungu'`)
    expect(rows.length).toBe(all.length)
  })
})

describe('a walk visits the places within 100 m of its way', () => {
  it.each([
    [0, true],
    [95, true],
    [105, false],
    [300, false],
  ])('%i m from its edge: %s', async (metres, isVisited) => {
    const owner = await signUp()
    const code = `test_${crypto.randomUUID()}`
    const [lat, lng] = [34.2, 125.2]
    await db.execute(sql`
      INSERT INTO places (code, kind, name, counts_for_badges, area)
      VALUES (${code}, 'park', '공원', true, ST_MakeEnvelope(${lng - 0.01}, ${lat - 0.01}, ${lng}, ${lat + 0.01}, 4326)::geography)`)
    // One degree of longitude is 92.1 km there; the walk goes north along the eastern edge.
    const [id] = await giveWalks(owner, [{ started_at: seoul('2026-11-18 12:00:00'), lat, lng: lng + metres / 92_130 }])
    const { rows } = await db.execute(sql`
      SELECT 1 FROM place_visits JOIN places ON places.id = place_visits.place_id WHERE place_visits.walk_id = ${id} AND places.code = ${code}`)
    expect(rows.length > 0).toBe(isVisited)
    await db.execute(sql`DELETE FROM places WHERE code = ${code}`)
  })
})

describe('a start is a new place where none of the person’s places lies within 500 m, on the ellipsoid', () => {
  it.each([
    // Seoul: a degree of latitude is 110,985 m, one of longitude 88,358 m.
    ['499 m to the north', 499 / 110_985, 0, false],
    ['501 m to the north', 501 / 110_985, 0, true],
    ['499 m to the east', 0, 499 / 88_358, false],
    ['501 m to the east', 0, 501 / 88_358, true],
  ])('%s: %s', async (_, north, east, isNew) => {
    const owner = await signUp()
    const [first, second] = await giveWalks(owner, [
      { started_at: seoul('2026-11-17 12:00:00'), lat: 37.5, lng: 127 },
      { started_at: seoul('2026-11-18 12:00:00'), lat: 37.5 + north, lng: 127 + east },
    ])
    const { rows } = await db.execute(
      sql`SELECT walk_id, is_place FROM walk_starts WHERE user_id = ${owner.user.user_id} ORDER BY started_at`,
    )
    expect(rows).toEqual([
      { walk_id: first, is_place: true },
      { walk_id: second, is_place: isNew },
    ])
  })
})

import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { fromGrid } from '../../../src/core/grid.ts'
import { createTestDeps } from '../../support/api.ts'
import { cellsOf, freshGround, giveWays, homeAround, jitterOf, makePeople, night } from '../../support/heat.ts'
import { cellKey, type GridXY } from '../../support/heat-model.ts'
import { signUp } from '../../support/login.ts'

const { db } = createTestDeps()

/** A street of 500 m in the middle of a ground, where everybody meets. */
const streetOf = ([x, y]: GridXY): GridXY[] => [
  [x + 5_007, y + 5_011],
  [x + 5_507, y + 5_013],
]
const middleOf = (ground: GridXY): GridXY => [ground[0] + 5_257, ground[1] + 5_012]

/** From a home to the street, along it and back. */
function overStreet(ground: GridXY, n: number, of: number): GridXY[] {
  const home = homeAround(middleOf(ground), n, of)
  return [home, ...streetOf(ground), home]
}

/** People who walk along a street on `days` days each. */
async function walkStreet(ground: GridXY, people: readonly string[], days = 3, more: object = {}) {
  return giveWays(
    people.flatMap((user, n) =>
      Array.from({ length: days }, (_, d) => ({ user, path: overStreet(ground, n, people.length), daysAgo: 1 + n + d, ...more })),
    ),
  )
}

const cellsOfStreet = (ground: GridXY): Set<string> => {
  const [[ax, ay], [bx]] = streetOf(ground) as [GridXY, GridXY]
  return new Set(Array.from({ length: 100 }, (_, i) => cellKey([ax + ((bx - ax) * i) / 99, ay])))
}

describe('cells are published', () => {
  it('where seven people walk, with a band and nothing else', async () => {
    const ground = freshGround()
    await walkStreet(ground, await makePeople(7))
    await night()
    const cells = await cellsOf(ground)
    for (const cell of cellsOfStreet(ground)) expect(cells.get(cell)).toBe(1)
  })

  it('where five and six walk, as the secret of each cell has it', async () => {
    for (const count of [5, 6]) {
      const ground = freshGround()
      await walkStreet(ground, await makePeople(count))
      await night()
      const cells = await cellsOf(ground)
      for (const cell of cellsOfStreet(ground)) {
        const [x, y] = cell.split(',').map(Number) as [number, number]
        expect(cells.has(cell)).toBe((await jitterOf(x, y)) <= count - 5)
      }
    }
  })

  it('in bands of 5, 10, 20 and 50', async () => {
    for (const [count, band] of [
      [9, 1],
      [10, 2],
      [19, 2],
      [20, 3],
      [49, 3],
      [50, 4],
    ] as const) {
      // prettier-ignore
      const ground = freshGround()
      await walkStreet(ground, await makePeople(count), 1)
      await night()
      const cells = await cellsOf(ground)
      for (const cell of cellsOfStreet(ground)) expect(cells.get(cell)).toBe(band)
    }
  })
})

describe('nothing is published', () => {
  it('around a lone house, however often it is walked from: no cell within 300 m, at any zoom', async () => {
    const ground = freshGround()
    const home = middleOf(ground)
    const [user] = await makePeople(1)
    await giveWays(
      Array.from({ length: 60 }, (_, n) => {
        const angle = n / 7
        const out: GridXY = [home[0] + 1_900 * Math.cos(angle), home[1] + 1_900 * Math.sin(angle)]
        return { user: user!, path: [home, out, home], daysAgo: 1 + n }
      }),
    )
    await night()
    expect((await cellsOf(ground)).size).toBe(0)
    const { rows } = await db.execute(sql`
      SELECT FROM heat_tiles
      WHERE tile_x BETWEEN ${ground[0] / 1_024}::int AND ${ground[0] / 1_024 + 11}::int AND tile_y BETWEEN ${ground[1] / 1_024}::int AND ${ground[1] / 1_024 + 11}::int
        AND cardinality(cells_32 || cells_64 || cells_128 || cells_256) > 0`)
    expect(rows).toEqual([])
  })

  it.each([
    ['of four people', { count: 4 }, {}],
    ['of accounts of yesterday', { count: 12, ageDays: 1 }, {}],
    ['of people with two walks', { count: 12, walks: 2 }, {}],
    ['of walks that only followers see', { count: 12 }, { audience: 'followers' }],
    ['of walks that are not shared', { count: 12 }, { shared: false }],
    // The database lets nobody share one.
    ['of imported walks', { count: 12 }, { source: 'imported', shared: false }],
    ['of walks that are not valid', { count: 12 }, { is_valid: false }],
  ])('%s', async (_, { count, ...age }, more) => {
    const ground = freshGround()
    await walkStreet(ground, await makePeople(count, age), 3, more)
    await night()
    expect((await cellsOf(ground)).size).toBe(0)
  })

  it('of walks that are older than twelve months, also when they grow so old', async () => {
    const ground = freshGround()
    const people = await makePeople(8, { ageDays: 500 })
    await giveWays(people.map((user, n) => ({ user, path: overStreet(ground, n, 8), daysAgo: 360 - (n % 3) })))
    await night()
    expect((await cellsOf(ground)).size).toBeGreaterThan(0)
    await night(12)
    expect((await cellsOf(ground)).size).toBe(0)
    const { rows } = await db.execute(sql`SELECT FROM heat_ways WHERE user_id = ${people[0]!}`)
    expect(rows).toEqual([])
  })

  it('of two days', async () => {
    const ground = freshGround()
    const people = await makePeople(12)
    await giveWays(people.map((user, n) => ({ user, path: overStreet(ground, n, 12), daysAgo: 1 + (n % 2) })))
    await night()
    expect((await cellsOf(ground)).size).toBe(0)
  })

  it('where one of eight has more than half of the days', async () => {
    const ground = freshGround()
    const people = await makePeople(8)
    const others = people.slice(1).flatMap((user, n) => [{ user, path: overStreet(ground, n + 1, 8), daysAgo: 1 + n }, { user, path: overStreet(ground, n + 1, 8), daysAgo: 10 + n }, { user, path: overStreet(ground, n + 1, 8), daysAgo: 20 + n }]) // prettier-ignore
    const one = (days: number, from: number) =>
      Array.from({ length: days }, (_, d) => ({ user: people[0]!, path: overStreet(ground, 0, 8), daysAgo: from + d }))
    await giveWays([...others, ...one(21, 1)])
    await night()
    expect((await cellsOf(ground)).size).toBeGreaterThan(0)
    await giveWays(one(1, 40))
    await night(0)
    expect((await cellsOf(ground)).size).toBe(0)
  })
})

describe('who walked together', () => {
  it('counts as one: ten of one live room are nobody', async () => {
    const ground = freshGround()
    const people = await makePeople(10)
    await giveWays(
      people.flatMap((user, n) =>
        [1, 2, 3].map((daysAgo) => ({
          user,
          path: overStreet(ground, n, 10),
          daysAgo,
          together: people.filter((other) => other !== user),
        })),
      ),
    )
    await night()
    expect((await cellsOf(ground)).size).toBe(0)
    // Six more who walked alone are seven with them.
    const more = await makePeople(6)
    await walkStreet(ground, more)
    await night()
    expect((await cellsOf(ground)).size).toBeGreaterThan(0)
  })

  it('is known for every walk of theirs, and found out later as well', async () => {
    const ground = freshGround()
    const people = await makePeople(7)
    await walkStreet(ground, people)
    await night()
    expect((await cellsOf(ground)).size).toBeGreaterThan(0)
    // Three were in a room elsewhere, which their walks were found to share afterwards. It leaves five, which some cells take, and then four, which none does.
    const elsewhere = freshGround()
    const [one, other, third, fourth] = people as [string, string, string, string]
    const ids = await giveWays([one, other, third, fourth].map((user) => ({ user, path: overStreet(elsewhere, 0, 1), daysAgo: 2 })))
    await db.execute(
      sql`UPDATE walks SET together_with = ${`{${[one, other, third, fourth].join(',')}}`}::uuid[] WHERE id = ANY (${`{${ids.join(',')}}`}::uuid[])`,
    )
    await night()
    expect((await cellsOf(ground)).size).toBe(0)
  })

  it('is known from the room itself, also of those who were hardly side by side', async () => {
    const ground = freshGround()
    const people = await makePeople(8)
    const inviter = people[0]!
    const { rows } = await db.execute<{ id: string }>(sql`
      INSERT INTO invitations (id, request_hash, inviter_id, scheduled_at, expires_at, ends_at, created_at)
      VALUES (gen_random_uuid(), '', ${inviter}, '2026-12-01T12:00:00Z', '2026-12-01T11:00:00Z', '2026-12-31T12:00:00Z', '2026-12-01T10:00:00Z')
      RETURNING id`)
    // Each met the next one alone.
    await db.execute(sql`
      INSERT INTO room_encounters (invitation_id, one_id, other_id, together)
      SELECT ${rows[0]!.id}, least(id, next_id), greatest(id, next_id), '{[2026-01-01T00:00:00Z,2027-01-01T00:00:00Z)}'
      FROM (SELECT id, lead(id) OVER (ORDER BY id) AS next_id FROM unnest(${`{${people.join(',')}}`}::uuid[]) AS id) AS pairs
      WHERE next_id IS NOT NULL`)
    await walkStreet(ground, people)
    await night()
    expect((await cellsOf(ground)).size).toBe(0)
  })
})

describe('what changes is there, or gone, by the next morning', () => {
  it('somebody who joins shows nothing until the night', async () => {
    const ground = freshGround()
    const people = await makePeople(7)
    await walkStreet(ground, people.slice(0, 4))
    await night()
    await giveWays(people.slice(4).map((user, n) => ({ user, path: overStreet(ground, n, 9), daysAgo: 0.5 })))
    expect((await cellsOf(ground)).size).toBe(0)
    await night()
    expect((await cellsOf(ground)).size).toBeGreaterThan(0)
  })

  it.each([
    ['unshared', (id: string) => sql`UPDATE walks SET shared_to_feed = false WHERE user_id = ${id}`],
    ['deleted', (id: string) => sql`UPDATE walks SET deleted_at = now() WHERE user_id = ${id}`],
    ['judged', (id: string) => sql`UPDATE walks SET is_valid = false WHERE user_id = ${id}`],
    ['for followers now', (id: string) => sql`UPDATE walks SET audience = 'followers' WHERE user_id = ${id}`],
    ['of somebody who is suspended', (id: string) => sql`UPDATE users SET suspended_until = '2027-06-01' WHERE id = ${id}`],
    ['of somebody who is banned', (id: string) => sql`UPDATE users SET banned_at = now() WHERE id = ${id}`],
    ['of somebody who leaves', (id: string) => sql`UPDATE users SET deleted_at = now() WHERE id = ${id}`],
    [
      'of somebody who opts out',
      (id: string) => sql`UPDATE users SET settings = settings || '{"contribute_to_heatmap": false}' WHERE id = ${id}`,
    ],
    ['of somebody whose account is destroyed', (id: string) => sql`DELETE FROM users WHERE id = ${id}`],
    ['hidden by a moderator', (id: string) => sql`UPDATE posts SET is_open = false WHERE author_id = ${id}`],
  ])('walks that are %s', async (_, change) => {
    const ground = freshGround()
    const people = await makePeople(7)
    await walkStreet(ground, people)
    await night()
    const before = await cellsOf(ground)
    expect(before.size).toBeGreaterThan(0)
    for (const id of people.slice(0, 3)) await db.execute(change(id))
    expect(await cellsOf(ground)).toEqual(before)
    await night()
    expect((await cellsOf(ground)).size).toBe(0)
    const { rows } = await db.execute(sql`SELECT FROM heat_changes WHERE user_id = ANY (${`{${people.join(',')}}`}::uuid[])`)
    expect(rows).toEqual([])
  })

  it('walks that are restored', async () => {
    const ground = freshGround()
    const people = await makePeople(7)
    await walkStreet(ground, people)
    await night()
    const before = await cellsOf(ground)
    const all = `{${people.join(',')}}`
    await db.execute(sql`UPDATE walks SET deleted_at = now() WHERE user_id = ANY (${all}::uuid[])`)
    await night()
    expect((await cellsOf(ground)).size).toBe(0)
    await db.execute(sql`UPDATE walks SET deleted_at = NULL WHERE user_id = ANY (${all}::uuid[])`)
    // A deleted walk's ends are forgotten and come back with it.
    await db.execute(sql`SELECT fold_hidden_areas(id) FROM walks WHERE user_id = ANY (${all}::uuid[])`)
    await night()
    expect(await cellsOf(ground)).toEqual(before)
  })

  it('a privacy zone that is set over the way', async () => {
    const ground = freshGround()
    const people = await makePeople(7)
    await walkStreet(ground, people)
    await night()
    expect((await cellsOf(ground)).size).toBeGreaterThan(0)
    const [x, y] = middleOf(ground)
    const { lat, lng } = fromGrid({ x, y })
    const all = `{${people.slice(0, 3).join(',')}}`
    await db.execute(sql`
      UPDATE users SET privacy_zone_center = ST_SetSRID(ST_MakePoint(${lng}, ${lat}), 4326)::geography, privacy_zone_radius_m = 300 WHERE id = ANY (${all}::uuid[])`)
    await night()
    expect((await cellsOf(ground)).size).toBe(0)
    await db.execute(sql`UPDATE users SET privacy_zone_center = NULL, privacy_zone_radius_m = NULL WHERE id = ANY (${all}::uuid[])`)
    await night()
    expect((await cellsOf(ground)).size).toBeGreaterThan(0)
  })

  it('a place where one begins a walk for the first time hides earlier walks there', async () => {
    const ground = freshGround()
    const people = await makePeople(7)
    await walkStreet(ground, people)
    await night()
    expect((await cellsOf(ground)).size).toBeGreaterThan(0)
    const [x, y] = middleOf(ground)
    await giveWays(people.slice(0, 3).map((user) => ({ user, path: [[x, y], [x + 100, y]], daysAgo: 0.5, shared: false }))) // prettier-ignore
    await night()
    expect((await cellsOf(ground)).size).toBe(0)
  })

  it('somebody who moves to the country, where much more around home is hidden', async () => {
    const ground = freshGround()
    const people = await makePeople(7)
    const homes = people.map((_, n): GridXY => homeAround(middleOf(ground), n, 7, 2_050))
    await giveWays(
      people.flatMap((user, n) => [1, 2, 3].map((daysAgo) => ({ user, path: [homes[n]!, ...streetOf(ground), homes[n]!], daysAgo }))),
    )
    await night()
    expect((await cellsOf(ground)).size).toBeGreaterThan(0)
    await db.execute(sql`UPDATE users SET region_code = NULL WHERE id = ANY (${`{${people.join(',')}}`}::uuid[])`)
    await night()
    expect((await cellsOf(ground)).size).toBe(0)
  })

  it('accounts and suspensions that grow older, within a week', async () => {
    const ground = freshGround()
    const people = await makePeople(7, { ageDays: 10 })
    await walkStreet(ground, people, 2)
    await night()
    expect((await cellsOf(ground)).size).toBe(0)
    await night(8)
    expect((await cellsOf(ground)).size).toBeGreaterThan(0)
  })

  it('who walks past their own home leaves only cells that others use as well', async () => {
    const ground = freshGround()
    const people = await makePeople(8)
    await walkStreet(ground, people.slice(0, 7))
    // A walk that begins and ends 2 km from home, passes it in its middle and the street after it.
    const [x, y] = middleOf(ground)
    const from: GridXY = [x - 3_000, y + 2_000]
    const home: GridXY = [x - 900, y + 700]
    await giveWays(
      Array.from({ length: 20 }, (_, d) => ({ user: people[7]!, path: [from, home, ...streetOf(ground), from], daysAgo: 1 + d })),
    )
    await night()
    const cells = await cellsOf(ground)
    expect(cells.has(cellKey(home))).toBe(false)
    const street = cellsOfStreet(ground)
    for (const cell of cells.keys()) {
      const [cx, cy] = cell.split(',').map(Number) as [number, number]
      const near = [...street].some((other) => {
        const [ox, oy] = other.split(',').map(Number) as [number, number]
        return Math.max(Math.abs(cx - ox), Math.abs(cy - oy)) <= 1
      })
      expect(near).toBe(true)
    }
  })
})

describe('GET /map/heatmap', () => {
  const boxOf = ([x, y]: GridXY, half_m: number) => {
    const [a, b] = [fromGrid({ x: x - half_m, y: y - half_m }), fromGrid({ x: x + half_m, y: y + half_m })]
    return `bbox=${a.lng},${a.lat},${b.lng},${b.lat}`
  }

  it('answers cells of each size, from what is published alone', async () => {
    const ground = freshGround()
    const people = await makePeople(12)
    await walkStreet(ground, people)
    await night()
    const cells = await cellsOf(ground)
    const me = await signUp()
    for (const [zoom, cell_m] of [
      [18, 32],
      [16, 32],
      [15, 64],
      [14, 128],
      [13, 256],
      [3, 256],
    ] as const) {
      // prettier-ignore
      const { status, json, headers, text } = await me.get(`/map/heatmap?${boxOf(middleOf(ground), 1_500)}&zoom=${zoom}`)
      expect(status).toBe(200)
      expect(json.cell_m).toBe(cell_m)
      expect(json.computed_on).toMatch(/^\d{4}-\d\d-\d\d$/)
      const wide = new Set([...cells.keys()].map((cell) => cell.split(',').map((n) => Math.floor((Number(n) * 32) / cell_m)).join())) // prettier-ignore
      expect(json.cells).toHaveLength(wide.size)
      expect(new Set(json.cells.map(({ band }: { band: number }) => band)).size).toBeGreaterThan(0)
      expect(headers.get('Cache-Control')).toBe('private, max-age=3600')
      const again = await me.request('GET', `/map/heatmap?${boxOf(middleOf(ground), 1_500)}&zoom=${zoom}`, undefined, {
        headers: { 'If-None-Match': headers.get('ETag')! },
      })
      expect(again.status).toBe(304)
      for (const id of people) expect(text).not.toContain(id)
      expect(text).not.toMatch(/\d\d:\d\d|[0-9a-f]{8}-|count|user|walk/)
      for (const cell of json.cells) expect(Object.keys(cell).toSorted()).toEqual(['band', 'lat', 'lng'])
    }
  })

  it('of the whole country at zoom 18 is refused, and so is what is no rectangle', async () => {
    const me = await signUp()
    expect((await me.get('/map/heatmap?bbox=124,33,132,39&zoom=18')).json).toMatchObject({ status: 422, code: 'bbox_too_large' })
    expect((await me.get('/map/heatmap?bbox=-180,-90,180,90&zoom=3')).json).toMatchObject({ status: 422, code: 'bbox_too_large' })
    for (const bbox of [
      '',
      '1,2,3',
      'a,b,c,d',
      '127,37,126,38',
      '127,37,127,37',
      '127,37,128,91',
      'NaN,37,128,38',
      '1e2,37,128,38',
      '127,37,128,38,39',
      '0x7f,37,128,38',
    ])
      expect((await me.get(`/map/heatmap?bbox=${bbox}&zoom=16`)).json).toMatchObject({ status: 422, code: 'validation_failed' })
    for (const zoom of ['', '-1', '23', '16.5', 'x'])
      expect((await me.get(`/map/heatmap?bbox=127,37,127.01,37.01&zoom=${zoom}`)).status).toBe(422)
    expect((await me.get('/map/heatmap?bbox=-74.01,40.7,-74,40.71&zoom=16')).json).toMatchObject({ cells: [] })
  })

  it('of more than 4,000 cells is refused', async () => {
    const ground = freshGround()
    const [x, y] = [ground[0] / 1_024, ground[1] / 1_024]
    const all = `{${Array.from({ length: 1_024 }, (_, cell) => 8 * cell + 1).join(',')}}`
    await db.execute(sql`
      INSERT INTO heat_tiles (tile_x, tile_y, renewed_on, cells_32, cells_64, cells_128, cells_256)
      SELECT ${x}::int + n % 2, ${y}::int + n / 2, '2026-12-01', ${all}, '{}', '{}', '{}' FROM generate_series(0, 3) AS n`)
    const me = await signUp()
    const box = (half: number) => boxOf([ground[0] + 1_024, ground[1] + 1_024], half)
    expect((await me.get(`/map/heatmap?${box(900)}&zoom=16`)).json.cells.length).toBeGreaterThan(3_000)
    expect((await me.get(`/map/heatmap?${box(1_100)}&zoom=16`)).json).toMatchObject({ code: 'bbox_too_large' })
  })
})

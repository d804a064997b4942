import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellSizeAt, windowOf } from '../../../src/modules/courses/heat/rules.ts'
import { bandOf, type Candidate, leadersOf, minutesFor } from '../../../src/modules/courses/derived/leaders.ts'
import { type Cell, courseLine, lengthM, likeness, nameOf, wideCells } from '../../../src/modules/courses/derived/lines.ts'

const walksOf = (count: number): Candidate[] => Array.from({ length: count }, (_, n) => ({ id: `w${n}`, minutes_a_km: 10 + n }))
const among = (places: readonly number[]) => places.flatMap((one, i) => places.slice(i + 1).map((other): [number, number] => [one, other]))

describe('leaders', () => {
  it('need four others', () => {
    expect(leadersOf(walksOf(4), among([0, 1, 2, 3]))).toEqual([])
    expect(leadersOf(walksOf(5), among([0, 1, 2, 3, 4]))).toEqual([{ walk_id: 'w0', people: 5, minutes_a_km: 12 }])
    expect(leadersOf([], [])).toEqual([])
  })

  it('leave with those that are like them, and are five at most', () => {
    const groups = Array.from({ length: 7 }, (_, g) => Array.from({ length: 6 }, (_, i) => 6 * g + i))
    const leaders = leadersOf(walksOf(42), groups.flatMap(among))
    expect(leaders.map(({ walk_id }) => walk_id)).toEqual(['w0', 'w6', 'w12', 'w18', 'w24'])
    for (const { people } of leaders) expect(people).toBe(6)
  })

  it('are chosen by the most likes, and no walk is of two courses', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(29), fc.nat(29)), { maxLength: 250 }), (raw) => {
        const alike = [...new Map(raw.filter(([a, b]) => a !== b).map(([a, b]) => [`${Math.min(a, b)} ${Math.max(a, b)}`, [Math.min(a, b), Math.max(a, b)] as [number, number]])).values()] // prettier-ignore
        const leaders = leadersOf(walksOf(30), alike)
        expect(leaders.reduce((sum, { people }) => sum + people, 0)).toBeLessThanOrEqual(30)
        const degree = (n: number) => alike.filter((pair) => pair.includes(n)).length
        const most = Math.max(0, ...walksOf(30).map((_, n) => degree(n)))
        if (most >= 4) expect(leaders[0]!.people).toBe(most + 1)
        else expect(leaders).toEqual([])
      }),
    )
  })

  it('tell the time of the course alone, in steps of five minutes', () => {
    expect(minutesFor(1_226, 15.6)).toBe(20)
    expect(minutesFor(2_000, 17)).toBe(35)
    expect(minutesFor(300, 5)).toBe(5)
  })

  it('tell people in bands', () => expect([5, 9, 10, 19, 20, 49, 50, 900].map(bandOf)).toEqual([1, 1, 2, 2, 3, 3, 4, 4]))
})

describe('the line of a course', () => {
  const row = (from: number, to: number, y = 0): Cell[] => Array.from({ length: to - from + 1 }, (_, i): Cell => [from + i, y])

  it('is the way where it is published', () => {
    expect(courseLine([row(0, 50)], () => true)).toEqual({ cells: [[0, 0], [50, 0]], distance_m: 1_600, is_loop: false }) // prettier-ignore
    expect(courseLine([row(0, 50)], () => false)).toBeNull()
    // Less than seven tenths are left.
    expect(courseLine([row(0, 50)], ([x]) => x <= 34)).toBeNull()
    expect(courseLine([row(0, 50)], ([x]) => x <= 36)).not.toBeNull()
  })

  it('bridges gaps of 150 m, and none that is wider', () => {
    expect(courseLine([row(0, 50)], ([x]) => x < 20 || x > 22)?.distance_m).toBe(1_600)
    expect(courseLine([row(0, 50)], ([x]) => x < 10 || x > 14)?.distance_m).toBeLessThan(1_300)
  })

  it('closes where its ends are close, and pieces shorter than 300 m are none', () => {
    const loop = [...row(0, 20), ...Array.from({ length: 20 }, (_, i): Cell => [20, i + 1]), ...row(0, 19, 20).toReversed(), ...Array.from({ length: 16 }, (_, i): Cell => [0, 19 - i])] // prettier-ignore
    const line = courseLine([loop], () => true)!
    expect(line.is_loop).toBe(true)
    expect(line.cells[0]).toEqual(line.cells.at(-1))
    expect(courseLine([row(0, 8)], () => true)).toBeNull()
    expect(courseLine([row(0, 10)], () => true)).not.toBeNull()
  })

  it('has 80 points at most, each of them published, whatever the way', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -1, max: 1 }), fc.integer({ min: -1, max: 1 })), { minLength: 30, maxLength: 600 }),
        fc.nat(9),
        (steps, hole) => {
          const way: Cell[] = [[1_000, 1_000]]
          for (const [dx, dy] of steps) way.push([way.at(-1)![0] + dx, way.at(-1)![1] + dy])
          const isPublished = ([x, y]: Cell) => (x * 7 + y * 13) % 20 !== hole
          const line = courseLine([way], isPublished)
          if (!line) return
          expect(line.cells.length).toBeLessThanOrEqual(80)
          expect(line.cells.every(isPublished)).toBe(true)
          expect(line.distance_m).toBe(Math.round(lengthM(line.cells)))
        },
      ),
    )
  })

  it('is like itself, and like half of it by half', () => {
    const whole = wideCells([[0, 0], [99, 0]]) // prettier-ignore
    expect(likeness(whole, whole)).toBe(1)
    expect(likeness(whole, wideCells([[0, 0], [49, 0]]))).toBe(0.5) // prettier-ignore
    // Beside it, by a cell.
    const beside = wideCells([[0, 2], [99, 2]]) // prettier-ignore
    expect([likeness(whole, beside), likeness(whole, beside, 1)]).toEqual([0, 1])
    expect(likeness(whole, wideCells([[0, 4], [99, 4]]), 1)).toBe(0) // prettier-ignore
    expect(likeness(whole, wideCells([[0, 2], [49, 2]]), 1)).toBe(0.5) // prettier-ignore
  })

  it('has a name of forty letters at most', () => {
    expect(nameOf('서울숲', { distance_m: 2_345, is_loop: true })).toBe('서울숲 2.3km 한 바퀴')
    expect(nameOf('서울숲', { distance_m: 2_345, is_loop: false })).toBe('서울숲 2.3km 코스')
    expect(nameOf('가'.repeat(80), { distance_m: 10_000, is_loop: true })).toHaveLength(40)
  })
})

describe('the window of a rectangle', () => {
  const around = (half: number) => ({ west: 127 - half, south: 37.5 - half, east: 127 + half, north: 37.5 + half })

  it('has cells of the zoom, and is refused where it is too wide', () => {
    expect([22, 16, 15, 14, 13, 0].map(cellSizeAt)).toEqual([32, 32, 64, 128, 256, 256])
    expect(windowOf(around(0.01), 32)).toMatchObject({ cell_m: 32 })
    expect(windowOf(around(0.1), 32)).toBe('too_large')
    expect(windowOf(around(0.1), 256)).toMatchObject({ cell_m: 256 })
    expect(windowOf({ west: -180, south: -90, east: 180, north: 90 }, 256)).toBe('too_large')
    expect(windowOf({ west: -75, south: 40, east: -74, north: 41 }, 32)).toBeNull()
  })
})

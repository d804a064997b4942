import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeWalk } from '../../../dev/tracks.ts'
import { distanceM, type Position } from '../../../src/core/geo.ts'
import { isHiddenPosition, trimRoute } from '../../../src/modules/walks/showing/privacy.ts'
import { measure } from '../../support/tracks.ts'

const TOLERANCE_M = 1

const route: fc.Arbitrary<Position[]> = fc
  .array(fc.tuple(fc.integer({ min: -400, max: 400 }), fc.integer({ min: -400, max: 400 })), { minLength: 2, maxLength: 40 })
  .map((steps) => {
    let [lng, lat] = [127, 37.5]
    return steps.map(([east, north]): Position => [(lng += east / 88_200), (lat += north / 111_195)])
  })
const zone = fc.option(
  fc.record({
    lat: fc.double({ min: 37.49, max: 37.51, noNaN: true }),
    lng: fc.double({ min: 126.99, max: 127.01, noNaN: true }),
    radius_m: fc.integer({ min: 0, max: 600 }),
  }),
  { nil: null },
)

/** A position each few metres along every piece. */
function walkAlong(pieces: readonly Position[][]): Position[] {
  return pieces.flatMap((piece) =>
    piece.flatMap((to, k): Position[] => {
      const from = piece[k - 1]
      if (!from) return [to]
      const parts = Math.max(1, Math.ceil(distanceM(from, to) / 5))
      return Array.from({ length: parts }, (_, n): Position => {
        const share = (n + 1) / parts
        return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share]
      })
    }),
  )
}

function lengthM(line: readonly Position[]): number {
  return line.reduce((sum, to, k) => sum + (k > 0 ? distanceM(line[k - 1]!, to) : 0), 0)
}

describe('what others see of a route', () => {
  it('never comes within 200 m of its ends or into the zone, at no point along the way', () => {
    fc.assert(
      fc.property(route, zone, (whole, home) => {
        const hidden: [Position, number][] = [
          [whole[0]!, 200],
          [whole.at(-1)!, 200],
        ]
        if (home) hidden.push([[home.lng, home.lat], Math.max(200, home.radius_m)])
        const seen = walkAlong(trimRoute(whole, home))
        for (const [center, radius] of hidden)
          for (const position of seen) expect(distanceM(position, center)).toBeGreaterThan(radius - TOLERANCE_M)
      }),
      { numRuns: 500 },
    )
  })

  it('has lost 200 m of path at each end', () => {
    fc.assert(
      fc.property(route, (whole) => {
        const kept = trimRoute(whole, null).reduce((sum, piece) => sum + lengthM(piece), 0)
        expect(kept).toBeLessThanOrEqual(Math.max(0, lengthM(whole) - 400) + TOLERANCE_M)
      }),
      { numRuns: 300 },
    )
  })

  it('is made of pieces with at least two points, all on the route', () => {
    fc.assert(
      fc.property(route, zone, (whole, home) => {
        for (const piece of trimRoute(whole, home)) {
          expect(piece.length).toBeGreaterThanOrEqual(2)
          for (const position of piece)
            expect(Math.min(...whole.slice(1).map((to, k) => detourM(whole[k]!, position, to)))).toBeLessThan(TOLERANCE_M)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('ends exactly on the borders', () => {
    const straight: Position[] = [
      [127, 37.5],
      [127.02, 37.5],
    ]
    const [piece] = trimRoute(straight, null)
    expect(distanceM(piece![0]!, straight[0]!)).toBeCloseTo(200, 0)
    expect(distanceM(piece!.at(-1)!, straight[1]!)).toBeCloseTo(200, 0)
  })

  it('is cut in two where the way passes the zone', () => {
    const straight: Position[] = [
      [127, 37.5],
      [127.03, 37.5],
    ]
    const home = { lat: 37.5005, lng: 127.015, radius_m: 300 }
    const pieces = trimRoute(straight, home)
    expect(pieces).toHaveLength(2)
    expect(distanceM(pieces[0]!.at(-1)!, [home.lng, home.lat])).toBeCloseTo(300, 0)
  })

  it('is nothing for a walk around the block', () => {
    const around = Array.from({ length: 60 }, (_, k): Position => [127 + 0.0008 * Math.sin(k / 5), 37.5 + 0.0008 * Math.cos(k / 5)])
    expect(trimRoute(around, null)).toEqual([])
    expect(trimRoute([], null)).toEqual([])
    expect(trimRoute([[127, 37.5]], null)).toEqual([])
  })

  it('holds for routes as they are measured', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const { route: whole } = measure(makeWalk(seed, { length_m: 2_000 }).track)
      for (const position of walkAlong(trimRoute(whole, null))) {
        expect(distanceM(position, whole[0]!)).toBeGreaterThan(200 - TOLERANCE_M)
        expect(distanceM(position, whole.at(-1)!)).toBeGreaterThan(200 - TOLERANCE_M)
      }
    }
  })
})

describe('the position of a photo', () => {
  it('is hidden wherever the route is', () => {
    fc.assert(
      fc.property(route, zone, fc.double({ min: 0, max: 1, noNaN: true }), (whole, home, at) => {
        const along = walkAlong([whole])
        const position = along[Math.floor(at * (along.length - 1))]!
        const isSeen = trimRoute(whole, home).length > 0 && !isHiddenPosition(position, whole, home)
        if (!isSeen) return
        expect(distanceM(position, whole[0]!)).toBeGreaterThan(200 - TOLERANCE_M)
        expect(distanceM(position, whole.at(-1)!)).toBeGreaterThan(200 - TOLERANCE_M)
        if (home) expect(distanceM(position, [home.lng, home.lat])).toBeGreaterThan(Math.max(200, home.radius_m) - TOLERANCE_M)
      }),
      { numRuns: 300 },
    )
  })

  it('is hidden where there is no route to judge by', () => {
    expect(isHiddenPosition([127, 37.5], [], null)).toBe(true)
  })

  it('is shown in the middle of a long walk', () => {
    const straight: Position[] = [
      [127, 37.5],
      [127.02, 37.5],
    ]
    expect(isHiddenPosition([127.01, 37.5], straight, null)).toBe(false)
    expect(isHiddenPosition([127.001, 37.5], straight, null)).toBe(true)
  })
})

function detourM(from: Position, via: Position, to: Position): number {
  return distanceM(from, via) + distanceM(via, to) - distanceM(from, to)
}

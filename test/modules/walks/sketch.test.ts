import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../../dev/random.ts'
import { planeAt, type Position, toLat, toLng } from '../../../src/core/geo.ts'
import { createKeyedSeeds } from '../../../src/core/keyed-seeds.ts'
import { drawSketch, type Sketch, sketchOf, sketchSchema } from '../../../src/modules/walks/showing/sketch.ts'
import { sketchPath } from '../../../src/modules/share-cards/sketch-path.ts'

type XY = readonly [x: number, y: number]

/** Metres around its own middle: a way of straight parts, some of which end where they began. No numbers are round, because a corner on a border may fall either way. */
const way: fc.Arbitrary<XY[]> = fc.nat().map((n) => {
  const random = randomFrom(n)
  let [x, y] = [0, 0]
  const line: XY[] = [[x, y]]
  for (let k = random.between(2, 60); k > 0; k--) line.push([(x += random.between(-400, 400)), (y += random.between(-400, 400))])
  if (random.chance(0.5)) line.push([3.1, -2.3])
  const mean = (k: 0 | 1) => line.reduce((sum, point) => sum + point[k], 0) / line.length
  const [mx, my] = [mean(0), mean(1)]
  return line.map(([px, py]): XY => [px - mx, py - my])
})
const seedBytes = fc.nat().map((n) => {
  const random = randomFrom(n)
  return Uint8Array.from({ length: 32 }, () => random.between(0, 256))
})

/** The way, with its middle there. */
function routeAt(line: readonly XY[], [lng, lat]: Position = [127, 37.5]): Position[] {
  const plane = planeAt(lat, lng)
  return line.map(([x, y]) => [toLng(plane, x), toLat(plane, y)])
}

/** Turned by that many of the 2^32 parts of a circle. */
function turned(line: readonly XY[], parts: number): XY[] {
  const angle = (parts / 2 ** 32) * 2 * Math.PI
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  return line.map(([x, y]) => [x * cos - y * sin, x * sin + y * cos])
}

function withTurn(seed: Uint8Array, less: number): Uint8Array {
  const bytes = Uint8Array.from(seed)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, (view.getUint32(0) - less) >>> 0)
  return bytes
}

function changed(seed: Uint8Array, at: number, value: number): Uint8Array {
  const bytes = Uint8Array.from(seed)
  bytes[at] = value
  return bytes
}

describe('the sketch of a route', () => {
  it('is a few small whole numbers from the lower left, whatever the way', () => {
    fc.assert(
      fc.property(way, seedBytes, (line, seed) => {
        const sketch = sketchOf(routeAt(line), seed)
        if (!sketch) return
        expect(sketchSchema.parse(sketch)).toEqual(sketch)
        expect(Math.max(...sketch.flat())).toBeLessThanOrEqual(9)
        expect(Math.min(...sketch.map(([x]) => x))).toBe(0)
        expect(Math.min(...sketch.map(([, y]) => y))).toBe(0)
        expect(new Set(sketch.map(String)).size).toBeGreaterThanOrEqual(3)
      }),
      { numRuns: 500 },
    )
  })

  it('depends on nothing absolute: a way moved and turned elsewhere, with the seed turned back, has the same one', () => {
    const place = fc.tuple(fc.double({ min: 124, max: 132, noNaN: true }), fc.double({ min: 33, max: 39, noNaN: true }))
    fc.assert(
      fc.property(way, seedBytes, place, fc.nat(2 ** 32 - 1), (line, seed, there, parts) => {
        const here = sketchOf(routeAt(line), seed)
        expect(sketchOf(routeAt(turned(line, parts), there), withTurn(seed, parts))).toEqual(here)
      }),
      { numRuns: 500 },
    )
  })

  it('does not tell the direction: the way walked backwards has the same one under a seed that is as likely', () => {
    fc.assert(
      fc.property(way, seedBytes, (line, seed) => {
        const other = changed(seed, 13, seed[13]! ^ 1)
        expect(sketchOf(routeAt(line.toReversed()), other)).toEqual(sketchOf(routeAt(line), seed))
      }),
      { numRuns: 500 },
    )
  })

  it('of a loop is a ring that begins at any of its corners, with no needless corner where it was opened', () => {
    const square: XY[] = [[-400, 0], [-400, -400], [400, -400], [400, 400], [-400, 400], [-400, 5]] // prettier-ignore
    const starts = new Set<string>()
    fc.assert(
      fc.property(fc.nat(255), fc.nat(255), (a, b) => {
        // Neither turned nor shifted.
        const seed = changed(changed(new Uint8Array(32), 14, a), 15, b)
        const sketch = sketchOf(routeAt(square), seed)!
        expect(sketch.at(-1)).toEqual(sketch[0])
        expect(sketch.length).toBe(5)
        starts.add(String(sketch[0]))
      }),
    )
    expect(starts.size).toBe(4)
  })

  it('is the same on every call and differs between two walks of one way', async () => {
    const route = routeAt([[-500, -300], [-100, 400], [300, 350], [450, -200], [0, -520]]) // prettier-ignore
    const ids = Array.from({ length: 50 }, (_, i) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`)
    const draw = (id: string) => drawSketch(createKeyedSeeds('s'.repeat(32)), id, route)
    const [first, again] = [await Promise.all(ids.map(draw)), await Promise.all(ids.map(draw))]
    expect(again).toEqual(first)
    expect(new Set(first.map((sketch) => JSON.stringify(sketch))).size).toBeGreaterThan(40)
    const others = await Promise.all(ids.map((id) => drawSketch(createKeyedSeeds('t'.repeat(32)), id, route)))
    expect(others).not.toEqual(first)
  })

  it('is absent where there is too little to draw', () => {
    const seed = new Uint8Array(32)
    for (const line of [
      [],
      [[0, 0]],
      [
        [0, 0],
        [500, 0],
      ],
      [
        [0, 0],
        [700, 0],
        [0, 0],
      ],
      [
        [0, 0],
        [30, 40],
        [60, 0],
        [0, 0],
      ],
    ] as XY[][])
      // prettier-ignore
      expect(sketchOf(routeAt(line), seed)).toBeNull()
  })
})

describe('the drawing of a sketch', () => {
  const loop: Sketch = [[0, 0], [0, 2], [3, 2], [3, 0], [0, 0]] // prettier-ignore
  const box = { x: 10, y: 20, width: 300, height: 300 }

  it('stays in its box', () => {
    fc.assert(
      fc.property(way, seedBytes, (line, seed) => {
        const sketch = sketchOf(routeAt(line), seed)
        if (!sketch) return
        const numbers = sketchPath(sketch, box)
          .match(/[\d.]+/g)!
          .map(Number)
        numbers.forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(i % 2 ? 20 : 10)
          expect(value).toBeLessThanOrEqual(i % 2 ? 320 : 310)
        })
      }),
    )
  })

  it('closes a loop and is the same curve wherever the loop begins', () => {
    const curves = (sketch: Sketch) =>
      sketchPath(sketch, box)
        .match(/Q[^QZ]+/g)!
        .toSorted()
    const later: Sketch = [[3, 2], [3, 0], [0, 0], [0, 2], [3, 2]] // prettier-ignore
    expect(sketchPath(loop, box)).toMatch(/Z$/)
    expect(curves(later)).toEqual(curves(loop))
    expect(sketchPath(loop.slice(0, -1), box)).not.toMatch(/Z$/)
  })
})

import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { type MeasuredLine, multiLine } from '../../src/db/twkb.ts'
import { createTestDeps } from '../support/api.ts'

async function written(line: MeasuredLine) {
  const { rows } = await createTestDeps().db.execute<{ text: string }>(sql`SELECT ST_AsText(${multiLine(line)}) AS text`)
  return rows[0]?.text
}
const line = (points: [number, number, number][], piece_starts: number[]): MeasuredLine => ({
  lng: Float64Array.from(points, ([lng]) => lng),
  lat: Float64Array.from(points, ([, lat]) => lat),
  time_ms: Float64Array.from(points, ([, , time]) => time),
  piece_starts,
})

it('writes pieces with their times, to a decimetre and a tenth of a second', async () => {
  const points: [number, number, number][] = [
    [126.9, 37.5, 1_790_000_000_000],
    [126.910001, 37.51, 1_790_000_005_500],
    [-0.5, -37.6, 1_790_000_010_000],
    [179.999999, -89.9, 1_790_000_020_000],
  ]
  expect(await written(line(points, [0, 2]))).toBe(
    'MULTILINESTRING M ((126.9 37.5 1790000000,126.910001 37.51 1790000005.5),(-0.5 -37.6 1790000010,179.999999 -89.9 1790000020))',
  )
})

it('leaves out a piece of one point, and writes no line as an empty one', async () => {
  expect(
    await written(
      line(
        [
          [127, 37, 0],
          [127, 38, 1_000],
          [128, 38, 2_000],
        ],
        [0, 2],
      ),
    ),
  ).toBe('MULTILINESTRING M ((127 37 0,127 38 1))')
  expect(await written(line([], []))).toBe('MULTILINESTRING M EMPTY')
})

import { expect, it } from 'vitest'
import type { Row } from './bench.ts'
import { toTable, withSection } from './results.ts'

const row = (more: Partial<Row>): Row => ({
  what: 'refresh, time',
  scale: '',
  unit: 'ms',
  median: 7.412,
  p95: 10.26,
  n: 150,
  bar: null,
  ...more,
})

it('a table says of each bar whether it is met', () => {
  expect(toTable([row({}), row({ what: 'trips', unit: 'trips', median: 1, p95: null, bar: 1 }), row({ median: 123.4, bar: 100 })])).toBe(
    `
| what          | scale | median     | p95     | n   | bar       | met    |
| ------------- | ----- | ---------- | ------- | --- | --------- | ------ |
| refresh, time |       | 7.41 ms    | 10.3 ms | 150 |           |        |
| trips         |       | 1.00 trips |         | 150 | ≤ 1 trips | yes    |
| refresh, time |       | 123 ms     | 10.3 ms | 150 | ≤ 100 ms  | **no** |`.trim(),
  )
})

const DOCUMENT = `# Benchmarks

What the words mean.

## rankings

old

### how

## rankings, scale 10

a million people
`

it('a bench takes the place of its own figures, and leaves all others as they are', () => {
  expect(withSection(DOCUMENT, 'rankings', 'new\n')).toBe(DOCUMENT.replace('old\n\n### how', 'new'))
  expect(withSection(DOCUMENT, 'rankings, scale 10', 'new')).toBe(DOCUMENT.replace('a million people', 'new'))
  expect(withSection(DOCUMENT, 'rank', 'new')).toBe(`${DOCUMENT}\n## rank\n\nnew\n`)
})

it('writing the same again changes nothing, and a first bench may begin the file', () => {
  const first = withSection('# Benchmarks\n', 'refresh', 'one')
  expect(first).toBe('# Benchmarks\n\n## refresh\n\none\n')
  expect(withSection(first, 'refresh', 'one')).toBe(first)
  expect(withSection(withSection(DOCUMENT, 'idle', 'one'), 'rankings', 'two')).toBe(
    withSection(withSection(DOCUMENT, 'rankings', 'two'), 'idle', 'one'),
  )
})

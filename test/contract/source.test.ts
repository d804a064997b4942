import { expect, it } from 'vitest'
import { positionFault, positions } from '../../dev/lint/positions.ts'

/** Every file of the Worker, as text. */
const sources = Object.entries(import.meta.glob('../../src/**/*.ts', { query: '?raw', import: 'default', eager: true }))

/** Where the text stands, by file. */
const placesOf = (pattern: RegExp) => sources.filter(([, text]) => pattern.test(text)).map(([path]) => path.replace('../../', ''))

it('is read as a whole', () => {
  expect(sources.length).toBeGreaterThan(200)
})

it.each([
  ['ids', /z\.(uuid|guid|uuidv\d)\(/],
  ['instants', /z\.iso\.datetime\(/],
  ['latitudes', /min\(-90\)/],
  ['longitudes', /min\(-180\)/],
])('%s are read by the one schema that normalises them', (_, pattern) => {
  expect(placesOf(pattern).filter((path) => path !== 'src/core/fields.ts')).toEqual([])
})

it('nothing is formatted or cut into letters while the Worker starts', () => {
  const atLoading = [/^(export )?(const|let) \w+ = new Intl\./m, /\.meta\([^)]*toLocale/]
  expect(atLoading.flatMap((pattern) => placesOf(pattern))).toEqual([])
})

it('an error code has one definition, and so one status', () => {
  const definitions = sources.flatMap(([path, text]) =>
    [...text.matchAll(/\bdefineError\(\{(.*?)\}\)/gs)].map(([, fields]) => [path, fields!] as const),
  )
  const calls = sources.flatMap(([, text]) => text.match(/\bdefineError\(/g) ?? [])
  expect(definitions).toHaveLength(calls.length)
  const codes = definitions.map(([path, fields]) => /\bcode: '(\w+)'/.exec(fields)?.[1] ?? `none in ${path}`)
  expect(codes.length).toBeGreaterThan(50)
  expect(codes.filter((code, i) => codes.indexOf(code) !== i || code.startsWith('none in'))).toEqual([])
})

it('columns that tell where somebody was are named only where a walk becomes what others see, and below', () => {
  const statements = Object.entries(import.meta.glob('../../src/**/*.sql', { query: '?raw', import: 'default', eager: true }))
  expect(statements.length).toBeGreaterThan(50)
  const texts = [...sources, ...statements].map(([path, text]) => [path.replace('../../', ''), text as string] as const)
  expect(texts.flatMap(([path, text]) => positionFault(path, text) ?? [])).toEqual([])
  // The list names no file that has nothing to do with it.
  for (const { column, files } of Object.values(positions))
    for (const file of files) expect(column.test(texts.find(([path]) => path === `src/${file}`)?.[1] ?? ''), file).toBe(true)
  expect(positionFault('src/modules/social/feed/queries.ts', 'SELECT walks.route_polyline')).toMatch(/showing/)
})

import { expect, it } from 'vitest'

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

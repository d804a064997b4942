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

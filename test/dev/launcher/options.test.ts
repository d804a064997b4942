import { expect, it } from 'vitest'
import { readOptions } from '../../../dev/launcher/options.ts'

const read = (...args: string[]) =>
  readOptions('npm run dev --', 'a cloud', { fresh: { type: 'boolean', about: 'forgets' }, only: { type: 'string', about: 'some' } }, args)

it('reads what it knows', () => {
  expect(read()).toEqual({})
  expect(read('--fresh', '--only=refresh')).toEqual({ fresh: true, only: 'refresh' })
})

it.each([['--frsh'], ['fresh'], ['--only'], ['--fresh=1'], ['-f']])('refuses %s in one line that lists what there is', (arg) => {
  expect(() => read(arg)).toThrow(/^[^\n]+; npm run dev -- knows --fresh, --only, --help$/)
})

import { expect, it } from 'vitest'
import { approximateBirthDate } from '../../../src/modules/pets/rules.ts'

it.each([
  ['2026-11-22', { years: 3, months: 0 }, '2023-11-22'],
  ['2026-11-22', { years: 0, months: 11 }, '2025-12-22'],
  ['2026-01-15', { years: 1, months: 1 }, '2024-12-15'],
  ['2026-05-31', { years: 0, months: 3 }, '2026-02-28'],
  ['2028-02-29', { years: 1, months: 0 }, '2027-02-28'],
  ['2028-02-29', { years: 4, months: 0 }, '2024-02-29'],
  ['2026-11-22', { years: 0, months: 0 }, '2026-11-22'],
])('on %s, %o was born on %s', (today, age, birthDate) => {
  expect(approximateBirthDate(today, age)).toBe(birthDate)
})

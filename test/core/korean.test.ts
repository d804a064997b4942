import { expect, it } from 'vitest'
import { particle } from '../../src/core/korean.ts'

it.each([
  ['초코', '와'],
  ['콩', '과'],
  ['보리', '와'],
  ['뭉치짱', '과'],
  ['Max', '와'],
  ['Pal', '과'],
  ['Tom', '과'],
  ['Leo', '와'],
  ['초코1', '과'],
  ['초코2', '와'],
  ['10', '과'],
  ['초코🐶', '와'],
  ['콩!', '과'],
  ['🐶', '와'],
  ['', '와'],
])('after %s stands %s', (word, expected) => {
  expect(particle(word, '과', '와')).toBe(expected)
})

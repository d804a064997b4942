import { describe, expect, it } from 'vitest'
import { readTyped } from '../../../src/modules/social/search/rules.ts'

const byKeys = (text: string) => ({ text, by_initials: false })
const byInitials = (text: string) => ({ text, by_initials: true })

describe('a query', () => {
  it.each([
    ['초', byKeys('초')],
    ['초코', byKeys('초코')],
    ['초코'.normalize('NFD'), byKeys('초코')],
    ['초ㅋ', byKeys('초ㅋ')],
    ['촠', byKeys('촠')],
    ['초 코', byKeys('초코')],
    // The stroke that begins a vowel on a keyboard of ten keys.
    ['초ㅋㆍ', byKeys('초ㅋ')],
    ['ㅊㅋ', byInitials('ㅊㅋ')],
    ['\u110E\u110F', byInitials('\u110E\u110F')],
    // Typed as two.
    ['ㄳ', byInitials('ㄳ')],
    ['ㅊㅋ2', byInitials('ㅊㅋ2')],
    ['2ㅊ', byInitials('2ㅊ')],
    ['ㅠㅠ', byKeys('ㅠㅠ')],
    ['ㅋㅏ', byKeys('ㅋㅏ')],
    ['ab', byKeys('ab')],
    ['12', byKeys('12')],
    ['🐶🐶', byKeys('🐶🐶')],
    ['%_', byKeys('%_')],
    ['가'.repeat(20), byKeys('가'.repeat(20))],
    ['가'.repeat(20).normalize('NFD'), byKeys('가'.repeat(20))],
  ])('%s is read', (query, typed) => {
    expect(readTyped(query)).toStrictEqual(typed)
  })

  it.each(['', ' ', 'ㅊ', 'ㄲ', 'ㅏ', 'a', '1', '🐶', '%', 'a ', 'ㅊㆍ', 'ㆍㆍ', '\u110E', 'e\u0301', '가'.repeat(21), 'a'.repeat(21)])(
    '%j is none',
    (query) => {
      expect(readTyped(query)).toBeNull()
    },
  )
})

import { expect, it } from 'vitest'
import { bannedWholeWords, bannedWords } from '../../../src/core/words/list.ts'
import { nicknameAdjectives, nicknameNouns } from '../../../src/modules/users/nickname-words.ts'
import { checkNickname, generateNickname } from '../../../src/modules/users/rules.ts'

it.each(['초코', '초코아빠', 'Choco12', '가나다라마바사아자차카타', 'shihtzu', '시바견', '역시발바닥', 'badminton'])(
  '%s is a nickname',
  (nickname) => {
    expect(checkNickname(nickname)).toBe('ok')
  },
)

it.each(['', '가', '가나다라마바사아자차카타파', '초 코', '초코!', 'ㅊㅋ', '초코🐶', 'é초코', '초코\n'])('%o is none', (nickname) => {
  expect(checkNickname(nickname)).toBe('invalid')
})

it.each(['씨발', '씨1발', '개새끼야', '시발', '시발12', 'FUCKyou', 'Admin', '멍이랑운영자'])('%s is refused', (nickname) => {
  expect(checkNickname(nickname)).toBe('banned')
})

it('every banned word that could be typed is refused by itself', () => {
  const typed = [...bannedWords, ...bannedWholeWords].filter((word) => /^[가-힣a-z0-9]{2,12}$/.test(word))
  expect(typed.filter((word) => checkNickname(word) !== 'banned')).toEqual([])
})

it('takes decomposed Hangul for what it shows', () => {
  expect(checkNickname('초코'.normalize('NFD'))).toBe('ok')
})

it('generates only nicknames that one could choose', () => {
  const names = nicknameAdjectives.flatMap((adjective) => nicknameNouns.map((noun) => `${adjective}${noun}0000`))
  expect(names.filter((name) => checkNickname(name) !== 'ok')).toEqual([])
  expect(Array.from({ length: 100 }, generateNickname).every((name) => /^[가-힣]{2,8}\d{4}$/.test(name))).toBe(true)
})

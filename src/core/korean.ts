const HANGUL_FIRST = 0xac00
const HANGUL_LAST = 0xd7a3
const FINALS = 28
/** Digits as they are read: 영 일 이 삼 사 오 육 칠 팔 구. */
const DIGITS_WITH_FINAL = '013678'
/** Letters whose Korean names end with a consonant: 엘, 엠, 엔, 알. */
const LETTERS_WITH_FINAL = 'lmnr'

/** The form of a particle after a word: `particle('초코', '과', '와')` is 와, and after 콩 it is 과. */
export function particle(word: string, afterConsonant: string, afterVowel: string): string {
  const letters = word.match(/[\p{L}\p{N}]/gu)
  const last = letters?.at(-1)?.toLowerCase() ?? ''
  return hasFinalConsonant(last) ? afterConsonant : afterVowel
}

function hasFinalConsonant(letter: string): boolean {
  const code = letter.codePointAt(0) ?? 0
  if (code >= HANGUL_FIRST && code <= HANGUL_LAST) return (code - HANGUL_FIRST) % FINALS !== 0
  return letter !== '' && (DIGITS_WITH_FINAL + LETTERS_WITH_FINAL).includes(letter)
}

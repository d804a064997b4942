/** What was typed so far, as names are looked up. */
export interface Typed {
  readonly text: string
  /** Whether it holds first consonants alone (ㅊㅋ for 초코), beside letters that are no Hangul. */
  readonly by_initials: boolean
}

const OTHERS_MIN = 2
const LETTERS_MAX = 20

const SYLLABLE = /[가-힣]/u
const CONSONANT = /[ㄱ-ㅎ\u1100-\u1112]/u
const VOWEL = /[ㅏ-ㅣ\u1161-\u1175]/u
/** One key on no keyboard: ㄱ and ㅅ, typed one after the other, are shown as ㄳ. */
const CLUSTER = /[ㄳㄵㄶㄺ-ㅀㅄ]/gu
/** The stroke with which a vowel begins on a keyboard of ten keys (천지인). It is part of no name yet. */
const VOWEL_STROKES = /[\u318D\u119E\u11A2]+$/u

/** Reads a query. It is null when so few letters are too common to ask for, or so many are no name. */
export function readTyped(query: string): Typed | null {
  const text = query.normalize('NFC').replaceAll(' ', '').replace(VOWEL_STROKES, '')
  const letters = [...text].length
  const keys = letters + (text.match(CLUSTER)?.length ?? 0)
  const hasSyllable = SYLLABLE.test(text)
  if (letters > LETTERS_MAX || (!hasSyllable && keys < OTHERS_MIN)) return null
  return { text, by_initials: !hasSyllable && CONSONANT.test(text) && !VOWEL.test(text) }
}

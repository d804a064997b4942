// Ways to read a text whose writer does not want to be read: 씨1발, 씨@발, 씨 발, ㅆㅣ발, ㅅ ㅂ, sh!t.

/** Consonants as they begin and end a syllable, and vowels, in the order of Unicode. */
const INITIAL = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'
const VOWEL = 'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ'
const FINAL = '\0ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ'
const SYLLABLES_FROM = 0xac00

const UNSEEN = /[\p{M}\p{Default_Ignorable_Code_Point}]/gu
/** Everything but the jamo of keyboards, which NFKC would turn into those that join. */
const NO_JAMO = /[^ㄱ-ㆎ]+/g
const JOINING_JAMO = /[\u1100-\u1112\u1161-\u1175\u11A8-\u11C2]/g

/** The text as it is seen: composed, narrow, lower-cased, without marks and what is invisible. */
export function asSeen(text: string): string {
  // ASCII and composed Hangul need nothing.
  if (/^[\n -~가-힣ㄱ-ㅎㅏ-ㅣ]*$/.test(text)) return text.toLowerCase()
  return text
    .normalize('NFC')
    .replaceAll(NO_JAMO, (part) => part.normalize('NFKC'))
    .replaceAll(JOINING_JAMO, jamoOfKeyboard)
    .replaceAll(UNSEEN, '')
    .toLowerCase()
}

/** A jamo that joins, alone, as the keyboard's: a decomposed text may hold half a syllable. */
function jamoOfKeyboard(jamo: string): string {
  const code = jamo.charCodeAt(0)
  if (code < 0x1161) return INITIAL.charAt(code - 0x1100)
  return code < 0x11a8 ? VOWEL.charAt(code - 0x1161) : FINAL.charAt(code - 0x11a7)
}

/** Words in one row that are no young of a dog: 고양이,개,새끼. */
const ROW_OF_YOUNG = /개[^가-힣\s]+(?=새끼)/g
const GAP = /(?<=[가-힣ㄱ-ㅣ])[^가-힣ㄱ-ㅣa-z\s]{1,8}(?=[가-힣ㄱ-ㅣ])|(?<=[가-힣])[x_](?=[가-힣])|(?<=[a-z])[.*_\-~^,']{1,3}(?=[a-z])/g
const withoutGaps = (text: string) => text.replaceAll(ROW_OF_YOUNG, (row) => (/[,/·&+]/.test(row) ? '개 ' : row)).replaceAll(GAP, '')

/** Single letters in a row, each a word of its own: 씨 발, ㅅ ㅂ, f u c k. After a name (초코 씨 발) it is a foot, so 씨 begins a row only after what is no name. */
const SINGLE = '(?:[가-힣ㄱ-ㅣ]|[a-z](?![가-힣]))'
const NO_NAME =
  '진짜|정말|존나|완전|그냥|이런|저런|대체|에이|아오|아놔|어휴|에휴|무슨|이게|저게|뭐야|아니|오늘|너무|다가|는데|은데|인데|[해아어와워여]서|으면|[가-힣]면|지만|네요|[아어해에예]요|니다|습니까|잖아|하고|라고|이라|한테|에서|까지'
const SPACED = new RegExp(
  String.raw`(?<![가-힣ㄱ-ㅣa-z0-9])(?:(?!씨)|(?<![가-힣]{2} )|(?<=(?:${NO_NAME}) ))${SINGLE}(?:[ ._\-~*^]{1,5}${SINGLE}(?![가-힣a-z0-9]))+`,
  'g',
)
const joined = (text: string) => text.replaceAll(SPACED, (row) => row.replaceAll(/[ ._\-~*^]/g, ''))

const LOOK_LIKE_VOWEL = /(?<=[ㄱ-ㅎ])[l1|!i](?=[가-힣ㄱ-ㅎ])/g
const PIECES = /([ㄱ-ㅎ])([ㅏ-ㅣ])/g
/** Composes consonants and vowels that stand apart: ㅅㅣㅂㅏㄹ is 시바ㄹ. */
const composed = (text: string) =>
  text.replaceAll(LOOK_LIKE_VOWEL, 'ㅣ').replaceAll(PIECES, (pair, consonant: string, vowel: string) => {
    const initial = INITIAL.indexOf(consonant)
    return initial < 0 ? pair : String.fromCharCode(SYLLABLES_FROM + (initial * 21 + VOWEL.indexOf(vowel)) * 28)
  })
/** Puts a single consonant under the syllable before it: 시바ㄹ is 시발. In 시바ㅋㅋ it is laughter. */
const closed = (text: string) =>
  text.replaceAll(/([가-힣])([ㄱ-ㅎ])(?![ㄱ-ㅣ])/g, (pair, syllable: string, consonant: string) => {
    const code = syllable.charCodeAt(0)
    const final = FINAL.indexOf(consonant)
    return (code - SYLLABLES_FROM) % 28 === 0 && final > 0 ? String.fromCharCode(code + final) : pair
  })
const withoutLooseJamo = (text: string) => text.replaceAll(/(?<=[가-힣])[ㄱ-ㅣ]{1,3}(?=[가-힣])/g, '')

const LEET: Readonly<Record<string, string>> = { $: 's', '@': 'a', 0: 'o', 1: 'i', 3: 'e', '!': 'i', 5: 's' }
const withLetters = (text: string) =>
  text.replaceAll(/(?<=[a-z][$@013!5]{0,6})[$@013!5](?=[$@013!5]{0,6}[a-z])/g, (sign) => LEET[sign] ?? sign)

/** The text as it is seen, and other ways to read it. Most texts have one or two. */
export function readingsOf(text: string): Set<string> {
  const seen = asSeen(text)
  const tight = joined(withoutGaps(withLetters(seen)))
  const readings = new Set([seen, tight])
  if (!/[ㄱ-ㅣ]/.test(tight)) return readings
  const whole = composed(tight)
  return readings.add(whole).add(closed(whole)).add(withoutLooseJamo(whole))
}

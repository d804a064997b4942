// Makes regular expressions of the words and phrases.

import { PHRASES } from './phrases.ts'
import { listRules, type Rule } from './text-words.ts'

/** What may stand between a border and a word of abuse: 아시발, 개존나, 이병신. */
const INTERJECTION =
  '(?:[아와야오이저그하헐너니또왜뭔썅]|야이|아오|아놔|에이|에휴|이런|저런|무슨|어휴|으휴)?(?:개|존나|진짜|걍|그냥|완전|미친|씨발|시발|병신)?'
const BEGINNING = new RegExp(`(?<=(?:^|[^가-힣a-z0-9])${INTERJECTION})`, 'y')
/** The last letters of interjections. After any other letter no word begins. */
const INTERJECTION_ENDS = '아와야오이저그하헐너니또왜뭔썅놔휴런슨개나짜걍냥전친발신'
const LETTER = /[가-힣a-z0-9]/
const BEGIN_LATIN = '(?<![a-z0-9])'

/** Whether a word may begin at the place. */
export function isBeginning(text: string, at: number): boolean {
  const before = text.charAt(at - 1)
  if (!LETTER.test(before)) return true
  if (!INTERJECTION_ENDS.includes(before)) return false
  BEGINNING.lastIndex = at
  return BEGINNING.test(text)
}

const PARTICLE =
  '은|는|이|가|을|를|아|야|도|만|의|에|로|으로|랑|이랑|과|와|들|까지|처럼|같|은|다|네|냐|니|노|임|인|인가|라|라고|이라고|란|거리|하|고|한|할|함|해|했|네|요|에요|예요|잖아|이나|나|뭐|진짜|존나|그냥|왜|또|아니|개|좀|이게|저게'
const INSULT = '놈|년|새끼|새기|새키|색기|럼|롬|련|뇬|것|거|짓|자식|아저씨'
const END = `(?=(?:${PARTICLE}|${INSULT}){0,3}(?![가-힣]))`
const END_LATIN = '(?![a-z])'

interface Source {
  readonly letters: readonly string[]
  readonly source: string
  /** What must follow. It is long, so rules share it. */
  readonly end: string
  /** Whether it counts only where a word begins (`isBeginning`). */
  readonly begins: boolean
}

function sourceOf({ word, place, unlessAfter, unlessBefore }: Rule): Source {
  const isLatin = /^[a-z]/.test(word)
  const begin = isLatin && place !== 'inside' ? BEGIN_LATIN : ''
  const end = place === 'whole' ? (isLatin ? END_LATIN : END) : ''
  const source = `${begin}${unlessAfter ? `(?<!${unlessAfter})` : ''}${word}${unlessBefore ? `(?!${unlessBefore})` : ''}`
  return { letters: firstLetters(word), source, end, begins: place !== 'inside' && !isLatin }
}

/** The letters that a source can begin with: 가 and 나 of `(?:가다|[나])`. */
function firstLetters(source: string, at = 0): string[] {
  if (source.charAt(at) === '[') return source.slice(at + 1, source.indexOf(']', at)).split('')
  if (!source.startsWith('(?:', at)) return [source.charAt(at)]
  const letters = firstLetters(source, at + 3)
  for (let end = at + 3, depth = 0; end < source.length && depth >= 0; end++) {
    const letter = source.charAt(end)
    if (letter === '(') depth++
    else if (letter === ')') depth--
    else if (letter === '|' && depth === 0) letters.push(...firstLetters(source, end + 1))
  }
  return letters
}

/** The rules that begin with one letter: those that count anywhere, and those that count where a word begins. */
export interface LetterRules {
  readonly inside: RegExp | null
  readonly begins: RegExp | null
}

/**
 * The rules by the letter they begin with, so that most letters of a text cost one look-up. They are made when the first text is checked, and compiled when a text
 * first holds their letter, so that they cost no start of the Worker.
 */
export function createRules(): (letter: string) => LetterRules | undefined {
  const byLetter = new Map<string, Source[]>()
  const phrases = PHRASES.map((source) => ({ letters: firstLetters(source), source, end: '', begins: true }))
  for (const source of [...listRules().map(sourceOf), ...phrases]) {
    for (const letter of new Set(source.letters)) {
      const others = byLetter.get(letter)
      if (others) others.push(source)
      else byLetter.set(letter, [source])
    }
  }
  const compiled = new Map<string, LetterRules>()
  return (letter) => {
    const known = compiled.get(letter)
    const sources = known ? undefined : byLetter.get(letter)
    if (!sources) return known
    const rules = { inside: anyOf(sources, false), begins: anyOf(sources, true) }
    compiled.set(letter, rules)
    return rules
  }
}

function anyOf(sources: readonly Source[], begins: boolean): RegExp | null {
  const these = sources.filter((source) => source.begins === begins)
  const groups = ['', END, END_LATIN].flatMap((end) => {
    const group = these.filter((source) => source.end === end).map(({ source }) => source)
    return group.length > 0 ? [`(?:${group.join('|')})${end}`] : []
  })
  return groups.length > 0 ? new RegExp(groups.join('|'), 'y') : null
}

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findObjectionable } from '../../../src/core/words/objectionable.ts'
import { textWords } from '../../../src/core/words/text-words.ts'
import abusive from './abusive.txt?raw'
import heldOutAbusive from './held-out-abusive.txt?raw'
import heldOutInnocent from './held-out-innocent.txt?raw'
import innocent from './innocent.txt?raw'

const lines = (text: string) => text.trim().split('\n')
/** How many are found, and not which, so that a failing test does not print them. */
const share = (sentences: readonly string[]) => sentences.filter(findObjectionable).length / sentences.length

describe('sentences', () => {
  it('there are enough, and none is in two files', () => {
    const all = [innocent, abusive, heldOutInnocent, heldOutAbusive].map(lines)
    expect(all.map((sentences, i) => sentences.length >= [300, 200, 80, 80][i]!)).toEqual([true, true, true, true])
    expect(new Set(all.flat()).size).toBeGreaterThan(all.flat().length * 0.98)
    expect(all.map((sentences) => new Set(sentences).size)).toEqual(all.map((sentences) => sentences.length))
  })

  it('no innocent one is refused', () => {
    expect(lines(innocent).filter(findObjectionable)).toEqual([])
    expect(lines(heldOutInnocent).filter(findObjectionable)).toEqual([])
  })

  it('nine of ten abusive ones are found, also within others', () => {
    const around = (sentences: readonly string[]) => sentences.map((sentence, i) => `${lines(innocent)[i]}. ${sentence}`)
    for (const text of [abusive, heldOutAbusive]) {
      expect(share(lines(text))).toBeGreaterThanOrEqual(0.9)
      expect(share(around(lines(text)))).toBeGreaterThanOrEqual(0.9)
    }
  })

  it('innocent ones stay so side by side, decomposed, and in capitals', () => {
    const sentence = fc.constantFrom(...lines(innocent).filter((text) => !/^\S{1,4}$/.test(text)))
    fc.assert(
      fc.property(
        fc.array(sentence, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(' ', '. ', '\n', ' 🐶 ', ', '),
        (sentences, between) => {
          const text = sentences.join(between)
          expect(findObjectionable(text)).toBe(false)
          expect(findObjectionable(text.normalize('NFD'))).toBe(false)
          expect(findObjectionable(text.toUpperCase())).toBe(false)
        },
      ),
      { numRuns: 2_000, seed: 11 },
    )
  })
})

const INITIAL = [...'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ']
const VOWEL = [...'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ']
const FINAL = ['', ...'ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ']
/** A syllable as the keys that make it. */
function keysOf(syllable: string): string {
  const n = syllable.codePointAt(0)! - 0xac00
  return INITIAL[Math.floor(n / 588)]! + VOWEL[Math.floor(n / 28) % 21]! + FINAL[n % 28]!
}

/** What people do to a word so that a list does not know it. */
const EVASIONS: Readonly<Record<string, (word: string) => string>> = {
  'a digit': (word) => [...word].join('1'),
  'a sign': (word) => [...word].join('@'),
  'a full stop': (word) => [...word].join('.'),
  stars: (word) => [...word].join('**'),
  'an emoji': (word) => [...word].join('🐶'),
  'zero width': (word) => [...word].join('\u200B'),
  'a joiner': (word) => [...word].join('\u2060'),
  'a filler': (word) => [...word].join('\u3164'),
  marks: (word) => [...word].map((letter) => `${letter}\u0336`).join(''),
  spaces: (word) => [...word].join(' '),
  'spaces and dots': (word) => [...word].join(' . '),
  decomposed: (word) => word.normalize('NFD'),
  'in keys': (word) => [...word].map(keysOf).join(''),
  'its last letter in keys': (word) => word.slice(0, -1) + keysOf(word.at(-1)!),
}

const hangul = textWords.filter((word) => /^[가-힣]{2,}$/.test(word))
const latin = textWords.filter((word) => /^[a-z]+$/.test(word))
const SENTENCES: readonly ((word: string) => string)[] = [
  (word) => word,
  (word) => `아 ${word}`,
  (word) => `오늘 산책하다가 ${word} 진짜`,
  (word) => `(${word})`,
]

describe('words of the list', () => {
  it('are found as they are', () => {
    const missed = [...hangul, ...latin].filter((word) => !SENTENCES.every((sentence) => findObjectionable(sentence(word))))
    expect(missed).toEqual([])
  })

  it.each(Object.keys(EVASIONS))('are found with %s', (name) => {
    fc.assert(
      fc.property(fc.constantFrom(...hangul), fc.constantFrom(...SENTENCES), (word, sentence) => {
        expect(findObjectionable(sentence(EVASIONS[name]!(word)))).toBe(true)
      }),
      { numRuns: 600, seed: 12 },
    )
  })

  it.each([
    ['capitals', (word: string) => word.toUpperCase()],
    ['full stops', (word: string) => [...word].join('.')],
    ['spaces', (word: string) => [...word].join(' ')],
    ['wide letters', (word: string) => [...word].map((letter) => String.fromCodePoint(letter.codePointAt(0)! + 0xfee0)).join('')],
    ['zero width', (word: string) => [...word].join('\u200B')],
    [
      'signs for letters',
      (word: string) => word.replaceAll(/(?<=.)[aoies](?=.)/g, (letter) => ({ a: '@', o: '0', i: '1', e: '3', s: '$' })[letter]!),
    ],
  ])('of Latin letters are found in %s', (_, evade) => {
    expect(latin.filter((word) => !findObjectionable(`오늘 ${evade(word)} ㅋㅋ`))).toEqual([])
  })
})

it('a text of five hundred letters takes no time', () => {
  const text = lines(innocent).join('. ').slice(0, 500)
  const passes = 200
  for (let i = 0; i < passes; i++) findObjectionable(text)
  const begun = performance.now()
  for (let i = 0; i < passes; i++) findObjectionable(text)
  // Some hundred times what is allowed would be an expression that backtracks. The machine may be busy.
  expect((performance.now() - begun) / passes).toBeLessThan(5)
})

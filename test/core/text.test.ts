import { describe, expect, it } from 'vitest'
import { lineSchema, paragraphSchema, wordsSchema } from '../../src/core/text.ts'

const line = lineSchema(40)
const paragraph = paragraphSchema(200)
const emoji = ['👨‍👩‍👧‍👦', '👩🏽‍🚀', '🏳️‍🌈', '👁️‍🗨️', '❤️‍🔥', '🐕‍🦺', '⛹🏻‍♀️', '🇰🇷1️⃣', '*️⃣', '#️⃣', '☎︎', '❤️', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '\u{1FAE9}']
const scripts = [
  '초코 2호',
  'ᄒᆞᆫ글',
  '犬犬犬',
  '葛󠄀',
  'क्‍ष',
  'می‌خواهم',
  'ไข่ปลาหมึก',
  'မြွှေ့',
  'בְּרֵאשִׁ֖ית',
  '𝓒𝓱𝓸𝓬𝓸',
  'ñ',
  '1',
  '♡',
  '<3',
  '^^',
  'Tom & Jerry',
]
const nothing = [
  '',
  ' ',
  '\u00a0',
  '\u3000',
  '\u200b\u200b\u200b',
  '\u3164',
  '\u115f',
  '\u1160',
  '\uffa0',
  '\u2800',
  '\u00ad',
  '\u200c',
  '\u200d',
  '\u2060',
  '\ufeff',
  '\u034f',
  '\u061c',
  '\u180e',
  '\u17b4',
  '\ufe0f',
  '\u{e0100}',
  '\u{e0041}',
  '\u{1d159}',
  '\u{1d173}',
  '\ufffc',
  '\u2028',
  '\t\n',
  '\u0301\u0301',
  ' \u0301',
]
const hostile = [
  '초\u0007코',
  '초\u0000코',
  '초\u0085코',
  '초코\u202egpj.exe',
  '\u2066초코\u2069',
  '\u200f초코',
  '초\u200d코',
  '👨\u200d',
  'a\u200d👨',
  '가\ufe0f',
  '\u{1F3F4}\u{e007f}',
  '초\u3164코',
  '초\u2800코',
  '\ue000',
  '\uf8ff',
  '\ufdd0',
  '\u{10ffff}',
  '\ufff9a\ufffb',
  'a\u0301\u0302\u0303\u0304\u0305\u0306',
  `Z${'\u0334\u0335\u0336'.repeat(3)}algo`,
  `ก${'\u0e48'.repeat(9)}`,
  '\ud83d',
]

describe('a line that others may see', () => {
  it.each([...emoji, ...scripts])('%s is taken as it is', (text) => {
    expect(line.parse(text)).toBe(text.normalize('NFC'))
  })

  it.each(nothing.map((text) => [JSON.stringify(text), text]))('%s is none, because nobody sees it', (_, text) => {
    expect(line.safeParse(text).success).toBe(false)
  })

  it.each([...hostile, '초\n코', '초\u2028코', '초\u200b코', '...', '-', '!?'].map((text) => [JSON.stringify(text), text]))(
    '%s is refused',
    (_, text) => {
      expect(line.safeParse(text).success).toBe(false)
    },
  )

  it('is trimmed, composed, and has plain spaces; a length counts what Unicode counts', () => {
    expect(line.parse(' \t초\u00a0코\u3000 ')).toBe('초 코')
    expect(line.parse('초코'.normalize('NFD'))).toBe('초코')
    expect(lineSchema(7).parse('👨‍👩‍👧‍👦')).toBe('👨‍👩‍👧‍👦')
    expect(lineSchema(6).safeParse('👨‍👩‍👧‍👦').success).toBe(false)
  })
})

describe('a text of several lines that others may see', () => {
  it.each([...emoji, ...scripts, '...', '-', '', '첫째 줄\n\n둘째 줄'])('%j is taken as it is', (text) => {
    expect(paragraph.parse(text)).toBe(text.normalize('NFC'))
  })

  it.each(hostile.map((text) => [JSON.stringify(text), text]))('%s is refused', (_, text) => {
    expect(paragraph.safeParse(`안녕\n${text}`).success).toBe(false)
  })

  it('loses what web pages leave between lines, and has one kind of line end', () => {
    expect(paragraph.parse('하나\r\n둘\u2028셋\r넷\u200b\n\ufeff다\u00ad섯\u2060 ')).toBe('하나\n둘\n셋\n넷\n다섯')
    expect(paragraph.parse('\u200b')).toBe('')
  })

  it('is judged in a time that grows with its length, whatever it holds', () => {
    for (const piece of ['👨\u200d', '\u0301', 'a\u0301', '\u200b', '\u{1F3F4}\u{e0067}', 'क\u200d', '\n', ' ', '\u202e']) {
      const text = piece.repeat(200_000 / piece.length)
      const startedAt = performance.now()
      paragraph.safeParse(text)
      line.safeParse(text)
      expect([piece, performance.now() - startedAt < 10_000]).toEqual([piece, true])
    }
  })
})

it('words that only we read hold what Postgres can hold', () => {
  expect(wordsSchema.parse(' 말티즈\u200b ')).toBe('말티즈\u200b')
  for (const text of ['\0', '\ud800']) expect(wordsSchema.safeParse(text).success).toBe(false)
})

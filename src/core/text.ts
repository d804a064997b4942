import { z } from 'zod'

const isStorable = (text: string) => text.isWellFormed() && !text.includes('\0')

/** Words that are looked up or compared, and that nobody else reads: trimmed and composed (a Mac sends Hangul in pieces). Postgres cannot store a NUL or half an emoji. */
export const wordsSchema = z.string().refine(isStorable, '쓸 수 없는 문자가 들어 있어요').normalize('NFC').trim()

/** A picture of an emoji, with its skin tone or its choice of colour. */
const PICTURE = String.raw`\p{Extended_Pictographic}[\u{1F3FB}-\u{1F3FF}\uFE0F]?`
/** Letters and marks of scripts that join or separate them by invisible characters. */
const JOINING = String.raw`[\p{scx=Arab}\p{scx=Syrc}\p{scx=Mong}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Khmr}]`
/** The places at which an invisible character changes what is seen. */
const MEANINGFUL = [
  String.raw`(?<=${PICTURE})\u200D(?=\p{Extended_Pictographic})`,
  String.raw`(?<=${JOINING})[\u200C\u200D](?=${JOINING})`,
  String.raw`(?<=[\p{Emoji}\p{S}])[\uFE0E\uFE0F]`,
  String.raw`(?<=[\p{L}\p{S}])[\uFE00-\uFE0D]`,
  String.raw`(?<=\p{sc=Han})[\u{E0100}-\u{E01EF}]`,
  String.raw`(?<=\p{sc=Mong})[\u180B-\u180D\u180F]`,
  // The flags of England, Scotland and Wales.
  String.raw`(?<=\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{0,6})[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]`,
  String.raw`(?<=\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{1,6})\u{E007F}`,
].join('|')

/**
 * What is not seen, or changes how other text is seen: controls, reversals of direction, fillers, blanks that count as letters or symbols, private use. Characters
 * that Unicode has not assigned are let pass, because a new phone has emoji that this server does not know.
 */
const UNSEEN = new RegExp(
  String.raw`(?!${MEANINGFUL})[\p{Cc}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\uFFF9-\uFFFC\u2800\u{1D159}\u{13441}\u{13442}]`,
  'u',
)
/** Marks that stand on nothing, or more of them on one letter than any language writes. */
const MARK = String.raw`[\p{M}--\p{Default_Ignorable_Code_Point}]`
const LOOSE_MARKS = new RegExp(String.raw`(?:^|\s)${MARK}|[${MARK}&&\p{sc=Zinh}]{5}|${MARK}{9}`, 'v')
const SEEN = /[\p{L}\p{N}\p{S}\p{Extended_Pictographic}\u20E3]/u

/** What web pages and keyboards leave between pasted lines. Whoever pastes it cannot see it, and nothing is lost without it. */
const LEFTOVERS = /[\u00AD\u200B\u2060\uFEFF\uFFFC]/gu

const withPlainSpaces = (text: string) =>
  text
    .replaceAll(/[\p{Zs}\t]/gu, ' ')
    .normalize('NFC')
    .trim()
const withPlainLines = (text: string) => withPlainSpaces(text.replaceAll(/\r\n?|[\u2028\u2029]/g, '\n').replaceAll(LEFTOVERS, ''))

const UNSEEN_ERROR = '보이지 않거나 쓸 수 없는 문자가 들어 있어요. 지우고 다시 입력해 주세요'

/** Text of one line that others may see, for example a name. It has a letter, a digit, a symbol or an emoji. */
export const lineSchema = (max: number) =>
  z
    .string()
    .refine(isStorable, { error: '쓸 수 없는 문자가 들어 있어요', abort: true })
    .overwrite(withPlainSpaces)
    .refine((text) => !UNSEEN.test(text) && !LOOSE_MARKS.test(text), UNSEEN_ERROR)
    .refine((text) => text === '' || SEEN.test(text), '글자나 숫자를 넣어 주세요')
    .min(1)
    .max(max)

/** Text of several lines that others may see, for example a message. It may be empty. */
export const paragraphSchema = (max: number) =>
  z
    .string()
    .refine(isStorable, { error: '쓸 수 없는 문자가 들어 있어요', abort: true })
    .overwrite(withPlainLines)
    .refine((text) => !UNSEEN.test(text.replaceAll('\n', ' ')) && !LOOSE_MARKS.test(text), UNSEEN_ERROR)
    .max(max)

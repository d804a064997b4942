import { z } from 'zod'

const isStorable = (text: string) => text.isWellFormed() && !text.includes('\0')

/** Text that people write: trimmed and composed (a Mac sends Hangul in pieces). Postgres cannot store a NUL or half an emoji, so both are refused. */
export const textSchema = z.string().refine(isStorable, '쓸 수 없는 문자가 들어 있어요').normalize('NFC').trim()

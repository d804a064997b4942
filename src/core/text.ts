import { z } from 'zod'

const isStorable = (text: string) => text.isWellFormed() && !text.includes('\0')

/** What people write: trimmed, composed (a Mac sends Hangul in pieces), and without what Postgres cannot keep, a NUL or half an emoji. */
export const textSchema = z.string().refine(isStorable, '쓸 수 없는 문자가 들어 있어요').normalize('NFC').trim()

import { base64url } from 'jose'
import { z } from 'zod'
import { defineError } from './errors.ts'

const invalidCursor = defineError({
  code: 'invalid_cursor',
  status: 422,
  title: 'The cursor is not one of ours',
  detail: '목록을 처음부터 다시 불러와 주세요.',
})

/** Opaque to clients: the keyset of the last row of a page. */
function encodeCursor(keyset: readonly (string | number)[]): string {
  return base64url.encode(JSON.stringify(keyset))
}

export function decodeCursor<T extends z.ZodType>(cursor: string | undefined, keyset: T): z.infer<T> | null {
  if (cursor === undefined) return null
  try {
    return keyset.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(base64url.decode(cursor))))
  } catch (cause) {
    throw invalidCursor({ cause })
  }
}

/** `?cursor=&limit=` of every list. */
export const pageQuery = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(50).default(20).meta({ type: 'integer' }),
})
export type PageQuery = z.infer<typeof pageQuery>

/** Queries read one row more than the page holds, which is how a page knows whether another follows. */
export function toPage<T>(rows: readonly T[], limit: number, keyset: (last: T) => readonly (string | number)[]) {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next_cursor: rows.length > limit && last !== undefined ? encodeCursor(keyset(last)) : null }
}

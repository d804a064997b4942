import { base64url } from 'jose'
import { z } from 'zod'
import { deriveAesKey } from './derived-key.ts'
import { defineError } from './errors.ts'

export const invalidCursor = defineError({
  code: 'invalid_cursor',
  status: 422,
  title: 'The cursor is not one of this list',
  detail: '목록을 처음부터 다시 불러와 주세요.',
})

const PURPOSE = 'withbowwow list cursor 1'
const IV_BYTES = 12

/** Encrypts where a page ends, because a position holds what the list itself does not show: scores, exact times, ids. */
export interface Cursors {
  seal(position: readonly (string | number)[], list: string): Promise<string>
  /** Throws when it is not a cursor of that list. */
  open(cursor: string, list: string): Promise<unknown>
}

export function createCursors(secret: string): Cursors {
  const encoder = new TextEncoder()
  const cipher = (iv: Uint8Array<ArrayBuffer>, list: string) => ({ name: 'AES-GCM', iv, additionalData: encoder.encode(list) })
  return {
    async seal(position, list) {
      // The IV is random, because equal cursors would tell that nothing about the last row has changed.
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
      const key = await deriveAesKey(secret, PURPOSE)
      const sealed = await crypto.subtle.encrypt(cipher(iv, list), key, encoder.encode(JSON.stringify(position)))
      return base64url.encode(new Uint8Array([...iv, ...new Uint8Array(sealed)]))
    },

    async open(cursor, list) {
      const bytes = new Uint8Array(base64url.decode(cursor))
      const key = await deriveAesKey(secret, PURPOSE)
      const position = await crypto.subtle.decrypt(cipher(bytes.slice(0, IV_BYTES), list), key, bytes.slice(IV_BYTES))
      return JSON.parse(new TextDecoder().decode(position))
    },
  }
}

/** `?cursor=&limit=` of every list. */
export const pageQuery = z.object({
  cursor: z.string().max(500).optional().meta({ description: '`next_cursor` of the page before. The first page when it is left out' }),
  limit: z.coerce.number().int().min(1).max(50).default(20).meta({ description: 'At most so many items' }),
})
export type PageQuery = z.infer<typeof pageQuery>

/**
 * Declares the pages of a list once, beside its schema: `const list = walkPages(deps.cursors, user.user_id)`. `keyset` is what a position is made of.
 * Instants in it are Postgres's own text, to the microsecond. `of` says whose list it is and of what. A cursor of another list is refused.
 */
export const pagesOf =
  <const T extends z.ZodType<readonly (string | number)[]>>(name: string, keyset: T) =>
  (cursors: Cursors, ...of: readonly (string | null)[]) => {
    const list = JSON.stringify([name, ...of])
    return {
      seal: (position: z.infer<T>) => cursors.seal(position, list),

      /** The position after which the page begins, or `null` at the first page. */
      async after(cursor: string | undefined): Promise<z.infer<T> | null> {
        if (cursor === undefined) return null
        try {
          return keyset.parse(await cursors.open(cursor, list))
        } catch (cause) {
          throw invalidCursor({ cause })
        }
      },

      /** Queries read one row more than the page holds. So a page knows whether another follows. */
      async page<Row>(rows: readonly Row[], limit: number, positionOf: (last: Row) => z.infer<T>) {
        const items = rows.slice(0, limit)
        const last = items.at(-1)
        return { items, next_cursor: rows.length > limit && last !== undefined ? await cursors.seal(positionOf(last), list) : null }
      },
    }
  }

import { deriveHmacKey } from './derived-key.ts'
import { defineError } from './errors.ts'
import { sha256Hex, toHex } from './hash.ts'

const PURPOSE = 'withbowwow idempotency key 1'

export const idempotencyConflict = defineError({
  code: 'idempotency_conflict',
  status: 409,
  title: 'This id or Idempotency-Key was used for something else, or for something that has been deleted',
  detail: '이미 다른 내용으로 처리되었거나 삭제된 요청이에요.',
})

export interface Creation {
  /** The primary key of the new row. */
  readonly id: string
  /** SHA-256 of the request, stored in the row. The same id with another body is a conflict, with the same body a repeat. */
  readonly request_hash: string
}

/** Ids that follow from an Idempotency-Key. They need a secret, so that nobody can predict an id, take it first, and so keep its owner from creating. */
export interface KeyedIds {
  of(request: { readonly user_id: string; readonly route: string; readonly key: string }): Promise<string>
}

export function createKeyedIds(secret: string): KeyedIds {
  return {
    async of({ user_id, route, key }) {
      const content = new TextEncoder().encode(JSON.stringify([user_id, route, key]))
      const mac = await crypto.subtle.sign('HMAC', await deriveHmacKey(secret, PURPOSE), content)
      return toUuid(toHex(new Uint8Array(mac)))
    },
  }
}

/** The hash of what was asked for, without the id. */
export const hashRequest = (content: object): Promise<string> => sha256Hex(JSON.stringify(content))

/**
 * Makes a creating POST repeatable. The row's id is the client's own `id`, or follows from its Idempotency-Key (per user and route), or is random.
 * The row is the record of the request, so that no second table can disagree with it.
 */
export async function identifyCreation(
  { keyedIds }: { readonly keyedIds: KeyedIds },
  {
    body: { id, ...content },
    idempotency_key: key,
    ...of
  }: { user_id: string; route: string; body: { readonly id?: string | undefined }; idempotency_key?: string | undefined },
): Promise<Creation> {
  const request_hash = await hashRequest(content)
  return { id: id ?? (key ? await keyedIds.of({ ...of, key }) : crypto.randomUUID()), request_hash }
}

/** A UUID of RFC 9562 version 8 (custom), made of 122 bits of the hash. */
function toUuid(hex: string): string {
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

import { defineError } from './errors.ts'
import { sha256Hex } from './hash.ts'

export const idempotencyConflict = defineError({
  code: 'idempotency_conflict',
  status: 409,
  title: 'This id or Idempotency-Key was used for something else',
  detail: '이미 다른 내용으로 처리된 요청이에요.',
})

export interface Creation {
  /** The primary key of the new row. */
  readonly id: string
  /** SHA-256 of the request, stored in the row. The same id with another body is a conflict, with the same body a repeat. */
  readonly request_hash: string
}

/**
 * Makes a creating POST repeatable. The row's id is the client's own `id`, or follows from its Idempotency-Key (per user and route), or is random.
 * The row is the record of the request, so that no second table can disagree with it.
 */
export async function identifyCreation(request: {
  user_id: string
  route: string
  body: { readonly id?: string | undefined }
  idempotency_key?: string | undefined
}): Promise<Creation> {
  const { id, ...content } = request.body
  const request_hash = await sha256Hex(JSON.stringify(content))
  if (id) return { id, request_hash }
  if (!request.idempotency_key) return { id: crypto.randomUUID(), request_hash }
  return { id: toUuid(await sha256Hex(`${request.user_id}\n${request.route}\n${request.idempotency_key}`)), request_hash }
}

/** A UUID of RFC 9562 version 8 (custom), made of 122 bits of the hash. */
function toUuid(hex: string): string {
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

import type { z } from 'zod'
import type { Answer } from '../http.ts'
import { failureSchema } from './wire.ts'

/**
 * What came of a call that moves money. Only `declined` says that nothing moved. After `unknown` the money may have left, so the same call is made again with
 * the same key, and after `duplicate` the payment is read, because it has been made before.
 */
export type TossOutcome<Answered> =
  | ({ readonly outcome: 'answered'; readonly trace_id: string | null } & Answered)
  | { readonly outcome: 'declined'; readonly code: string; readonly needs_new_card: boolean; readonly trace_id: string | null }
  | { readonly outcome: 'duplicate'; readonly code: string; readonly trace_id: string | null }
  | { readonly outcome: 'misconfigured'; readonly code: string; readonly trace_id: string | null }
  | { readonly outcome: 'unknown'; readonly error: string; readonly trace_id: string | null }

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** It has been done already, by this or by an earlier call. */
const DUPLICATE = words('ALREADY_PROCESSED_PAYMENT ALREADY_CANCELED_PAYMENT ALREADY_REFUND_PAYMENT DUPLICATED_ORDER_ID')

/** They come with the status of a refusal, and tell nothing about the money. */
const UNKNOWN = words('PROVIDER_ERROR CARD_PROCESSING_ERROR FORBIDDEN_CONSECUTIVE_REQUEST IDEMPOTENT_REQUEST_PROCESSING')

/** Our own keys or contract are wrong. The customer has nothing to do with it, so their card is not blamed. */
const MISCONFIGURED = words(`
  INVALID_API_KEY UNAUTHORIZED_KEY INCORRECT_BASIC_AUTH_FORMAT FORBIDDEN_REQUEST NOT_REGISTERED_BUSINESS NOT_FOUND_TERMINAL_ID
  INVALID_UNREGISTERED_SUBMALL INVALID_IDEMPOTENCY_KEY
`)

/** Charging the same card again would fail for good. */
const NEW_CARD = words(`
  INVALID_STOPPED_CARD INVALID_CARD_LOST_OR_STOLEN INVALID_CARD_EXPIRATION INVALID_REJECT_CARD INVALID_BILL_KEY_REQUEST
`)

export type Failure = Exclude<TossOutcome<unknown>, { outcome: 'answered' }>

/** What an answer means. Whatever does not say clearly that nothing moved is unknown. */
export function classifyAnswer<T extends z.ZodType>(
  schema: T,
  { status, body, trace_id }: Answer & { readonly trace_id: string | null },
): { readonly outcome: 'answered'; readonly value: z.infer<T>; readonly trace_id: string | null } | Failure {
  if (status >= 200 && status < 300) {
    const parsed = schema.safeParse(body)
    if (parsed.success) return { outcome: 'answered', value: parsed.data, trace_id }
    return { outcome: 'unknown', error: `${status} in an unexpected shape`, trace_id }
  }
  const code = failureSchema.safeParse(body).data?.code
  const isRefusal = status >= 400 && status < 500 && status !== 409 && status !== 429
  if (code === undefined || !isRefusal || UNKNOWN.has(code))
    return { outcome: 'unknown', error: code ? `${status} ${code}` : String(status), trace_id }
  if (DUPLICATE.has(code)) return { outcome: 'duplicate', code, trace_id }
  if (status === 401 || MISCONFIGURED.has(code)) return { outcome: 'misconfigured', code, trace_id }
  return { outcome: 'declined', code, needs_new_card: NEW_CARD.has(code), trace_id }
}

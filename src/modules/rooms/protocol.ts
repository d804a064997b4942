import { z } from 'zod'
import { instantSchema, latSchema, lngSchema, optional } from '../../core/fields.ts'

/** No message of the app is as long. A position takes less than a hundred bytes. */
const MESSAGE_MAX_BYTES = 512

/** What everybody must be told before they enter (docs/privacy.md#live-rooms). The figures are those that the privacy bench allows. */
export const ROOM_NOTICE =
  '만난 뒤에는 함께 걷는 사람에게 지금 위치가 보여요. 집 근처는 숨기지만, 마음먹고 알아내려 하면 한 번 만났을 때 열 집 가운데 한 집까지, 스무 번 만나면 다섯 집 가운데 한 집까지 50m 안으로 짐작할 수 있어요.'

/** Why the server closes a connection (docs/product.md#live-rooms). 1000 answers `end`. After 1013 the client should come again with a new ticket. */
export const CLOSE = {
  done: 1000,
  try_again: 1013,
  unauthenticated: 4001,
  not_open: 4002,
  not_a_participant: 4003,
  too_fast_or_large: 4008,
  replaced: 4009,
} as const

const timestampSchema = z.union([z.number(), instantSchema])
const positionFields = { lat: latSchema, lng: lngSchema, timestamp: optional(timestampSchema) }

const typedMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('auth'), ticket: z.string() }),
  z.object({ type: z.literal('location'), ...positionFields }),
  z.object({ type: z.literal('show_near_home'), on: z.boolean() }),
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('end') }),
])
/** What a client may say. A ticket or a position may come without its type, because the app has always sent them so. */
const clientMessageSchema = z.union([
  typedMessageSchema,
  z.object({ type: z.undefined().optional(), ticket: z.string() }).transform(({ ticket }) => ({ type: 'auth' as const, ticket })),
  z.object({ type: z.undefined().optional(), ...positionFields }).transform((position) => ({ ...position, type: 'location' as const })),
])
export type ClientMessage = z.infer<typeof typedMessageSchema>
export type GivenPosition = Omit<Extract<ClientMessage, { type: 'location' }>, 'type'>

/** Counts bytes. A text has at least as many bytes as letters, so that a long one need not be encoded. */
export function isTooLarge(data: string | ArrayBuffer): boolean {
  if (typeof data !== 'string') return data.byteLength > MESSAGE_MAX_BYTES
  return data.length > MESSAGE_MAX_BYTES || new TextEncoder().encode(data).length > MESSAGE_MAX_BYTES
}

/** Answers `null` for a message that is none of these. */
export function parseMessage(data: string | ArrayBuffer): ClientMessage | null {
  if (typeof data !== 'string') return null
  try {
    return clientMessageSchema.parse(JSON.parse(data))
  } catch {
    return null
  }
}

/** The runtime answers exactly this text without waking the room. */
export const PING = '{"type":"ping"}'
export const PONG = '{"type":"pong"}'

export type Timestamp = z.infer<typeof timestampSchema>

/** Why somebody's position is not shown: they have not met yet, or are near their home. */
export type Hiding = 'on_the_way' | 'near_home'

/** Where somebody is. What stands in place of a position has no time, because a time would tell how far home is. */
export type Whereabouts =
  | { readonly type: 'location'; readonly user_id: string; readonly lat: number; readonly lng: number; readonly timestamp: Timestamp }
  | { readonly type: Hiding; readonly user_id: string }

export type EndReason = 'ended' | 'cancelled' | 'expired'

export type ServerMessage =
  | Whereabouts
  /** A room of more than two sends this, at most once a second. */
  | { readonly type: 'locations'; readonly items: readonly Whereabouts[] }
  | {
      readonly type: 'snapshot'
      readonly user_id: string
      readonly ends_at: string
      readonly members: readonly {
        readonly user_id: string
        readonly nickname: string
        readonly is_host: boolean
        readonly is_here: boolean
      }[]
      readonly items: readonly Whereabouts[]
    }
  | { readonly type: 'presence'; readonly user_id: string; readonly nickname: string; readonly status: 'joined' | 'left' }
  /** One person has ended their part (`user_id`), or the whole room is over (`null`). */
  | { readonly type: 'ended'; readonly user_id: string | null; readonly reason: EndReason }
  | { readonly type: 'pong' }
  | { readonly type: 'error'; readonly code: 'invalid_message' | 'position_refused'; readonly detail: string }

import { z } from 'zod'
import { instantSchema, latSchema, lngSchema, optional, uuidSchema } from '../../core/fields.ts'

/** What everybody must be told before they enter (docs/privacy.md#live-rooms). The figures are those that the privacy bench allows. */
export const ROOM_NOTICE =
  '만난 뒤에는 함께 걷는 사람에게 지금 위치가 보여요. 집 근처는 숨기지만, 마음먹고 알아내려 하면 한 번 만났을 때 열 집 가운데 한 집까지, 스무 번 만나면 다섯 집 가운데 한 집까지 50m 안으로 짐작할 수 있어요.'

/** The same for the room of a meetup. */
export const MEETUP_NOTICE =
  '모임 장소에서 300m 안에 있을 때만, 그 모임에 오는 모든 사람에게 지금 위치가 보여요. 집 근처는 숨기지만, 마음먹고 알아내려 하면 한 번 만났을 때 스무 집 가운데 한 집까지, 스무 번 만나면 열 집 가운데 한 집까지 50m 안으로 짐작할 수 있어요.'

/** The limits that a client must know (docs/product.md#live-rooms). No message of the app is as long as that: a position takes less than a hundred bytes. */
export const LIMITS = {
  message_max_bytes: 512,
  messages_per_second: 2,
  /** A phone that comes back sends the positions of its last minute at once: twelve, and its ticket, a ping and the switch. */
  messages_at_once: 15,
  /** A connection must say within this time who it is. */
  door_sec: 10,
  /** A larger room sends one frame in this time, with everybody who has moved. */
  frame_sec: 1,
  /** A timestamp that is farther from the server's clock is replaced. Clocks of phones are seldom off by more, and no position waits for longer. */
  timestamp_off_max_sec: 300,
} as const

const EXAMPLE = {
  me: '0b3f6d52-6b7e-4c1f-9a55-3c1f6f0f7a10',
  friend: '7d1c2a7e-1f0d-4b52-8f3e-5a0c9d1e2b33',
  place: { lat: 37.5443, lng: 127.0374 },
  at: '2026-11-28T09:30:05.000Z',
}

const timestampSchema = z
  .union([z.number(), instantSchema])
  .meta({ description: 'Epoch milliseconds, or an ISO 8601 instant with an offset' })
export type Timestamp = z.infer<typeof timestampSchema>

const authSchema = z.object({ type: z.literal('auth').optional(), ticket: z.string() }).meta({
  title: 'Who I am',
  description:
    'The first message of a connection that brought no ticket with it, within ten seconds. Messages that follow at once wait until the ticket is looked up. It may come without `type`.',
  examples: [{ type: 'auth', ticket: 'eyJhbGciOiJIUzI1NiIsInR5cCI6InJvb20tdGlja2V0K2p3dCJ9.…' }],
})
const positionSchema = z
  .object({ type: z.literal('location').optional(), lat: latSchema, lng: lngSchema, timestamp: optional(timestampSchema) })
  .meta({
    title: 'Where I am',
    description:
      'A position, about every five seconds while somebody moves. It may come without `type`. `timestamp` is when the phone found it. One that is missing, or more than five minutes from the server’s clock, is replaced by the server’s. A position that is older than the one before it is not shown, so a queue may be sent in any order.',
    examples: [{ type: 'location', ...EXAMPLE.place, timestamp: EXAMPLE.at }],
  })
const showNearHomeSchema = z.object({ type: z.literal('show_near_home'), on: z.boolean() }).meta({
  title: 'Show me everywhere',
  description:
    'Shows me near home too, and before meeting, until this connection ends. In a meetup’s room it shows nothing that is farther than 300 m from the place. It is off whenever somebody enters.',
  examples: [{ type: 'show_near_home', on: true }],
})
const pingSchema = z.object({ type: z.literal('ping') }).meta({
  title: 'Are you there?',
  description: 'Answered by `pong`. The exact text `{"type":"ping"}` is answered without waking the room.',
  examples: [{ type: 'ping' }],
})
const endSchema = z.object({ type: z.literal('end') }).meta({
  title: 'I have finished',
  description:
    'Ends my own part: the others hear `ended` with my id, and my connection closes with 1000. I may come back with a new ticket. The room of an invitation is over for everybody once each person who may be in it has said `end`.',
  examples: [{ type: 'end' }],
})

/** What a client may say, by name. */
export const said = { auth: authSchema, location: positionSchema, show_near_home: showNearHomeSchema, ping: pingSchema, end: endSchema }

/** A ticket or a position may come without its type, because the app has always sent them so. */
const clientMessageSchema = z.union([
  authSchema.transform(({ ticket }) => ({ type: 'auth' as const, ticket })),
  positionSchema.transform((position) => ({ ...position, type: 'location' as const })),
  showNearHomeSchema,
  pingSchema,
  endSchema,
])
export type ClientMessage = z.infer<typeof clientMessageSchema>
export type GivenPosition = Omit<Extract<ClientMessage, { type: 'location' }>, 'type'>

/** Counts bytes. A text has at least as many bytes as letters, so that a long one need not be encoded. */
export function isTooLarge(data: string | ArrayBuffer): boolean {
  if (typeof data !== 'string') return data.byteLength > LIMITS.message_max_bytes
  return data.length > LIMITS.message_max_bytes || new TextEncoder().encode(data).length > LIMITS.message_max_bytes
}

/** Answers `null` for a message that is none of these. Some clients send JSON in binary frames, which is the same text in UTF-8. */
export function parseMessage(data: string | ArrayBuffer): ClientMessage | null {
  try {
    return clientMessageSchema.parse(
      JSON.parse(typeof data === 'string' ? data : new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(data)),
    )
  } catch {
    return null
  }
}

/** The runtime answers exactly this text without waking the room. */
export const PING = '{"type":"ping"}'
export const PONG = '{"type":"pong"}'

const locationSchema = z
  .object({ type: z.literal('location'), user_id: uuidSchema, lat: latSchema, lng: lngSchema, timestamp: timestampSchema })
  .meta({
    title: 'Somebody’s position',
    description: 'The newest position of another person. `timestamp` is as they sent it, or the time at which the server heard it.',
    examples: [{ type: 'location', user_id: EXAMPLE.friend, ...EXAMPLE.place, timestamp: EXAMPLE.at }],
  })
const nearHomeSchema = z.object({ type: z.literal('near_home'), user_id: uuidSchema }).meta({
  title: 'Somebody near home',
  description:
    'Stands in place of a position near where somebody’s walks begin and end. It is said once and has no time. The last position that was shown stays until the next.',
  examples: [{ type: 'near_home', user_id: EXAMPLE.friend }],
})
const onTheWaySchema = z.object({ type: z.literal('on_the_way'), user_id: uuidSchema }).meta({
  title: 'Somebody on the way',
  description:
    'Stands in place of a position before two have met, away from the agreed place. In a meetup’s room it stands for every position that is not shown. It is said once and has no time.',
  examples: [{ type: 'on_the_way', user_id: EXAMPLE.friend }],
})

/** Where somebody is. What stands in place of a position has no time, because a time would tell how far home is. */
const whereaboutsSchema = z.discriminatedUnion('type', [locationSchema, nearHomeSchema, onTheWaySchema]).meta({
  description: 'Where somebody is, or why it is not shown',
})
export type Whereabouts = z.infer<typeof whereaboutsSchema>
/** Why somebody's position is not shown: they have not met yet, or are near their home. */
export type Hiding = Exclude<Whereabouts['type'], 'location'>

const locationsSchema = z.object({ type: z.literal('locations'), items: z.array(whereaboutsSchema) }).meta({
  title: 'Everybody who has moved',
  description: 'A room of more than two says this in place of single positions, at most once a second.',
  examples: [{ type: 'locations', items: [{ type: 'location', user_id: EXAMPLE.friend, ...EXAMPLE.place, timestamp: EXAMPLE.at }] }],
})
const memberSchema = z.object({
  user_id: uuidSchema,
  nickname: z.string(),
  is_host: z.boolean(),
  is_here: z.boolean().meta({ description: 'Whether they are connected, as far as the others know' }),
})
const snapshotSchema = z
  .object({
    type: z.literal('snapshot'),
    kind: z
      .enum(['invitation', 'meetup'])
      .meta({ description: 'Whose room it is. In a meetup’s nobody is shown farther than 300 m from its place' }),
    user_id: uuidSchema.meta({ description: 'Who I am' }),
    ends_at: instantSchema.meta({ description: 'When the room ends at the latest' }),
    members: z.array(memberSchema).meta({ description: 'Everybody who may be in the room and whom I may see, the host first' }),
    items: z.array(whereaboutsSchema).meta({ description: 'The last positions of the others' }),
  })
  .meta({
    title: 'The room as it is',
    description: 'The first message of a connection that was let in. It replaces all that was known before.',
    examples: [
      {
        type: 'snapshot',
        kind: 'invitation',
        user_id: EXAMPLE.me,
        ends_at: '2026-11-28T15:30:00.000Z',
        members: [
          { user_id: EXAMPLE.me, nickname: '초코네', is_host: true, is_here: true },
          { user_id: EXAMPLE.friend, nickname: '보리네', is_host: false, is_here: true },
        ],
        items: [{ type: 'on_the_way', user_id: EXAMPLE.friend }],
      },
    ],
  })
const presenceSchema = z
  .object({ type: z.literal('presence'), user_id: uuidSchema, nickname: z.string(), status: z.enum(['joined', 'left']) })
  .meta({
    title: 'Somebody comes or goes',
    description:
      'Somebody has entered, or has gone. Whoever goes unseen is said to have left ten to twenty minutes later. Coming back on a new connection is not told.',
    examples: [{ type: 'presence', user_id: EXAMPLE.friend, nickname: '보리네', status: 'joined' }],
  })
const endReasonSchema = z.enum(['ended', 'cancelled', 'expired'])
export type EndReason = z.infer<typeof endReasonSchema>
const endedSchema = z.object({ type: z.literal('ended'), user_id: uuidSchema.nullable(), reason: endReasonSchema }).meta({
  title: 'Somebody’s end, or the room’s',
  description:
    'With `user_id`: that person has finished their part. With null: the room is over for everybody, because all have said `end` (never in a meetup’s room), the invitation or the date was cancelled, or its time is up. The connection is closed next.',
  examples: [
    { type: 'ended', user_id: EXAMPLE.friend, reason: 'ended' },
    { type: 'ended', user_id: null, reason: 'expired' },
  ],
})
const pongSchema = z.object({ type: z.literal('pong') }).meta({
  title: 'I am here',
  description: 'The answer to `ping`.',
  examples: [{ type: 'pong' }],
})
const errorSchema = z.object({ type: z.literal('error'), code: z.enum(['invalid_message', 'position_refused']), detail: z.string() }).meta({
  title: 'A message was ignored',
  description:
    '`invalid_message`: it was not understood. `position_refused`: nobody could have come there since their last position (100 km/h, and 100 m of slack). The connection stays open. `detail` is Korean and fit to show.',
  examples: [{ type: 'error', code: 'position_refused', detail: '이동할 수 없는 거리예요. 위치를 확인해 주세요.' }],
})

/** What the room says, by name. */
export const heard = {
  snapshot: snapshotSchema,
  location: locationSchema,
  near_home: nearHomeSchema,
  on_the_way: onTheWaySchema,
  locations: locationsSchema,
  presence: presenceSchema,
  ended: endedSchema,
  pong: pongSchema,
  error: errorSchema,
}
export const serverMessageSchema = z.discriminatedUnion('type', [
  snapshotSchema,
  locationSchema,
  nearHomeSchema,
  onTheWaySchema,
  locationsSchema,
  presenceSchema,
  endedSchema,
  pongSchema,
  errorSchema,
])
export type ServerMessage = z.infer<typeof serverMessageSchema>

/** Parts of messages that have a name of their own in the document. */
export const parts = { Whereabouts: whereaboutsSchema, Member: memberSchema }

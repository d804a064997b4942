import { z } from 'zod'
import { ROOM_TICKET_SECONDS } from '../../core/room-ticket.ts'
import { closings, HEARTBEAT, RECONNECTING } from './closing.ts'
import { heard, LIMITS, MEETUP_NOTICE, parts, ROOM_NOTICE, said } from './protocol.ts'

/** `near_home` said by the room is the schema `NearHome`, and `location` said by a client is `SayLocation`. */
const nameOf = (type: string, prefix = '') =>
  prefix +
  type
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

const REF = '#/components/schemas/'

/** JSON Schemas by name. They refer to each other where one holds another. */
function schemasOf(schemas: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): Record<string, object> {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id })
  const { schemas: made } = z.toJSONSchema(registry, {
    io,
    uri: (id) => REF + id,
    // A message may get further fields, which clients of today must ignore.
    override: ({ jsonSchema }) => void delete jsonSchema.additionalProperties,
  })
  const isOfDocument = ([key]: [string, unknown]) => key !== '$schema' && key !== '$id'
  return Object.fromEntries(
    Object.entries(made).map(([name, schema]) => [name, Object.fromEntries(Object.entries(schema).filter(isOfDocument))]),
  )
}

const named = (messages: Readonly<Record<string, z.ZodType>>, prefix: string) =>
  Object.fromEntries(Object.entries(messages).map(([type, schema]) => [nameOf(type, prefix), schema]))

function messagesOf(messages: Readonly<Record<string, z.ZodType>>, prefix: string): Record<string, object> {
  return Object.fromEntries(
    Object.entries(messages).map(([type, schema]) => {
      const { title, description, examples } = schema.meta() ?? {}
      const name = nameOf(type, prefix)
      return [
        name,
        {
          name: type,
          title,
          description,
          payload: { $ref: REF + name },
          examples: (examples as unknown[]).map((payload) => ({ payload })),
        },
      ]
    }),
  )
}

const refs = (names: readonly string[], from: string) => names.map((name) => ({ $ref: from + name }))

const DESCRIPTION = `The live room of an invitation, or of a date of a meetup: who is where, while several walk together. The rest of the API is in \`/openapi.json\`.

**Entering.** Ask \`POST /ws/tickets\` for a ticket. It works once, for ${ROOM_TICKET_SECONDS} seconds, for one room. Open the address with the subprotocols \`ticket, <ticket>\`, as in \`new WebSocket(url, ['ticket', ticket])\`. A client that cannot set subprotocols says \`auth\` first, within ${LIMITS.door_sec} seconds. \`?token=<access token>\` works too, but addresses are easily logged. The connection always opens; where somebody is not let in, it is closed at once with a code that says why.

**Show this before somebody enters:** ${ROOM_NOTICE} In the room of a meetup: ${MEETUP_NOTICE}

**At a meetup** those who have a seat may enter, from 30 minutes before the start. They are strangers, so nobody is shown farther than 300 m from its place, whatever else holds, and meeting changes nothing. \`on_the_way\` stands for all that is not shown. When the place is moved, or the start so far that the room is not open any more, everybody is closed with 4002 and may enter anew.

**In the room.** The room says \`snapshot\` first, and then what changes. Say a position about every five seconds. Messages are JSON in text frames; binary frames are read as UTF-8. A client ignores messages and fields that it does not know.

**Limits.** ${LIMITS.message_max_bytes} bytes a message, ${LIMITS.messages_per_second} messages a second, ${LIMITS.messages_at_once} at once. One connection a person: the newest closes the older ones (4009).

**How long it lives.** The room of an invitation opens when somebody first accepts. A room ends six hours after the meeting’s time, when the meeting is cancelled, or, for an invitation, when everybody who may be in it has said \`end\`. \`end\` of one person ends their own part alone. Positions are gone an hour after the end.

**Heartbeat.** Send the exact text \`{"type":"ping"}\` when nothing was heard for ${HEARTBEAT.ping_sec} seconds. Where no answer comes within ${HEARTBEAT.answer_sec} seconds, the connection is lost.

**Coming back.** What to do after a close is in \`x-closings\`; a code that is not there, such as 1001, 1006 or 1012, means that the connection was lost: \`reconnect\`. Every connection needs a new ticket. The first pause is ${RECONNECTING.first_sec} s, each further one ${RECONNECTING.factor} times as long, at most ${RECONNECTING.max_sec} s, and half of each is left to chance. The pause starts anew after ${RECONNECTING.steady_after_sec} seconds in the room. A 404 or 409 of \`POST /ws/tickets\` means \`stop\`. After the next \`snapshot\`, say the positions of the meantime, at most twelve, with their own timestamps, and the last one that may have been lost.`

/** The document of the live rooms, made from the schemas that read and write their messages. */
export function describeRooms() {
  const says = messagesOf(said, 'Say')
  const hears = messagesOf(heard, '')
  const ofChannel = '#/channels/room/messages/'
  return {
    asyncapi: '3.0.0',
    info: { title: '멍이랑 live rooms', version: '1.0.0', description: DESCRIPTION },
    defaultContentType: 'application/json',
    servers: {
      api: {
        host: '{host}',
        protocol: 'wss',
        description: 'The host of the API',
        variables: { host: { default: 'localhost', description: 'Where `/openapi.json` is' } },
        security: refs(['ticket', 'token'], '#/components/securitySchemes/'),
      },
    },
    channels: {
      room: {
        address: '/ws/walk-together/{id}',
        title: 'Live room',
        description: 'One room an invitation, and one a date of a meetup.',
        parameters: { id: { description: 'The id of the invitation, or of the meetup’s date (`occurrence_id`)' } },
        messages: Object.fromEntries(
          [...Object.keys(says), ...Object.keys(hears)].map((name) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
        bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
      },
    },
    operations: {
      hearClient: {
        action: 'receive',
        channel: { $ref: '#/channels/room' },
        summary: 'What a client says',
        messages: refs(Object.keys(says), ofChannel),
      },
      tellClient: {
        action: 'send',
        channel: { $ref: '#/channels/room' },
        summary: 'What a client hears',
        messages: refs(Object.keys(hears), ofChannel),
      },
    },
    components: {
      securitySchemes: {
        ticket: {
          type: 'httpApiKey',
          name: 'Sec-WebSocket-Protocol',
          in: 'header',
          description: '`ticket, <ticket>` of `POST /ws/tickets`',
        },
        token: { type: 'httpApiKey', name: 'token', in: 'query', description: 'An access token' },
      },
      messages: { ...says, ...hears },
      schemas: { ...schemasOf(named(said, 'Say'), 'input'), ...schemasOf({ ...named(heard, ''), ...parts }, 'output') },
    },
    'x-closings': closings,
    'x-reconnecting': RECONNECTING,
    'x-heartbeat': HEARTBEAT,
    'x-limits': { ...LIMITS, ticket_sec: ROOM_TICKET_SECONDS },
  }
}

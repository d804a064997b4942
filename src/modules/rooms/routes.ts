import { createRoute } from '@hono/zod-openapi'
import { pageQuery } from '../../core/cursor.ts'
import { forUser } from '../../http/middleware/auth.ts'
import { limitAnonymous } from '../../http/middleware/rate-limit.ts'
import { problems, userProblems } from '../../http/problem.ts'
import { empty, json, jsonBody, pageOf } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { invitationNotFound, invitationOver } from '../invitations/errors.ts'
import { meetupCancelled, meetupNotFound, meetupOver } from '../meetups/errors.ts'
import { invitationNotAccepted, notGoing, roomNotOpenYet, upgradeRequired } from './errors.ts'
import { describeRooms } from './asyncapi.ts'
import { MEETUP_NOTICE, ROOM_NOTICE } from './protocol.ts'
import { provisionSchema, requestTicketSchema, roomParam, roomQuery, roomTicketSchema } from './schema.ts'
import { enterRoom, getLedger, issueTicket } from './service.ts'

export const walkRoomRoutes = createRouter()

let document: string | undefined
walkRoomRoutes.get('/asyncapi.json', (c) => {
  document ??= JSON.stringify(describeRooms())
  return c.body(document, 200, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'public, max-age=300' })
})

walkRoomRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'issueRoomTicket',
    summary: 'Get a ticket to a live room',
    description: `Opens the room of an invitation, or of a date of a meetup, once, within thirty seconds. It keeps the access token out of addresses.

Show this before somebody enters the room of an invitation: ${ROOM_NOTICE}

And of a meetup: ${MEETUP_NOTICE}`,
    tags: ['live'],
    method: 'post',
    path: '/ws/tickets',
    request: { body: jsonBody(requestTicketSchema) },
    responses: {
      200: json(roomTicketSchema, 'The ticket'),
      ...userProblems(
        invitationNotFound,
        invitationNotAccepted,
        invitationOver,
        meetupNotFound,
        meetupCancelled,
        meetupOver,
        notGoing,
        roomNotOpenYet,
      ),
    },
  }),
  async (c) => c.json(await issueTicket(c.var.deps, c.var.actor, c.req.valid('json')), 200),
)

walkRoomRoutes.openapi(
  createRoute({
    operationId: 'enterRoom',
    summary: 'Enter a live room (WebSocket)',
    description: `All that is said in a room, its close codes and how to come back are in [/asyncapi.json](/asyncapi.json), to be read at [/docs/live](/docs/live).

A ticket says who you are, as \`Sec-WebSocket-Protocol: ticket, <ticket>\` or in a first message \`{"type":"auth","ticket"}\`, or \`?token=<access token>\`. An address may connect 60 times a minute without a ticket or a token in the request. The connection always opens. If you are not let in, it is closed with a code that says why.`,
    tags: ['live'],
    method: 'get',
    path: '/ws/walk-together/{id}',
    request: { params: roomParam, query: roomQuery },
    responses: {
      101: empty('The connection is open; if it is not let in, it is closed with a code that says why'),
      ...problems(upgradeRequired),
    },
  }),
  async (c) => {
    if (c.req.header('Upgrade')?.toLowerCase() !== 'websocket') throw upgradeRequired({ headers: { Upgrade: 'websocket' } })
    const [kind, ticket] = (c.req.header('Sec-WebSocket-Protocol') ?? '').split(',').map((part) => part.trim())
    const given = { ticket: kind === 'ticket' ? ticket : undefined, token: c.req.valid('query').token }
    // Whoever comes without either wakes the room before it is known who they are.
    if (given.ticket === undefined && given.token === undefined) await limitAnonymous(c, 'room')
    return enterRoom(c.var.deps, c.req.valid('param').id, given)
  },
)

walkRoomRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listProvisions',
    summary: 'List who saw my position',
    description: 'One row a live room and person, kept for six months.',
    tags: ['live'],
    method: 'get',
    path: '/users/me/location-ledger',
    request: { query: pageQuery },
    responses: { 200: json(pageOf(provisionSchema), 'A page, newest first'), ...userProblems() },
  }),
  async (c) => c.json(await getLedger(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

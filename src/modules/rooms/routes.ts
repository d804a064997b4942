import { createRoute } from '@hono/zod-openapi'
import { pageQuery } from '../../core/cursor.ts'
import { forUser } from '../../http/middleware/auth.ts'
import { limitAnonymous } from '../../http/middleware/rate-limit.ts'
import { problems, userProblems } from '../../http/problem.ts'
import { empty, json, jsonBody, pageOf } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { invitationNotFound, invitationOver } from '../invitations/errors.ts'
import { invitationNotAccepted, upgradeRequired } from './errors.ts'
import { ROOM_NOTICE } from './protocol.ts'
import { provisionSchema, requestTicketSchema, roomParam, roomQuery, roomTicketSchema } from './schema.ts'
import { enterRoom, getLedger, issueTicket } from './service.ts'

export const walkRoomRoutes = createRouter()

walkRoomRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'issueRoomTicket',
    summary: 'A ticket to a live room',
    description: `Opens the room once, within thirty seconds. It keeps the access token out of addresses.

Show this before somebody enters: ${ROOM_NOTICE}`,
    tags: ['live'],
    method: 'post',
    path: '/ws/tickets',
    request: { body: jsonBody(requestTicketSchema) },
    responses: {
      200: json(roomTicketSchema, 'The ticket'),
      ...userProblems(invitationNotFound, invitationNotAccepted, invitationOver),
    },
  }),
  async (c) => c.json(await issueTicket(c.var.deps, c.var.actor, c.req.valid('json').invitation_id), 200),
)

walkRoomRoutes.openapi(
  createRoute({
    operationId: 'enterRoom',
    summary: 'The live room of an invitation (WebSocket)',
    description: `A ticket says who you are, as \`Sec-WebSocket-Protocol: ticket, <ticket>\` or in a first message \`{"type":"auth","ticket"}\`, or \`?token=<access token>\`. An address may connect 60 times a minute without a ticket and a token.

Say \`{"lat","lng","timestamp"}\` or \`{"type":"location","lat","lng","timestamp"}\`, \`{"type":"show_near_home","on":true}\` to be shown everywhere until the connection ends, \`{"type":"ping"}\`, \`{"type":"end"}\`: at most 512 bytes, two a second, five at once.

Hear \`snapshot\` first, then \`location\` (of a room of more than two \`locations\`, at most one a second), \`presence\`, \`ended\`, \`pong\`, \`error\`. Instead of a position there is \`near_home\` (near where somebody's walks begin and end) or \`on_the_way\` (before two have met, away from the agreed place): once, without a time, and the last position stays until the next. Who leaves unseen is said to have left ten to twenty minutes later.

Closed with 4001 (not signed in, or a used ticket), 4002 (not accepted, or over), 4003 (not a participant), 4008 (too fast or too large), 4009 (replaced by a newer connection), 1013 (come again), 1000 (after \`end\`).`,
    tags: ['live'],
    method: 'get',
    path: '/ws/walk-together/{invitation_id}',
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
    return enterRoom(c.var.deps, c.req.valid('param').invitation_id, given)
  },
)

walkRoomRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listProvisions',
    summary: 'Who was shown my position, and when',
    description: 'One row a live room and person, kept for six months.',
    tags: ['live'],
    method: 'get',
    path: '/users/me/location-ledger',
    request: { query: pageQuery },
    responses: { 200: json(pageOf(provisionSchema), 'A page, newest first'), ...userProblems() },
  }),
  async (c) => c.json(await getLedger(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

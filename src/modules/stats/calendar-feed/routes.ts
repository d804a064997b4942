import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { idempotencyConflict } from '../../../core/idempotency.ts'
import { forUser } from '../../../http/middleware/auth.ts'
import { problems, userProblems } from '../../../http/problem.ts'
import { empty, idempotencyHeader, json, tagged } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { isKnown } from '../../../http/send-object.ts'
import { calendarFeedNotFound } from './errors.ts'
import { calendarFeedQuery, calendarFeedSchema } from './schema.ts'
import { getFeed, readFeed, removeFeed, renewFeed } from './service.ts'

export const calendarFeedRoutes = createRouter()

calendarFeedRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'renewCalendarFeed',
    summary: 'Make an address for calendars',
    description: 'A calendar that subscribes to it shows my walks. The address before opens nothing any more. Only who has it can read it.',
    tags: ['walks'],
    method: 'post',
    path: '/users/me/calendar-feed',
    request: { headers: idempotencyHeader },
    responses: { 201: json(calendarFeedSchema, 'The address'), ...userProblems(idempotencyConflict, calendarFeedNotFound) },
  }),
  async (c) => c.json(await renewFeed(c.var.deps, c.var.actor, c.req.valid('header')['idempotency-key']), 201),
)

calendarFeedRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getCalendarFeed',
    summary: 'Get my address for calendars',
    description: '204 when there is none.',
    tags: ['walks'],
    method: 'get',
    path: '/users/me/calendar-feed',
    responses: { 200: json(calendarFeedSchema, 'The address'), 204: empty('There is none'), ...userProblems() },
  }),
  async (c) => {
    const feed = await getFeed(c.var.deps, c.var.actor)
    return feed ? c.json(feed, 200) : c.body(null, 204)
  },
)

calendarFeedRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'removeCalendarFeed',
    summary: 'Take back my address for calendars',
    description: 'It opens nothing from then on. What calendars have read they may keep.',
    tags: ['walks'],
    method: 'delete',
    path: '/users/me/calendar-feed',
    responses: { 204: empty('There is none any more'), ...userProblems() },
  }),
  async (c) => {
    await removeFeed(c.var.deps, c.var.actor)
    return c.body(null, 204)
  },
)

calendarFeedRoutes.openapi(
  createRoute({
    operationId: 'readCalendarFeed',
    summary: 'Read somebody’s walks as a calendar',
    description:
      'iCalendar (RFC 5545): the newest 1,000 valid walks, with distance and pets and without places. For calendars, which have the address.',
    tags: ['walks'],
    method: 'get',
    path: '/walks.ics',
    request: { query: calendarFeedQuery },
    responses: {
      200: { description: 'The calendar', headers: tagged, content: { 'text/calendar': { schema: z.string() } } },
      304: { description: 'As `If-None-Match` has it', headers: tagged },
      ...problems(calendarFeedNotFound),
    },
  }),
  async (c) => {
    const { calendar, etag } = await readFeed(c.var.deps, c.req.valid('query').token)
    const headers = { ETag: etag, 'Cache-Control': 'private, no-cache' }
    if (isKnown(c.req.raw, etag)) return new Response(null, { status: 304, headers })
    return c.body(calendar, 200, {
      ...headers,
      'Content-Type': 'text/calendar; charset=utf-8',
      'Content-Disposition': 'inline; filename="walks.ics"',
      'X-Robots-Tag': 'noindex',
    })
  },
)

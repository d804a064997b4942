import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../http/middleware/auth.ts'
import { userProblems } from '../../http/problem.ts'
import { json } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { petNotFound } from '../pets/errors.ts'
import { premiumRequired } from '../subscriptions/errors.ts'
import { periodOutOfReach } from './errors.ts'
import { calendarSchema, monthQuery, statsQuery, statsSchema, weekSummarySchema } from './schema.ts'
import { getCalendar, getStats, getWeek } from './service.ts'

export const statsRoutes = createRouter()

statsRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getWeekSummary',
    summary: 'Get what I walked this week',
    description: 'From Monday 00:00 in Seoul. Recorded and imported walks count.',
    tags: ['walks'],
    method: 'get',
    path: '/walks/summary',
    responses: { 200: json(weekSummarySchema, 'This week'), ...userProblems() },
  }),
  async (c) => c.json(await getWeek(c.var.deps, c.var.actor), 200),
)

statsRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getWalkStats',
    summary: 'Get statistics of my walks',
    description:
      'What I walked in a week, a month, three or six months or a year, and how much more that is than in the same part of the period before. The week is free, the others are premium.',
    tags: ['walks'],
    method: 'get',
    path: '/walks/stats',
    request: { query: statsQuery },
    responses: { 200: json(statsSchema, 'The statistics'), ...userProblems(petNotFound, premiumRequired, periodOutOfReach) },
  }),
  async (c) => c.json(await getStats(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

statsRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getWalkCalendar',
    summary: 'Get a month of my walks',
    description: 'How much I walked on each day, and the streak. `GET /walks` with `from` and `to` lists the walks of a day.',
    tags: ['walks'],
    method: 'get',
    path: '/walks/calendar',
    request: { query: monthQuery },
    responses: { 200: json(calendarSchema, 'The month'), ...userProblems(periodOutOfReach) },
  }),
  async (c) => c.json(await getCalendar(c.var.deps, c.var.actor, c.req.valid('query').month), 200),
)

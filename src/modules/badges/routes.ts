import { createRoute } from '@hono/zod-openapi'
import { pageQuery } from '../../core/cursor.ts'
import { forUser } from '../../http/middleware/auth.ts'
import { userProblems } from '../../http/problem.ts'
import { idParam, json, pageOf } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { userNotFound } from '../users/errors.ts'
import { badgeNotFound } from './errors.ts'
import {
  badgeDetailSchema,
  badgesSchema,
  currentSeasonsSchema,
  earnedBadgeSchema,
  inProgressQuery,
  listBadgesQuery,
  nearBadgesSchema,
  summarySchema,
} from './schema.ts'
import { getBadge, getCurrentSeasons, listBadges, listBadgesOf, listInProgress, summarizeBadges } from './service.ts'

export const badgeRoutes = createRouter()

badgeRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listBadges',
    summary: 'List all badges',
    description: 'The whole catalogue, with my progress on each badge. One answer, without pages.',
    tags: ['badges'],
    method: 'get',
    path: '/badges',
    request: { query: listBadgesQuery },
    responses: { 200: json(badgesSchema, 'The collection'), ...userProblems() },
  }),
  async (c) => c.json(await listBadges(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

badgeRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'summarizeBadges',
    summary: 'Get my badge summary',
    description: 'How much of the collection I have, in all and by category.',
    tags: ['badges'],
    method: 'get',
    path: '/badges/summary',
    responses: { 200: json(summarySchema, 'Counts, grade and the latest'), ...userProblems() },
  }),
  async (c) => c.json(await summarizeBadges(c.var.deps, c.var.actor), 200),
)

badgeRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listBadgesInProgress',
    summary: 'List the badges to go for next',
    description: 'In the order of the home screen.',
    tags: ['badges'],
    method: 'get',
    path: '/badges/in-progress',
    request: { query: inProgressQuery },
    responses: { 200: json(nearBadgesSchema, 'The nearest first, those of a season last'), ...userProblems() },
  }),
  async (c) => c.json(await listInProgress(c.var.deps, c.var.actor, c.req.valid('query').limit), 200),
)

badgeRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getCurrentSeasons',
    summary: 'Get the seasons now open, and the next',
    description: 'Badges that can be earned now, with my progress and the days that are left, and when the others open.',
    tags: ['badges'],
    method: 'get',
    path: '/badges/seasons/current',
    responses: { 200: json(currentSeasonsSchema, 'The seasons'), ...userProblems() },
  }),
  async (c) => c.json(await getCurrentSeasons(c.var.deps, c.var.actor), 200),
)

badgeRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getBadge',
    summary: 'Get a badge',
    description: 'One badge with my progress, the walks behind it, and how rare it is.',
    tags: ['badges'],
    method: 'get',
    path: '/badges/{id}',
    request: { params: idParam },
    responses: { 200: json(badgeDetailSchema, 'The badge'), ...userProblems(badgeNotFound) },
  }),
  async (c) => c.json(await getBadge(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)

badgeRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listBadgesOf',
    summary: "List a user's badges",
    description: 'What somebody has earned, newest first. Somebody who blocks me, or whom I block, is a 404.',
    tags: ['badges'],
    method: 'get',
    path: '/users/{id}/badges',
    request: { params: idParam, query: pageQuery },
    responses: { 200: json(pageOf(earnedBadgeSchema), 'A page'), ...userProblems(userNotFound) },
  }),
  async (c) => c.json(await listBadgesOf(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('query')), 200),
)

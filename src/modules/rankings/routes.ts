import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../http/middleware/auth.ts'
import { problems, userProblems } from '../../http/problem.ts'
import { json, pageOf } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { premiumRequired } from '../subscriptions/errors.ts'
import { regionNotFound } from '../regions/errors.ts'
import { regionNotSet } from './errors.ts'
import { CRITERIA } from './criteria.ts'
import {
  criteriaSchema,
  followingDaysSchema,
  hallEntrySchema,
  hallQuery,
  myRankingQuery,
  myRankingSchema,
  rankingQuery,
  rankingSchema,
} from './schema.ts'
import { getFollowingDays, getMyRanking, getRanking, listHallOfFame } from './service.ts'

export const rankingRoutes = createRouter()

const FREE =
  'Without premium: weeks, in your own dong and sigungu, as they stood at the full hour, and the people you follow, live. With premium: every period and region, live.'

rankingRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getRanking',
    summary: 'Get a ranking',
    description: `${FREE} People with a block between them and you are left out. Ranks do not move for it.`,
    tags: ['rankings'],
    method: 'get',
    path: '/rankings',
    request: { query: rankingQuery },
    responses: { 200: json(rankingSchema, 'A page of the board'), ...userProblems(premiumRequired, regionNotSet, regionNotFound) },
  }),
  async (c) => c.json(await getRanking(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

rankingRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getMyRanking',
    summary: 'Get my rank',
    description: FREE,
    tags: ['rankings'],
    method: 'get',
    path: '/rankings/me',
    request: { query: myRankingQuery },
    responses: { 200: json(myRankingSchema, 'My standing'), ...userProblems(premiumRequired, regionNotSet, regionNotFound) },
  }),
  async (c) => c.json(await getMyRanking(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

rankingRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listHallOfFame',
    summary: 'List the hall of fame',
    description: 'Nationwide. The recordings of the walks behind it were judged again, and strictly.',
    tags: ['rankings'],
    method: 'get',
    path: '/rankings/hall-of-fame',
    request: { query: hallQuery },
    responses: { 200: json(pageOf(hallEntrySchema), 'A page'), ...userProblems() },
  }),
  async (c) => c.json(await listHallOfFame(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

rankingRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getFollowingDays',
    summary: 'Who of those I follow walked on which day',
    description:
      'Of the present week, with me. Whoever follows more than 200 people sees the 200 who stand highest on their board. Who hides the times of their walks is named when the day is over.',
    tags: ['rankings'],
    method: 'get',
    path: '/rankings/following/days',
    responses: { 200: json(followingDaysSchema, 'Seven days'), ...userProblems() },
  }),
  async (c) => c.json(await getFollowingDays(c.var.deps, c.var.actor), 200),
)

rankingRoutes.openapi(
  createRoute({
    operationId: 'getRankingCriteria',
    summary: 'What the boards count',
    description: 'The criteria in words and figures, to be shown as they are. It needs no token.',
    tags: ['rankings'],
    method: 'get',
    path: '/rankings/criteria',
    responses: { 200: json(criteriaSchema, 'The criteria'), ...problems() },
  }),
  (c) => c.json(CRITERIA, 200, { 'Cache-Control': 'public, max-age=3600' }),
)

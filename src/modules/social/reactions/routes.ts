import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../../http/middleware/auth.ts'
import { userProblems } from '../../../http/problem.ts'
import { idParam, json, tagged } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { isKnown } from '../../../http/send-object.ts'
import { walkNotFound } from '../../walks/errors.ts'
import { accountSuspended } from '../suspensions/errors.ts'
import { interactionsSchema, reactedSchema, reactionParams } from './schema.ts'
import { etagOf, getInteractions, react, takeReactionBack } from './service.ts'

export const reactionRoutes = createRouter()

reactionRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'react',
    summary: 'React to a walk',
    description: 'Everybody may give each reaction once, owners as well. Nobody is told.',
    tags: ['social'],
    method: 'put',
    path: '/walks/{id}/reactions/{emoji}',
    request: { params: reactionParams },
    responses: { 200: json(reactedSchema, 'All reactions, and mine'), ...userProblems(walkNotFound, accountSuspended) },
  }),
  async (c) => {
    const { id, emoji } = c.req.valid('param')
    return c.json(await react(c.var.deps, c.var.actor, id, emoji), 200)
  },
)

reactionRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'takeReactionBack',
    summary: 'Take a reaction back',
    description: 'Taking back one that is not there is a success.',
    tags: ['social'],
    method: 'delete',
    path: '/walks/{id}/reactions/{emoji}',
    request: { params: reactionParams },
    responses: { 200: json(reactedSchema, 'All reactions, and mine'), ...userProblems(walkNotFound) },
  }),
  async (c) => {
    const { id, emoji } = c.req.valid('param')
    return c.json(await takeReactionBack(c.var.deps, c.var.actor, id, emoji), 200)
  },
)

reactionRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getInteractions',
    summary: 'Get what people did with a walk',
    description: 'For a screen that asks again and again, with `If-None-Match`.',
    tags: ['social'],
    method: 'get',
    path: '/walks/{id}/interactions',
    request: { params: idParam },
    responses: {
      200: { ...json(interactionsSchema, 'As I see it'), headers: tagged },
      304: { description: 'As `If-None-Match` has it', headers: tagged },
      ...userProblems(walkNotFound),
    },
  }),
  async (c) => {
    const interactions = await getInteractions(c.var.deps, c.var.actor, c.req.valid('param').id)
    // A phone may keep it, and asks each time whether it still holds.
    const headers = { ETag: await etagOf(interactions), 'Cache-Control': 'private, no-cache' }
    if (isKnown(c.req.raw, headers.ETag)) return new Response(null, { status: 304, headers })
    return c.json(interactions, 200, headers)
  },
)

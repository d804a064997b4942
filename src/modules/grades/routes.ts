import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../http/middleware/auth.ts'
import { userProblems } from '../../http/problem.ts'
import { json } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { gradesSchema, titlesSchema } from './schema.ts'
import { getGrades, getTitles } from './service.ts'

export const gradeRoutes = createRouter()

gradeRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getGrades',
    summary: 'List the grades, and how far I am',
    description: 'Ten grades by the distance of all my recorded walks. A grade that was reached stays.',
    tags: ['badges'],
    method: 'get',
    path: '/grades',
    responses: { 200: json(gradesSchema, 'The grades'), ...userProblems() },
  }),
  async (c) => c.json(await getGrades(c.var.deps, c.var.actor), 200),
)

gradeRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listTitles',
    summary: 'List the titles, and which are mine',
    description: 'Titles come with badges, and stay. `PATCH /users/me` chooses the one that others see.',
    tags: ['badges'],
    method: 'get',
    path: '/titles',
    responses: { 200: json(titlesSchema, 'The titles'), ...userProblems() },
  }),
  async (c) => c.json(await getTitles(c.var.deps, c.var.actor), 200),
)

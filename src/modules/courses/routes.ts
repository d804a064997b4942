import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../http/middleware/auth.ts'
import { userProblems } from '../../http/problem.ts'
import { empty, idParam, json } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { premiumRequired } from '../subscriptions/errors.ts'
import { courseFavoriteLimit, courseNotFound } from './errors.ts'
import { addFavoriteCourse, removeFavoriteCourse } from './favorites/service.ts'
import { ownCourseRoutes } from './own/routes.ts'
import { courseListSchema, courseSchema, listCoursesQuery } from './schema.ts'
import { getCourse, listCourses } from './service.ts'

export const courseRoutes = createRouter()

courseRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listCourses',
    summary: 'List courses',
    description:
      'In a rectangle, around a point the nearest first, my own, or my favourites: exactly one of the four. On a map lie the courses that come from many people’s walks, those that others have published, and my own. Missing are those of people with a block between us. A favourite that has vanished stays in the list with `is_gone`.',
    tags: ['courses'],
    method: 'get',
    path: '/courses',
    request: { query: listCoursesQuery },
    responses: { 200: json(courseListSchema, 'The courses'), ...userProblems() },
  }),
  async (c) => c.json(await listCourses(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

courseRoutes.route('/', ownCourseRoutes)

courseRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getCourse',
    summary: 'Get a course',
    description: 'My own with its whole way. That of somebody else as they have published it.',
    tags: ['courses'],
    method: 'get',
    path: '/courses/{id}',
    request: { params: idParam },
    responses: { 200: json(courseSchema, 'The course'), ...userProblems(courseNotFound) },
  }),
  async (c) => c.json(await getCourse(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)

courseRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'addFavoriteCourse',
    summary: 'Make a course a favourite',
    description: 'Premium. At most 200.',
    tags: ['courses'],
    method: 'put',
    path: '/courses/{id}/favorite',
    request: { params: idParam },
    responses: { 204: empty('It is a favourite'), ...userProblems(courseNotFound, premiumRequired, courseFavoriteLimit) },
  }),
  async (c) => {
    await addFavoriteCourse(c.var.deps, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)

courseRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'removeFavoriteCourse',
    summary: 'Remove a favourite course',
    description: 'For everybody. Removing what is no favourite is a success.',
    tags: ['courses'],
    method: 'delete',
    path: '/courses/{id}/favorite',
    request: { params: idParam },
    responses: { 204: empty('It is no favourite (any more)'), ...userProblems() },
  }),
  async (c) => {
    await removeFavoriteCourse(c.var.deps, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)

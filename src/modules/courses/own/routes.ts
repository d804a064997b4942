import { createRoute } from '@hono/zod-openapi'
import { idempotencyConflict } from '../../../core/idempotency.ts'
import { indecencies } from '../../../core/words/decent.ts'
import { forUser } from '../../../http/middleware/auth.ts'
import { userProblems } from '../../../http/problem.ts'
import { empty, idempotencyHeader, idParam, json, jsonBody } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { placeNotFound } from '../../places/errors.ts'
import { accountSuspended } from '../../social/suspensions/errors.ts'
import { premiumRequired } from '../../subscriptions/errors.ts'
import { walkNotFound } from '../../walks/errors.ts'
import { courseLimitReached, courseNotBetween, courseNotFound, coursePairTaken, courseTooClose, courseWayInvalid } from '../errors.ts'
import { courseSchema } from '../schema.ts'
import { COURSE_NOTICE, createCourseSchema, editCourseSchema, placePairSchema, previewQuery } from './schema.ts'
import { createCourse, editCourse, previewPublication, publishOwnCourse, removeCourse, withdrawPublication } from './service.ts'

export const ownCourseRoutes = createRouter()

ownCourseRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'createCourse',
    summary: 'Make a course of my own',
    description: 'Premium. Of a way that I drew, or of a walk of mine. Nobody else sees it unless I publish it. At most 100.',
    tags: ['courses'],
    method: 'post',
    path: '/courses',
    request: { headers: idempotencyHeader, body: jsonBody(createCourseSchema) },
    responses: {
      201: json(courseSchema, 'The course'),
      ...userProblems(premiumRequired, courseWayInvalid, walkNotFound, courseLimitReached, idempotencyConflict, ...indecencies),
    },
  }),
  async (c) => c.json(await createCourse(c.var.deps, c.var.actor, c.req.valid('json'), c.req.valid('header')['idempotency-key']), 201),
)

ownCourseRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'editCourse',
    summary: 'Change the words of my course',
    description: 'Also of one that is published. Its way stays.',
    tags: ['courses'],
    method: 'patch',
    path: '/courses/{id}',
    request: { params: idParam, body: jsonBody(editCourseSchema) },
    responses: { 200: json(courseSchema, 'The course'), ...userProblems(courseNotFound, accountSuspended, ...indecencies) },
  }),
  async (c) => c.json(await editCourse(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('json')), 200),
)

ownCourseRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'deleteCourse',
    summary: 'Delete my course',
    description: 'Also what others see of it.',
    tags: ['courses'],
    method: 'delete',
    path: '/courses/{id}',
    request: { params: idParam },
    responses: { 204: empty('Deleted'), ...userProblems(courseNotFound) },
  }),
  async (c) => {
    await removeCourse(c.var.deps, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)

ownCourseRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'previewCourse',
    summary: 'Preview what others would see of my course',
    description: 'Exactly the answer that others get once it is published between these two places, or the problem that refuses it.',
    tags: ['courses'],
    method: 'get',
    path: '/courses/{id}/preview',
    request: { params: idParam, query: previewQuery },
    responses: {
      200: json(courseSchema, 'What others would see'),
      ...userProblems(courseNotFound, placeNotFound, courseNotBetween, courseTooClose, coursePairTaken),
    },
  }),
  async (c) => c.json(await previewPublication(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('query')), 200),
)

ownCourseRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'publishCourse',
    summary: 'Publish my course between two places',
    description: `Show this before: ${COURSE_NOTICE}

Premium. Others see the part that goes from the one place to the other within 100 m of the straight line between them, and neither my times nor the rest of the way. Nothing of it may come within 500 m of where walks of mine begin or end, or of my zone. One course between two places. With other places it is published anew.`,
    tags: ['courses'],
    method: 'put',
    path: '/courses/{id}/publication',
    request: { params: idParam, body: jsonBody(placePairSchema) },
    responses: {
      200: json(courseSchema, 'The course'),
      ...userProblems(courseNotFound, placeNotFound, premiumRequired, courseNotBetween, courseTooClose, coursePairTaken, accountSuspended),
    },
  }),
  async (c) => c.json(await publishOwnCourse(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('json')), 200),
)

ownCourseRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'withdrawCourse',
    summary: 'Withdraw my course from others',
    description: 'It is mine alone again. Withdrawing what is not published is a success.',
    tags: ['courses'],
    method: 'delete',
    path: '/courses/{id}/publication',
    request: { params: idParam },
    responses: { 204: empty('It is not published (any more)'), ...userProblems(courseNotFound) },
  }),
  async (c) => {
    await withdrawPublication(c.var.deps, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)

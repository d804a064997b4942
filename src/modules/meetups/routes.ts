import { createRoute } from '@hono/zod-openapi'
import { idempotencyConflict } from '../../core/idempotency.ts'
import { indecencies } from '../../core/words/decent.ts'
import { forUser } from '../../http/middleware/auth.ts'
import { forUserAt } from '../../http/middleware/user-limits.ts'
import { userProblems } from '../../http/problem.ts'
import { empty, idempotencyHeader, idParam, json, jsonBody, pageOf } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { notHost } from '../invitations/errors.ts'
import { regionNotSet } from '../rankings/errors.ts'
import { accountSuspended } from '../social/suspensions/errors.ts'
import {
  meetupCancelled,
  meetupDoesNotRepeat,
  meetupNotFound,
  meetupOver,
  meetupTimeInvalid,
  tooManyMeetups,
  unknownBreed,
  unsupportedRecurrence,
} from './errors.ts'
import { createMeetupSchema, listedMeetupSchema, listMeetupsQuery, meetupSchema, occurrenceQuery } from './schema.ts'
import { seatRoutes } from './seats/routes.ts'
import { seriesRoutes } from './series/routes.ts'
import { callOffMeetup, createMeetup, getMeetup, getMeetups, goOnWithMeetup } from './service.ts'

export const meetupRoutes = createRouter()

meetupRoutes.openapi(
  createRoute({
    ...forUserAt('join'),
    operationId: 'createMeetup',
    summary: 'Make a meetup',
    description: 'Once, or every week or every few weeks. The host holds a seat at each date.',
    tags: ['meetups'],
    method: 'post',
    path: '/meetups',
    request: { headers: idempotencyHeader, body: jsonBody(createMeetupSchema) },
    responses: {
      201: json(meetupSchema, 'The meetup'),
      ...userProblems(
        meetupTimeInvalid,
        unsupportedRecurrence,
        unknownBreed,
        ...indecencies,
        tooManyMeetups,
        idempotencyConflict,
        accountSuspended,
      ),
    },
  }),
  async (c) => c.json(await createMeetup(c.var.deps, c.var.actor, c.req.valid('json'), c.req.valid('header')['idempotency-key']), 201),
)

meetupRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listMeetups',
    summary: 'List meetups around a place',
    description:
      'One item is one date, soonest first. Around the middle of my region where no place is named. Missing are meetups whose host and I have a block between us. `mine` lists my own, wherever they are.',
    tags: ['meetups'],
    method: 'get',
    path: '/meetups',
    request: { query: listMeetupsQuery },
    responses: { 200: json(pageOf(listedMeetupSchema), 'A page, soonest first'), ...userProblems(regionNotSet) },
  }),
  async (c) => c.json(await getMeetups(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

// Before /meetups/{id}, which would take /meetups/standing for a meetup's id.
meetupRoutes.route('/', seatRoutes)
meetupRoutes.route('/', seriesRoutes)

meetupRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getMeetup',
    summary: 'Get a meetup',
    description: 'With its next four dates, and with the last four at which I had a seat.',
    tags: ['meetups'],
    method: 'get',
    path: '/meetups/{id}',
    request: { params: idParam },
    responses: { 200: json(meetupSchema, 'The meetup'), ...userProblems(meetupNotFound) },
  }),
  async (c) => c.json(await getMeetup(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)

meetupRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'cancelMeetup',
    summary: 'Cancel a meetup',
    description: 'For the host: all dates ahead, or one. Everybody who was in is told. What has begun cannot be cancelled.',
    tags: ['meetups'],
    method: 'delete',
    path: '/meetups/{id}',
    request: { params: idParam, query: occurrenceQuery },
    responses: { 204: empty('Cancelled'), ...userProblems(meetupNotFound, notHost, meetupOver) },
  }),
  async (c) => {
    await callOffMeetup(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('query').occurrence_id ?? null)
    return c.body(null, 204)
  },
)

meetupRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'renewMeetup',
    summary: 'Let a weekly meetup go on',
    description: 'For the host, who is asked now and then. Without an answer no further dates are made.',
    tags: ['meetups'],
    method: 'post',
    path: '/meetups/{id}/renew',
    request: { params: idParam },
    responses: { 200: json(meetupSchema, 'The meetup'), ...userProblems(meetupNotFound, notHost, meetupCancelled, meetupDoesNotRepeat) },
  }),
  async (c) => c.json(await goOnWithMeetup(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)

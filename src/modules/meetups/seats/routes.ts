import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../../http/middleware/auth.ts'
import { optionalBody } from '../../../http/middleware/optional-body.ts'
import { forUserAt } from '../../../http/middleware/user-limits.ts'
import { userProblems } from '../../../http/problem.ts'
import { empty, idParam, json, jsonBody } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { notHost } from '../../invitations/errors.ts'
import { accountSuspended } from '../../social/suspensions/errors.ts'
import {
  attendanceClosed,
  hostCannotLeave,
  meetupCancelled,
  meetupFull,
  meetupNotFound,
  meetupOver,
  meetupRequestAnswered,
  meetupRequestDeclined,
  participantNotFound,
  petDoesNotFit,
  removedFromMeetup,
} from '../errors.ts'
import {
  changeParticipantSchema,
  dateQuery,
  joinMeetupSchema,
  joinQuery,
  listParticipantsQuery,
  participantPageSchema,
  participantParam,
  participantSchema,
  seatSchema,
  standingSchema,
} from './schema.ts'
import { changeParticipant, getParticipants, getStanding, joinMeetup, leaveMeetup, removeParticipant } from './service.ts'

export const seatRoutes = createRouter()
const joining = forUserAt('join')

seatRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getMeetupStanding',
    summary: 'Get how reliable I am',
    description: 'How often I left within two hours before the start, or did not come. Only I can see it.',
    tags: ['meetups'],
    method: 'get',
    path: '/meetups/standing',
    responses: { 200: json(standingSchema, 'My standing'), ...userProblems() },
  }),
  async (c) => c.json(await getStanding(c.var.deps, c.var.actor), 200),
)

seatRoutes.openapi(
  createRoute({
    ...joining,
    middleware: [...joining.middleware, optionalBody],
    operationId: 'joinMeetup',
    summary: 'Join a meetup',
    description:
      'Gives me a seat, or a place in the queue when all are taken. The host is asked first where `approval` is `manual`, or where I have let others down three times. Whoever is in already stays as they are. From two hours before the start who waits takes a free seat by joining again.',
    tags: ['meetups'],
    method: 'post',
    path: '/meetups/{id}/join',
    request: { params: idParam, query: joinQuery, body: { ...jsonBody(joinMeetupSchema), required: false } },
    responses: {
      200: json(seatSchema, 'My place'),
      ...userProblems(
        meetupNotFound,
        accountSuspended,
        meetupFull,
        petDoesNotFit,
        meetupOver,
        meetupCancelled,
        meetupRequestDeclined,
        removedFromMeetup,
      ),
    },
  }),
  async (c) => {
    const of = { id: c.req.valid('param').id, occurrence_id: c.req.valid('json').occurrence_id ?? null }
    return c.json(await joinMeetup(c.var.deps, c.var.actor, of, c.req.valid('query').waitlist), 200)
  },
)

seatRoutes.openapi(
  createRoute({
    ...joining,
    operationId: 'leaveMeetup',
    summary: 'Leave a meetup',
    description:
      'One date of it: the next one at which I am in, or which I have left, when it is left out. Who waits longest gets the seat. Leaving a seat within two hours before the start counts, unless time or place has changed since I joined.',
    tags: ['meetups'],
    method: 'delete',
    path: '/meetups/{id}/join',
    request: { params: idParam, query: dateQuery },
    responses: { 204: empty('I am out'), ...userProblems(meetupNotFound, hostCannotLeave, meetupOver, meetupCancelled) },
  }),
  async (c) => {
    const of = { id: c.req.valid('param').id, occurrence_id: c.req.valid('query').occurrence_id ?? null }
    await leaveMeetup(c.var.deps, c.var.actor, of)
    return c.body(null, 204)
  },
)

seatRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listParticipants',
    summary: 'List who comes to a meetup',
    description:
      'Those who go, and for the host also who has asked and who waits, each in the order of joining. People with a block between us are missing.',
    tags: ['meetups'],
    method: 'get',
    path: '/meetups/{id}/participants',
    request: { params: idParam, query: listParticipantsQuery },
    responses: { 200: json(participantPageSchema, 'A page'), ...userProblems(meetupNotFound) },
  }),
  async (c) => c.json(await getParticipants(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('query')), 200),
)

seatRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'changeParticipant',
    summary: 'Answer a request, or say who came',
    description:
      'For the host. `status` answers who has asked, and a refusal may be taken back. `attended` is open from the start on for 48 hours. A walk that proves that they came stands over it, before and after.',
    tags: ['meetups'],
    method: 'patch',
    path: '/meetups/{id}/participants/{user_id}',
    request: { params: participantParam, body: jsonBody(changeParticipantSchema) },
    responses: {
      200: json(participantSchema, 'The participant as they are now'),
      ...userProblems(
        meetupNotFound,
        participantNotFound,
        notHost,
        meetupFull,
        meetupOver,
        meetupCancelled,
        meetupRequestAnswered,
        attendanceClosed,
      ),
    },
  }),
  async (c) => c.json(await changeParticipant(c.var.deps, c.var.actor, c.req.valid('param'), c.req.valid('json')), 200),
)

seatRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'removeParticipant',
    summary: 'Remove somebody from a meetup',
    description:
      'For the host. They lose their seats at all dates ahead, and cannot join this meetup again. Who waits longest gets the seats.',
    tags: ['meetups'],
    method: 'delete',
    path: '/meetups/{id}/participants/{user_id}',
    request: { params: participantParam },
    responses: { 204: empty('They are out'), ...userProblems(meetupNotFound, participantNotFound, notHost, hostCannotLeave) },
  }),
  async (c) => {
    await removeParticipant(c.var.deps, c.var.actor, c.req.valid('param'))
    return c.body(null, 204)
  },
)

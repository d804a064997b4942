import { createRoute } from '@hono/zod-openapi'
import { indecencies } from '../../../core/words/decent.ts'
import { forUser } from '../../../http/middleware/auth.ts'
import { userProblems } from '../../../http/problem.ts'
import { idParam, json, jsonBody } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { notHost } from '../../invitations/errors.ts'
import { accountSuspended } from '../../social/suspensions/errors.ts'
import {
  capacityBelowGoing,
  meetupCancelled,
  meetupNotFound,
  meetupOver,
  meetupTimeInvalid,
  notOfOneDate,
  unknownBreed,
  unsupportedRecurrence,
} from '../errors.ts'
import { meetupSchema } from '../schema.ts'
import { editMeetupQuery, editMeetupSchema } from './schema.ts'
import { editMeetup } from './service.ts'

export const seriesRoutes = createRouter()

seriesRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'editMeetup',
    summary: 'Change a meetup',
    description:
      'For the host. Everybody keeps their seat. Where time or place changes, they are told and may leave without letting anybody down. `following` leaves dates that were changed by themselves. When the rule changes, dates on days that it still has stay there, the others go to its new days in their order, and those for which there is none are cancelled, and their people told. More seats go to who waits at once.',
    tags: ['meetups'],
    method: 'patch',
    path: '/meetups/{id}',
    request: { params: idParam, query: editMeetupQuery, body: jsonBody(editMeetupSchema) },
    responses: {
      200: json(meetupSchema, 'The meetup'),
      ...userProblems(
        meetupNotFound,
        notHost,
        meetupOver,
        meetupCancelled,
        capacityBelowGoing,
        meetupTimeInvalid,
        unsupportedRecurrence,
        notOfOneDate,
        unknownBreed,
        ...indecencies,
        accountSuspended,
      ),
    },
  }),
  async (c) => c.json(await editMeetup(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('query'), c.req.valid('json')), 200),
)

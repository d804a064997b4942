import { z } from 'zod'
import { pageQuery, pagesOf } from '../../../core/cursor.ts'
import { instantSchema, oneOf, optional, uuidSchema } from '../../../core/fields.ts'
import { personSchema } from '../../../core/person.ts'
import { petCardSchema } from '../../pets/schema.ts'
import { positionSchema, statusSchema } from '../schema.ts'

const DATE = 'Of a series, which date. The next one ahead when it is left out'

export const joinMeetupSchema = z
  .strictObject({ occurrence_id: optional(uuidSchema).meta({ description: DATE }) })
  .meta({ id: 'JoinMeetup', example: {} })

export const joinQuery = z.object({
  waitlist: z
    .enum(['true', 'false'])
    .default('true')
    .transform((word) => word === 'true')
    .meta({ description: '`false`: rather nothing than to wait. A full date is then a 409 `meetup_full`' }),
})

export const dateQuery = z.object({ occurrence_id: uuidSchema.optional().meta({ description: DATE }) })

export const seatSchema = z
  .object({
    occurrence_id: uuidSchema,
    starts_at: instantSchema,
    status: statusSchema,
    position: positionSchema,
    going: z.int(),
    capacity: z.int(),
  })
  .meta({ id: 'Seat' })
export type Seat = z.infer<typeof seatSchema>

export const participantSchema = z
  .object({
    user: personSchema,
    pet: petCardSchema.nullable().meta({ description: 'The primary one' }),
    status: statusSchema,
    position: positionSchema,
    joined_at: instantSchema.nullable().meta({ description: 'Since when they are in, or have asked. For the host alone' }),
    attended: z.boolean().nullable().meta({ description: 'Whether they came. Null while that is open, and for others than the host' }),
  })
  .meta({ id: 'Participant' })
export type Participant = z.infer<typeof participantSchema>

export const listParticipantsQuery = pageQuery.extend({
  occurrence_id: uuidSchema.optional().meta({ description: `${DATE}, or the last one` }),
})
export type ListParticipantsQuery = z.infer<typeof listParticipantsQuery>

/** Of which date, which of those who go, have asked or wait, the place in the order of joining, and who. The next date may be another one before the next page. */
export const participantPages = pagesOf('participants', z.tuple([uuidSchema, z.int(), z.int(), uuidSchema]))

export const participantPageSchema = z
  .object({
    occurrence_id: uuidSchema,
    items: z.array(participantSchema),
    next_cursor: z.string().nullable().meta({ description: '`cursor` of the next page. Null on the last one' }),
  })
  .meta({ id: 'ParticipantPage' })

export const participantParam = z.object({ id: uuidSchema, user_id: uuidSchema })

export const changeParticipantSchema = oneOf([
  z.strictObject({
    occurrence_id: optional(uuidSchema).meta({ description: 'The next date ahead at which they have asked or are in when it is left out' }),
    status: z.enum(['going', 'declined']).meta({ description: 'The answer to who has asked. Beyond the seats they wait' }),
  }),
  z.strictObject({
    occurrence_id: optional(uuidSchema).meta({ description: 'The last date that has begun when it is left out' }),
    attended: z.boolean().meta({ description: 'Whether they came' }),
  }),
]).meta({ id: 'ChangeParticipant', example: { status: 'going' } })
export type ChangeParticipant = z.infer<typeof changeParticipantSchema>

export const standingSchema = z
  .object({
    strikes: z
      .array(
        z
          .object({
            occurrence_id: uuidSchema,
            title: z.string(),
            starts_at: instantSchema,
            happened_at: instantSchema,
            reason: z
              .enum(['left_late', 'absent'])
              .meta({ id: 'StrikeReason', description: 'Left within two hours before the start, or did not come' }),
          })
          .meta({ id: 'Strike' }),
      )
      .meta({ description: 'Of the last 60 days, newest first' }),
    strikes_max: z.int().meta({ description: 'With so many every join needs approval for 14 days after the last' }),
    needs_approval_until: instantSchema.nullable().meta({ description: 'Until then every join asks the host' }),
  })
  .meta({ id: 'MeetupStanding' })
export type Standing = z.infer<typeof standingSchema>

import { z } from 'zod'
import { pageQuery, pagesOf } from '../../core/cursor.ts'
import {
  instantSchema,
  latIn,
  latSchema,
  lngIn,
  lngSchema,
  numberIn,
  optional,
  uuidSchema,
  wholeNumber,
  withDefault,
} from '../../core/fields.ts'
import { lineSchema, paragraphSchema } from '../../core/text.ts'
import { petCardSchema } from '../pets/schema.ts'

export const CAPACITY_MIN = 2
export const CAPACITY_MAX = 50
const CAPACITY_DEFAULT = 15
const RADIUS_MAX_M = 20_000
const RADIUS_DEFAULT_M = 5_000

export const categorySchema = z.enum(['all', 'small', 'medium', 'large', 'breed']).meta({ id: 'MeetupCategory' })
export type Category = z.infer<typeof categorySchema>
export const sizeSchema = petCardSchema.shape.size.unwrap()
export type Size = z.infer<typeof sizeSchema>
export const approvalSchema = z.enum(['auto', 'manual']).meta({ id: 'MeetupApproval' })

export const meetupFields = {
  title: lineSchema(40),
  description: optional(paragraphSchema(1_000)),
  location_name: lineSchema(100),
  lat: latSchema,
  lng: lngSchema,
  scheduled_at: instantSchema.meta({ description: 'Half an hour to sixty days ahead. Seconds are left out' }),
  max_participants: wholeNumber.min(CAPACITY_MIN).max(CAPACITY_MAX).meta({ description: 'The host is one of them' }),
}

export const createMeetupSchema = z
  .strictObject({
    id: optional(uuidSchema).meta({ description: 'Made by the client. The same id again is the same meetup' }),
    ...meetupFields,
    category: categorySchema.meta({
      description: '`small`, `medium` and `large` are for pets of that size, unless `size_filter` says another',
    }),
    size_filter: optional(sizeSchema).meta({ description: 'Whoever joins has a pet of that size' }),
    breed: optional(lineSchema(30)).meta({
      description: 'A code or an exact name of GET /breeds: whoever joins has a pet of that breed. The category `breed` needs it',
    }),
    recurrence_rule: optional(z.string()).meta({
      description: 'RFC 5545: FREQ=WEEKLY with INTERVAL 1 to 4, BYDAY that holds the first date, and COUNT 2 to 52 or UNTIL within a year',
      example: 'FREQ=WEEKLY;BYDAY=SA',
    }),
    max_participants: withDefault(meetupFields.max_participants, CAPACITY_DEFAULT),
    approval: withDefault(approvalSchema, 'auto').meta({ description: '`manual`: the host answers everybody who asks' }),
  })
  .refine(({ category, breed }) => category !== 'breed' || breed !== undefined, { error: '견종을 함께 보내 주세요', path: ['breed'] })
  .meta({
    id: 'CreateMeetup',
    description: 'The category `breed` needs a `breed`',
    allOf: [
      {
        if: { properties: { category: { const: 'breed' } }, required: ['category'] },
        // oxlint-disable-next-line unicorn/no-thenable
        then: { required: ['breed'], properties: { breed: { type: 'string' } } },
      },
    ],
    example: {
      id: '0f8b6f3e-6a3d-4c1e-9b6a-2f1d7c5e8a40',
      title: '아침 소형견 산책',
      category: 'small',
      location_name: '양재시민의숲 정문',
      lat: 37.4701,
      lng: 127.0354,
      scheduled_at: '2026-12-01T10:00:00+09:00',
      recurrence_rule: 'FREQ=WEEKLY',
      max_participants: 15,
      approval: 'auto',
    },
  })
export type CreateMeetup = z.infer<typeof createMeetupSchema>

export const statusSchema = z.enum(['going', 'waiting', 'requested', 'declined', 'left', 'removed']).meta({ id: 'Participation' })
export type Status = z.infer<typeof statusSchema>
export const positionSchema = z.int().nullable().meta({ description: 'In the queue, from 1 for who is next. Null unless waiting' })

const hostSchema = z
  .object({ id: uuidSchema, nickname: z.string(), pet: petCardSchema.nullable().meta({ description: 'The primary one' }) })
  .meta({ id: 'MeetupHost' })

const aboutFields = {
  id: uuidSchema,
  title: z.string(),
  description: z.string().nullable(),
  category: categorySchema,
  size_filter: sizeSchema.nullable(),
  breed: z.object({ code: z.string(), name: z.string() }).meta({ id: 'MeetupBreed' }).nullable(),
  recurrence_rule: z.string().nullable(),
  approval: approvalSchema,
  created_at: instantSchema,
  cancelled_at: instantSchema.nullable(),
}

const dateFields = {
  occurrence_id: uuidSchema,
  starts_at: instantSchema,
  ends_at: instantSchema.meta({ description: 'Until then its live room is open' }),
  location_name: z.string(),
  lat: latSchema,
  lng: lngSchema,
  capacity: z.int(),
  going: z.int().meta({ description: 'How many have a seat, with the host' }),
  is_cancelled: z.boolean(),
  my_status: statusSchema.nullable(),
  position: positionSchema,
}

const petsSchema = z.array(petCardSchema)

/** One date of a meetup, with its own seats. */
export const meetupDateSchema = z
  .object({ ...dateFields, pets: petsSchema.meta({ description: 'The primary pet of everybody else who is going, first come first' }) })
  .meta({ id: 'MeetupDate' })
export type MeetupDate = z.infer<typeof meetupDateSchema>

export const pastDateSchema = z
  .object({ ...dateFields, attended: z.boolean().nullable().meta({ description: 'Whether I came. Null while that is open' }) })
  .meta({ id: 'PastMeetupDate' })

export const meetupSchema = z
  .object({
    ...aboutFields,
    location_name: z.string(),
    lat: latSchema,
    lng: lngSchema,
    max_participants: z.int(),
    host: hostSchema,
    is_host: z.boolean(),
    is_renewal_asked: z.boolean().meta({ description: 'The host is asked whether the series goes on. Of the others’ meetups it is false' }),
    dates: z.array(meetupDateSchema).meta({
      description:
        'The next four that are not over, soonest first. Who was in sees those between them that were cancelled as well, four at most',
    }),
    past_dates: z.array(pastDateSchema).meta({ description: 'The last four at which I had a seat, newest first' }),
  })
  .meta({ id: 'Meetup' })
export type Meetup = z.infer<typeof meetupSchema>

export const listedMeetupSchema = z
  .object({
    ...dateFields,
    distance_m: z.int().nullable().meta({ description: 'From the asked place, or the middle of my region. Null without either' }),
    pets: petsSchema.meta({ description: 'The primary pets of the first four others who are going' }),
    meetup: z.object(aboutFields).meta({ id: 'MeetupInList' }),
    host: hostSchema,
  })
  .meta({ id: 'ListedMeetup', description: 'One date of a meetup' })
export type ListedMeetup = z.infer<typeof listedMeetupSchema>

export const listMeetupsQuery = pageQuery
  .extend({
    category: categorySchema.optional().meta({ description: 'Meetups of this category alone' }),
    size: sizeSchema.optional().meta({ description: 'Meetups that are open to a pet of this size' }),
    lat: latIn.optional().meta({ description: 'The middle of my region when it is left out' }),
    lng: lngIn.optional().meta({ description: 'With `lat`' }),
    radius_m: numberIn(z.number().int().min(1).max(RADIUS_MAX_M)).default(RADIUS_DEFAULT_M).meta({ description: 'Not with `mine`' }),
    from: instantSchema
      .optional()
      .meta({ description: 'Dates that begin then or later: from now on, and with `mine` those that have not ended' }),
    to: instantSchema.optional().meta({ description: 'Dates that begin before then' }),
    mine: z.enum(['hosting', 'going']).optional().meta({
      description: 'Wherever they are: meetups of which I am the host, or of others where I go, wait or have asked',
    }),
  })
  .refine(({ lat, lng }) => (lat === undefined) === (lng === undefined), { error: '위도와 경도를 함께 보내 주세요', path: ['lat'] })
export type ListMeetupsQuery = z.infer<typeof listMeetupsQuery>

/** When the last date of the page begins, and which it is. */
export const meetupPages = pagesOf('meetups', z.tuple([z.string(), uuidSchema]))

export const occurrenceQuery = z.object({
  occurrence_id: uuidSchema.optional().meta({ description: 'Which date. All that are ahead when it is left out' }),
})

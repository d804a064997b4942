import { z } from 'zod'
import { optional, uuidSchema, withDefault } from '../../../core/fields.ts'
import { lineSchema, paragraphSchema } from '../../../core/text.ts'
import { approvalSchema, categorySchema, meetupFields, sizeSchema } from '../schema.ts'

/** What one date may have of its own. The other fields belong to all dates. */
export const DATE_FIELDS = ['location_name', 'lat', 'lng', 'scheduled_at', 'max_participants'] as const

export const editMeetupQuery = z
  .object({
    scope: withDefault(z.enum(['one', 'following']).meta({ id: 'MeetupScope' }), 'following').meta({
      description: '`one`: this date alone. `following`: this date and all after it, and the series itself',
    }),
    occurrence_id: optional(uuidSchema).meta({
      description: 'The date, or the first one. For `following` the next one when it is left out',
    }),
  })
  .refine(({ scope, occurrence_id }) => scope !== 'one' || occurrence_id !== undefined, {
    error: '바꿀 모임 날짜를 알려 주세요',
    path: ['occurrence_id'],
  })
export type EditMeetupQuery = z.infer<typeof editMeetupQuery>

export const editMeetupSchema = z
  .strictObject({
    title: optional(meetupFields.title),
    description: paragraphSchema(1_000).nullable().optional(),
    category: optional(categorySchema).meta({ description: 'Brings its own size and breed, unless they are named as well' }),
    size_filter: sizeSchema.nullable().optional(),
    breed: lineSchema(30).nullable().optional().meta({ description: 'A code or an exact name of GET /breeds' }),
    location_name: optional(meetupFields.location_name),
    lat: optional(meetupFields.lat),
    lng: optional(meetupFields.lng).meta({ description: 'With `lat`' }),
    scheduled_at: optional(meetupFields.scheduled_at).meta({
      description: 'When this date begins, and with `following` each after it: a series keeps its steps',
    }),
    recurrence_rule: z
      .string()
      .nullable()
      .optional()
      .meta({ description: 'Counted from this date. Null: it does not repeat', example: 'FREQ=WEEKLY;INTERVAL=2' }),
    max_participants: optional(meetupFields.max_participants),
    approval: optional(approvalSchema),
  })
  .refine(({ lat, lng }) => (lat === undefined) === (lng === undefined), { error: '위도와 경도를 함께 보내 주세요', path: ['lat'] })
  .refine(({ category, breed }) => category !== 'breed' || typeof breed === 'string', { error: '견종을 함께 보내 주세요', path: ['breed'] })
  .meta({
    id: 'EditMeetup',
    description: 'What is left out stays. `lat` and `lng` come together, and the category `breed` needs a `breed`',
    dependentRequired: { lat: ['lng'], lng: ['lat'] },
    example: { location_name: '양재시민의숲 후문', scheduled_at: '2026-12-01T11:00:00+09:00' },
  })
export type EditMeetup = z.infer<typeof editMeetupSchema>

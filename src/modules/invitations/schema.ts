import { z } from 'zod'
import { pageQuery, pagesOf } from '../../core/cursor.ts'
import { instantSchema, latSchema, lngSchema, optional, uuidSchema } from '../../core/fields.ts'
import { together } from '../../core/form-rules.ts'
import { lineSchema, paragraphSchema } from '../../core/text.ts'
import { petCardSchema } from '../pets/schema.ts'

/** A live room holds 50 people: these and the inviter. */
export const INVITEES_MAX = 49

export const inviteSchema = z
  .strictObject({
    id: optional(uuidSchema).meta({ description: 'Made by the client. The same id again is the same invitation' }),
    invitee_ids: z
      .array(uuidSchema)
      .min(1)
      .max(INVITEES_MAX)
      .refine((ids) => new Set(ids).size === ids.length, '같은 사람이 두 번 들어 있어요'),
    scheduled_at: instantSchema.meta({
      description: 'Ten minutes ahead at least. A phone whose clock is up to a minute slow is not refused',
    }),
    location_name: optional(lineSchema(100)),
    lat: optional(latSchema),
    lng: optional(lngSchema),
    message: optional(paragraphSchema(200)),
  })
  .refine(({ lat, lng }) => (lat === undefined) === (lng === undefined), { error: 'lat와 lng를 함께 보내 주세요', path: ['lat'] })
  .meta({
    id: 'Invite',
    description: '`lat` and `lng` come together',
    allOf: [together('lat', 'lng')],
    example: {
      id: '0f8b6f3e-6a3d-4c1e-9b6a-2f1d7c5e8a40',
      invitee_ids: ['7c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f'],
      scheduled_at: '2026-12-01T18:30:00+09:00',
      location_name: '양재시민의숲 정문',
      lat: 37.4701,
      lng: 127.0354,
      message: '같이 걸어요!',
    },
  })
export type Invite = z.infer<typeof inviteSchema>

const statusSchema = z.enum(['pending', 'accepted', 'declined', 'cancelled', 'expired']).meta({ id: 'InvitationStatus' })
const boxSchema = z.enum(['received', 'sent']).meta({ id: 'InvitationBox' })
export type InvitationStatus = z.infer<typeof statusSchema>

const personFields = { id: uuidSchema, nickname: z.string(), pet: petCardSchema.nullable().meta({ description: 'The primary one' }) }

export const invitationSchema = z
  .object({
    id: uuidSchema,
    box: boxSchema,
    status: statusSchema.meta({
      description: 'For a received invitation it is my own answer. For a sent one it is `accepted` as soon as one guest has accepted',
    }),
    inviter: z.object(personFields).meta({ id: 'Inviter' }),
    invitees: z.array(z.object({ ...personFields, status: statusSchema, answered_at: instantSchema.nullable() }).meta({ id: 'Invitee' })),
    scheduled_at: instantSchema,
    expires_at: instantSchema.meta({ description: 'Until then it can be accepted' }),
    location_name: z.string().nullable(),
    lat: latSchema.nullable(),
    lng: lngSchema.nullable(),
    message: z.string().nullable(),
    created_at: instantSchema,
    is_read: z.boolean().meta({ description: 'Whether I have opened or answered it. Always true for one that I sent' }),
    room: z
      .object({ is_open: z.boolean().meta({ description: 'Whether I may enter the live room' }), ends_at: instantSchema })
      .meta({ id: 'InvitationRoom' }),
  })
  .meta({ id: 'Invitation' })
export type Invitation = z.infer<typeof invitationSchema>

export const listInvitationsQuery = pageQuery.extend({
  box: boxSchema.optional().meta({ description: 'Both when it is left out' }),
  status: statusSchema.optional().meta({ description: 'Invitations that stand so alone' }),
})
export type ListInvitationsQuery = z.infer<typeof listInvitationsQuery>

export const invitationPages = pagesOf('invitations', z.tuple([z.string(), uuidSchema]))

export const invitationPageSchema = z
  .object({
    items: z.array(invitationSchema),
    next_cursor: z.string().nullable().meta({ description: '`cursor` of the next page. Null on the last one' }),
    unread_count: z.int().meta({ description: 'Received ones that wait for my answer and that I have not opened' }),
  })
  .meta({ id: 'InvitationPage' })
export type InvitationPage = z.infer<typeof invitationPageSchema>

export const answerInvitationSchema = z
  .strictObject({ status: z.enum(['accepted', 'declined']).meta({ id: 'InvitationAnswer' }) })
  .meta({ id: 'AnswerInvitation' })
export type Answer = z.infer<typeof answerInvitationSchema>['status']

import { z } from 'zod'
import { pageQuery, pagesOf } from '../../core/cursor.ts'
import { instantSchema, latSchema, lngSchema, optional, uuidSchema } from '../../core/fields.ts'
import { textSchema } from '../../core/text.ts'
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
    scheduled_at: instantSchema.meta({ description: 'Ten minutes ahead at least' }),
    location_name: optional(textSchema.min(1).max(100)),
    lat: optional(latSchema),
    lng: optional(lngSchema),
    message: optional(textSchema.max(200)),
  })
  .refine(({ lat, lng }) => (lat === undefined) === (lng === undefined), { error: 'lat와 lng를 함께 보내 주세요', path: ['lat'] })
  .meta({ id: 'Invite' })
export type Invite = z.infer<typeof inviteSchema>

const statusSchema = z.enum(['pending', 'accepted', 'declined', 'cancelled', 'expired'])
export type InvitationStatus = z.infer<typeof statusSchema>

const personFields = { id: uuidSchema, nickname: z.string(), pet: petCardSchema.nullable().meta({ description: 'The primary one' }) }

export const invitationSchema = z
  .object({
    id: uuidSchema,
    box: z.enum(['received', 'sent']),
    status: statusSchema.meta({
      description: 'For a received invitation it is my own answer. For a sent one it is `accepted` as soon as one guest has accepted',
    }),
    inviter: z.object(personFields),
    invitees: z.array(z.object({ ...personFields, status: statusSchema, answered_at: instantSchema.nullable() })),
    scheduled_at: instantSchema,
    expires_at: instantSchema.meta({ description: 'Until then it can be accepted' }),
    location_name: z.string().nullable(),
    lat: latSchema.nullable(),
    lng: lngSchema.nullable(),
    message: z.string().nullable(),
    created_at: instantSchema,
    is_read: z.boolean().meta({ description: 'Whether I have opened or answered it. Always true for one that I sent' }),
    room: z.object({
      is_open: z.boolean().meta({ description: 'Whether I may enter the live room' }),
      ends_at: instantSchema,
    }),
  })
  .meta({ id: 'Invitation' })
export type Invitation = z.infer<typeof invitationSchema>

export const listInvitationsQuery = pageQuery.extend({
  box: z.enum(['received', 'sent']).optional().meta({ description: 'Both without it' }),
  status: statusSchema.optional(),
})
export type ListInvitationsQuery = z.infer<typeof listInvitationsQuery>

export const invitationPages = pagesOf('invitations', z.tuple([z.string(), uuidSchema]))

export const invitationPageSchema = z
  .object({
    items: z.array(invitationSchema),
    next_cursor: z.string().nullable(),
    unread_count: z.int().meta({ description: 'Received ones that wait for my answer and that I have not opened' }),
  })
  .meta({ id: 'InvitationPage' })
export type InvitationPage = z.infer<typeof invitationPageSchema>

export const answerInvitationSchema = z.strictObject({ status: z.enum(['accepted', 'declined']) }).meta({ id: 'AnswerInvitation' })
export type Answer = z.infer<typeof answerInvitationSchema>['status']

import { z } from 'zod'
import { personSchema } from '../../../core/person.ts'
import { instantSchema, uuidSchema } from '../../../core/fields.ts'

/** What can be reported. */
export const targetTypeSchema = z.enum(['user', 'walk', 'comment', 'photo', 'meetup', 'course']).meta({ id: 'ModerationTarget' })
export type TargetType = z.infer<typeof targetTypeSchema>

export const reasonSchema = z.enum(['inappropriate', 'spam', 'harassment', 'animal_abuse', 'privacy']).meta({ id: 'ReportReason' })
export type Reason = z.infer<typeof reasonSchema>

/** What moderators do. `close` is the temporary measure of a takedown, which `PATCH /admin/takedowns/{id}` takes. */
export const actionKindSchema = z
  .enum(['dismiss', 'remove', 'warn', 'suspend', 'ban', 'restore', 'close'])
  .meta({ id: 'ModerationActionKind' })
export type ActionKind = z.infer<typeof actionKindSchema>

export const suspensionDaysSchema = z.union([z.literal(1), z.literal(7), z.literal(30)]).meta({ id: 'SuspensionDays' })

/** An action as admins see it. It never changes, and never goes while its author is there. */
export const actionSchema = z
  .object({
    id: uuidSchema,
    action: actionKindSchema,
    days: z.int().nullable().meta({ description: 'Of a suspension' }),
    reason: reasonSchema.nullable().meta({ description: 'What most reports said. Null for a takedown' }),
    note: z.string().meta({ description: 'Written for other admins' }),
    legal_basis: z.string().nullable(),
    target_type: targetTypeSchema,
    target_id: uuidSchema,
    admin: personSchema.nullable().meta({ description: 'Null when a task did it, or when the admin has left' }),
    undone_by: uuidSchema.nullable().meta({ description: 'The action that undid this one' }),
    created_at: instantSchema,
  })
  .meta({ id: 'ModerationAction' })
export type Action = z.infer<typeof actionSchema>

const contentPhotoSchema = z
  .object({ id: uuidSchema, photo_url: z.string().meta({ description: 'A path on this API with a signature of at most five minutes' }) })
  .meta({ id: 'ReportedPhoto' })

/** What a person wrote and shows, the same for all kinds of things. */
export const contentSchema = z
  .object({
    text: z.string().nullable().meta({
      description:
        "A comment, a walk's memo, a person's nickname, a meetup's title, description and place, or a course's name and description",
    }),
    names: z.array(z.string()).meta({ description: 'Names of the pets' }),
    walk_id: uuidSchema.nullable().meta({ description: 'The walk that it is, or belongs to' }),
    photos: z.array(contentPhotoSchema),
  })
  .meta({ id: 'ReportedContent' })
export type Content = z.infer<typeof contentSchema>

/** `contentSchema` as the database has it. */
export interface ContentRow extends Omit<Content, 'photos'> {
  readonly photos: readonly { readonly id: string; readonly object_key: string }[]
}

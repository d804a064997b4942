import { z } from 'zod'
import { pageQuery, pagesOf } from '../../../../core/cursor.ts'
import { personSchema } from '../../../../core/person.ts'
import { instantSchema, uuidSchema, withDefault } from '../../../../core/fields.ts'
import { paragraphSchema } from '../../../../core/text.ts'
import { actionKindSchema, actionSchema, contentSchema, reasonSchema, targetTypeSchema } from '../schema.ts'
import { NOTE_MAX } from '../cases/schema.ts'

export const APPEAL_MAX = 1_000

export const createAppealSchema = z
  .strictObject({ action_id: uuidSchema, text: paragraphSchema(APPEAL_MAX).min(1) })
  .meta({ id: 'CreateAppeal', example: { action_id: '9d2f3a4e-6a1c-4a7d-8d0e-3f1f0c9b7a55', text: '우리 강아지 이야기였어요.' } })
export type CreateAppeal = z.infer<typeof createAppealSchema>

const decisionSchema = z.enum(['uphold', 'reject']).meta({ id: 'AppealDecision' })

export const appealSchema = z
  .object({
    id: uuidSchema,
    action_id: uuidSchema,
    text: z.string(),
    created_at: instantSchema,
    decision: decisionSchema.nullable(),
    decided_at: instantSchema.nullable(),
  })
  .meta({ id: 'Appeal' })
export type Appeal = z.infer<typeof appealSchema>

/** An action about the caller, as they may see it: what and why, and not who. */
export const myActionSchema = z
  .object({
    id: uuidSchema.meta({ description: 'For `POST /appeals`' }),
    action: actionKindSchema,
    days: z.int().nullable(),
    reason: reasonSchema.nullable(),
    target_type: targetTypeSchema,
    target_id: uuidSchema,
    created_at: instantSchema,
    is_undone: z.boolean(),
    appeal: appealSchema.nullable(),
    appealable_until: instantSchema.nullable().meta({ description: 'Null when it cannot be appealed, or was' }),
    case_number: z.string().nullable().meta({ description: 'Of a takedown, for `POST /takedowns/{case_number}/objection`' }),
  })
  .meta({ id: 'MyModerationAction' })
export type MyAction = z.infer<typeof myActionSchema>

export const listAppealsQuery = pageQuery.extend({
  state: withDefault(z.enum(['open', 'decided']).meta({ id: 'AppealState' }), 'open').meta({
    description: 'Open ones: the oldest first. Decided ones: the latest decision first',
  }),
})
export type ListAppealsQuery = z.infer<typeof listAppealsQuery>

/** An appeal as admins see it. */
export const appealCaseSchema = appealSchema
  .extend({
    author: personSchema,
    action: actionSchema,
    snapshot: contentSchema.nullable(),
    may_decide: z.boolean().meta({ description: 'False for the admin who took the action' }),
    note: z.string().nullable(),
  })
  .meta({ id: 'AppealCase' })
export type AppealCase = z.infer<typeof appealCaseSchema>

export const decideAppealSchema = z
  .strictObject({ decision: decisionSchema, note: withDefault(paragraphSchema(NOTE_MAX), '') })
  .meta({ id: 'DecideAppeal', example: { decision: 'uphold', note: '문맥을 보면 괴롭힘이 아니에요.' } })
export type DecideAppeal = z.infer<typeof decideAppealSchema>

export const appealPages = pagesOf('appeals', z.tuple([z.string(), uuidSchema]))
export const myActionPages = pagesOf('moderation_actions', z.tuple([z.string(), uuidSchema]))

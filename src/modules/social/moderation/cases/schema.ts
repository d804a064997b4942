import { z } from 'zod'
import { pageQuery, pagesOf } from '../../../../core/cursor.ts'
import { personSchema } from '../../../../core/person.ts'
import { instantSchema, optional, uuidSchema, withDefault } from '../../../../core/fields.ts'
import { paragraphSchema } from '../../../../core/text.ts'
import { actionKindSchema, actionSchema, contentSchema, reasonSchema, suspensionDaysSchema, targetTypeSchema } from '../schema.ts'

export const NOTE_MAX = 1_000

export const listCasesQuery = pageQuery.extend({
  state: withDefault(z.enum(['open', 'decided']).meta({ id: 'CaseState' }), 'open').meta({
    description: 'Those that wait, or those that were decided',
  }),
  sort: withDefault(z.enum(['due']).meta({ id: 'CaseOrder' }), 'due').meta({
    description: 'Open cases: urgent ones first, then what is due first. Decided cases: the latest first',
  }),
})
export type ListCasesQuery = z.infer<typeof listCasesQuery>

export const caseParam = z.object({ target_type: targetTypeSchema, target_id: uuidSchema })
export type CaseParam = z.infer<typeof caseParam>

/** All reports of one thing, together. */
export const caseSchema = z
  .object({
    target_type: targetTypeSchema,
    target_id: uuidSchema,
    author: personSchema.nullable().meta({ description: 'Null when the account is gone' }),
    snapshot: contentSchema.nullable().meta({ description: 'As it was when it was first reported. Null once it is no longer kept' }),
    report_count: z.int(),
    reasons: z.partialRecord(reasonSchema, z.int()).meta({ id: 'ReasonCounts', example: { spam: 2, harassment: 1 } }),
    is_urgent: z.boolean().meta({ description: 'Suspected animal abuse' }),
    is_hidden: z.boolean().meta({ description: 'Reports have hidden it' }),
    is_removed: z.boolean(),
    closed_until: instantSchema.nullable().meta({ description: 'A takedown has closed it' }),
    opened_at: instantSchema,
    due_at: instantSchema.nullable().meta({ description: 'Null when it is decided' }),
    is_overdue: z.boolean(),
    decided_at: instantSchema.nullable(),
    decision: actionKindSchema.nullable().meta({ description: 'The last action. It stands while new reports wait' }),
  })
  .meta({ id: 'ModerationCase' })
export type Case = z.infer<typeof caseSchema>

export const caseDetailSchema = caseSchema
  .extend({
    current: contentSchema.nullable().meta({ description: 'As it is now. Null when it is gone' }),
    reports: z
      .array(
        z
          .object({
            reporter_id: uuidSchema.nullable().meta({ description: 'Null when the account is gone. Never told to the author' }),
            reason: reasonSchema,
            description: z.string().nullable(),
            created_at: instantSchema,
            outcome: z.enum(['upheld', 'rejected']).meta({ id: 'ReportOutcome' }).nullable(),
            is_reliable: z.boolean().meta({ description: "Whether this person's reports are usually upheld, or few are decided yet" }),
          })
          .meta({ id: 'CaseReport' }),
      )
      .meta({ description: 'The latest 100' }),
    held_alike: z.int().meta({ description: 'Comments of the same author with the same text, which are held and decided with this one' }),
    history: z.array(actionSchema).meta({ description: 'What was done about this author, about anything, newest first. The latest 50' }),
    suggested_days: suspensionDaysSchema.meta({ description: 'How long a suspension without `days` lasts, by the history' }),
    suspended_until: instantSchema.nullable(),
    banned_at: instantSchema.nullable(),
  })
  .meta({ id: 'ModerationCaseDetail' })
export type CaseDetail = z.infer<typeof caseDetailSchema>

export const decideCaseSchema = z
  .strictObject({
    action: actionKindSchema.exclude(['close']).meta({
      id: 'DecideAction',
      description:
        '`dismiss`: the reports were wrong, what they hid comes back. `remove`, `warn`, `suspend` and `ban` remove the thing, and the latter three act on its author besides. `restore` undoes the last of these',
    }),
    days: optional(suspensionDaysSchema).meta({
      description: 'Of a suspension. Left out, it follows from the history: 1, then 7, then 30',
    }),
    note: withDefault(paragraphSchema(NOTE_MAX), '').meta({ description: 'For other admins. The author does not see it' }),
    legal_basis: optional(paragraphSchema(200).min(1)).meta({ description: 'With it the evidence is kept for three years' }),
  })
  .meta({ id: 'DecideCase', example: { action: 'suspend', days: 7, note: '같은 사람에게 세 번째' } })
export type DecideCase = z.infer<typeof decideCaseSchema>

export const overdueSchema = z
  .object({ count: z.int(), oldest_due_at: instantSchema.nullable() })
  .meta({ id: 'OverdueCount', description: 'Cases that nobody has decided in time' })
export type Overdue = z.infer<typeof overdueSchema>

/** Urgent first, then by time, then by what it is about. */
export const casePages = pagesOf('moderation_cases', z.tuple([z.int(), z.string(), z.string(), uuidSchema]))

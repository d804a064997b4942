import { z } from 'zod'
import { pageQuery, pagesOf } from '../../../../core/cursor.ts'
import { personSchema } from '../../../../core/person.ts'
import { instantSchema, optional, uuidSchema, withDefault } from '../../../../core/fields.ts'
import { lineSchema, paragraphSchema, wordsSchema } from '../../../../core/text.ts'
import { contentSchema, targetTypeSchema } from '../schema.ts'
import { NOTE_MAX } from '../cases/schema.ts'

export const STATEMENT_MAX = 2_000

const groundSchema = z.enum(['privacy', 'defamation', 'copyright', 'other']).meta({ id: 'TakedownGround' })

const targetFields = {
  target_type: optional(targetTypeSchema),
  target_id: optional(uuidSchema),
}
const hasBoth = ({ target_type, target_id }: { target_type?: unknown; target_id?: unknown }) =>
  (target_type === undefined) === (target_id === undefined)

export const createTakedownSchema = z
  .strictObject({
    claimant_name: lineSchema(100),
    contact: lineSchema(200).meta({ description: 'An address or a number at which an admin can answer' }),
    url: optional(wordsSchema.min(1).max(1_000)).meta({ description: 'Where it stands. Instead of it, or beside it, what it is' }),
    ...targetFields,
    ground: groundSchema,
    statement: paragraphSchema(STATEMENT_MAX).min(1),
  })
  .refine(({ url, target_id }) => url !== undefined || target_id !== undefined, { error: '주소나 대상을 알려 주세요', path: ['url'] })
  .refine(hasBoth, { error: '대상의 종류와 번호를 함께 보내 주세요', path: ['target_id'] })
  .meta({
    id: 'CreateTakedown',
    example: {
      claimant_name: '김보호',
      contact: 'claimant@example.com',
      url: 'https://withbowwow.example/s/AbCdEfGhIjKlMnOpQrStUv',
      ground: 'privacy',
      statement: '제 얼굴이 나온 사진이에요.',
    },
  })
export type CreateTakedown = z.infer<typeof createTakedownSchema>

export const takedownReceiptSchema = z.object({ case_number: z.string() }).meta({ id: 'TakedownReceipt' })
export type TakedownReceipt = z.infer<typeof takedownReceiptSchema>

export const caseNumberParam = z.object({
  case_number: z.string().max(50).toUpperCase().meta({ example: 'TD-3F0C4C5E8A52' }),
})

export const objectSchema = z
  .strictObject({ text: paragraphSchema(1_000).min(1) })
  .meta({ id: 'ObjectToTakedown', example: { text: '제가 찍은 사진이고, 얼굴이 보이지 않아요.' } })

export const objectionSchema = z
  .object({ case_number: z.string(), text: z.string(), created_at: instantSchema })
  .meta({ id: 'TakedownObjection' })
export type Objection = z.infer<typeof objectionSchema>

export const takedownStateSchema = z.enum(['received', 'closed', 'rejected', 'restored', 'removed']).meta({
  id: 'TakedownState',
  description:
    '`received`: an admin must look. `closed`: nobody sees it, for at most 30 days. `rejected`: not confirmed. `restored` and `removed`: how it ended',
})
export type TakedownState = z.infer<typeof takedownStateSchema>

export const listTakedownsQuery = pageQuery.extend({
  state: withDefault(z.enum(['open', 'decided']).meta({ id: 'TakedownFilter' }), 'open').meta({
    description: '`open`: received and closed, the oldest first. `decided`: the others, the latest first',
  }),
})
export type ListTakedownsQuery = z.infer<typeof listTakedownsQuery>

export const takedownSchema = z
  .object({
    id: uuidSchema,
    case_number: z.string(),
    claimant_name: z.string(),
    contact: z.string().meta({ description: 'The admin tells the claimant what was done: the service has no mail of its own' }),
    url: z.string().nullable(),
    target_type: targetTypeSchema.nullable(),
    target_id: uuidSchema.nullable(),
    ground: groundSchema,
    statement: z.string(),
    state: takedownStateSchema,
    created_at: instantSchema,
    closed_until: instantSchema.nullable(),
    is_overdue: z.boolean().meta({ description: 'Nobody has looked for 24 hours' }),
    objection: objectionSchema.omit({ case_number: true }).meta({ id: 'AuthorsObjection' }).nullable(),
    is_kept: z.boolean().meta({ description: 'An admin has read the objection, and keeps it closed until the end' }),
    note: z.string().nullable(),
    decided_at: instantSchema.nullable(),
    author: personSchema.nullable(),
    content: contentSchema.nullable().meta({ description: 'What it is about, as it is now' }),
  })
  .meta({ id: 'Takedown' })
export type Takedown = z.infer<typeof takedownSchema>

export const decideTakedownSchema = z
  .strictObject({
    decision: z.enum(['close', 'reject', 'keep', 'restore']).meta({
      id: 'TakedownDecision',
      description:
        'Of a received one `close` (nobody sees it for 30 days, both are told) or `reject`. Of a closed one `restore`, or `keep` after an objection: it stays closed until the end, and is then removed',
    }),
    ...targetFields,
    note: withDefault(paragraphSchema(NOTE_MAX), ''),
  })
  .refine(hasBoth, { error: '대상의 종류와 번호를 함께 보내 주세요', path: ['target_id'] })
  .meta({ id: 'DecideTakedown', example: { decision: 'close', note: '얼굴이 보임' } })
export type DecideTakedown = z.infer<typeof decideTakedownSchema>

export const takedownPages = pagesOf('takedowns', z.tuple([z.string(), uuidSchema]))

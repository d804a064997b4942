import { z } from 'zod'
import { pageQuery, pagesOf } from '../../../core/cursor.ts'
import { instantSchema, optional, uuidSchema } from '../../../core/fields.ts'
import { lineSchema, paragraphSchema } from '../../../core/text.ts'
import { weightKgSchema } from '../schema.ts'

const recordTypeSchema = z.enum(['weight', 'vaccination', 'hospital_visit']).meta({ id: 'HealthRecordType' })
const dateSchema = z.iso.date().refine((date) => date >= '1980' && date < '2200', '날짜를 확인해 주세요')

export const healthRecordSchema = z
  .object({
    id: uuidSchema,
    record_type: recordTypeSchema,
    record_date: dateSchema,
    value_numeric: z.number().nullable().meta({ description: 'In kg. Only a weight has it' }),
    title: z.string().nullable(),
    memo: z.string().nullable(),
    next_date: dateSchema.nullable(),
    created_at: instantSchema,
  })
  .meta({ id: 'HealthRecord' })
export type HealthRecord = z.infer<typeof healthRecordSchema>

const titleSchema = lineSchema(100)
const memoSchema = paragraphSchema(1_000)

export const createHealthRecordSchema = z
  .strictObject({
    id: optional(uuidSchema),
    record_type: recordTypeSchema,
    record_date: dateSchema,
    value_numeric: optional(weightKgSchema),
    title: optional(titleSchema),
    memo: optional(memoSchema),
    next_date: optional(dateSchema),
  })
  .refine(({ record_type, value_numeric }) => (record_type === 'weight') === (typeof value_numeric === 'number'), {
    error: '체중 기록에만, 그리고 꼭 필요해요',
    path: ['value_numeric'],
  })
  .refine(({ record_type, title }) => record_type !== 'vaccination' || Boolean(title), { error: '접종 이름이 필요해요', path: ['title'] })
  .refine(({ record_date, next_date }) => !next_date || next_date >= record_date, {
    error: '기록한 날보다 빠를 수 없어요',
    path: ['next_date'],
  })
  .meta({
    id: 'CreateHealthRecord',
    description: 'A weight needs `value_numeric` in kg, and a vaccination needs a `title`. A `hospital_visit` usually has a `memo`',
    allOf: [
      {
        anyOf: [
          {
            required: ['value_numeric'],
            properties: { record_type: { type: 'string', const: 'weight' }, value_numeric: { type: 'number' } },
          },
          { required: ['title'], properties: { record_type: { type: 'string', const: 'vaccination' }, title: { type: 'string' } } },
          { properties: { record_type: { type: 'string', const: 'hospital_visit' } } },
        ],
      },
      {
        anyOf: [{ properties: { record_type: { type: 'string', const: 'weight' } } }, { properties: { value_numeric: { type: 'null' } } }],
      },
    ],
    example: { record_type: 'weight', record_date: '2026-11-29', value_numeric: 4.2 },
  })
export type CreateHealthRecord = z.infer<typeof createHealthRecordSchema>

export const editHealthRecordSchema = z
  .strictObject({
    record_date: optional(dateSchema),
    value_numeric: weightKgSchema.nullable().optional(),
    title: titleSchema.nullable().optional(),
    memo: memoSchema.nullable().optional(),
    next_date: dateSchema.nullable().optional(),
  })
  .meta({
    id: 'EditHealthRecord',
    description: 'Only what changes. Null empties a field that can be empty, and changes no other',
    example: { memo: '사료를 바꿨어요' },
  })
export type EditHealthRecord = z.infer<typeof editHealthRecordSchema>

export const listHealthRecordsQuery = pageQuery.extend({
  type: recordTypeSchema.optional().meta({ description: 'Records of this type alone' }),
})
export type ListHealthRecordsQuery = z.infer<typeof listHealthRecordsQuery>
export const healthRecordPages = pagesOf('health_records', z.tuple([dateSchema, uuidSchema]))

export const healthRecordParams = z.object({ id: uuidSchema, record_id: uuidSchema })

export const healthReportQuery = z.object({
  month: z
    .string()
    .regex(/^20\d{2}-(0[1-9]|1[0-2])$/)
    .meta({ description: 'YYYY-MM in Seoul', example: '2026-10' }),
})
const monthOfWalksFields = {
  walk_count: z.int(),
  walked_days: z.int(),
  distance_m: z.int(),
  duration_sec: z.int(),
  calories: z.int(),
}

export const healthReportSchema = z
  .object({
    month: z.string().meta({ example: '2026-10' }),
    weights: z.array(healthRecordSchema).meta({ description: 'Oldest first' }),
    weight_begin_kg: z.number().nullable().meta({ description: 'The last weight before the month, or else its first. Null without one' }),
    weight_end_kg: z.number().nullable().meta({ description: 'The last weight of the month. Null without one' }),
    weight_change_kg: z
      .number()
      .nullable()
      .meta({ description: 'From the last weight before the month, or else its first, to its last. Null when there are not two' }),
    weight_graph: z
      .array(z.object({ month: z.string().meta({ example: '2026-10' }), weight_kg: z.number().nullable() }).meta({ id: 'MonthWeight' }))
      .length(6)
      .meta({ description: 'The last weight of each of the six months up to and with this one. Null where none was recorded' }),
    vaccinations: z.array(healthRecordSchema),
    vaccinations_due: z.array(healthRecordSchema).meta({ description: 'Whose next date lies in the month' }),
    hospital_visits: z.array(healthRecordSchema),
    due: z
      .array(
        z
          .object({ record: healthRecordSchema, is_overdue: z.boolean().meta({ description: 'Its next date lies before today' }) })
          .meta({ id: 'DueRecord' }),
      )
      .meta({
        description:
          'Whose next date lies before the end of the month, and which no later record of the same type and title has met. The earliest date first',
      }),
    last_hospital_visit: healthRecordSchema.nullable().meta({ description: 'The last one until the end of the month' }),
    walks: z.object(monthOfWalksFields).meta({ id: 'MonthOfWalks', description: 'Recorded and imported walks of the month' }),
    walks_before: z.object({ from: z.iso.date(), to: z.iso.date(), ...monthOfWalksFields }).meta({
      id: 'WalksBefore',
      description: 'The month before. While the month runs it is as many days of it as have begun, today among them',
    }),
    distance_change_percent: z
      .int()
      .nullable()
      .meta({ description: 'Of the distance, against `walks_before`, in whole percent. Null where nothing was walked then' }),
  })
  .meta({ id: 'HealthReport' })
export type HealthReport = z.infer<typeof healthReportSchema>

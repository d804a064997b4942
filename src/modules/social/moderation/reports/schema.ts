import { z } from 'zod'
import { instantSchema, optional, uuidSchema, withDefault } from '../../../../core/fields.ts'
import { paragraphSchema } from '../../../../core/text.ts'
import { reasonSchema, targetTypeSchema } from '../schema.ts'

export const DESCRIPTION_MAX = 500

export const createReportSchema = z
  .strictObject({
    target_type: targetTypeSchema,
    target_id: uuidSchema,
    reason: reasonSchema,
    description: optional(paragraphSchema(DESCRIPTION_MAX)).meta({ description: 'Read by moderators alone' }),
    also_block: withDefault(z.boolean(), false).meta({ description: 'Blocks the author as well, as `POST /blocks/{user_id}` does' }),
  })
  .meta({
    id: 'CreateReport',
    example: { target_type: 'walk', target_id: '3f0c4c5e-8a52-4d0b-9a44-0d6a6f3c2f11', reason: 'harassment', also_block: true },
  })
export type CreateReport = z.infer<typeof createReportSchema>

export const reportSchema = z
  .object({
    target_type: targetTypeSchema,
    target_id: uuidSchema,
    created_at: instantSchema.meta({ description: 'Of the first report of it. A later one changes nothing' }),
  })
  .meta({ id: 'Report' })
export type Report = z.infer<typeof reportSchema>

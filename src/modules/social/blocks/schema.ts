import { z } from 'zod'
import { pagesOf } from '../../../core/cursor.ts'
import { instantSchema, uuidSchema } from '../../../core/fields.ts'

export const blockSchema = z
  .object({ user: z.object({ id: uuidSchema, nickname: z.string() }), created_at: instantSchema })
  .meta({ id: 'Block' })
export type Block = z.infer<typeof blockSchema>

export const blockPages = pagesOf('blocks', z.tuple([z.string(), uuidSchema]))

export const userParam = z.object({ user_id: uuidSchema })

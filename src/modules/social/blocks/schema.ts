import { z } from 'zod'
import { pagesOf } from '../../../core/cursor.ts'
import { instantSchema, uuidSchema } from '../../../core/fields.ts'
import { personSchema } from '../../../core/person.ts'

export const blockSchema = z.object({ user: personSchema, created_at: instantSchema }).meta({ id: 'Block' })
export type Block = z.infer<typeof blockSchema>

export const blockPages = pagesOf('blocks', z.tuple([z.string(), uuidSchema]))

export const userParam = z.object({ user_id: uuidSchema })

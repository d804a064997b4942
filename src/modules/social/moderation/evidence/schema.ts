import { z } from 'zod'
import { uuidSchema } from '../../../../core/fields.ts'
import { targetTypeSchema } from '../schema.ts'

export const evidenceParam = z.object({ target_type: targetTypeSchema, target_id: uuidSchema, name: z.string() })
export type EvidenceParam = z.infer<typeof evidenceParam>

export const evidenceQuery = z.object({
  expires: z.string().meta({ description: 'As the address of the file has it' }),
  signature: z.string().meta({ description: 'As the address of the file has it' }),
})
export type EvidenceQuery = z.infer<typeof evidenceQuery>

const targetFields = { target_type: targetTypeSchema, target_id: uuidSchema }
/** Jobs of the outbox. */
export const keepEvidenceSchema = z.object({ ...targetFields, photos: z.array(z.object({ object_key: z.string() })) })
export const dropEvidenceSchema = z.object(targetFields)

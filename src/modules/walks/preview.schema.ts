import { z } from 'zod'
import { instantSchema, uuidSchema } from '../../core/fields.ts'
import { walkPetSchema, walkSchema } from './schema.ts'

export const walkPreviewSchema = z
  .object({
    id: uuidSchema,
    started_at: instantSchema,
    pets: z.array(walkPetSchema),
    distance_m: z.int(),
    duration_sec: z.int(),
    calories: z.int().nullable(),
    route_polyline: walkSchema.shape.route_polyline,
  })
  .meta({ id: 'WalkPreview', description: 'A valid walk in a short list of its owner' })
export type WalkPreview = z.infer<typeof walkPreviewSchema>

export const activeWalkSchema = z
  .object({ id: uuidSchema, started_at: instantSchema, pets: z.array(walkPetSchema) })
  .meta({ id: 'ActiveWalk' })
export type ActiveWalk = z.infer<typeof activeWalkSchema>

import { z } from 'zod'
import { instantSchema } from '../../../core/fields.ts'

/** Hours of cells at which walks began: the payload of the job. */
export const fillWalksSchema = z.object({ starts: z.array(z.object({ nx: z.int(), ny: z.int(), hour: instantSchema })) })
export type FillWalks = z.infer<typeof fillWalksSchema>

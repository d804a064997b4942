import { z } from 'zod'
import { instantSchema } from '../../../core/fields.ts'

export const itemSchema = z
  .object({
    product_id: z.string(),
    kind: z.enum(['badge_pack', 'theme', 'outfit']).meta({ id: 'ItemKind' }),
    name: z.string(),
    bought_at: instantSchema,
  })
  .meta({ id: 'Item' })
export type Item = z.infer<typeof itemSchema>

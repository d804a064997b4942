import { z } from 'zod'
import { instantSchema } from '../../../core/fields.ts'

/** Somebody's latest shared walk, in a list of people. */
export const latestWalkSchema = z
  .object({
    distance_m: z.int().nullable().meta({ description: 'Null of a walk during which I was shown its owner’s position' }),
    posted_at: instantSchema.meta({
      description: 'As exact as in the card of the walk: to the minute, or the day where its owner hides times',
    }),
  })
  .meta({ id: 'LatestWalk' })
export type LatestWalk = z.infer<typeof latestWalkSchema>

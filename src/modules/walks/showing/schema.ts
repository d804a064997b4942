import { z } from 'zod'
import { uuidSchema } from '../../../core/fields.ts'
import { personSchema } from '../../../core/person.ts'
import { gradeSchema, titleSchema } from '../../grades/schema.ts'
import { petCardSchema } from '../../pets/schema.ts'
import { walkPhotoSchema } from '../../photos/schema.ts'
import { engagementFields, postSchema } from '../../social/posts/schema.ts'
import { walkDetailSchema, walkSchema } from '../schema.ts'

/** A shared walk in a list: the feed, and what somebody has shared. */
export const postCardSchema = z
  .object({
    walk_id: uuidSchema,
    author: personSchema
      .extend({ pet: petCardSchema.nullable(), grade: gradeSchema, title: titleSchema.nullable() })
      .meta({ id: 'PostAuthor' }),
    pets: walkSchema.shape.pets,
    region: walkDetailSchema.shape.region,
    posted_at: postSchema.shape.posted_at,
    started_at: walkDetailSchema.shape.started_at,
    time_precision: walkDetailSchema.shape.time_precision,
    distance_m: walkDetailSchema.shape.distance_m,
    duration_sec: walkDetailSchema.shape.duration_sec,
    calories: walkDetailSchema.shape.calories,
    memo: walkDetailSchema.shape.memo,
    sketch: walkDetailSchema.shape.sketch,
    is_map_open: walkDetailSchema.shape.is_map_open,
    route: walkDetailSchema.shape.route,
    photos: z.array(walkPhotoSchema).max(3).meta({ description: 'The first three' }),
    photo_count: z.int().meta({ description: 'How many there are in all' }),
    ...engagementFields,
    following: z.boolean().meta({ description: 'Whether I follow its author' }),
    is_mine: z.boolean(),
  })
  .meta({ id: 'PostCard' })
export type PostCard = z.infer<typeof postCardSchema>

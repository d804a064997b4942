import { z } from 'zod'
import { pagesOf } from '../../../core/cursor.ts'
import { uuidSchema } from '../../../core/fields.ts'
import { personSchema } from '../../../core/person.ts'
import { petCardSchema } from '../../pets/schema.ts'

export const walkParam = z.object({ walk_id: uuidSchema })

export const likeCountSchema = z.object({ likes: z.int().meta({ description: 'How many people like it now' }) }).meta({ id: 'LikeCount' })
export type LikeCount = z.infer<typeof likeCountSchema>

export const likerSchema = z
  .object({
    user: personSchema,
    pet: petCardSchema.nullable().meta({ description: 'The primary one' }),
    following: z.boolean().meta({ description: 'Whether I follow them' }),
  })
  .meta({ id: 'Liker' })
export type Liker = z.infer<typeof likerSchema>

export const likerPages = pagesOf('likers', z.tuple([z.string(), uuidSchema]))

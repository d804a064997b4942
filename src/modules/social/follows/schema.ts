import { z } from 'zod'
import { pageQuery, pagesOf } from '../../../core/cursor.ts'
import { instantSchema, optional, uuidSchema } from '../../../core/fields.ts'
import { personSchema } from '../../../core/person.ts'
import { wordsSchema } from '../../../core/text.ts'
import { petCardSchema } from '../../pets/schema.ts'
import { latestWalkSchema } from '../../walks/showing/latest.schema.ts'

export const followedSchema = z
  .object({
    user: personSchema,
    pet: petCardSchema.nullable(),
    latest_walk: latestWalkSchema.nullable().meta({ description: 'The walk that they shared last, of those that I may see' }),
    following: z.boolean().meta({ description: 'Whether I follow them' }),
    follows_me: z.boolean(),
    followed_at: instantSchema.nullable().meta({ description: 'When one began to follow the other. Null in lists of other people' }),
  })
  .meta({ id: 'FollowedPerson' })
export type FollowedPerson = z.infer<typeof followedSchema>

export const followSortSchema = z.enum(['recent_walk', 'name', 'followed_at']).meta({
  id: 'FollowSort',
  description: 'By the latest walk that I see, by nickname, or the newest follow first',
})
export type FollowSort = z.infer<typeof followSortSchema>

const Q_MAX = 20

export const followsQuery = pageQuery.extend({
  q: optional(wordsSchema.max(Q_MAX)).meta({ description: 'How a nickname or the name of a pet begins', example: '초코' }),
  sort: followSortSchema.default('recent_walk').meta({ description: 'In which order they come' }),
})
export type FollowsQuery = z.infer<typeof followsQuery>

/** Where a page ends: the key, the person, and when the first page was read. */
export const followPages = pagesOf('follows', z.tuple([z.string(), uuidSchema, z.string()]))

export const userParam = z.object({ user_id: uuidSchema })

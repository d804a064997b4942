import { z } from 'zod'
import { instantSchema } from '../../../core/fields.ts'
import { postAudienceSchema } from '../../users/settings/schema.ts'

/** 👍 ❤️ 😂 🐶 🐾 🎉 */
export const reactionSchema = z.enum(['thumbs_up', 'heart', 'joy', 'dog', 'paw', 'party']).meta({ id: 'Reaction' })
export type Reaction = z.infer<typeof reactionSchema>

export const reactionCountsSchema = z.partialRecord(reactionSchema, z.int()).meta({
  id: 'ReactionCounts',
  description: 'How many people reacted with each. A reaction that nobody gave is missing',
  example: { heart: 3, paw: 1 },
})

/** What people did with a shared walk, the same in a card and in the walk's detail. */
export const engagementFields = {
  audience: postAudienceSchema,
  likes: z.int(),
  liked: z.boolean().meta({ description: 'Whether I like it' }),
  comments: z.int().meta({ description: 'All that stand. It may be more than the list shows, which leaves out people who are blocked' }),
  reactions: reactionCountsSchema,
  my_reactions: z.array(reactionSchema),
}

export const postSchema = z
  .object({
    posted_at: instantSchema.meta({ description: 'When it was first shared, as exact as `time_precision` says' }),
    ...engagementFields,
    is_hidden: z.boolean().meta({ description: 'Only its owner sees it, until a moderator has decided' }),
  })
  .meta({ id: 'Post' })
export type Post = z.infer<typeof postSchema>

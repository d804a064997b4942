import { z } from 'zod'
import { uuidSchema } from '../../../core/fields.ts'
import { engagementFields, type Reaction, reactionSchema } from '../posts/schema.ts'

const BY_EMOJI: Readonly<Record<string, Reaction>> = {
  '👍': 'thumbs_up',
  '❤': 'heart',
  '😂': 'joy',
  '🐶': 'dog',
  '🐾': 'paw',
  '🎉': 'party',
}
/** How an emoji is to be drawn, in colour or not. Some phones send it and others do not. */
const VARIATION = /[\uFE0E\uFE0F]$/

export const reactionParams = z.object({
  id: uuidSchema,
  emoji: z
    .preprocess((given) => (typeof given === 'string' ? (BY_EMOJI[given.replace(VARIATION, '')] ?? given) : given), reactionSchema)
    .meta({ description: 'One of these words, or the emoji itself, percent-encoded', example: 'heart' }),
})

const { likes, liked, comments, reactions, my_reactions } = engagementFields

export const reactedSchema = z.object({ reactions, my_reactions }).meta({ id: 'Reacted' })
export type Reacted = z.infer<typeof reactedSchema>

export const interactionsSchema = z
  .object({
    likes,
    liked,
    comments,
    last_comment_id: uuidSchema.nullable().meta({ description: 'The newest comment that I see' }),
    reactions,
    my_reactions,
  })
  .meta({ id: 'Interactions' })
export type Interactions = z.infer<typeof interactionsSchema>

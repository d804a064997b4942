import { z } from 'zod'
import { uuidSchema } from '../../core/fields.ts'
import { personSchema } from '../../core/person.ts'
import { petCardSchema } from '../pets/schema.ts'
import { publicUserSchema } from '../users/schema.ts'

export const partOfDaySchema = z.enum(['dawn', 'morning', 'afternoon', 'evening', 'night']).meta({
  id: 'PartOfDay',
  description:
    'When in the day in Seoul: dawn (새벽) from 04:00, morning (아침) from 06:00, afternoon (오후) from 12:00, evening (저녁) from 18:00, night (밤) from 22:00',
})
export type PartOfDay = z.infer<typeof partOfDaySchema>

export const recommendationReasonSchema = z.enum(['same_dong', 'same_hours', 'same_breed', 'same_size', 'similar_distance']).meta({
  id: 'RecommendationReason',
  description:
    'same_dong: we live in the same dong. same_hours: we walk at about the same time of day. same_breed, same_size: our pets are of one breed, or of one size. similar_distance: we walk about as far in a week',
})
export type RecommendationReason = z.infer<typeof recommendationReasonSchema>

export const recommendationSchema = z
  .object({
    user: personSchema,
    pet: petCardSchema,
    region: publicUserSchema.shape.region,
    usual_time: partOfDaySchema.nullable().meta({
      description: 'When they usually walk. Null where they walk at all hours, or hide the times of their walks',
    }),
    following: z.boolean().meta({ description: 'Whether I follow them. Who is followed is recommended no more, so it is false' }),
    follows_me: z.boolean(),
    score: z.number().min(0).max(1).meta({ description: 'How well we fit, in hundredths. The order is finer', example: 0.87 }),
    reasons: z.array(recommendationReasonSchema).max(2).meta({ description: 'Why, the weightiest first. There may be none' }),
  })
  .meta({ id: 'Recommendation' })
export type Recommendation = z.infer<typeof recommendationSchema>

export const dismissedParam = z.object({ user_id: uuidSchema })

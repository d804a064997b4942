import { z } from 'zod'
import { pageQuery, pagesOf } from '../../../core/cursor.ts'
import { uuidSchema } from '../../../core/fields.ts'
import { personSchema } from '../../../core/person.ts'
import { wordsSchema } from '../../../core/text.ts'
import { petCardSchema } from '../../pets/schema.ts'
import { publicUserSchema } from '../../users/schema.ts'
import { readTyped } from './rules.ts'

const typedSchema = z
  .string()
  .regex(/^\P{Cc}*$/u, '쓸 수 없는 문자가 들어 있어요')
  .pipe(
    wordsSchema.transform((text, context) => {
      const typed = readTyped(text)
      if (typed) return typed
      context.addIssue({ code: 'custom', message: '한글 한 글자나 다른 글자 두 글자부터 스무 글자까지 찾을 수 있어요' })
      return z.NEVER
    }),
  )

export const searchQuery = pageQuery.extend({
  q: typedSchema.meta({
    description:
      'What was typed so far of a nickname or of a pet’s name: one syllable of Hangul or more, or two other letters or more, at most 20. A syllable may be half typed (초ㅋ, 촠), and first consonants alone are initials (ㅊㅋ)',
    example: '초코',
  }),
})
export type SearchQuery = z.infer<typeof searchQuery>

export const foundUserSchema = z
  .object({
    user: personSchema,
    pet: petCardSchema.nullable().meta({ description: 'The pet whose name begins so, else the primary one' }),
    region: publicUserSchema.shape.region,
    following: z.boolean().meta({ description: 'Whether I follow them' }),
    follows_me: z.boolean(),
    matched: z.enum(['nickname', 'pet']).meta({ id: 'NameKind', description: 'Whose name stands where they stand in the list' }),
  })
  .meta({ id: 'FoundUser' })
export type FoundUser = z.infer<typeof foundUserSchema>

/** Tier, key and person. */
export const foundPages = pagesOf('found-users', z.tuple([z.int(), z.string(), uuidSchema]))

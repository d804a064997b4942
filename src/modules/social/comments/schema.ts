import { z } from 'zod'
import { pagesOf } from '../../../core/cursor.ts'
import { instantSchema, optional, uuidSchema } from '../../../core/fields.ts'
import { paragraphSchema } from '../../../core/text.ts'
import { gradeSchema } from '../../grades/schema.ts'
import { petCardSchema } from '../../pets/schema.ts'
import { CONTENT_MAX, withFewEmptyLines } from './rules.ts'

/** A code point may be two units of UTF-16, in which `paragraphSchema` counts. */
const contentSchema = paragraphSchema(2 * CONTENT_MAX)
  .min(1, '댓글을 입력해 주세요')
  .overwrite(withFewEmptyLines)
  .refine((text) => [...text].length <= CONTENT_MAX, `${CONTENT_MAX}자까지 쓸 수 있어요`)
  .meta({ maxLength: CONTENT_MAX })

export const writeCommentSchema = z
  .strictObject({
    id: optional(uuidSchema).meta({ description: 'Made by the client. The same id again is the same comment' }),
    walk_id: uuidSchema,
    content: contentSchema.meta({ description: 'Up to 500 characters. Several empty lines become one' }),
  })
  .meta({
    id: 'WriteComment',
    example: {
      id: '3d6f0a52-7c1b-4e0a-9d55-0b8f3f6f1c21',
      walk_id: '0f8b6f3e-6a3d-4c1e-9b6a-2f1d7c5e8a40',
      content: '초코 너무 귀여워요!',
    },
  })
export type WriteComment = z.infer<typeof writeCommentSchema>

export const commentSchema = z
  .object({
    id: uuidSchema,
    walk_id: uuidSchema,
    author: z
      .object({
        id: uuidSchema,
        nickname: z.string(),
        pet: petCardSchema.nullable().meta({ description: 'The primary one' }),
        grade: gradeSchema,
      })
      .meta({ id: 'CommentAuthor' }),
    content: z.string(),
    created_at: instantSchema,
    is_mine: z.boolean(),
    can_delete: z.boolean().meta({ description: 'It is mine, or it stands under my walk' }),
    held: z.boolean().meta({ description: 'I alone see it, until a moderator has looked at it' }),
  })
  .meta({ id: 'Comment' })
export type Comment = z.infer<typeof commentSchema>

export const commentPages = pagesOf('comments', z.tuple([z.string(), uuidSchema]))

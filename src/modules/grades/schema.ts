import { z } from 'zod'
import { instantSchema } from '../../core/fields.ts'

export const gradeSchema = z
  .object({
    level: z.int().min(1).max(10),
    name: z.string().meta({ example: '산책 새싹' }),
    icon: z.string().meta({ example: '🌱' }),
  })
  .meta({ id: 'Grade', description: 'By the distance of all recorded walks. It is never lowered' })
export type Grade = z.infer<typeof gradeSchema>

export const titleSchema = z
  .object({ code: z.string().meta({ example: 'first_step' }), name: z.string().meta({ example: '첫걸음을 뗀' }) })
  .meta({ id: 'Title', description: 'What somebody shows beside the nickname' })
export type Title = z.infer<typeof titleSchema>

const gradeStepSchema = gradeSchema
  .extend({
    required_m: z.int().meta({ description: 'The distance that it takes' }),
    is_reached: z.boolean(),
    reached_at: instantSchema.nullable().meta({ description: 'Of the first one: when I signed up' }),
  })
  .meta({ id: 'GradeStep' })

export const gradesSchema = z
  .object({
    grade: gradeSchema.meta({ description: 'Mine' }),
    reached_at: instantSchema,
    distance_m: z.int().meta({ description: 'Of my recorded walks that count. It falls when a walk is deleted, and the grade stays' }),
    progress: z
      .int()
      .min(0)
      .max(100)
      .nullable()
      .meta({ description: 'The way from this grade to the next in percent, floored. Null at the last one' }),
    to_next_m: z.int().nullable().meta({ description: 'Metres to the next grade. Null at the last one' }),
    items: z.array(gradeStepSchema).meta({ description: 'All grades, the lowest first' }),
  })
  .meta({ id: 'Grades' })
export type Grades = z.infer<typeof gradesSchema>

const SECRET = 'Null while it hangs on a secret badge that is not earned'

export const titlesSchema = z
  .object({
    items: z.array(
      z
        .object({
          code: titleSchema.shape.code.nullable().meta({ description: SECRET }),
          name: z.string(),
          hint: z.string().meta({ description: 'What it takes' }),
          is_unlocked: z.boolean(),
          unlocked_at: instantSchema.nullable(),
          is_shown: z.boolean().meta({ description: 'Whether it is the one that others see. `PATCH /users/me` chooses it' }),
        })
        .meta({ id: 'TitleOfMine' }),
    ),
  })
  .meta({ id: 'Titles' })
export type Titles = z.infer<typeof titlesSchema>

import { z } from 'zod'
import { instantSchema } from '../../core/fields.ts'

export const streakSchema = z
  .object({
    current: z.int(),
    best: z.int(),
    today: z.iso.date().meta({ description: 'The streak day it is: from 04:00 to 04:00' }),
    is_today_done: z.boolean(),
    first_day: z.iso.date().nullable().meta({ description: 'Of the current run' }),
    last_day: z.iso.date().nullable(),
    breaks_at: instantSchema.nullable().meta({ description: 'When the run ends unless I walk. Null without a run' }),
    rest_day: z
      .object({
        allowance: z.int().meta({ description: 'Days a calendar month: 1 with premium, else 0' }),
        used_on: z.iso.date().nullable().meta({ description: "This month's" }),
        remaining: z.int(),
        renews_on: z.iso.date(),
        is_holding: z.boolean().meta({ description: 'Yesterday was missed, and walking today will spend the rest day on it' }),
      })
      .meta({ id: 'RestDay', description: 'Applied by itself when exactly one day was missed' }),
    rest_days: z.array(z.iso.date()).meta({ description: 'The ledger: those of the last twelve months, newest first' }),
  })
  .meta({ id: 'Streak' })
export type Streak = z.infer<typeof streakSchema>

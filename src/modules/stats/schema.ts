import { z } from 'zod'

export const weekSummarySchema = z
  .object({
    distance_m: z.int(),
    walk_count: z.int(),
    duration_sec: z.int(),
    goal_km: z.int().meta({ description: 'The goal of a week' }),
    percent: z.int().meta({ description: 'Of the goal, rounded down. It goes on beyond 100' }),
    days: z
      .array(z.object({ day: z.iso.date(), walk_count: z.int(), distance_m: z.int() }).meta({ id: 'WeekDay' }))
      .length(7)
      .meta({ description: 'Monday to Sunday in Seoul, each from 00:00 on' }),
  })
  .meta({ id: 'WeekSummary', description: 'This week: recorded and imported walks' })
export type WeekSummary = z.infer<typeof weekSummarySchema>

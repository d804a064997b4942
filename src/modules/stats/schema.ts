import { z } from 'zod'
import { uuidSchema } from '../../core/fields.ts'

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

/** A day that periods can be computed around. */
const daySchema = z.iso.date().refine((day) => day >= '2000' && day < '2200', '날짜를 확인해 주세요')

export const statsRangeSchema = z.enum(['week', 'month', '3months', '6months', 'year']).meta({ id: 'StatsRange' })
export type StatsRange = z.infer<typeof statsRangeSchema>

export const statsQuery = z.object({
  range: statsRangeSchema
    .default('week')
    .meta({ description: 'The week from Monday, the calendar month, it and the two or five before it, or the calendar year' }),
  pet_id: uuidSchema.optional().meta({ description: 'Walks with this pet alone' }),
  at: daySchema
    .optional()
    .meta({ description: 'A day of the period, in Seoul, which has begun. Today when it is left out', example: '2026-11-18' }),
})
export type StatsQuery = z.infer<typeof statsQuery>

const totalsFields = {
  distance_m: z.int(),
  duration_sec: z.int(),
  walk_count: z.int(),
  calories: z.int(),
  walked_days: z.int().meta({ description: 'Days with a walk' }),
}
const totalsSchema = z.object(totalsFields).meta({ id: 'StatsTotals' })
export type StatsTotals = z.infer<typeof totalsSchema>

const bucketSchema = z.object({ from: z.iso.date(), to: z.iso.date(), ...totalsFields }).meta({ id: 'StatsBucket' })
export type StatsBucket = z.infer<typeof bucketSchema>

export const statsSchema = z
  .object({
    range: statsRangeSchema,
    from: z.iso.date(),
    to: z.iso.date().meta({ description: 'The last day. It may lie ahead' }),
    totals: totalsSchema,
    per_walked_day_m: z.int().meta({ description: 'Distance by days with a walk, rounded. 0 without one' }),
    longest: z.object({ walk_id: uuidSchema, distance_m: z.int() }).meta({ id: 'LongestWalk' }).nullable(),
    buckets: z.array(bucketSchema).meta({
      description: 'Every day of a week or month, week of 3 or 6 months, month of a year. A week is cut at the edge of the months',
    }),
    previous: bucketSchema.meta({
      description: 'The period before. While the period runs it is as many days of it as have begun, today among them',
    }),
    change_percent: z
      .int()
      .nullable()
      .meta({ description: 'Of the distance, against `previous`, in whole percent. Null where nothing was walked then' }),
  })
  .meta({ id: 'WalkStats', description: 'Recorded and imported walks, by the day on which they began' })
export type WalkStats = z.infer<typeof statsSchema>

export const monthQuery = z.object({
  month: z
    .string()
    .regex(/^20\d{2}-(0[1-9]|1[0-2])$/)
    .meta({ description: 'YYYY-MM in Seoul, at most 24 months from the present one', example: '2026-11' }),
})

const calendarDaySchema = z
  .object({
    day: z.iso.date(),
    walk_count: z.int().meta({ description: 'Walks that began from 00:00 to 24:00, recorded and imported' }),
    distance_m: z.int(),
    streak: z.enum(['none', 'single', 'start', 'middle', 'end']).meta({
      id: 'StreakPart',
      description:
        'Where the streak day, from 04:00 to 04:00, stands in a run of them. A walk at 01:30 counts under its date and makes the streak day before. Imported walks make none',
    }),
    rest_day: z.boolean().meta({ description: 'Whether a rest day bridges it' }),
  })
  .meta({ id: 'CalendarDay' })

export const calendarSchema = z
  .object({
    month: z.string().meta({ example: '2026-11' }),
    days: z.array(calendarDaySchema).meta({ description: 'Every day of the month' }),
  })
  .meta({ id: 'WalkCalendar' })
export type WalkCalendar = z.infer<typeof calendarSchema>

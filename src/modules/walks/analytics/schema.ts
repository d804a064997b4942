import { z } from 'zod'

const paceSchema = z.enum(['slow', 'normal', 'fast']).meta({ id: 'Pace' })
export type Pace = z.infer<typeof paceSchema>

const stretchSchema = z
  .object({
    from_m: z.int(),
    to_m: z.int(),
    pace: paceSchema,
    color: z.string(),
    polyline: z.string().nullable().meta({
      description: 'The stretch itself, to be drawn in its colour. Precision 5. Null where the way is not kept',
      example: 'wkbdFwzcfWgA}@',
    }),
  })
  .meta({ id: 'PaceStretch' })
export type PaceStretch = z.infer<typeof stretchSchema>

/** Figures that an imported walk may lack. */
const figure = z.int().nullable().meta({ description: 'Null where it was not measured' })

export const analyticsSchema = z
  .object({
    max_speed_kmh: z.number().nullable().meta({ description: 'Null where it was not measured' }),
    moving_sec: figure,
    stopped_sec: figure,
    ascent_m: figure,
    descent_m: figure,
    steps: z.int().meta({ description: 'As the phone counted them, or the distance divided by 0.722 m' }),
    is_estimated: z.boolean().meta({ description: 'Whether the steps are estimated' }),
    speed_colors: z.array(stretchSchema).meta({
      description:
        'From the start on: slow (less than 80 % of the average speed), normal, and fast (more than 120 %). A break of the recording ends a stretch',
    }),
    elevation: z
      .array(z.object({ from_m: z.int(), elevation_m: z.int() }).meta({ id: 'ElevationStretch' }))
      .nullable()
      .meta({
        description:
          'The mean altitude of each stretch of the way: 50 m, or a hundredth of a longer walk. Stretches without one are missing. Null where the phone gave no altitude, and while the recording is out of reach',
      }),
  })
  .meta({ id: 'WalkAnalytics' })
export type Analytics = z.infer<typeof analyticsSchema>

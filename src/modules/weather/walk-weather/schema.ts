import { z } from 'zod'
import { instantSchema } from '../../../core/fields.ts'
import { precipitationSchema, skySchema } from '../conditions.schema.ts'

/** Hours of cells at which walks began: the payload of the job. */
export const fillWalksSchema = z.object({ starts: z.array(z.object({ nx: z.int(), ny: z.int(), hour: instantSchema })) })
export type FillWalks = z.infer<typeof fillWalksSchema>

/** The weather of a walk, as its owner sees it and as `walks.weather` holds it. */
export const walkWeatherSchema = z
  .object({
    hour: instantSchema.meta({ description: 'The full hour of the reading' }),
    temp: z.number().meta({ description: '°C' }),
    humidity: z.number().nullable().meta({ description: 'Percent' }),
    pty: precipitationSchema.nullable(),
    rn1: z.number().nullable().meta({ description: 'Millimetres in the hour' }),
    wind_ms: z.number().nullable(),
    sky: skySchema.nullable().meta({ description: 'As forecast, because nobody observes it' }),
    source: z.literal('ncst').meta({ description: "KMA's ultra-short observation" }),
    final: z.boolean().meta({ description: 'Whether badges count it. POST /walks may answer the last known reading with false' }),
  })
  .meta({
    id: 'WalkWeather',
    example: {
      hour: '2026-11-29T08:00:00Z',
      temp: 7.4,
      humidity: 52,
      pty: 'none',
      rn1: 0,
      wind_ms: 1.8,
      sky: 'clear',
      source: 'ncst',
      final: true,
    },
  })

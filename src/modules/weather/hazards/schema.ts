import { z } from 'zod'
import { instantSchema, uuidSchema } from '../../../core/fields.ts'
import { WARNING_LEVELS } from '../../../core/weather.ts'
import { rectangleIn } from '../../places/schema.ts'
import { warningSchema } from '../warnings/schema.ts'

export const hazardsQuery = z.object({ bbox: rectangleIn })

const gradeSchema = z
  .union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])
  .nullable()
  .meta({ description: '1 좋음, 2 보통, 3 나쁨, 4 매우나쁨' })
const valueSchema = z
  .int()
  .nullable()
  .meta({ description: 'Micrograms a cubic metre. Null where the station has not measured it in the last two hours' })

export const dustStationSchema = z
  .object({
    station: z.string().meta({ example: '종로구' }),
    lat: z.number(),
    lng: z.number(),
    pm10_value: valueSchema,
    pm25_value: valueSchema,
    grades: z.object({ pm10: gradeSchema, pm25: gradeSchema }),
    measured_at: instantSchema,
  })
  .meta({ id: 'DustStation', description: 'What a station measured last' })
export type DustStation = z.infer<typeof dustStationSchema>

export const pavementSchema = z
  .object({
    level: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
    surface_temp_c: z.number().meta({ example: 48.3 }),
    message: z.string().nullable().meta({ example: '흙길이나 그늘로 걸어요' }),
  })
  .meta({ id: 'Pavement', description: 'How hot asphalt is by the weather of this hour. There is no map of what the ground is' })
export type Pavement = z.infer<typeof pavementSchema>

export const riversideSchema = z
  .object({
    id: uuidSchema,
    name: z.string().meta({ example: '반포한강공원' }),
    lat: z.number(),
    lng: z.number(),
    level: z.enum(WARNING_LEVELS),
    message: z.string().meta({ example: '하천변 산책로는 위험해요' }),
  })
  .meta({ id: 'RiversidePlace', description: 'A place along a river, while a warning of heavy rain holds there' })
export type RiversidePlace = z.infer<typeof riversideSchema>

export const hazardsSchema = z
  .object({
    warnings: z.array(warningSchema).meta({ description: 'In force in the sigungu of the rectangle, the worst first' }),
    dust: z.array(dustStationSchema).meta({
      description:
        'The stations in the rectangle and within 5 km of it, the nearest to its middle first. Without any, the nearest within 30 km. None is known while nobody asks for weather anywhere',
    }),
    pavement: pavementSchema.nullable().meta({
      description:
        'In the middle of the rectangle, by the weather that is known there. `GET /weather` asks for it and this does not, so it is null where nobody has asked for some time',
    }),
    riverside: z.array(riversideSchema).meta({ description: 'Parks that heavy rain makes dangerous now' }),
    sources: z
      .array(z.object({ name: z.string(), notice: z.string().nullable() }).meta({ id: 'HazardSource' }))
      .meta({ description: 'To be named beside the values' }),
  })
  .meta({ id: 'Hazards' })
export type Hazards = z.infer<typeof hazardsSchema>

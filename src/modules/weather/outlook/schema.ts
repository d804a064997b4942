import { z } from 'zod'
import { instantSchema } from '../../../core/fields.ts'

export const SUITABILITY_REASONS = ['snow', 'rain', 'hot', 'cold', 'dust', 'lightning', 'warning'] as const
export type SuitabilityReason = (typeof SUITABILITY_REASONS)[number]

export const suitabilitySchema = z
  .object({
    level: z
      .enum(['optimal', 'moderate', 'caution'])
      .nullable()
      .meta({ description: '최적, 보통, 주의. Null while the temperature is unknown and nothing else asks for care' }),
    message: z.string().nullable().meta({ example: '산책하기 좋은 날이에요!' }),
    color: z.string().nullable().meta({ example: '#10B981' }),
    reasons: z
      .array(z.enum(SUITABILITY_REASONS).meta({ id: 'SuitabilityReason' }))
      .meta({ description: 'All that ask for care. `message` is about the first' }),
  })
  .meta({ id: 'Suitability' })
export type Suitability = z.infer<typeof suitabilitySchema>

export const bestHourSchema = z
  .object({
    from: instantSchema,
    to: instantSchema.meta({ description: 'Two hours later' }),
    message: z.string().meta({ example: '오전 10시~12시가 최적이에요' }),
  })
  .meta({ id: 'BestHour', description: 'Two whole hours that are good for a walk' })
export type BestHour = z.infer<typeof bestHourSchema>

export const bestHoursSchema = z
  .object({
    items: z.array(bestHourSchema).max(2).meta({ description: 'Within the next twelve hours. The best one first' }),
    message: z.string().nullable().meta({ description: 'Why there is none', example: '앞으로 12시간은 비 예보가 있어요' }),
  })
  .meta({ id: 'BestHours' })
export type BestHours = z.infer<typeof bestHoursSchema>

export const outlookSchema = z
  .object({
    kind: z.enum(['rain', 'snow']),
    from: instantSchema,
    message: z.string().meta({ example: '오후 3시 이후 비 예보' }),
  })
  .meta({ id: 'Outlook', description: 'The first rain or snow of the next 24 hours' })
export type Outlook = z.infer<typeof outlookSchema>

const valueSchema = z.int().nullable().meta({ description: 'µg/m³' })
const gradeSchema = z
  .union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])
  .nullable()
  .meta({ description: '1 좋음, 2 보통, 3 나쁨, 4 매우나쁨' })
const stationSchema = z.string().nullable().meta({ description: 'The nearest station that has this value' })

export const airQualitySchema = z
  .object({
    pm10_value: valueSchema,
    pm25_value: valueSchema,
    pm10_grade: gradeSchema,
    pm25_grade: gradeSchema,
    pm10_station: stationSchema,
    pm25_station: stationSchema,
    station: z.string().meta({ description: 'Of PM10, or else of PM2.5' }),
    measured_at: instantSchema.meta({ description: 'The older of the two' }),
  })
  .meta({ id: 'AirQuality', description: 'Unverified values of the moment (한국환경공단 에어코리아)' })
export type AirQuality = z.infer<typeof airQualitySchema>

import { z } from 'zod'
import { instantSchema, latIn, lngIn } from '../../core/fields.ts'
import { regionSchema } from '../regions/schema.ts'
import { precipitationSchema, skySchema } from './conditions.schema.ts'
import { airQualitySchema, bestHourSchema, outlookSchema, suitabilitySchema } from './outlook/schema.ts'
import { pawIndexSchema } from './paw-index/schema.ts'
import { warningSchema } from './warnings/schema.ts'

const placeFields = {
  lat: latIn.optional().meta({ description: 'With `lng`', example: 37.5172 }),
  lng: lngIn.optional().meta({ description: 'With `lat`', example: 127.0473 }),
  region_code: z
    .string()
    .regex(/^\d{10}$/)
    .optional()
    .meta({ description: 'In place of `lat` and `lng`: a sido, sigungu or dong of GET /regions' }),
}

type PlaceQuery = { lat?: number | undefined; lng?: number | undefined; region_code?: string | undefined }
const hasBoth = ({ lat, lng }: PlaceQuery) => (lat === undefined) === (lng === undefined)
const TOGETHER = { error: '위도와 경도를 함께 보내 주세요', path: ['lat'] }
const hasOneForm = ({ lat, region_code }: PlaceQuery) => lat === undefined || region_code === undefined
const ONE_FORM = { error: '위치와 지역 중 하나만 보내 주세요', path: ['region_code'] }

export const weatherQuery = z
  .object(placeFields)
  .refine(hasBoth, TOGETHER)
  .refine(hasOneForm, ONE_FORM)
  .refine(({ lat, lng, region_code }) => [lat, lng, region_code].some((one) => one !== undefined), {
    error: '위치나 지역을 보내 주세요',
    path: ['lat'],
  })
export type WeatherQuery = z.infer<typeof weatherQuery>

export const PAW_HOURS_MAX = 24
export const pawIndexQuery = z
  .object({
    ...placeFields,
    hours: z.coerce.number().int().min(1).max(PAW_HOURS_MAX).default(12).meta({ description: 'How many whole hours, this one first' }),
  })
  .refine(hasBoth, TOGETHER)
  .refine(hasOneForm, ONE_FORM)
export type PawIndexQuery = z.infer<typeof pawIndexQuery>

const tempSchema = z.number().meta({ description: '°C', example: 18.4 })
const humiditySchema = z.number().nullable().meta({ description: 'Percent', example: 46 })
const feelsLikeSchema = z.number().nullable().meta({
  description:
    '°C, by the formulas of KMA: heat from May to September, wind chill in the other months. Null where the humidity or the wind is missing',
  example: 18.4,
})
const windSchema = z.number().nullable().meta({ description: 'Metres a second', example: 2.1 })

export const currentWeatherSchema = z
  .object({
    temp: tempSchema,
    feels_like: feelsLikeSchema,
    humidity: humiditySchema,
    pty: precipitationSchema.nullable(),
    sky: skySchema.nullable().meta({ description: 'As it was forecast for the hour. Nobody measures it' }),
    rn1: z.number().nullable().meta({ description: 'Millimetres in the last hour', example: 0 }),
    wind_ms: windSchema,
  })
  .meta({ id: 'CurrentWeather', description: 'What was measured at `observed_at`. What is missing is null and never 0' })
export type CurrentWeather = z.infer<typeof currentWeatherSchema>

const pawLevelSchema = pawIndexSchema.shape.level

export const hourlyWeatherSchema = z
  .object({
    at: instantSchema.meta({ description: 'A full hour' }),
    temp: tempSchema.nullable(),
    feels_like: feelsLikeSchema,
    pty: precipitationSchema.nullable(),
    sky: skySchema.nullable(),
    pop: z.number().nullable().meta({ description: 'The probability of rain or snow in percent', example: 20 }),
    paw_level: pawLevelSchema.meta({ description: 'The paw index of the primary pet. Null without a pet' }),
  })
  .meta({ id: 'HourlyWeather', description: 'What is expected in an hour' })

export const extremesSchema = z
  .object({ min: tempSchema.nullable(), max: tempSchema.nullable() })
  .meta({ id: 'DayExtremes', description: 'The lowest and the highest temperature of today' })

export const weatherSourceSchema = z
  .object({
    name: z.string().meta({ example: '기상청' }),
    notice: z.string().nullable().meta({ description: 'What must be shown with it', example: '인증을 받지 않은 실시간 자료예요' }),
  })
  .meta({ id: 'WeatherSource' })

export const weatherReportSchema = z
  .object({
    region: regionSchema.meta({ description: 'The one that was asked for, or the sigungu whose centre is nearest' }),
    weather: currentWeatherSchema.nullable().meta({ description: 'Null where nothing is measured, such as at sea' }),
    air_quality: airQualitySchema
      .nullable()
      .meta({ description: 'Null without a station within 30 km that has measured in the last two hours' }),
    suitability: suitabilitySchema,
    best_hours: z.array(bestHourSchema).max(2).meta({ description: 'Within the next twelve hours, the best one first' }),
    best_hours_message: z.string().nullable().meta({ description: 'Why there is none', example: '앞으로 12시간은 비 예보가 있어요' }),
    outlook: outlookSchema.nullable(),
    extremes: extremesSchema,
    hours: z
      .array(hourlyWeatherSchema)
      .max(12)
      .meta({ description: 'The hours that begin within the next twelve, as far as they are known' }),
    warnings: z.array(warningSchema).meta({ description: 'In force in the sigungu, the worst first' }),
    paw_index: pawIndexSchema.nullable().meta({ description: 'Of the primary pet. Null without a pet' }),
    observed_at: instantSchema
      .nullable()
      .meta({ description: 'The hour of the measurement. It is the last one published, unless `stale`' }),
    stale: z
      .boolean()
      .meta({ description: 'A source does not answer, so that this is older than it should be, and at most six hours old' }),
    sources: z.array(weatherSourceSchema).meta({ description: 'To be named beside the values' }),
  })
  .meta({ id: 'WeatherReport' })
export type WeatherReport = z.infer<typeof weatherReportSchema>

export const pawForecastSchema = z
  .object({
    pet_id: z.string(),
    region: regionSchema,
    hours: z
      .array(z.object({ at: instantSchema, index: pawIndexSchema }).meta({ id: 'PawHour' }))
      .max(PAW_HOURS_MAX)
      .meta({ description: 'This hour and those after it, as far as they are known' }),
    observed_at: instantSchema.nullable(),
    stale: z.boolean(),
    sources: z.array(weatherSourceSchema),
  })
  .meta({ id: 'PawForecast', description: 'What the coming hours mean for one pet. It is no medical advice' })
export type PawForecast = z.infer<typeof pawForecastSchema>

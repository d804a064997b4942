import { z } from 'zod'
import { PRECIPITATIONS, SKIES } from '../../core/weather.ts'

export const precipitationSchema = z
  .enum(PRECIPITATIONS)
  .meta({ id: 'Precipitation', description: 'What falls. `drizzle_snow` is drops and flurries, and `flurry` is a little snow' })
export const skySchema = z.enum(SKIES).meta({ id: 'Sky' })

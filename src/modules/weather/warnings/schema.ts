import { z } from 'zod'
import { instantSchema } from '../../../core/fields.ts'
import { WARNING_KINDS, WARNING_LEVELS } from '../../../core/weather.ts'

/** A warning in force. `warnings_of` answers lists of it. */
export const warningSchema = z
  .object({
    kind: z.enum(WARNING_KINDS).meta({ id: 'WarningKind' }),
    level: z.enum(WARNING_LEVELS).meta({ id: 'WarningLevel', description: '`advisory` is 주의보, and `warning` is 경보' }),
    zone: z.string().meta({ description: 'As KMA names it', example: '제주시중산간' }),
    since: instantSchema,
    until: instantSchema.nullable().meta({ description: 'Where its end is announced' }),
    message: z.string().meta({ example: '호우주의보 발효 중' }),
  })
  .meta({ id: 'WeatherWarning' })
export type WeatherWarning = z.infer<typeof warningSchema>

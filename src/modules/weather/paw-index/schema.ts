import { z } from 'zod'

const levelSchema = z
  .union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)])
  .nullable()
  .meta({
    description: '0 산책하기 좋아요, 1 조금만 주의해 주세요, 2 짧게 다녀오세요, 3 지금은 쉬어요. Null where it is unknown',
  })

export const PAW_PARTS = ['pavement', 'heat', 'cold', 'dust', 'rain', 'lightning', 'warning', 'salt', 'uv', 'ticks', 'dark'] as const

export const pawPartSchema = z
  .object({
    part: z.enum(PAW_PARTS).meta({ id: 'PawPartName' }),
    level: levelSchema,
    value: z.number().nullable().meta({
      description:
        'The temperature of asphalt, the heat or cold that is felt (heat with what makes this pet weaker), the particles that decide, mm an hour',
    }),
    unit: z.enum(['°C', 'µg/m³', 'mm/h']).nullable(),
    message: z.string().nullable().meta({ example: '손등을 바닥에 7초 대 보세요' }),
    is_info: z.boolean().meta({ description: 'It is worth knowing and changes no level' }),
  })
  .meta({ id: 'PawPart' })
export type PawPart = z.infer<typeof pawPartSchema>

export const pawIndexSchema = z
  .object({
    level: levelSchema,
    message: z.string().nullable().meta({ example: '조금만 주의해 주세요' }),
    notice: z.string().meta({ description: 'To be shown with it', example: '참고용 정보예요. 수의사의 진단을 대신하지 않아요' }),
    parts: z.array(pawPartSchema).meta({
      description:
        'The highest level is that of the index. Pavement, heat, cold, dust and rain are always there, and the others where they apply',
    }),
  })
  .meta({ id: 'PawIndex', description: 'What the weather of an hour means for one pet. It is no medical advice' })
export type PawIndex = z.infer<typeof pawIndexSchema>

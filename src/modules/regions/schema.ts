import { z } from 'zod'

const regionCodeSchema = z
  .string()
  .regex(/^\d{10}$/)
  .meta({ example: '1168010100' })

/** A home region. `dong` is empty when only the sigungu is known. */
export const regionSchema = z
  .object({
    code: regionCodeSchema,
    sido: z.string(),
    sigungu: z.string().meta({ description: 'Empty in Sejong, which has none' }),
    dong: z.string().meta({ description: 'Empty when only the sigungu is known' }),
  })
  .meta({ id: 'Region' })
export type Region = z.infer<typeof regionSchema>

export const listRegionsQuery = z.object({
  parent: regionCodeSchema.optional().meta({ description: 'The code of a sido or sigungu. The sidos when it is left out' }),
})

export const listedRegionSchema = z
  .object({
    ...regionSchema.shape,
    level: z.enum(['sido', 'sigungu', 'dong']).meta({ id: 'RegionLevel' }),
    name: z.string().meta({ description: 'What to show in a list of its siblings' }),
    lat: z.number(),
    lng: z.number(),
    has_children: z.boolean(),
  })
  .meta({ id: 'ListedRegion' })
export type ListedRegion = z.infer<typeof listedRegionSchema>

/** A dong as Kakao names it. The cache stores it in this shape. */
export const placeSchema = z.object({
  code: regionCodeSchema,
  sido: z.string(),
  sigungu: z.string().meta({ description: 'Empty in Sejong, which has none' }),
  dong: z.string(),
  center: z.object({ lat: z.number(), lng: z.number() }),
})
export type Place = z.infer<typeof placeSchema>

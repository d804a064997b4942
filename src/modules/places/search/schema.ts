import { z } from 'zod'
import { latIn, lngIn } from '../../../core/fields.ts'
import { wordsSchema } from '../../../core/text.ts'
import { placeSchema, sourcesSchema } from '../schema.ts'
import { normaliseQuery } from './rules.ts'

const Q_MAX = 40
export const PAGES = 3

export const searchPlacesQuery = z.object({
  q: z
    .string()
    .regex(/^\P{Cc}*$/u, '쓸 수 없는 문자가 들어 있어요')
    .pipe(wordsSchema.min(1).max(Q_MAX))
    .transform(normaliseQuery)
    .pipe(z.string().min(1))
    .meta({
      type: 'string',
      minLength: 1,
      maxLength: Q_MAX,
      description: 'A name or a kind of place. 동물병원 gives vets alone, and 애견카페 cafés that welcome pets',
      example: '애견카페',
    }),
  lat: latIn.meta({ description: 'Places within 20 km of this point are found' }),
  lng: lngIn.meta({ description: 'Of the same point' }),
  sort: z
    .enum(['accuracy', 'distance'])
    .meta({ id: 'PlaceSort' })
    .default('accuracy')
    .meta({ description: 'The best match first, or the nearest' }),
  page: z.coerce.number().int().min(1).max(PAGES).default(1).meta({ description: 'There are three pages at most' }),
})
export type SearchPlacesQuery = z.infer<typeof searchPlacesQuery>

export const foundPlacesSchema = z
  .object({
    items: z.array(placeSchema),
    next_page: z.int().nullable().meta({ description: '`page` of the next one. Null on the last' }),
    partial: z.boolean().meta({ description: 'Kakao could not be asked, so only places that are kept here are among `items`' }),
    sources: sourcesSchema,
  })
  .meta({ id: 'FoundPlaces' })
export type FoundPlaces = z.infer<typeof foundPlacesSchema>

/** A place of Kakao as the cache keeps it. */
export const keptPlaceSchema = z.object({
  id: z.string(),
  name: z.string(),
  category_name: z.string(),
  address: z.string(),
  road_address: z.string().nullable(),
  phone: z.string().nullable(),
  place_url: z.string(),
  lat: z.number(),
  lng: z.number(),
})
export type KeptPlace = z.infer<typeof keptPlaceSchema>

export const keptPageSchema = z.object({ places: z.array(keptPlaceSchema), is_end: z.boolean() })
export type KeptPage = z.infer<typeof keptPageSchema>

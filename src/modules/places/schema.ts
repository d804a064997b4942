import { z } from 'zod'
import { pageQuery, pagesOf } from '../../core/cursor.ts'
import { latIn, latSchema, lngIn, lngSchema, numberIn, uuidSchema } from '../../core/fields.ts'
import { PLACE_KINDS, PLACE_SOURCES, type PlaceKind } from './kinds.ts'

const kindSchema = z.enum(PLACE_KINDS)

export const placeCategorySchema = z.enum([...PLACE_KINDS, 'cafe', 'other']).meta({
  id: 'PlaceCategory',
  description: '`dog_run` is a fenced run for dogs. `cafe` and `other` come from a search alone',
})

export const placeSourceSchema = z.enum(PLACE_SOURCES).meta({ id: 'PlaceSource', description: 'What `sources` explain' })

export const placeSchema = z
  .object({
    id: z.string().meta({
      description: 'An id, or `kakao:` and a number for a place that is not kept',
      example: '0f8fad5b-d9cb-469f-a165-70867728950e',
    }),
    category: placeCategorySchema,
    name: z.string(),
    lat: z.number().nullable().meta({ description: 'Null where the register does not say where it is. Such a place is on no map' }),
    lng: z.number().nullable(),
    distance_m: z.int().nullable().meta({ description: 'As the crow flies. Null where the request named no point' }),
    address: z.string().nullable().meta({ description: 'By lot number (지번)' }),
    road_address: z.string().nullable(),
    phone: z.string().nullable().meta({ example: '02-6951-1003' }),
    status: z.enum(['open', 'closed']).meta({
      id: 'PlaceStatus',
      description:
        'Whether it exists. It does not say whether it is open at this hour. `closed` comes among favourites and in details alone',
    }),
    is_favorite: z.boolean(),
    is_riverside: z.boolean().meta({ description: 'A park along a river, which heavy rain may flood' }),
    place_url: z.string().nullable().meta({ description: 'Its page at Kakao Map, where Kakao named it' }),
    source: placeSourceSchema,
  })
  .meta({ id: 'Place' })
export type Place = z.infer<typeof placeSchema>

const attributionSchema = z
  .object({
    source: placeSourceSchema,
    name: z.string().meta({ example: '동물병원 인허가 정보' }),
    publisher: z.string().meta({ example: '행정안전부' }),
    license: z.string().nullable().meta({ example: '공공누리' }),
    url: z.string().nullable(),
  })
  .meta({ id: 'PlaceAttribution' })
export type Attribution = z.infer<typeof attributionSchema>

export const sourcesSchema = z.array(attributionSchema).meta({ description: 'Whom to name beside the places' })

export const placeClusterSchema = z
  .object({ lat: latSchema, lng: lngSchema, count: z.int().min(5) })
  .meta({ id: 'PlaceCluster', description: 'So many places around their middle' })
export type PlaceCluster = z.infer<typeof placeClusterSchema>

export const placeListSchema = z
  .object({
    items: z.array(placeSchema),
    clusters: z
      .array(placeClusterSchema)
      .meta({ description: 'Of a rectangle with more than 300 places. None of `items` is counted in them' }),
    radius_m_used: z
      .int()
      .nullable()
      .meta({ description: 'Three times the radius where nothing lies within the one that was asked for. Null without a point' }),
    next_cursor: z.string().nullable().meta({ description: '`cursor` of the next page. Null on the last one, and of a rectangle' }),
    sources: sourcesSchema,
  })
  .meta({ id: 'PlaceList' })

export const placeDetailSchema = placeSchema
  .extend({
    open_now: z.boolean().nullable().meta({ description: 'Null as long as no source tells hours. Show the phone number instead' }),
    hours: z.string().nullable().meta({ description: 'Null as `open_now` is' }),
    licensed_on: z.iso.date().nullable(),
    closed_on: z.iso.date().nullable(),
    is_geocoded: z.boolean().meta({ description: 'Whether its place on the map is that of the address, because the register names none' }),
    sources: sourcesSchema,
  })
  .meta({ id: 'PlaceDetail' })
export type PlaceDetail = z.infer<typeof placeDetailSchema>

const categoriesIn = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(z.array(kindSchema))
  .transform((kinds): readonly PlaceKind[] => PLACE_KINDS.filter((kind) => kinds.includes(kind)))
  .meta({
    type: 'string',
    description: `Several by comma, of ${PLACE_KINDS.join(', ')}. All of them when it is left out`,
    example: 'hospital,pharmacy',
  })

/** Degrees. A rectangle of the whole country would be a list of everything. */
const SIDE_MAX = 1
const ROUNDING = 1e-9

export interface Rectangle {
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

/** A rectangle of any size. */
export const boxIn = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.tuple([lngIn, latIn, lngIn, latIn]))
  .transform(([west, south, east, north]): Rectangle => ({ west, south, east, north }))
  .refine(({ west, south, east, north }) => west < east && south < north, '서쪽, 남쪽, 동쪽, 북쪽 순서로 적어 주세요')

export const rectangleIn = boxIn
  .refine(
    ({ west, south, east, north }) => east - west <= SIDE_MAX + ROUNDING && north - south <= SIDE_MAX + ROUNDING,
    '한 변이 1도보다 긴 지역은 볼 수 없어요',
  )
  .meta({
    type: 'string',
    description: '`west,south,east,north` in degrees, at most 1° a side. All that lies in it comes at once, whatever `limit` says',
    example: '126.9,37.5,127.0,37.6',
  })

export const RADIUS_M = 1_000
export const RADIUS_M_MAX = 20_000

export const listPlacesQuery = pageQuery
  .extend({
    lat: latIn.optional().meta({ description: 'With `lng`: nearest first around this point' }),
    lng: lngIn.optional().meta({ description: 'With `lat`' }),
    radius_m: numberIn(z.number().int().min(1).max(RADIUS_M_MAX))
      .optional()
      .meta({ description: `With a point. ${RADIUS_M} when it is left out` }),
    bbox: rectangleIn.optional(),
    favorite: z.literal('true').optional().meta({ description: 'My favourites, the latest first, also those that have closed' }),
    category: categoriesIn.optional(),
  })
  .superRefine(({ lat, lng, radius_m, bbox, favorite, cursor }, context) => {
    const add = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if ((lat === undefined) !== (lng === undefined)) add(lat === undefined ? 'lat' : 'lng', 'lat과 lng은 함께 보내 주세요')
    const forms = [lat ?? lng, bbox, favorite].filter((form) => form !== undefined).length
    if (forms !== 1) add(forms === 0 ? 'lat' : bbox ? 'bbox' : 'favorite', 'lat과 lng, bbox, favorite 가운데 하나만 보내 주세요')
    if (radius_m !== undefined && lat === undefined) add('radius_m', 'lat, lng과 함께 보내 주세요')
    if (bbox && cursor !== undefined) add('cursor', 'bbox의 장소는 한 번에 모두 나와요')
  })
export type ListPlacesQuery = z.infer<typeof listPlacesQuery>

export const KAKAO_ID = /^kakao:(\d{1,20})$/

/** A place of ours, or one that a search has found at Kakao. */
export const placeParam = z.object({
  id: z.union([uuidSchema, z.string().regex(KAKAO_ID)]).meta({ type: 'string', description: 'An id, or `kakao:` and a number' }),
})

/** The radius that is used, the last distance, and the place. */
export const nearPages = pagesOf('places-near', z.tuple([z.number(), z.number(), uuidSchema]))
/** When it became a favourite, and the place. */
export const favoritePages = pagesOf('places-favorite', z.tuple([z.string(), uuidSchema]))

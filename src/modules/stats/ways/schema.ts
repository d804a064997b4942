import { z } from 'zod'
import { instantSchema, latIn, lngIn, uuidSchema } from '../../../core/fields.ts'
import { walkSchema } from '../../walks/schema.ts'

export const lastWayQuery = z
  .object({
    lat: latIn.optional().meta({ description: 'Where I am, with `lng`: only ways that begin within 1 km', example: 37.4701 }),
    lng: lngIn.optional().meta({ description: 'With `lat`', example: 127.0354 }),
  })
  .refine(({ lat, lng }) => (lat === undefined) === (lng === undefined), { error: '위도와 경도를 함께 보내 주세요', path: ['lat'] })
export type LastWayQuery = z.infer<typeof lastWayQuery>

export const lastWaySchema = z
  .object({
    walk_id: uuidSchema,
    started_at: instantSchema,
    distance_m: z.int(),
    duration_sec: z.int(),
    route_polyline: z.string().meta({ description: 'Precision 5, at most 500 points', example: 'wkbdFwzcfWgA}@' }),
    pets: walkSchema.shape.pets,
    place_name: z.string().nullable().meta({ description: 'A park within 100 m of it, the nearest to where it began', example: '서울숲' }),
    region: walkSchema.shape.region.meta({ description: 'Of the walk, to name it by where it came past no park' }),
  })
  .meta({ id: 'LastWay' })
export type LastWay = z.infer<typeof lastWaySchema>

const comparedFields = {
  walk_id: uuidSchema,
  started_at: instantSchema,
  distance_m: z.int(),
  duration_sec: z.int(),
  avg_speed_kmh: z.number(),
}

export const similarWalksSchema = z
  .object({
    walk: z.object(comparedFields).meta({ id: 'ComparedWalk', description: 'The walk that the others are compared with' }),
    others: z
      .array(
        z
          .object({
            ...comparedFields,
            similarity_percent: z.int().meta({ description: 'How much of the two ways is the same, by squares of about 220 m' }),
            difference: z
              .object({ distance_m: z.int(), duration_sec: z.int(), avg_speed_kmh: z.number() })
              .meta({ id: 'WalkDifference', description: 'The walk less this one: what is negative was shorter, or slower, this time' }),
          })
          .meta({ id: 'SimilarWalk' }),
      )
      .meta({ description: 'The most similar first, at most ten' }),
  })
  .meta({ id: 'SimilarWalks' })
export type SimilarWalks = z.infer<typeof similarWalksSchema>

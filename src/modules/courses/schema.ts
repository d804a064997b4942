import { z } from 'zod'
import { pageQuery, pagesOf } from '../../core/cursor.ts'
import { instantSchema, latIn, latSchema, lngIn, lngSchema, numberIn, uuidSchema } from '../../core/fields.ts'
import { personSchema } from '../../core/person.ts'
import { rectangleIn } from '../places/schema.ts'

export const RADIUS_M = 3_000
const RADIUS_M_MAX = 20_000
/** So many of a rectangle come, at most. */
export const RECTANGLE_MAX = 200

const coursePlaceSchema = z.object({ id: uuidSchema, name: z.string() }).meta({ id: 'CoursePlace' })

export const courseSchema = z
  .object({
    id: uuidSchema,
    kind: z.enum(['derived', 'own']).meta({
      id: 'CourseKind',
      description: '`derived` comes from shared walks of many people, and `own` from one person',
    }),
    name: z.string().nullable().meta({ description: 'Null of an own one that is gone', example: '보라매공원 2.1km 코스' }),
    description: z.string().nullable(),
    distance_m: z.int().nullable().meta({ description: 'The length of `polyline`' }),
    duration_min: z.int().nullable().meta({ description: 'How long people usually need, in steps of five minutes. Null of own ones' }),
    users_band: z.int().min(1).max(4).nullable().meta({
      description: 'How many people walk it: 1 for 5 and more, 2 for 10, 3 for 20, 4 for 50. A map draws a line as wide. Null of own ones',
    }),
    is_loop: z.boolean().nullable(),
    polyline: z.string().nullable().meta({ description: 'Precision 5. Null of one that is gone', example: 'wkbdFwzcfWgA}@' }),
    start: z.object({ lat: latSchema, lng: lngSchema }).meta({ id: 'CourseStart' }).nullable(),
    place: coursePlaceSchema.nullable().meta({ description: 'Of a derived one: the park that it is named after' }),
    from_place: coursePlaceSchema.nullable().meta({ description: 'Of a published one' }),
    to_place: coursePlaceSchema.nullable().meta({ description: 'Of a published one' }),
    author: personSchema.nullable().meta({ description: 'Of own ones' }),
    is_mine: z.boolean(),
    is_favorite: z.boolean(),
    is_published: z.boolean().meta({ description: 'Whether its author has published it' }),
    is_gone: z.boolean().meta({ description: 'Among favourites: it has vanished, or its author has withdrawn it. Nothing more is told' }),
    publication: z
      .object({
        published_at: instantSchema,
        is_shown: z.boolean().meta({ description: 'False while it comes too close to where I am hidden now, or is closed by moderation' }),
      })
      .meta({ id: 'CoursePublication' })
      .nullable()
      .meta({ description: 'Of my own that I have published' }),
  })
  .meta({ id: 'Course' })
export type Course = z.infer<typeof courseSchema>

export const courseListSchema = z
  .object({
    items: z.array(courseSchema),
    is_complete: z.boolean().meta({ description: `False of a rectangle in which more than ${RECTANGLE_MAX} lie` }),
    next_cursor: z.string().nullable().meta({ description: '`cursor` of the next page. Null on the last one, and of a rectangle' }),
  })
  .meta({ id: 'CourseList' })

export const listCoursesQuery = pageQuery
  .extend({
    bbox: rectangleIn.optional(),
    lat: latIn.optional().meta({ description: 'With `lng`: nearest first around this point' }),
    lng: lngIn.optional().meta({ description: 'With `lat`' }),
    radius_m: numberIn(z.number().int().min(1).max(RADIUS_M_MAX))
      .optional()
      .meta({ description: `With a point. ${RADIUS_M} when it is left out` }),
    filter: z.enum(['mine', 'favorites']).optional().meta({ description: 'My own, or my favourites, the latest first' }),
  })
  .superRefine(({ lat, lng, radius_m, bbox, filter, cursor }, context) => {
    const add = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if ((lat === undefined) !== (lng === undefined)) add(lat === undefined ? 'lat' : 'lng', 'lat과 lng은 함께 보내 주세요')
    const forms = [lat ?? lng, bbox, filter].filter((form) => form !== undefined).length
    if (forms !== 1) add(forms === 0 ? 'bbox' : 'filter', 'bbox, lat과 lng, filter 가운데 하나만 보내 주세요')
    if (radius_m !== undefined && lat === undefined) add('radius_m', 'lat, lng과 함께 보내 주세요')
    if (bbox && cursor !== undefined) add('cursor', 'bbox의 코스는 한 번에 모두 나와요')
  })
export type ListCoursesQuery = z.infer<typeof listCoursesQuery>

/** The distance, and the course. */
export const nearPages = pagesOf('courses-near', z.tuple([z.number(), uuidSchema]))
/** When it was made, or became a favourite, and the course. */
export const latestPages = pagesOf('courses-latest', z.tuple([z.string(), uuidSchema]))

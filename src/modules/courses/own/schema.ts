import { z } from 'zod'
import { optional, uuidSchema } from '../../../core/fields.ts'
import { lineSchema, paragraphSchema } from '../../../core/text.ts'

export const WAY_POINTS_MAX = 2_000
/** A point of a polyline takes fourteen characters at most. */
const POLYLINE_MAX = WAY_POINTS_MAX * 14

const drawnWaySchema = z
  .strictObject({
    polyline: z
      .string()
      .min(1)
      .max(POLYLINE_MAX)
      .regex(/^[?-~]*$/),
    precision: z.union([z.literal(5), z.literal(6)]),
  })
  .meta({ id: 'DrawnWay', description: `A Google encoded polyline of at most ${WAY_POINTS_MAX} positions` })

/** Shown before somebody publishes a course (docs/privacy.md#courses). */
export const COURSE_NOTICE =
  '코스를 공개하면 내가 고른 두 장소 사이의 길과 코스 이름, 설명, 내 닉네임이 다른 사람에게 지도에 보여요. 두 장소를 잇는 직선에서 100m 안의 길만 보이고, 산책을 시작하거나 마치는 곳에서 500m 안을 지나는 길은 공개할 수 없어요. 걸은 시간은 보이지 않아요.'

const nameSchema = lineSchema(40)
const descriptionSchema = paragraphSchema(500)

export const createCourseSchema = z
  .strictObject({
    id: optional(uuidSchema).meta({ description: 'Made by the client. The same id again is the same course' }),
    name: nameSchema,
    description: optional(descriptionSchema),
    route_encoded: optional(drawnWaySchema),
    walk_id: optional(uuidSchema).meta({ description: 'A walk of mine, whose way the course takes' }),
  })
  .refine(({ route_encoded, walk_id }) => (route_encoded === undefined) !== (walk_id === undefined), {
    error: 'route_encoded와 walk_id 가운데 하나만 보내 주세요',
    path: ['route_encoded'],
  })
  .meta({
    id: 'CreateCourse',
    description: 'Either a way that was drawn or a walk',
    example: {
      id: '5f2c1f0e-3c1d-4b8e-9a55-0f8b6f3e6a3d',
      name: '양재천 아침 코스',
      route_encoded: { polyline: 'wkbdFwzcfWgAcJ', precision: 5 },
    },
  })
export type CreateCourse = z.infer<typeof createCourseSchema>

export const editCourseSchema = z
  .strictObject({ name: optional(nameSchema), description: descriptionSchema.nullable().optional() })
  .meta({ id: 'EditCourse', description: 'A field that is left out stays' })
export type EditCourse = z.infer<typeof editCourseSchema>

export const placePairSchema = z
  .strictObject({
    from_place_id: uuidSchema.meta({ description: 'Of `GET /places`: where what is published begins' }),
    to_place_id: uuidSchema.meta({ description: 'Where it ends' }),
  })
  .meta({ id: 'CoursePlacePair' })
export type PlacePair = z.infer<typeof placePairSchema>

export const previewQuery = z.object(placePairSchema.shape)

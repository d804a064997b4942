import { z } from 'zod'
import { pageQuery, pagesOf } from '../../core/cursor.ts'
import { instantSchema, latSchema, lngSchema, oneOf, optional, parseInstant, uuidSchema } from '../../core/fields.ts'
import { textSchema } from '../../core/text.ts'
import { earnedBadgeSchema, progressSchema } from '../badges/schema.ts'
import { rankMoveSchema } from '../rankings/schema.ts'
import { walkPhotoSchema } from '../photos/schema.ts'

const POINTS_MAX = 20_000
const SYNC_MAX = 20
const PETS_PER_WALK_MAX = 10
const MEMO_MAX = 500

const petIdsSchema = z
  .array(uuidSchema)
  .min(1)
  .max(PETS_PER_WALK_MAX)
  .refine((ids) => new Set(ids).size === ids.length, '같은 반려동물이 두 번 들어 있어요')
const memoSchema = textSchema.max(MEMO_MAX)

const goalSchema = oneOf([
  z.strictObject({ distance_m: z.int().min(100).max(100_000) }),
  z.strictObject({ duration_sec: z.int().min(60).max(43_200) }),
]).meta({ id: 'WalkGoal' })

const startFields = {
  pet_id: optional(uuidSchema),
  pet_ids: optional(petIdsSchema),
  started_at: optional(instantSchema),
  lat: optional(latSchema),
  lng: optional(lngSchema),
  goal: optional(goalSchema),
}
const isOnePetForm = ({ pet_id, pet_ids }: { pet_id?: string | undefined; pet_ids?: string[] | undefined }) =>
  (pet_id === undefined) !== (pet_ids === undefined)
const ONE_PET_FORM = { error: 'pet_id 또는 pet_ids 중 하나를 보내 주세요', path: ['pet_ids'] }

export const startWalkSchema = z
  .object({ id: optional(uuidSchema), ...startFields })
  .refine(isOnePetForm, ONE_PET_FORM)
  .meta({ id: 'StartWalk' })
export type StartWalk = z.infer<typeof startWalkSchema>

// A track has up to 20,000 points. Plain loops check them, because a schema for each point would exceed a Worker's CPU time.
const eachIs = (isMember: (value: unknown) => boolean) => (list: unknown) => {
  if (!Array.isArray(list) || list.length > POINTS_MAX) return false
  for (const value of list) if (!isMember(value)) return false
  return true
}
const isNumber = (value: unknown) => typeof value === 'number'
const isPosition = (value: unknown) =>
  Array.isArray(value) &&
  (value.length === 2 || value.length === 3) &&
  isNumber(value[0]) &&
  isNumber(value[1]) &&
  (value.length === 2 || isNumber(value[2]))
const isTime = (value: unknown) => isNumber(value) || (typeof value === 'string' && !Number.isNaN(parseInstant(value)))

const numbers = { type: 'array', maxItems: POINTS_MAX, items: { type: 'number' } } as const
const coordinatesSchema = z
  .custom<[lng: number, lat: number, altitude_m?: number][]>(
    eachIs(isPosition),
    `[경도, 위도(, 고도)] 좌표 ${POINTS_MAX}개까지 보낼 수 있어요`,
  )
  .meta({ type: 'array', maxItems: POINTS_MAX, items: { type: 'array', minItems: 2, maxItems: 3, items: { type: 'number' } } })
const timesSchema = z
  .custom<(string | number)[]>(eachIs(isTime), `시간대가 있는 ISO 8601 또는 epoch ms 시각 ${POINTS_MAX}개까지 보낼 수 있어요`)
  .meta({ type: 'array', maxItems: POINTS_MAX, items: { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'number' }] } })
const accuraciesSchema = z
  .custom<(number | null)[]>(
    eachIs((value) => value === null || isNumber(value)),
    '정확도는 미터 단위 숫자 목록이에요',
  )
  .meta({ ...numbers, description: 'Metres. Null when the phone did not say' })
const mockFlagsSchema = z
  .custom<boolean[]>(
    eachIs((value) => typeof value === 'boolean'),
    '참/거짓 목록이에요',
  )
  .meta({ type: 'array', maxItems: POINTS_MAX, items: { type: 'boolean' } })
const deltasSchema = z.custom<number[]>(eachIs(isNumber), '초 단위 숫자 목록이에요').meta(numbers)

const routeGeojsonSchema = z.object({ type: z.literal('LineString'), coordinates: coordinatesSchema }).meta({ id: 'RecordedRoute' })
const routeEncodedSchema = z
  .object({
    polyline: z
      .string()
      .max(400_000)
      .regex(/^[?-~]*$/),
    precision: z.union([z.literal(5), z.literal(6)]),
    time_deltas_s: deltasSchema,
    accuracies: optional(accuraciesSchema),
  })
  .meta({
    id: 'EncodedRoute',
    description:
      'A Google encoded polyline. `time_deltas_s[i]` are the seconds since the point before, and for the first point since `started_at`. When the request has no `started_at`, the last point is at `ended_at`.',
  })

const completeFields = {
  ended_at: instantSchema,
  duration_sec: optional(z.number().min(0)),
  distance_m: optional(z.number().min(0)),
  calories: optional(z.number().min(0)),
  route_geojson: optional(routeGeojsonSchema),
  coord_times: optional(timesSchema),
  accuracies: optional(accuraciesSchema),
  mock_flags: optional(mockFlagsSchema),
  route_encoded: optional(routeEncodedSchema),
  memo: optional(memoSchema),
  shared_to_feed: optional(z.boolean()),
}

type List = readonly unknown[] | null | undefined

interface RecordedTrack {
  route_geojson?: { coordinates: unknown[] } | null | undefined
  coord_times?: List
  accuracies?: List
  mock_flags?: List
  route_encoded?: { polyline: string; time_deltas_s: List; accuracies?: List } | null | undefined
}

/** Coordinates need times. Every list that comes with the coordinates must have one entry for each point. */
function isOneAPoint({ route_geojson, coord_times, accuracies, mock_flags, route_encoded }: RecordedTrack): boolean {
  const [count, times] = route_geojson
    ? [route_geojson.coordinates.length, coord_times]
    : [countPoints(route_encoded?.polyline ?? ''), route_encoded?.time_deltas_s]
  if (!route_geojson && !route_encoded) return true
  return times?.length === count && [accuracies, mock_flags, route_encoded?.accuracies].every((list) => !list || list.length === count)
}

/** Counts the points of a polyline. A point has two numbers, and each number ends with a character below the underscore. */
function countPoints(polyline: string): number {
  let numbers = 0
  for (let i = 0; i < polyline.length; i++) if (polyline.charCodeAt(i) < 95) numbers++
  return numbers / 2
}
const ONE_A_POINT = { error: '좌표와 개수가 같아야 해요', path: ['coord_times'] }

export const completeWalkSchema = z.object(completeFields).refine(isOneAPoint, ONE_A_POINT).meta({
  id: 'CompleteWalk',
  description: 'What the phone recorded, and what it claims. The server measures the track. It keeps claimed figures only for audits.',
})
export type CompleteWalk = z.infer<typeof completeWalkSchema>

export const syncWalkSchema = z
  .object({ id: uuidSchema, ...startFields, started_at: instantSchema, ...completeFields })
  .refine(isOnePetForm, ONE_PET_FORM)
  .refine(isOneAPoint, ONE_A_POINT)
export type SyncWalk = z.infer<typeof syncWalkSchema>

/** The service checks each walk by itself, so that a bad one does not fail the others. */
export const syncWalksSchema = z.object({
  walks: z
    .array(z.unknown())
    .min(1)
    .max(SYNC_MAX)
    .meta({ items: { $ref: '#/components/schemas/SyncWalk' } }),
})

export const editWalkSchema = z
  .strictObject({ memo: memoSchema.nullable().optional(), shared_to_feed: z.boolean().optional(), pet_ids: petIdsSchema.optional() })
  .meta({ id: 'EditWalk' })
export type EditWalk = z.infer<typeof editWalkSchema>

const dayOrInstant = z.union([z.iso.date(), instantSchema]).meta({ description: 'A Seoul day, or an instant' })
export const listWalksQuery = pageQuery.extend({
  pet_id: uuidSchema.optional(),
  from: dayOrInstant.optional(),
  to: dayOrInstant.optional(),
})
export type ListWalksQuery = z.infer<typeof listWalksQuery>

export const walkPages = pagesOf('walks', z.tuple([z.string(), uuidSchema]))

const placeSchema = z.tuple([lngSchema, latSchema]).meta({ description: '[lng, lat]' })

const reasonSchema = z
  .object({
    code: z.string(),
    effect: z.enum(['refused', 'excluded']).meta({ description: 'Whether it made the walk invalid, or took a stretch out of its figures' }),
    detail: z.string(),
    rule: z.string().optional(),
    from_index: z.int().optional().meta({ description: 'Position in the track as it was sent' }),
    to_index: z.int().optional(),
    from_at: z.string().optional(),
    to_at: z.string().optional(),
    from: placeSchema.optional(),
    to: placeSchema.optional(),
    speed_kmh: z.number().optional(),
    distance_m: z.number().optional(),
    duration_sec: z.number().optional(),
    interval_sec: z.number().optional(),
    share: z.number().optional(),
    count: z.int().optional(),
  })
  .meta({ id: 'WalkReason' })

const lineSchema = z.object({ type: z.literal('LineString'), coordinates: z.array(placeSchema) })
const piecesSchema = z.object({ type: z.literal('MultiLineString'), coordinates: z.array(z.array(placeSchema)) })

const walkFields = {
  id: uuidSchema,
  status: z.enum(['active', 'ended', 'completed']),
  is_valid: z.boolean().nullable(),
  auto_ended: z.boolean(),
  started_at: instantSchema,
  ended_at: instantSchema.nullable(),
  pets: z.array(z.object({ id: uuidSchema, name: z.string(), species: z.enum(['dog', 'cat', 'other']) })),
  goal: z.object({ distance_m: z.int().nullable(), duration_sec: z.int().nullable() }).nullable(),
  distance_m: z.int().nullable(),
  duration_sec: z.int().nullable(),
  avg_speed_kmh: z.number().nullable(),
  calories: z.int().nullable(),
  memo: z.string().nullable(),
  shared_to_feed: z.boolean(),
  region: z.object({ code: z.string(), sido: z.string(), sigungu: z.string(), dong: z.string() }).nullable(),
  weather: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ description: 'The weather at the place and hour of the start, as the server has read it. Always null today' }),
}

export const walkSchema = z
  .object({ ...walkFields, route_polyline: z.string().nullable().meta({ description: 'Precision 5, at most 500 points' }) })
  .meta({ id: 'Walk' })
export type Walk = z.infer<typeof walkSchema>

export const walkDetailSchema = z
  .object({
    ...walkFields,
    user: z.object({ id: uuidSchema, nickname: z.string() }),
    is_mine: z.boolean(),
    route: z.union([lineSchema, piecesSchema]).nullable().meta({
      description:
        'The owner sees all of it (LineString). Others see what is left outside 200 m of its ends and outside the privacy zone (MultiLineString)',
    }),
    reasons: z.array(reasonSchema).meta({ description: 'For the owner only' }),
    badges: z.array(earnedBadgeSchema).meta({ description: 'Earned by this walk' }),
    photos: z.array(walkPhotoSchema).meta({ description: 'In the order they were taken' }),
    company: z
      .array(z.object({ id: uuidSchema, nickname: z.string() }))
      .meta({ description: 'With whom it was walked, as a live room has recorded. For the owner only' }),
  })
  .meta({ id: 'WalkDetail' })
export type WalkDetail = z.infer<typeof walkDetailSchema>

export const completionSchema = z
  .object({
    valid: z.boolean(),
    reasons: z.array(reasonSchema),
    walk: walkDetailSchema,
    badges_earned: z.array(earnedBadgeSchema),
    badge_progress: z.array(progressSchema).meta({ description: 'The badges still to be earned that this walk moved, the nearest first' }),
    streak: z.object({
      current: z.int().meta({ description: 'Days in a row. A rest day joins two runs and adds nothing' }),
      best: z.int(),
      rest_day_used: z.boolean().meta({ description: 'Whether this walk made a missed day beside it a rest day' }),
    }),
    ranking: rankMoveSchema.nullable().meta({ description: 'Null for somebody who has not chosen a home' }),
    weekly_goal: z.object({ goal_km: z.int(), distance_m: z.int(), percent: z.int() }),
  })
  .meta({ id: 'Completion' })
export type Completion = z.infer<typeof completionSchema>

export const syncResultSchema = z
  .object({
    id: z.string().nullable().meta({ description: 'The walk’s id, in lower case. Null when the request had none' }),
    status: z.enum(['completed', 'failed']),
    completion: completionSchema.nullable(),
    problem: z
      .object({
        code: z.string(),
        detail: z.string(),
        errors: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })).optional(),
      })
      .nullable(),
  })
  .meta({ id: 'SyncResult' })
export type SyncResult = z.infer<typeof syncResultSchema>

export const segmentSchema = z
  .object({ from_m: z.int(), to_m: z.int(), duration_sec: z.int(), avg_speed_kmh: z.number() })
  .meta({ id: 'WalkSegment' })
export type Segment = z.infer<typeof segmentSchema>

export const analyticsSchema = z
  .object({
    max_speed_kmh: z.number(),
    moving_sec: z.int(),
    stopped_sec: z.int(),
    ascent_m: z.int(),
    descent_m: z.int(),
    steps: z.int(),
    speed_colors: z.array(z.object({ from_m: z.int(), to_m: z.int(), pace: z.enum(['slow', 'normal', 'fast']), color: z.string() })),
  })
  .meta({ id: 'WalkAnalytics' })
export type Analytics = z.infer<typeof analyticsSchema>

import { z } from 'zod'
import { optional, parseInstant } from '../../../core/fields.ts'

/** Twelve hours at one a second, and some more. */
export const POINTS_MAX = 50_000

// A track has up to 50,000 points. Plain loops check them, because a schema for each point would exceed a Worker's CPU time.
const eachIs = (isMember: (value: unknown) => boolean) => (list: unknown) => {
  if (!Array.isArray(list) || list.length > POINTS_MAX) return false
  for (const value of list) if (!isMember(value)) return false
  return true
}
const isNumber = (value: unknown) => typeof value === 'number'
/** Null is unknown wherever a phone may not know: JSON writes NaN as null. */
const isNumberOrNull = (value: unknown) => value === null || isNumber(value)
const isPosition = (value: unknown) => Array.isArray(value) && (value.length === 2 || value.length === 3) && value.every(isNumberOrNull)
const isTime = (value: unknown) => isNumberOrNull(value) || (typeof value === 'string' && !Number.isNaN(parseInstant(value)))

const pairOf = (isSecond: (value: unknown) => boolean) => (value: unknown) =>
  value === null || (Array.isArray(value) && value.length === 2 && isTime(value[0]) && isSecond(value[1]))

const nullableNumber = { type: ['number', 'null'] } as const
const time = { anyOf: [{ type: 'string', format: 'date-time' }, nullableNumber] } as const
const numbers = { type: 'array', maxItems: POINTS_MAX, items: nullableNumber } as const
const coordinatesSchema = z
  .custom<[lng: number | null, lat: number | null, altitude_m?: number | null][]>(
    eachIs(isPosition),
    `[경도, 위도(, 고도)] 좌표 ${POINTS_MAX}개까지 보낼 수 있어요`,
  )
  .meta({
    type: 'array',
    maxItems: POINTS_MAX,
    items: { type: 'array', minItems: 2, maxItems: 3, items: nullableNumber },
    description: '[lng, lat] or [lng, lat, altitude in metres] a point. Null is unknown',
  })
const timesSchema = z
  .custom<(string | number | null)[]>(eachIs(isTime), `시간대가 있는 ISO 8601 또는 epoch ms 시각 ${POINTS_MAX}개까지 보낼 수 있어요`)
  .meta({
    type: 'array',
    maxItems: POINTS_MAX,
    items: time,
    description: 'When each point was recorded: ISO 8601 with an offset, or Unix milliseconds',
  })
const accuraciesSchema = z
  .custom<(number | null)[]>(eachIs(isNumberOrNull), '정확도는 미터 단위 숫자 목록이에요')
  .meta({ ...numbers, description: 'Metres. Null when the phone did not say. Negative when the position is invalid' })
const speedsSchema = z.custom<(number | null)[]>(eachIs(isNumberOrNull), '속도는 m/s 단위 숫자 목록이에요').meta({
  ...numbers,
  description: 'The receiver’s own speed at each point in m/s. Null or negative when the phone did not say',
})
const stepsSchema = z
  .custom<([time: string | number | null, count: number | null] | null)[]>(
    eachIs(pairOf(isNumberOrNull)),
    '[시각, 누적 걸음 수] 목록이에요',
  )
  .meta({
    type: 'array',
    maxItems: POINTS_MAX,
    items: { type: ['array', 'null'], minItems: 2, maxItems: 2, items: time },
    description: '[time, steps counted since some moment before], in the order of time. Null is unknown',
  })
const activitiesSchema = z
  .custom<([time: string | number | null, kind: string | null] | null)[]>(
    eachIs(pairOf((value) => value === null || typeof value === 'string')),
    '[시각, 활동] 목록이에요',
  )
  .meta({
    type: 'array',
    maxItems: POINTS_MAX,
    items: { type: ['array', 'null'], minItems: 2, maxItems: 2, items: time },
    description:
      '[time, what the phone takes its owner to be doing from then on]: still, walking, running, cycling, in_vehicle. Any other word and null are unknown',
  })
const mockFlagsSchema = z
  .custom<(boolean | null)[]>(
    eachIs((value) => value === null || typeof value === 'boolean'),
    '참/거짓 목록이에요',
  )
  .meta({
    type: 'array',
    maxItems: POINTS_MAX,
    items: { type: ['boolean', 'null'] },
    description: 'Whether the phone marks the point as a mock location',
  })
const deltasSchema = z.custom<(number | null)[]>(eachIs(isNumberOrNull), '초 단위 숫자 목록이에요').meta(numbers)

const routeGeojsonSchema = z.object({ type: z.literal('LineString'), coordinates: coordinatesSchema }).meta({ id: 'RecordedRoute' })
const routeEncodedSchema = z
  .object({
    polyline: z
      .string()
      .max(1_000_000)
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

const LINE = [
  [127.0354, 37.4701],
  [127.0355, 37.4703],
  [127.0357, 37.4705],
]
export const RECORDING_EXAMPLE = {
  ended_at: '2026-11-29T17:31:00+09:00',
  route_geojson: { type: 'LineString', coordinates: LINE },
  coord_times: LINE.map((_, i) => Date.UTC(2026, 10, 29, 8, 30, 20 * i)),
  accuracies: [5, null, 6.5],
}

/** What the phone recorded, for `complete` and `sync`. */
export const recordingFields = {
  route_geojson: optional(routeGeojsonSchema),
  coord_times: optional(timesSchema),
  accuracies: optional(accuraciesSchema),
  mock_flags: optional(mockFlagsSchema),
  speeds: optional(speedsSchema),
  steps: optional(stepsSchema),
  activities: optional(activitiesSchema),
  route_encoded: optional(routeEncodedSchema),
}

type List = readonly unknown[] | null | undefined

interface RecordedTrack {
  route_geojson?: { coordinates: unknown[] } | null | undefined
  coord_times?: List
  accuracies?: List
  mock_flags?: List
  speeds?: List
  route_encoded?: { polyline: string; time_deltas_s: List; accuracies?: List } | null | undefined
}

/** Coordinates need times. Every list that comes with the coordinates must have one entry for each point. */
export function isOneAPoint({ route_geojson, coord_times, accuracies, mock_flags, speeds, route_encoded }: RecordedTrack): boolean {
  const [count, times] = route_geojson
    ? [route_geojson.coordinates.length, coord_times]
    : [countPoints(route_encoded?.polyline ?? ''), route_encoded?.time_deltas_s]
  if (!route_geojson && !route_encoded) return true
  return (
    times?.length === count && [accuracies, mock_flags, speeds, route_encoded?.accuracies].every((list) => !list || list.length === count)
  )
}

/** Counts the points of a polyline. A point has two numbers, and each number ends with a character below the underscore. */
function countPoints(polyline: string): number {
  let numbers = 0
  for (let i = 0; i < polyline.length; i++) if (polyline.charCodeAt(i) < 95) numbers++
  return numbers / 2
}

export const ONE_A_POINT = { error: '좌표와 개수가 같아야 해요', path: ['coord_times'] }

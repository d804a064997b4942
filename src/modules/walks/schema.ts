import { z } from 'zod'
import { pageQuery, pagesOf } from '../../core/cursor.ts'
import { instantSchema, latSchema, lngSchema, oneOf, optional, uuidSchema, wholeNumber } from '../../core/fields.ts'
import { problemCodeSchema } from '../../core/errors.ts'
import { notBoth } from '../../core/form-rules.ts'
import { fieldErrorSchema } from '../../core/issues.ts'
import { personSchema } from '../../core/person.ts'
import { paragraphSchema } from '../../core/text.ts'
import { indecencySchema } from '../../core/words/decent.ts'
import { earnedBadgeSchema, progressSchema } from '../badges/schema.ts'
import { gradeSchema, titleSchema } from '../grades/schema.ts'
import { rankMoveSchema } from '../rankings/schema.ts'
import { petCardSchema, speciesSchema } from '../pets/schema.ts'
import { regionSchema } from '../regions/schema.ts'
import { walkPhotoSchema } from '../photos/schema.ts'
import { postSchema } from '../social/posts/schema.ts'
import { postAudienceSchema } from '../users/settings/schema.ts'
import { walkWeatherSchema } from '../weather/walk-weather/schema.ts'
import { sketchSchema, type Sketch } from './showing/sketch.ts'
import { isOneAPoint, ONE_A_POINT, RECORDING_EXAMPLE, recordingFields } from './recording/schema.ts'
import { placeSchema, reasonSchema } from './reasons.schema.ts'

export const SYNC_MAX = 20
export const PETS_PER_WALK_MAX = 10
export const MEMO_MAX = 500

const petIdsSchema = z
  .array(uuidSchema)
  .min(1)
  .max(PETS_PER_WALK_MAX)
  .refine((ids) => new Set(ids).size === ids.length, '같은 반려동물이 두 번 들어 있어요')
const memoSchema = paragraphSchema(MEMO_MAX)

const goalSchema = oneOf([
  z.strictObject({ distance_m: wholeNumber.min(100).max(100_000) }),
  z.strictObject({ duration_sec: wholeNumber.min(60).max(43_200) }),
]).meta({ id: 'WalkGoal', description: 'A distance or a time' })

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
/** The same as JSON Schema, of which generators make a union of the two forms. */
const ONE_PET_FORM_IN_JSON = [
  {
    anyOf: [
      { required: ['pet_id'], properties: { pet_id: { type: 'string', format: 'uuid' } } },
      { required: ['pet_ids'], properties: { pet_ids: { type: 'array', items: { type: 'string', format: 'uuid' } } } },
    ],
  },
  notBoth('pet_id', 'pet_ids'),
]
const WALK_ID = '3d5c2a10-7b8e-4f21-9c3d-5e6f7a8b9c0d'
const PET_ID = '0f8b6f3e-6a3d-4c1e-9b6a-2f1d7c5e8a40'
const ONE_PET_FORM = { error: 'pet_id 또는 pet_ids 중 하나를 보내 주세요', path: ['pet_ids'] }

export type { Sketch }

export const startWalkSchema = z
  .object({ id: optional(uuidSchema).meta({ description: 'Made by the client. The same id again is the same walk' }), ...startFields })
  .refine(isOnePetForm, ONE_PET_FORM)
  .meta({
    id: 'StartWalk',
    description: 'Either `pet_id` or `pet_ids`',
    allOf: ONE_PET_FORM_IN_JSON,
    example: { id: WALK_ID, pet_id: PET_ID, started_at: '2026-11-29T17:30:00+09:00', lat: 37.4701, lng: 127.0354 },
  })
export type StartWalk = z.infer<typeof startWalkSchema>

/** Claims decide nothing, so one that cannot be right loses nothing. */
const claimedSchema = optional(z.number())

const completeFields = {
  ended_at: instantSchema,
  duration_sec: claimedSchema,
  distance_m: claimedSchema,
  calories: claimedSchema,
  ...recordingFields,
  memo: optional(memoSchema),
  shared_to_feed: optional(z.boolean()),
  audience: optional(postAudienceSchema),
}

export const completeWalkSchema = z
  .object(completeFields)
  .refine(isOneAPoint, ONE_A_POINT)
  .meta({
    id: 'CompleteWalk',
    description:
      'What the phone recorded, and what it claims. The server measures the track. It keeps claimed figures only for audits. A track is `route_geojson` with `coord_times`, or `route_encoded`. Without one the walk is completed and not valid, and that is final.',
    example: { ...RECORDING_EXAMPLE, memo: '바람이 시원했다' },
  })
export type CompleteWalk = z.infer<typeof completeWalkSchema>

export const syncWalkSchema = z
  .object({ id: uuidSchema, ...startFields, started_at: instantSchema, ...completeFields })
  .refine(isOnePetForm, ONE_PET_FORM)
  .refine(isOneAPoint, ONE_A_POINT)
  .meta({
    id: 'SyncWalk',
    description:
      'A whole walk that was recorded offline: what starts it and what completes it, in one object. Either `pet_id` or `pet_ids`',
    allOf: ONE_PET_FORM_IN_JSON,
    example: { id: WALK_ID, pet_id: PET_ID, started_at: '2026-11-29T17:30:00+09:00', ...RECORDING_EXAMPLE },
  })
export type SyncWalk = z.infer<typeof syncWalkSchema>

/** The service checks each walk by itself, so that a bad one does not fail the others. */
export const syncWalksSchema = z
  .object({
    walks: z
      .array(z.unknown())
      .min(1)
      .max(SYNC_MAX)
      .meta({ items: { $ref: '#/components/schemas/SyncWalk' } }),
  })
  .meta({ id: 'SyncWalks' })

export const editWalkSchema = z
  .strictObject({
    memo: memoSchema.nullable().optional(),
    shared_to_feed: optional(z.boolean()),
    audience: optional(postAudienceSchema),
    is_map_open: optional(z.boolean()).meta({ description: 'Shows others the map. Only far from where the owner often walks' }),
    pet_ids: optional(petIdsSchema),
  })
  .meta({
    id: 'EditWalk',
    description: 'Only what changes. Null empties a field that can be empty, and changes no other',
    example: { memo: '바람이 시원했다', shared_to_feed: true },
  })
export type EditWalk = z.infer<typeof editWalkSchema>

const dayOrInstant = z.union([z.iso.date(), instantSchema])
export const listWalksQuery = pageQuery.extend({
  pet_id: uuidSchema.optional().meta({ description: 'Walks with this pet alone' }),
  from: dayOrInstant.optional().meta({ description: 'Walks that began then or later: a Seoul day, or an instant', example: '2026-11-01' }),
  to: dayOrInstant
    .optional()
    .meta({ description: 'Walks that began before: a Seoul day, which counts itself, or an instant', example: '2026-11-30' }),
})
export type ListWalksQuery = z.infer<typeof listWalksQuery>

export const walkPages = pagesOf('walks', z.tuple([z.string(), uuidSchema]))

const lineSchema = z.object({ type: z.literal('LineString'), coordinates: z.array(placeSchema) }).meta({ id: 'WalkLine' })

export const walkPetSchema = z.object({ id: uuidSchema, name: z.string(), species: speciesSchema }).meta({ id: 'WalkPet' })
const setGoalSchema = z.object({ distance_m: z.int().nullable(), duration_sec: z.int().nullable() }).meta({ id: 'SetWalkGoal' })

const walkFields = {
  id: uuidSchema,
  status: z
    .enum(['active', 'ended', 'completed'])
    .meta({ id: 'WalkStatus', description: '`ended` walks are over and wait for their track' }),
  source: z.enum(['recorded', 'imported']).meta({
    id: 'WalkSource',
    description:
      '`imported` walks count in history and statistics, and not for badges, streaks, boards or grades. They cannot be shared to the feed',
  }),
  is_valid: z.boolean().nullable().meta({ description: 'Null until the walk is completed' }),
  is_ranked: z
    .boolean()
    .nullable()
    .meta({ description: 'A valid walk that is not ranked counts for its owner and is on no board. For the owner only: null for others' }),
  auto_ended: z.boolean().meta({ description: 'The server ended it, twelve hours after its start' }),
  started_at: instantSchema,
  ended_at: instantSchema.nullable(),
  pets: z.array(walkPetSchema),
  goal: setGoalSchema.nullable(),
  distance_m: z.int().nullable(),
  duration_sec: z.int().nullable(),
  avg_speed_kmh: z.number().nullable(),
  calories: z.int().nullable(),
  memo: z.string().nullable(),
  shared_to_feed: z.boolean(),
  region: regionSchema.nullable(),
  weather: walkWeatherSchema.nullable().meta({
    description:
      'The weather at the place and hour of the start, as the server has read it. Null while it is not known. It may come later, and stays null where nobody knows it. Others never see it',
  }),
}

export const walkSchema = z
  .object({
    ...walkFields,
    route_polyline: z.string().nullable().meta({ description: 'Precision 5, at most 500 points', example: 'wkbdFwzcfWgA}@' }),
  })
  .meta({ id: 'Walk' })
export type Walk = z.infer<typeof walkSchema>

export const walkDetailSchema = z
  .object({
    ...walkFields,
    pets: z.array(petCardSchema),
    user: personSchema,
    is_mine: z.boolean(),
    time_precision: z.enum(['second', 'minute', 'day']).meta({
      id: 'TimePrecision',
      description:
        'How exact started_at and ended_at are. Others know them to the minute, or only the day in Seoul where the owner hides times',
    }),
    was_seen_live: z.boolean().meta({
      description:
        'Whether a live room showed you its owner’s position during the walk. You then see the day alone, and neither figures nor sketch',
    }),
    sketch: sketchSchema.nullable().meta({
      description:
        'What others see of the way: its corners in lattice steps from the lower left, turned and perhaps mirrored at random. Nothing of it lies on a map. Null where the walk is too small; draw paws then',
      example: [
        [0, 1],
        [2, 0],
        [3, 2],
        [1, 3],
        [0, 1],
      ],
    }),
    is_map_open: z.boolean().meta({
      description: 'Whether others see the map. It closes by itself once the owner often walks near it',
    }),
    route: lineSchema.nullable().meta({
      description: 'The owner sees all of it. Others see nothing, or all but its first and last 200 m where the map is open',
    }),
    reasons: z.array(reasonSchema).meta({ description: 'For the owner only' }),
    badges: z.array(earnedBadgeSchema).meta({ description: 'Earned by this walk' }),
    photos: z.array(walkPhotoSchema).meta({ description: 'In the order they were taken' }),
    post: postSchema.nullable().meta({ description: 'What others did with it. Null while it has never been shared' }),
    company: z.array(personSchema).meta({ description: 'With whom it was walked, as a live room has recorded. For the owner only' }),
  })
  .meta({ id: 'WalkDetail' })
export type WalkDetail = z.infer<typeof walkDetailSchema>

export const completionSchema = z
  .object({
    valid: z.boolean(),
    ranked: z.boolean().meta({ description: 'Of a valid walk: whether it is on boards. The reasons say why not' }),
    reasons: z.array(reasonSchema),
    walk: walkDetailSchema,
    badges_earned: z.array(earnedBadgeSchema),
    badge_progress: z.array(progressSchema).meta({ description: 'The badges still to be earned that this walk moved, the nearest first' }),
    streak: z
      .object({
        current: z.int().meta({ description: 'Days in a row. A rest day joins two runs and adds nothing' }),
        best: z.int(),
        rest_day_used: z.boolean().meta({ description: 'Whether this walk made a missed day beside it a rest day' }),
      })
      .meta({ id: 'StreakAfterWalk' }),
    ranking: rankMoveSchema.nullable().meta({ description: 'Null for somebody who has not chosen a home' }),
    grade_up: gradeSchema.nullable().meta({ description: 'The grade that this walk has raised me to. Usually null' }),
    titles_unlocked: z.array(titleSchema).meta({ description: 'The titles that came with badges of this walk' }),
    weekly_goal: z.object({ goal_km: z.int(), distance_m: z.int(), percent: z.int() }).meta({ id: 'WeeklyGoal' }),
    memo_refused: indecencySchema.nullable().meta({
      description:
        'Why the memo of this request was left out. The walk is completed all the same, and another memo can be given to it. Usually null',
    }),
  })
  .meta({ id: 'Completion' })
export type Completion = z.infer<typeof completionSchema>

export const syncResultSchema = z
  .object({
    id: z.string().nullable().meta({ description: 'The walk’s id, in lower case. Null when the request had none' }),
    status: z.enum(['completed', 'failed']).meta({ id: 'SyncStatus' }),
    completion: completionSchema.nullable(),
    problem: z
      .object({
        code: problemCodeSchema,
        detail: z.string().meta({ description: 'Korean, and fit to show' }),
        errors: z.array(fieldErrorSchema).optional(),
      })
      .meta({ id: 'SyncProblem' })
      .nullable()
      .meta({ description: 'Null when it was completed. The introduction says which codes are final' }),
  })
  .meta({ id: 'SyncResult' })
export const syncResultsSchema = z.object({ results: z.array(syncResultSchema) }).meta({ id: 'SyncResults' })
export type SyncResult = z.infer<typeof syncResultSchema>

export const segmentSchema = z
  .object({ from_m: z.int(), to_m: z.int(), duration_sec: z.int(), avg_speed_kmh: z.number() })
  .meta({ id: 'WalkSegment' })
export const segmentsSchema = z.array(segmentSchema).meta({ id: 'WalkSegments' })
export type Segment = z.infer<typeof segmentSchema>

import { z } from 'zod'
import { latIn, lngIn } from '../../core/fields.ts'
import { nearBadgeSchema } from '../badges/schema.ts'
import { petCardSchema } from '../pets/schema.ts'
import { courseSchema } from '../courses/schema.ts'
import { placeSchema, sourcesSchema } from '../places/schema.ts'
import { rankingSchema } from '../rankings/schema.ts'
import { weekSummarySchema } from '../stats/schema.ts'
import { lastWaySchema } from '../stats/ways/schema.ts'
import { streakSchema } from '../streaks/schema.ts'
import { activeWalkSchema, walkPreviewSchema } from '../walks/preview.schema.ts'
import { weatherReportSchema } from '../weather/schema.ts'

export const homeQuery = z
  .object({
    lat: latIn.optional().meta({ description: 'With `lng`: where the weather and the places are asked for', example: 37.5172 }),
    lng: lngIn.optional().meta({ description: 'With `lat`', example: 127.0473 }),
  })
  .refine(({ lat, lng }) => (lat === undefined) === (lng === undefined), { error: '위도와 경도를 함께 보내 주세요', path: ['lat'] })
export type HomeQuery = z.infer<typeof homeQuery>

const headerSchema = z
  .object({ unread: z.int().meta({ description: 'Notifications that I have not read' }), primary_pet: petCardSchema.nullable() })
  .meta({ id: 'HomeHeader' })

const { period, period_key, scope, region, participants, me, items } = rankingSchema.shape
const boardSchema = z
  .object({
    period,
    period_key,
    scope: scope.meta({
      description: '`sigungu` where fewer than three have walked in my dong this week, or I have chosen only a sigungu',
    }),
    region,
    participants,
    top3: items,
    me,
  })
  .meta({ id: 'HomeRanking' })

const pendingSchema = z
  .object({
    invitations: z.int().meta({ description: 'Received, and to be answered' }),
    meetup_requests: z.int().meta({ description: 'People who wait for my answer as a host' }),
  })
  .meta({ id: 'HomePending' })

const nearbySchema = z
  .object({
    items: z.array(placeSchema).max(5),
    sources: sourcesSchema,
  })
  .meta({ id: 'HomeNearby', description: 'The nearest first' })

const suggestionSchema = lastWaySchema
  .pick({ walk_id: true, started_at: true, distance_m: true, duration_sec: true, place_name: true, region: true })
  .meta({ id: 'HomeLastWay', description: 'The route is at GET /walks/{id}' })

const bannerSchema = z.object({ title: z.string(), text: z.string(), action: z.string() }).meta({ id: 'PremiumBanner' })

/** What may be missing by itself. */
export const sections = [
  'header',
  'weather',
  'week',
  'streak',
  'badges_in_progress',
  'ranking',
  'recent_walks',
  'pending',
  'nearby',
  'courses',
  'last_way',
  'ads_free',
  'active_walk',
] as const
const sectionSchema = z.enum(sections).meta({ id: 'HomeSection' })
export type Section = z.infer<typeof sectionSchema>

export const homeSchema = z
  .object({
    header: headerSchema.nullable(),
    weather: weatherReportSchema
      .nullable()
      .meta({ description: 'As GET /weather tells it, of what is known at once. Null where nothing is known, or no place' }),
    week: weekSummarySchema.nullable(),
    streak: streakSchema.nullable(),
    badges_in_progress: z
      .array(nearBadgeSchema)
      .max(5)
      .nullable()
      .meta({ description: 'From 80 %, from 20 %, below 20 %, then those of a season. The nearest first' }),
    ranking: boardSchema.nullable().meta({ description: 'Null without a home region' }),
    recent_walks: z.array(walkPreviewSchema).max(3).nullable(),
    pending: pendingSchema.nullable(),
    nearby: nearbySchema.nullable().meta({ description: 'Around the point, or the middle of my region. Null where neither is known' }),
    courses: z.array(courseSchema).max(3).nullable().meta({ description: 'Within 5 km of the middle of my region. Null without one' }),
    last_way: suggestionSchema.nullable().meta({
      description: 'To be walked again. With a point it began within 1 km, and is of the last 50 walks. Null where there is none',
    }),
    ads_free: z.boolean().nullable(),
    premium_banner: bannerSchema.nullable().meta({ description: 'Null for who is premium' }),
    active_walk: activeWalkSchema.nullable().meta({ description: 'A walk that runs and that the app takes up again' }),
    failed: z.array(sectionSchema).meta({
      description: 'Sections that are null because they could not be told now. What the app has of them still stands',
    }),
  })
  .meta({ id: 'Home' })
export type Home = z.infer<typeof homeSchema>

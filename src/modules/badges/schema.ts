import { z } from 'zod'
import { pagesOf } from '../../core/cursor.ts'
import { instantSchema, uuidSchema } from '../../core/fields.ts'

const categorySchema = z.enum(['distance', 'streak', 'exploration', 'time', 'special', 'season']).meta({ id: 'BadgeCategory' })
const difficultySchema = z.enum(['beginner', 'easy', 'normal', 'hard', 'very_hard', 'legendary', 'mythic']).meta({ id: 'BadgeDifficulty' })
const tierSchema = z.enum(['free', 'premium']).meta({ id: 'BadgeTier' })
const statusSchema = z.enum(['earned', 'in_progress', 'locked']).meta({ id: 'BadgeStatus' })
/** What a badge counts, as `badge_metric` in the database. The unit stands at the end. */
const metricSchema = z
  .enum([
    'walk_count',
    'distance_m',
    'duration_sec',
    'longest_walk_m',
    'streak_days',
    'unique_places',
    'weekly_dong_wins',
    'early_bird_walks',
    'night_owl_walks',
    'rain_walks',
    'snow_walks',
    'new_year_walks',
    'birthday_walks',
    'walk_photos',
    'together_walks',
    'season_walk_count',
    'season_distance_m',
    'season_snow_walks',
    'season_parks',
    'season_beach_walks',
    'season_nature_places',
  ])
  .meta({ id: 'BadgeMetric', description: 'What is counted, its unit at the end' })
export type BadgeMetric = z.infer<typeof metricSchema>

const seasonSchema = z
  .object({
    year: z.int().meta({ description: 'The year in which it began' }),
    starts_on: z.iso.date(),
    ends_on: z.iso.date().meta({ description: 'Its last day' }),
    is_open: z.boolean(),
    days_left: z.int().nullable().meta({ description: 'With today. Null when the season is over' }),
  })
  .meta({ id: 'BadgeSeason', description: 'One edition of a season' })

const SECRET = 'Null while a secret badge is not earned'

export const badgeSchema = z
  .object({
    id: uuidSchema,
    code: z.string().nullable().meta({ description: SECRET }),
    category: categorySchema,
    name: z.string(),
    description: z.string().nullable().meta({ description: SECRET }),
    icon: z.string(),
    difficulty: difficultySchema,
    tier: tierSchema,
    hint: z.string(),
    is_secret: z.boolean(),
    status: statusSchema.meta({
      description: "A season's badge is open anew each year: its status is that of the edition shown in `season`",
    }),
    metric: metricSchema.nullable().meta({ description: SECRET }),
    threshold: z.int().nullable().meta({ description: SECRET }),
    progress_value: z.int().meta({ description: 'Up to the threshold' }),
    progress_percent: z.int().meta({ description: 'Floored' }),
    earned_at: instantSchema.nullable(),
    season: seasonSchema
      .nullable()
      .meta({ description: 'The edition that began last. Null without seasons, and while a secret badge is not earned' }),
    earned_years: z.array(z.int()).meta({ description: 'Editions earned so far, newest first' }),
  })
  .meta({ id: 'Badge' })
export type Badge = z.infer<typeof badgeSchema>

export const listBadgesQuery = z.object({
  category: categorySchema.optional().meta({ description: 'Badges of this category alone' }),
  status: statusSchema.optional().meta({ description: 'Badges that stand so alone' }),
  sort: z.enum(['status', 'category', 'earned_at', 'progress']).default('status').meta({
    description:
      'status: earned, in progress, locked; category: as in the catalogue; earned_at: newest first, then the rest; progress: in progress by percent, then the rest',
  }),
})
export type ListBadgesQuery = z.infer<typeof listBadgesQuery>

export const badgeDetailSchema = badgeSchema
  .extend({
    remaining: z.int().nullable().meta({ description: 'Null when earned, or secret' }),
    eta_days: z.int().nullable().meta({
      description: 'Days until the badge is earned, at the pace of the last 14 days. Null when there is no pace, or the season ends first',
    }),
    walk_id: uuidSchema.nullable().meta({ description: 'The walk that earned it' }),
    pets: z.array(z.object({ id: uuidSchema, name: z.string() })).meta({ description: 'Who walked along then' }),
    first_walk_at: instantSchema.nullable().meta({ description: 'The first walk on the way to it: of the season, else ever' }),
    walk_count: z.int().nullable().meta({ description: 'Walks it took' }),
    day_count: z.int().nullable().meta({ description: 'Days it took, first and last included' }),
    rarity_percent: z.number().meta({ description: 'Of all who have a valid walk, how many hold it' }),
    history: z
      .array(
        z
          .object({
            walk_id: uuidSchema,
            started_at: instantSchema,
            gained: z.int(),
            value: z.int().nullable().meta({
              description: 'The value of the metric after this walk. Null when the metric is no sum over walks, or the season is over',
            }),
          })
          .meta({ id: 'BadgeHistoryEntry' }),
      )
      .meta({ description: 'The last ten walks that counted, newest first' }),
  })
  .meta({ id: 'BadgeDetail' })
export type BadgeDetail = z.infer<typeof badgeDetailSchema>

export const nearBadgeSchema = badgeSchema
  .extend({
    remaining: z.int(),
    band: z
      .enum(['almost', 'underway', 'started', 'season'])
      .meta({ description: 'From 80 %, from 20 %, below 20 %. Badges of a season come last' }),
  })
  .meta({ id: 'NearBadge' })
export type NearBadge = z.infer<typeof nearBadgeSchema>

export const inProgressQuery = z.object({
  limit: z.coerce.number().int().min(1).max(50).default(5).meta({ description: 'At most so many badges' }),
})

export const earnedBadgeSchema = z
  .object({
    id: uuidSchema,
    code: z.string().nullable().meta({ description: "Null for somebody else's secret badge that one does not hold" }),
    category: categorySchema,
    name: z.string(),
    description: z.string().nullable(),
    icon: z.string(),
    difficulty: difficultySchema,
    tier: tierSchema,
    season_year: z.int().nullable(),
    earned_at: instantSchema,
  })
  .meta({ id: 'EarnedBadge' })
export type EarnedBadge = z.infer<typeof earnedBadgeSchema>

export const progressSchema = z
  .object({
    id: uuidSchema,
    code: z.string(),
    category: categorySchema,
    name: z.string(),
    description: z.string(),
    icon: z.string(),
    difficulty: difficultySchema,
    tier: tierSchema,
    metric: metricSchema,
    previous_value: z.int(),
    progress_value: z.int(),
    progress_percent: z.int(),
    threshold: z.int(),
    season_year: z.int().nullable(),
  })
  .meta({ id: 'BadgeProgress' })
export type Progress = z.infer<typeof progressSchema>
export type MovedBadge = Omit<Progress, 'progress_percent'>

const countsSchema = z.object({ earned: z.int(), total: z.int() })
export const summarySchema = countsSchema
  .extend({
    percent: z.int(),
    grade: z.enum(['초보 수집가', '열심 수집가', '마스터 수집가', '레전드']),
    latest: earnedBadgeSchema.nullable(),
    categories: z.array(countsSchema.extend({ category: categorySchema }).meta({ id: 'BadgeCategoryCount' })),
  })
  .meta({ id: 'BadgeSummary' })
export type Summary = z.infer<typeof summarySchema>
export const categories = categorySchema.options

export const representativeBadgeSchema = z
  .object({ id: uuidSchema, name: z.string(), icon: z.string() })
  .meta({ id: 'RepresentativeBadge' })

export const currentSeasonsSchema = z
  .object({
    open: z
      .array(badgeSchema)
      .meta({ description: 'Badges of seasons that are open now, with my progress. `season` says how long. The first to end comes first' }),
    next: z
      .array(
        z
          .object({
            badge: badgeSchema,
            opens_on: z.iso.date(),
            days_until: z.int().meta({ description: 'From today. 1 is tomorrow' }),
          })
          .meta({ id: 'NextSeason' }),
      )
      .meta({ description: 'Badges of the other seasons, the first to open comes first' }),
  })
  .meta({ id: 'CurrentSeasons', description: 'Without secret badges that I have not earned' })
export type CurrentSeasons = z.infer<typeof currentSeasonsSchema>

export const badgesSchema = z.array(badgeSchema).meta({ id: 'Badges' })
export const nearBadgesSchema = z.array(nearBadgeSchema).meta({ id: 'NearBadges' })

export const earnedPages = pagesOf('badges', z.tuple([z.string(), uuidSchema, z.int()]))

import { z } from 'zod'
import { pageQuery, pagesOf } from '../../core/cursor.ts'
import { instantSchema, uuidSchema } from '../../core/fields.ts'
import { personSchema } from '../../core/person.ts'
import { petCardSchema } from '../pets/schema.ts'
import { regionSchema } from '../regions/schema.ts'
import { NAMED_MAX } from './limits.ts'
import { periodKinds, periodNamed } from './periods.ts'

const scopes = ['dong', 'sigungu', 'nation'] as const
const scopeSchema = z.enum(scopes).meta({ id: 'RankingScope' })
const boardScopes = [...scopes, 'following'] as const
const boardScopeSchema = z.enum(boardScopes).meta({ id: 'BoardScope' })
const periodSchema = z.enum(periodKinds).meta({ id: 'RankingPeriod' })

const askedFields = {
  period: periodSchema.default('weekly').meta({ description: 'Weeks and months are those of Seoul' }),
  period_key: z
    .string()
    .optional()
    .meta({ description: 'An earlier week (`2026-W47`) or month (`2026-10`). The present one when it is left out', example: '2026-W47' }),
  scope: boardScopeSchema.default('dong').meta({
    description: 'How large a region the board is of, or `following`: the people I follow, and me, by weeks, wherever they live',
  }),
  region_code: z
    .string()
    .regex(/^\d{10}$/)
    .optional()
    .meta({ description: 'The code of a dong or sigungu, as `scope` says. Your home when it is left out' }),
}
interface Asked {
  period: (typeof periodKinds)[number]
  period_key?: string | undefined
  scope: (typeof boardScopes)[number]
  region_code?: string | undefined
}
const isPeriodOfKind = ({ period, period_key }: Asked) =>
  period_key === undefined || (period !== 'alltime' && periodNamed(period, period_key) !== null)
const IS_PERIOD = { error: '없는 기간이에요', path: ['period_key'] }
const hasRegionOfScope = ({ scope, region_code }: Asked) => (scope !== 'nation' && scope !== 'following') || region_code === undefined
const IS_REGION = { error: '전국 랭킹과 팔로우 랭킹에는 지역이 없어요', path: ['region_code'] }
const isPeriodOfScope = ({ scope, period }: Asked) => scope !== 'following' || period === 'weekly'
const IS_WEEKLY = { error: '팔로우 랭킹은 주간만 있어요', path: ['period'] }

export const myRankingQuery = z
  .object(askedFields)
  .refine(isPeriodOfKind, IS_PERIOD)
  .refine(hasRegionOfScope, IS_REGION)
  .refine(isPeriodOfScope, IS_WEEKLY)
export type MyRankingQuery = z.infer<typeof myRankingQuery>

export const rankingQuery = z
  .object({
    ...askedFields,
    ...pageQuery.shape,
    around: z.literal('me').optional().meta({ description: 'Begin the page some ranks above mine' }),
  })
  .refine(isPeriodOfKind, IS_PERIOD)
  .refine(hasRegionOfScope, IS_REGION)
  .refine(isPeriodOfScope, IS_WEEKLY)
export type RankingQuery = z.infer<typeof rankingQuery>

const standingFields = {
  rank: z.int().meta({ description: 'People with equal distance and equal number of walks share a rank, and the next ranks are left out' }),
  change: z.int().nullable().meta({
    description:
      'Ranks gained since the end of the period before. Negative when ranks were lost, null when there is nothing to compare with, and for `following`',
  }),
  distance_m: z.int(),
  walk_count: z.int(),
}

const myStandingSchema = z
  .object({
    ...standingFields,
    gap_to_next_m: z.int().nullable().meta({ description: 'To the next better rank. Null at the top' }),
  })
  .meta({ id: 'RankingStanding' })

const walkerFields = { user: personSchema, pet: petCardSchema.nullable() }

const walkerStandingSchema = z.object({ ...standingFields, ...walkerFields, is_me: z.boolean() }).meta({ id: 'RankingPlace' })

const boardFields = {
  period: periodSchema,
  period_key: z.string().meta({ description: '`2026-W48`, `2026-11` or `all`', example: '2026-W48' }),
  scope: boardScopeSchema.meta({ description: '`sigungu` in place of `dong` when somebody has chosen only a sigungu' }),
  region: regionSchema.nullable().meta({ description: 'Null for the nation, and for `following`' }),
  is_live: z.boolean().meta({
    description: 'With premium the board is live, and `following` is for everybody. Without it, it is the board of the last full hour',
  }),
  as_of: instantSchema.nullable().meta({ description: 'The time of these ranks. Null before the first full hour of a week' }),
  participants: z.int(),
  me: myStandingSchema.nullable().meta({ description: 'Null when I have no walk that counts here' }),
}
export const myRankingSchema = z.object(boardFields).meta({ id: 'MyRanking' })
export type MyRanking = z.infer<typeof myRankingSchema>

export const rankingSchema = z
  .object({
    ...boardFields,
    items: z.array(walkerStandingSchema),
    next_cursor: z.string().nullable().meta({ description: '`cursor` of the next page. Null on the last one' }),
  })
  .meta({ id: 'Ranking' })
export type Ranking = z.infer<typeof rankingSchema>

export const boardPages = pagesOf('rankings', z.tuple([z.int(), z.string(), uuidSchema]))

/** How a completed walk changed its owner's weekly rank in their home region. */
export const rankMoveSchema = z
  .object({
    scope: scopeSchema,
    period_key: z.string().meta({ description: "The walk's own week as long as that is open, else the present week" }),
    rank_before: z.int().nullable().meta({ description: 'Null for the first walk of the week' }),
    rank_after: z.int().nullable(),
    participants: z.int(),
  })
  .meta({ id: 'RankMove' })

const hallCategories = ['month_mvp', 'longest_streak', 'longest_walk', 'total_distance', 'season_champion'] as const
const hallCategorySchema = z.enum(hallCategories).meta({ id: 'HallOfFameCategory' })
export type HallCategory = z.infer<typeof hallCategorySchema>

export const hallQuery = pageQuery.extend({
  category: hallCategorySchema
    .optional()
    .meta({ description: 'All months or quarters of one category. The newest of every category when it is left out' }),
})
export type HallQuery = z.infer<typeof hallQuery>

export const hallEntrySchema = z
  .object({
    category: hallCategorySchema,
    period_key: z.string().meta({ description: 'A month, a quarter (`2026-Q4`) or `all`' }),
    rank: z.int(),
    ...walkerFields,
    distance_m: z.int(),
    walk_count: z.int(),
    days: z.int().nullable().meta({ description: 'The length of a streak' }),
    from_day: z.iso.date().nullable().meta({ description: 'The first day of a streak, or the day of a single walk' }),
    until_day: z.iso.date().nullable(),
  })
  .meta({ id: 'HallOfFameEntry' })
export type HallEntry = z.infer<typeof hallEntrySchema>

export const hallPages = pagesOf('hall_of_fame', z.tuple([hallCategorySchema, z.string(), z.int(), uuidSchema]))

export const followingDaysSchema = z
  .object({
    period_key: z.string().meta({ description: 'The present week', example: '2026-W48' }),
    days: z
      .array(
        z
          .object({
            day: z.iso.date(),
            walker_count: z.int().meta({ description: 'How many of them walked' }),
            people: z
              .array(z.object({ ...walkerFields, is_me: z.boolean() }).meta({ id: 'FollowedWalker' }))
              .max(NAMED_MAX)
              .meta({ description: `The first ${NAMED_MAX}, and I before all` }),
          })
          .meta({ id: 'FollowingDay' }),
      )
      .length(7)
      .meta({ description: 'Monday to Sunday' }),
  })
  .meta({ id: 'FollowingDays' })
export type FollowingDays = z.infer<typeof followingDaysSchema>

export const criteriaSchema = z
  .object({
    items: z.array(
      z
        .object({
          key: z
            .enum(['order', 'counts', 'left_out', 'periods', 'closing', 'regions', 'live', 'following', 'blocks'])
            .meta({ id: 'CriterionKey' }),
          title: z.string(),
          lines: z.array(z.string()),
        })
        .meta({ id: 'RankingCriterion' }),
    ),
    figures: z.object({
      minimum_distance_m: z.int(),
      maximum_average_kmh: z.int(),
      daily_maximum_m: z.int(),
      daily_maximum_hours: z.int(),
      closes_at_hour: z.int().meta({ description: 'Of the Monday on or after the end of a week or month, in Seoul' }),
      following_shown_max: z.int(),
    }),
  })
  .meta({ id: 'RankingCriteria', description: 'In Korean, to be shown as it is' })
export type Criteria = z.infer<typeof criteriaSchema>

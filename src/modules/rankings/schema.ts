import { z } from 'zod'
import { pageQuery, pagesOf } from '../../core/cursor.ts'
import { instantSchema, uuidSchema } from '../../core/fields.ts'
import { petCardSchema } from '../pets/schema.ts'
import { regionSchema } from '../regions/schema.ts'
import { periodKinds, periodNamed } from './periods.ts'

const scopes = ['dong', 'sigungu', 'nation'] as const
const scopeSchema = z.enum(scopes)

const askedFields = {
  period: z.enum(periodKinds).default('weekly'),
  period_key: z
    .string()
    .optional()
    .meta({ description: 'An earlier week (`2026-W47`) or month (`2026-10`); the present one where it is left out', example: '2026-W47' }),
  scope: scopeSchema.default('dong'),
  region_code: z
    .string()
    .regex(/^\d{10}$/)
    .optional()
    .meta({ description: 'Of a dong or sigungu, as `scope` says; where one lives where it is left out' }),
}
interface Asked {
  period: (typeof periodKinds)[number]
  period_key?: string | undefined
  scope: (typeof scopes)[number]
  region_code?: string | undefined
}
const isPeriodOfKind = ({ period, period_key }: Asked) =>
  period_key === undefined || (period !== 'alltime' && periodNamed(period, period_key) !== null)
const IS_PERIOD = { error: '없는 기간이에요', path: ['period_key'] }
const hasRegionOfScope = ({ scope, region_code }: Asked) => scope !== 'nation' || region_code === undefined
const IS_REGION = { error: '전국 랭킹에는 지역이 없어요', path: ['region_code'] }

export const myRankingQuery = z.object(askedFields).refine(isPeriodOfKind, IS_PERIOD).refine(hasRegionOfScope, IS_REGION)
export type MyRankingQuery = z.infer<typeof myRankingQuery>

export const rankingQuery = z
  .object({ ...askedFields, ...pageQuery.shape, around: z.literal('me').optional().meta({ description: 'Begin some places above mine' }) })
  .refine(isPeriodOfKind, IS_PERIOD)
  .refine(hasRegionOfScope, IS_REGION)
export type RankingQuery = z.infer<typeof rankingQuery>

const placeFields = {
  rank: z.int().meta({ description: 'Whoever walked as far as often shares it, and the next ranks are left out' }),
  change: z.int().nullable().meta({
    description: 'Places gained since the end of the period before, negative where lost; null where there is nothing to compare with',
  }),
  distance_m: z.int(),
  walk_count: z.int(),
}

const standingSchema = z
  .object({
    ...placeFields,
    gap_to_next_m: z.int().nullable().meta({ description: 'To the next better rank; null for the first' }),
  })
  .meta({ id: 'RankingStanding' })

const walkerFields = { user: z.object({ id: uuidSchema, nickname: z.string() }), pet: petCardSchema.nullable() }

const placeSchema = z.object({ ...placeFields, ...walkerFields, is_me: z.boolean() }).meta({ id: 'RankingPlace' })

const boardFields = {
  period: z.enum(periodKinds),
  period_key: z.string().meta({ description: '`2026-W48`, `2026-11` or `all`' }),
  scope: scopeSchema.meta({ description: 'The sigungu stands in for a dong where only that is known' }),
  region: regionSchema.nullable().meta({ description: 'Null for the nation' }),
  is_live: z.boolean().meta({ description: 'Premium sees every walk at once, others how things stood at the full hour' }),
  as_of: instantSchema.nullable().meta({ description: 'When it stood so; null before the first full hour of a week' }),
  participants: z.int(),
  me: standingSchema.nullable().meta({ description: 'Null without a walk that counts here' }),
}
export const myRankingSchema = z.object(boardFields).meta({ id: 'MyRanking' })
export type MyRanking = z.infer<typeof myRankingSchema>

export const rankingSchema = z
  .object({ ...boardFields, items: z.array(placeSchema), next_cursor: z.string().nullable() })
  .meta({ id: 'Ranking' })
export type Ranking = z.infer<typeof rankingSchema>

export const boardPages = pagesOf('rankings', z.tuple([z.int(), z.string(), uuidSchema]))

/** How a completed walk changed its owner's weekly rank in their home region. */
export const rankMoveSchema = z
  .object({
    scope: scopeSchema,
    period_key: z.string().meta({ description: "The walk's own week while that is open, else the present one" }),
    rank_before: z.int().nullable().meta({ description: 'Null for the first walk of the week' }),
    rank_after: z.int().nullable(),
    participants: z.int(),
  })
  .meta({ id: 'RankMove' })

const hallCategories = ['month_mvp', 'longest_streak', 'longest_walk', 'total_distance', 'season_champion'] as const
const hallCategorySchema = z.enum(hallCategories)
export type HallCategory = z.infer<typeof hallCategorySchema>

export const hallQuery = pageQuery.extend({
  category: hallCategorySchema
    .optional()
    .meta({ description: 'All of its months or quarters; the newest of every category where it is left out' }),
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
    days: z.int().nullable().meta({ description: 'Of a streak' }),
    from_day: z.iso.date().nullable().meta({ description: 'Of a streak or a single walk' }),
    until_day: z.iso.date().nullable(),
  })
  .meta({ id: 'HallOfFameEntry' })
export type HallEntry = z.infer<typeof hallEntrySchema>

export const hallPages = pagesOf('hall_of_fame', z.tuple([hallCategorySchema, z.string(), z.int(), uuidSchema]))

import { z } from 'zod'
import { instantSchema, latSchema, lngSchema, oneOf, optional, uuidSchema, wholeNumber } from '../../core/fields.ts'
import { wordsSchema } from '../../core/text.ts'
import { representativeBadgeSchema } from '../badges/schema.ts'
import { gradeSchema, titleSchema } from '../grades/schema.ts'
import { consentDocuments } from '../legal/schema.ts'
import { petCardSchema } from '../pets/schema.ts'
import { regionSchema } from '../regions/schema.ts'
import { settingsSchema, type StoredSettings } from './settings/schema.ts'

const walkUnitSchema = z.enum(['km', 'mile']).meta({ id: 'WalkUnit' })

/** They count all, so that no count tells who blocks whom. */
const countFields = {
  follower_count: z.int().meta({ description: 'It may be more than the list shows, which leaves out people who are blocked or have left' }),
  following_count: z.int(),
}

export const userProfileSchema = z
  .object({
    id: uuidSchema,
    nickname: z.string(),
    has_nickname: z.boolean().meta({ description: 'Whether the nickname was chosen. Until then it is a generated one' }),
    region: regionSchema.nullable(),
    is_premium: z.boolean(),
    premium_until: instantSchema.nullable(),
    ads_free: z.boolean(),
    weekly_goal_km: z.int(),
    walk_unit: walkUnitSchema,
    days_with_us: z.int().meta({ description: "Seoul's days since sign-up, the first being day one" }),
    representative_badge: representativeBadgeSchema.nullable(),
    grade: gradeSchema,
    title: titleSchema.nullable(),
    primary_pet: petCardSchema.nullable(),
    ...countFields,
    suspended_until: instantSchema.nullable().meta({ description: 'Until then I can read and walk, and write nothing that others read' }),
    suspended_reason: z.string().nullable().meta({ description: 'A `ReportReason`' }),
    banned_at: instantSchema
      .nullable()
      .meta({ description: 'For 30 days from then I can take my data with me, appeal, and delete the account' }),
    linked_accounts: z
      .array(z.object({ provider: z.enum(['kakao', 'naver', 'apple']), linked_at: instantSchema }).meta({ id: 'LinkedAccount' }))
      .meta({ description: 'What I log in with' }),
    notification_settings: settingsSchema
      .pick({ notifications: true, quiet_hours: true, reminder: true })
      .meta({ id: 'NotificationSettings' }),
  })
  .meta({ id: 'UserProfile' })
export type UserProfile = z.infer<typeof userProfileSchema>
/** The answer of `userProfile` in sql.ts. `presentProfile` makes a `UserProfile` of it. */
export type ProfileRow = Omit<UserProfile, 'notification_settings'> & { readonly settings: StoredSettings }

export const nicknameQuery = z.object({
  nickname: wordsSchema.max(100).meta({ description: 'The nickname to check', example: '초코아빠' }),
})
export const nicknameCheckSchema = z
  .object({ available: z.boolean(), reason: z.enum(['invalid', 'banned', 'taken']).meta({ id: 'NicknameFault' }).optional() })
  .meta({ id: 'NicknameCheck' })
export type NicknameCheck = z.infer<typeof nicknameCheckSchema>

export const NICKNAME_MIN = 2
export const NICKNAME_MAX = 12
const NICKNAME = new RegExp(`^[가-힣a-zA-Z0-9]{${NICKNAME_MIN},${NICKNAME_MAX}}$`)

export const editUserSchema = z
  .strictObject({
    nickname: optional(wordsSchema.regex(NICKNAME, `한글, 영문, 숫자로 ${NICKNAME_MIN}~${NICKNAME_MAX}자까지 쓸 수 있어요`)),
    weekly_goal_km: optional(wholeNumber.min(1).max(200)),
    walk_unit: optional(walkUnitSchema),
    representative_badge_id: uuidSchema.nullable().optional().meta({ description: 'One that was earned, or null for none' }),
    title_code: z
      .string()
      .regex(/^[a-z0-9_]{1,50}$/)
      .nullable()
      .optional()
      .meta({ description: 'One of `GET /titles` that is unlocked, or null for none', example: null }),
  })
  .meta({
    id: 'EditUser',
    description: 'Only what changes. Null empties a field that can be empty, and changes no other',
    example: { nickname: '초코아빠', weekly_goal_km: 15 },
  })
export type EditUser = z.infer<typeof editUserSchema>

export const departureSchema = z
  .object({
    purge_at: instantSchema,
    store_subscriptions: z
      .array(z.object({ method: z.enum(['ios_iap', 'google_play']), manage_url: z.url() }))
      .meta({ description: 'What a store goes on charging. Leaving does not end it: the person must do so there' }),
  })
  .meta({ id: 'Departure' })
export type Departure = z.infer<typeof departureSchema>

export const onboardingStatusSchema = z
  .object({ has_nickname: z.boolean(), has_pet: z.boolean(), has_location: z.boolean(), has_notification: z.boolean() })
  .meta({ id: 'OnboardingStatus' })
export type OnboardingStatus = z.infer<typeof onboardingStatusSchema>

export const publicUserSchema = z
  .object({
    id: uuidSchema,
    nickname: z.string(),
    region: regionSchema.omit({ code: true }).meta({ id: 'PublicRegion' }).nullable(),
    pets: z.array(petCardSchema),
    representative_badge: representativeBadgeSchema.nullable(),
    grade: gradeSchema,
    title: titleSchema.nullable(),
    badge_count: z.int(),
    joined_month: z.string().meta({ example: '2026-10' }),
    ...countFields,
    following: z.boolean().meta({ description: 'Whether I follow them' }),
    follows_me: z.boolean(),
  })
  .meta({ id: 'PublicUser' })
export type PublicUser = z.infer<typeof publicUserSchema>

const documentSchema = z.enum(consentDocuments).meta({ id: 'ConsentDocument' })
const decisionFields = {
  document: documentSchema,
  version: wordsSchema
    .min(1)
    .max(50)
    .meta({ description: 'As `GET /legal/{doc}` has it. Agreeing needs a version that was published', example: '2026-01-01' }),
  agreed: z.boolean(),
}

export const consentSchema = z.object({ ...decisionFields, agreed_at: instantSchema }).meta({
  id: 'Consent',
  description: 'The latest decision about a document, and when it was made. `agreed: false` is a withdrawal',
})
export type Consent = z.infer<typeof consentSchema>

export const consentsSchema = z.array(consentSchema).meta({ id: 'Consents' })

export const decideConsentsSchema = z
  .array(z.strictObject(decisionFields).meta({ id: 'ConsentDecision' }))
  .min(1)
  .max(documentSchema.options.length)
  .refine((decisions) => new Set(decisions.map(({ document }) => document)).size === decisions.length, '같은 문서가 두 번 들어 있어요')
  .meta({
    id: 'DecideConsents',
    example: [
      { document: 'service', version: '2026-01-01', agreed: true },
      { document: 'marketing', version: '2026-01-01', agreed: false },
    ],
  })
export type ConsentDecision = z.infer<typeof decideConsentsSchema>[number]

const latLng = { lat: latSchema, lng: lngSchema }
export const locationSchema = oneOf([z.strictObject(latLng), z.strictObject({ region_code: z.string().regex(/^\d{10}$/) })]).meta({
  id: 'UserLocation',
  description: 'A coordinate in Korea, or a sigungu or dong of `GET /regions`',
  example: { lat: 37.5006, lng: 127.0364 },
})
export type UserLocation = z.infer<typeof locationSchema>

export const privacyZoneSchema = z.object({ ...latLng, radius_m: wholeNumber.min(100).max(500) }).meta({
  id: 'PrivacyZone',
  description: 'Within it, routes and photos are withheld from others',
})
export type PrivacyZone = z.infer<typeof privacyZoneSchema>

export const ownSettingsSchema = z
  .object({
    ...settingsSchema.shape,
    privacy_zone: privacyZoneSchema.nullable().meta({ description: 'Set by PUT /users/me/privacy-zone' }),
  })
  .meta({ id: 'OwnSettings' })
export type OwnSettings = z.infer<typeof ownSettingsSchema>

const premiumFeatures = [
  'all_rankings',
  'live_rank',
  'walk_analytics',
  'statistics_history',
  'custom_courses',
  'health_report',
  'share_card_themes',
  'rest_day',
  'premium_badges',
  'ads_free',
] as const
export const featureSchema = z.enum(premiumFeatures)
export type Feature = z.infer<typeof featureSchema>
export const entitlementsSchema = z
  .object({
    premium: z.boolean(),
    premium_until: instantSchema.nullable().meta({ description: 'Null for who is not premium' }),
    features: z.record(featureSchema, z.boolean()),
  })
  .meta({ id: 'Entitlements' })
export type Entitlements = z.infer<typeof entitlementsSchema>
export const allFeatures = featureSchema.options

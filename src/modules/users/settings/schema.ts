import { z } from 'zod'
import { optional, withoutNulls } from '../../../core/fields.ts'

/** Every kind of notification (docs/product.md#notifications). */
export const notificationTypeSchema = z
  .enum([
    'badge_earned',
    'badge_progress',
    'ranking_up',
    'ranking_down',
    'ranking_top3',
    'follow',
    'like',
    'comment',
    'invitation',
    'invitation_reminder',
    'weekly_reset',
    'monthly_report',
    'season_deadline',
    'season_open',
    'streak_broken',
    'walk_auto_ended',
    'trial_ending',
    'payment_failed',
    'come_back',
    'system',
    'moderation',
    'trial_started',
    'trial_consent',
    'trial_ended',
    'renewal_soon',
    'payment_done',
    'subscription_ended',
    'refunded',
    'purchase_moved',
    'meetup_joined',
    'meetup_request',
    'meetup_answered',
    'meetup_promoted',
    'meetup_changed',
    'meetup_cancelled',
    'meetup_reminder',
    'meetup_renewal',
    'export_ready',
  ])
  .meta({ id: 'NotificationType' })
export type NotificationType = z.infer<typeof notificationTypeSchema>

export const postAudienceSchema = z.enum(['everyone', 'followers']).meta({
  id: 'PostAudience',
  description: 'Who sees a shared walk: everybody, or only those who follow its owner. To others it does not exist',
})
export type PostAudience = z.infer<typeof postAudienceSchema>

const timeSchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, '시각은 HH:MM이에요')
  .meta({ description: 'HH:MM in Seoul', example: '18:00' })
const weekdaysSchema = z
  .array(z.int().min(1).max(7))
  .max(7)
  .refine((days) => new Set(days).size === days.length, '같은 요일이 두 번 들어 있어요')
  .meta({ description: 'Monday is 1, Sunday 7' })

const quietHours = { enabled: z.boolean(), start: timeSchema, end: timeSchema }
/** Stands beside the switches of `share_page`, and in docs/privacy.md. */
export const SHARE_PAGE_NOTICE =
  '켜면 링크를 받은 누구나 로그인하지 않고 산책 페이지에서 볼 수 있어요. 이미 공유한 링크에도 바로 적용돼요. 사진을 찍은 위치와 시각은 보여 주지 않지만, 사진에 찍힌 모습은 그대로 보여요. 지역은 시·군·구까지만 보여요.'

const shareFields = { photos: z.boolean(), nickname: z.boolean(), region: z.boolean() }
const reminder = { enabled: z.boolean(), time: timeSchema, weekdays: weekdaysSchema }

export const settingsSchema = z
  .object({
    notifications: z.record(notificationTypeSchema, z.boolean()).meta({
      id: 'NotificationSwitches',
      description:
        'Which kinds are pushed. Advertising kinds (system, come_back, weekly_reset, season_open) need the marketing consent besides',
    }),
    quiet_hours: z.object(quietHours).meta({ id: 'QuietHours', description: 'No pushes between the two, except invitations' }),
    reminder: z.object(reminder).meta({ id: 'WalkReminder', description: 'For the phone, which reminds by itself' }),
    auto_share: z.boolean().meta({ description: 'Share earned badges without asking' }),
    hide_walk_times: z.boolean().meta({ description: 'Others see of walks the day and no time' }),
    share_audience: postAudienceSchema.meta({
      description: 'Who sees walks that are shared without saying for whom. Walks that are shared already keep theirs',
    }),
    searchable: z.boolean().meta({ description: 'Others find me by my nickname and by the names of my pets' }),
    recommendable: z.boolean().meta({ description: 'I am recommended to others who walk in my sigungu' }),
    contribute_to_heatmap: z.boolean().meta({
      description: 'Walks that I share with everybody count on the heat map and in popular courses, without the surroundings of my home',
    }),
    share_page: z.object(shareFields).meta({
      description: `What the pages of one's shared walks show besides the walk: its photos, the nickname, and the 시군구 of the home. Show this beside the switches: ${SHARE_PAGE_NOTICE}`,
      example: { photos: true, nickname: true, region: false },
    }),
    voice_guidance: z.boolean(),
  })
  .meta({ id: 'Settings' })
export type Settings = z.infer<typeof settingsSchema>

type Changes<T> = { readonly [K in keyof T]?: T[K] extends boolean | string ? T[K] : Partial<T[K]> }
/** `users.settings`: only what differs from `defaultSettings`. */
export type StoredSettings = Changes<Settings>

export const defaultSettings: Settings = {
  notifications: notificationTypeSchema.options.reduce((all, type) => ({ ...all, [type]: true }), {} as Settings['notifications']),
  quiet_hours: { enabled: true, start: '22:00', end: '08:00' },
  reminder: { enabled: true, time: '18:00', weekdays: [1, 2, 3, 4, 5, 6, 7] },
  auto_share: false,
  hide_walk_times: false,
  share_audience: 'everyone',
  searchable: true,
  recommendable: true,
  contribute_to_heatmap: true,
  share_page: { photos: false, nickname: false, region: false },
  voice_guidance: true,
}

const switchesSchema = z
  .partialRecord(notificationTypeSchema, z.boolean().nullable())
  .transform((switches) => withoutNulls(switches) as Partial<Record<NotificationType, boolean>>)

export const editSettingsSchema = z
  .strictObject({
    notifications: optional(switchesSchema),
    quiet_hours: optional(z.strictObject({ enabled: optional(z.boolean()), start: optional(timeSchema), end: optional(timeSchema) })),
    reminder: optional(z.strictObject({ enabled: optional(z.boolean()), time: optional(timeSchema), weekdays: optional(weekdaysSchema) })),
    auto_share: optional(z.boolean()),
    hide_walk_times: optional(z.boolean()),
    share_audience: optional(postAudienceSchema),
    searchable: optional(z.boolean()),
    recommendable: optional(z.boolean()),
    contribute_to_heatmap: optional(z.boolean()),
    share_page: optional(z.strictObject({ photos: optional(z.boolean()), nickname: optional(z.boolean()), region: optional(z.boolean()) })),
    voice_guidance: optional(z.boolean()),
  })
  .meta({
    id: 'EditSettings',
    description: 'Only what changes, at any depth. Null changes nothing',
    example: { notifications: { like: false }, quiet_hours: { start: '23:00' } },
  })
export type EditSettings = z.infer<typeof editSettingsSchema>

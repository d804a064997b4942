import { z } from 'zod'
import { pageQuery, pagesOf } from '../../core/cursor.ts'
import { instantSchema, optional, uuidSchema } from '../../core/fields.ts'
import { personSchema } from '../../core/person.ts'
import { lineSchema, paragraphSchema, wordsSchema } from '../../core/text.ts'
import { notificationTypeSchema } from '../users/settings/schema.ts'

// The types stand in the settings, where each can be switched off.
export { type NotificationType, notificationTypeSchema } from '../users/settings/schema.ts'

/** The tabs of the centre. Announcements are the type `system` in the tab `system`. */
export const notificationTabSchema = z.enum(['badge', 'ranking', 'social', 'system']).meta({ id: 'NotificationTab' })
export type NotificationTab = z.infer<typeof notificationTabSchema>

export const notificationSchema = z
  .object({
    id: uuidSchema,
    type: notificationTypeSchema,
    tab: notificationTabSchema,
    title: z.string(),
    body: z.string(),
    link: z.string().nullable().meta({
      description: 'Where a tap leads: a deep link of the app, or an https address. The introduction lists all of them',
      example: 'withbowwow://ranking',
    }),
    sender: personSchema.nullable().meta({ description: 'The person whose name stands in it' }),
    facts: z.record(z.string(), z.unknown()).meta({ description: 'What the words are made of, for what the app shows beside them' }),
    created_at: instantSchema,
    read_at: instantSchema.nullable(),
  })
  .meta({ id: 'Notification' })
export type Notification = z.infer<typeof notificationSchema>

/** One list without a word twice, because generators make one type of it: `system` is a tab and a type. */
const tabOrTypeSchema = z
  .enum([...new Set([...notificationTabSchema.options, ...notificationTypeSchema.options])])
  .meta({ id: 'NotificationFilter' })

export const listNotificationsQuery = pageQuery.extend({
  type: tabOrTypeSchema.optional().meta({
    description: 'Those of a tab (`badge`, `ranking`, `social`, `system`) or of one type. `system` is the tab, which holds the type',
  }),
})
export type ListNotificationsQuery = z.infer<typeof listNotificationsQuery>

export const notificationPages = pagesOf('notifications', z.tuple([z.string(), uuidSchema]))

const countSchema = z.int().min(0)
export const unreadCountSchema = z
  .object({
    unread_count: countSchema,
    by_tab: z.object({ badge: countSchema, ranking: countSchema, social: countSchema, system: countSchema }),
  })
  .meta({ id: 'UnreadCount' })
export type UnreadCount = z.infer<typeof unreadCountSchema>

export const readAllQuery = listNotificationsQuery.pick({ type: true })

/** FCM reaches these. */
const pushPlatformSchema = z.enum(['ios', 'android']).meta({ id: 'PushPlatform' })
const PRINTABLE = /^[!-~]+$/
/** Tokens of others than FCM. Pushes to them would always fail. Apple's are bytes in hex, of no fixed length. */
const APNS_TOKEN = /^([0-9a-f]{2}){32,}$/i
const EXPO_TOKEN = /^Expo(nent)?PushToken/i
/** FCM's tokens have under 300 characters. An index of Postgres holds at most 2,700 bytes. */
const TOKEN_MAX = 2_048

export const registerPushTokenSchema = z
  .strictObject({
    platform: pushPlatformSchema,
    token: z
      .string()
      .min(20)
      .max(TOKEN_MAX)
      .regex(PRINTABLE, 'FCM 등록 토큰이 아니에요')
      .refine((token) => !APNS_TOKEN.test(token), 'APNs 기기 토큰이에요. Firebase SDK의 FCM 등록 토큰을 보내 주세요')
      .refine((token) => !EXPO_TOKEN.test(token), 'Expo 푸시 토큰이에요. Firebase SDK의 FCM 등록 토큰을 보내 주세요')
      .meta({ description: "An FCM registration token, on iOS as well. APNs device tokens (hex digits only) and Expo's are refused" }),
    device_id: optional(wordsSchema.min(1).max(200)),
  })
  .meta({ id: 'RegisterPushToken' })
export type RegisterPushToken = z.infer<typeof registerPushTokenSchema>

export const pushTokenSchema = z.object({ platform: pushPlatformSchema, device_id: z.string().nullable() }).meta({ id: 'PushToken' })
export type PushToken = z.infer<typeof pushTokenSchema>

export const pushTokenParam = z.object({
  token: z
    .string()
    .max(TOKEN_MAX)
    .regex(PRINTABLE)
    .meta({ description: 'The FCM token, percent-encoded', example: 'fcm-token-of-this-device' }),
})

const ANNOUNCEMENT_LINK = /^(withbowwow:\/\/|https:\/\/)[!-~]+$/
export const createAnnouncementSchema = z
  .strictObject({
    id: optional(uuidSchema).meta({ description: 'Made by the client. The same id again is the same announcement' }),
    title: lineSchema(50),
    body: paragraphSchema(300).min(1),
    link: optional(z.string().max(500).regex(ANNOUNCEMENT_LINK, '앱이나 https 주소만 쓸 수 있어요')),
  })
  .meta({ id: 'Announce' })
export type CreateAnnouncement = z.infer<typeof createAnnouncementSchema>

export const announcementSchema = z
  .object({ id: uuidSchema, title: z.string(), body: z.string(), link: z.string().nullable(), created_at: instantSchema })
  .meta({ id: 'Announcement' })
export type Announcement = z.infer<typeof announcementSchema>

export const announcementPages = pagesOf('announcements', z.tuple([z.string(), uuidSchema]))

/** A job of the outbox: tells everybody whom a kind concerns, in slices. */
export const broadcastSchema = z.object({
  type: notificationTypeSchema,
  /** What it is about. Nobody is told of the same topic twice. */
  topic: z.string(),
  facts: z.record(z.string(), z.unknown()),
  /** When it was due. This decides who is concerned. */
  at: instantSchema,
  /** The last person who was told. */
  after: uuidSchema.nullable(),
})
export type Broadcast = z.infer<typeof broadcastSchema>

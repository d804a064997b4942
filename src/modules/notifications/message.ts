import { tabOf, type Words } from './catalogue.ts'
import { isWaitedFor, usefulUntil } from './rules.ts'
import type { NotificationType } from './schema.ts'

export interface Pushed {
  readonly id: string
  readonly type: NotificationType
  readonly created_at: string
  /** The number at the app's icon. */
  readonly unread: number
}

/**
 * A notification as an FCM message for one device. A phone shows the same one once, even if it is sent twice: Android replaces by tag, iOS by collapse id.
 * Android's channels are named after the centre's tabs.
 */
export function composeMessage({ id, type, created_at, unread }: Pushed, { title, body, link }: Words, token: string, now: Date) {
  const expiresAt = usefulUntil(type, new Date(created_at))
  const isUrgent = isWaitedFor(type)
  const tab = tabOf(type)
  return {
    token,
    notification: { title, body },
    data: { notification_id: id, type, ...(link !== null && { link }) },
    android: {
      priority: isUrgent ? 'HIGH' : 'NORMAL',
      ttl: `${Math.max(0, Math.floor((expiresAt.getTime() - now.getTime()) / 1_000))}s`,
      notification: { channel_id: tab, tag: id, sound: 'default', visibility: 'PRIVATE', notification_count: unread },
    },
    apns: {
      headers: {
        'apns-push-type': 'alert',
        'apns-priority': isUrgent ? '10' : '5',
        'apns-expiration': String(Math.floor(expiresAt.getTime() / 1_000)),
        'apns-collapse-id': id,
      },
      payload: { aps: { alert: { title, body }, sound: 'default', badge: unread, 'thread-id': tab } },
    },
    fcm_options: { analytics_label: type },
  } as const
}

import { signedIn, type Actor } from '../../core/actor.ts'
import { found } from '../../core/errors.ts'
import type { Deps } from '../../deps.ts'
import { tabOf, wordsOf } from './catalogue.ts'
import { notificationNotFound } from './errors.ts'
import {
  countUnread,
  deletePushToken,
  listNotifications,
  markAllRead,
  markRead,
  type NotificationRow,
  removeNotification,
  upsertPushToken,
} from './queries.ts'
import {
  type ListNotificationsQuery,
  type Notification,
  notificationPages,
  type NotificationTab,
  type NotificationType,
  notificationTypeSchema,
  type PushToken,
  type RegisterPushToken,
  type UnreadCount,
} from './schema.ts'

type CentreDeps = Pick<Deps, 'db' | 'now'>

const DEVICES_MAX = 20

/** A tab means all of its types. */
function typesOf(of: NotificationTab | NotificationType | undefined): NotificationType[] {
  const { options } = notificationTypeSchema
  if (of === undefined) return options
  const inTab = options.filter((type) => tabOf(type) === of)
  return inTab.length > 0 ? inTab : options.filter((type) => type === of)
}

function present({ facts, sender, type, ...row }: NotificationRow): Notification | null {
  const { likers: _, likes: __, ...shown } = facts
  const words = wordsOf(type, facts, sender?.nickname ?? null)
  if (!words) console.error(JSON.stringify({ level: 'error', message: 'a notification says nothing', id: row.id, type }))
  return words && { ...row, type, tab: tabOf(type), ...words, sender, facts: shown }
}

export async function getNotifications(
  { db, cursors, now }: CentreDeps & Pick<Deps, 'cursors'>,
  actor: Actor,
  { type, cursor, limit }: ListNotificationsQuery,
) {
  const list = notificationPages(cursors, actor.user_id)
  const key = await list.after(cursor)
  const after = key && { created_at: key[0], id: key[1] }
  const { items } = signedIn(await listNotifications(db, actor, { types: typesOf(type), after, limit }, now()))
  const page = await list.page(items, limit, ({ created_at, id }) => [created_at, id])
  return { ...page, items: page.items.flatMap((row) => present(row) ?? []) }
}

export async function getUnreadCount({ db, now }: CentreDeps, actor: Actor): Promise<UnreadCount> {
  const { counts } = signedIn(await countUnread(db, actor, now()))
  const by_tab = { badge: 0, ranking: 0, social: 0, system: 0 }
  for (const type of notificationTypeSchema.options) by_tab[tabOf(type)] += counts[type] ?? 0
  return { unread_count: by_tab.badge + by_tab.ranking + by_tab.social + by_tab.system, by_tab }
}

export async function readNotification({ db, now }: CentreDeps, actor: Actor, id: string): Promise<Notification> {
  const { row } = signedIn(await markRead(db, actor, id, now()))
  return found(row && present(row), notificationNotFound)
}

export async function readAll({ db, now }: CentreDeps, actor: Actor, type?: NotificationTab | NotificationType): Promise<void> {
  signedIn(await markAllRead(db, actor, typesOf(type), now()))
}

export async function deleteNotification({ db, now }: CentreDeps, actor: Actor, id: string): Promise<void> {
  if (!signedIn(await removeNotification(db, actor, id, now())).is_known) throw notificationNotFound()
}

export async function registerPushToken({ db, now }: CentreDeps, actor: Actor, input: RegisterPushToken): Promise<PushToken> {
  return signedIn(await upsertPushToken(db, actor, { ...input, device_id: input.device_id ?? null }, { keep: DEVICES_MAX, now: now() }))
}

export async function removePushToken({ db }: Pick<Deps, 'db'>, actor: Actor, token: string): Promise<void> {
  signedIn(await deletePushToken(db, actor, token))
}

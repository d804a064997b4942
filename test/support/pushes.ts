import { DAY_MS, fromSeoulDate, HOUR_MS, seoulDate } from '../../src/core/time.ts'
import type { Deps } from '../../src/deps.ts'
import { consume } from '../../src/queues.ts'
import type { NotificationType } from '../../src/modules/notifications/schema.ts'
import { createTestDeps, type Api, type SignedIn } from './api.ts'
import { cloud } from './cloud.ts'

export interface Pushed {
  readonly token: string
  readonly message: {
    readonly notification: { readonly title: string; readonly body: string }
    readonly data: Record<string, string>
    readonly [field: string]: any
  }
}

const simulator = (path: string, init?: RequestInit) => fetch(`${cloud.simulatorsUrl}/_sim/fcm/${path}`, init)

/** A message that FCM has taken for a device. */
export async function pushedTo(token: string): Promise<Pushed[]> {
  const response = await simulator(`messages?token=${encodeURIComponent(token)}`)
  return ((await response.json()) as { messages: Pushed[] }).messages
}

export async function setDevice(token: string, state: string): Promise<void> {
  await simulator('tokens', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ token, state }) })
}

export const withdrawAccessTokens = () => simulator('withdraw', { method: 'POST' })

export async function addDevice(api: Api, platform: 'ios' | 'android' = 'android'): Promise<string> {
  const token = `fcm:${crypto.randomUUID()}:${crypto.randomUUID()}`
  const { status } = await api.post('/push-tokens', { platform, token })
  if (status !== 200) throw new Error(`the device was refused: ${status}`)
  return token
}

/** An hour of a day in Seoul in the near future, when the sessions of today are still alive. */
export function seoulTime(hour: number, days = 2): Date {
  return new Date(fromSeoulDate(seoulDate(new Date(Date.now() + days * DAY_MS))).getTime() + hour * HOUR_MS)
}

export const FACTS: Readonly<Record<NotificationType, object>> = {
  badge_earned: { badge_id: crypto.randomUUID(), badge: '10km 클럽' },
  badge_progress: { badge_id: crypto.randomUUID(), badge: '10km 클럽', metric: 'distance_m', remaining: 1_000 },
  ranking_up: { rank: 2 },
  ranking_down: {},
  ranking_top3: {},
  follow: { user_id: crypto.randomUUID() },
  like: { walk_id: crypto.randomUUID(), likers: [crypto.randomUUID()] },
  comment: { walk_id: crypto.randomUUID(), preview: '귀여워요' },
  invitation: { invitation_id: crypto.randomUUID() },
  invitation_reminder: { invitation_id: crypto.randomUUID(), starts_at: '2026-11-24T06:30:00Z' },
  weekly_reset: {},
  monthly_report: { region: '역삼동', rank: 3 },
  season_deadline: { badge_id: crypto.randomUUID(), badge: '겨울왕국', days: 7 },
  season_open: { badge_id: crypto.randomUUID(), badge: '겨울왕국' },
  streak_broken: {},
  walk_auto_ended: { walk_id: crypto.randomUUID() },
  trial_started: { price_won: 3_900, ends_at: '2026-12-07T02:00:00Z' },
  trial_consent: {},
  trial_ending: { price_won: 3_900, card: null },
  trial_ended: {},
  renewal_soon: { price_won: 31_200, charge_at: '2026-12-31T16:00:00Z' },
  payment_done: { price_won: 3_900 },
  payment_failed: {},
  subscription_ended: {},
  refunded: { amount_won: 3_900 },
  purchase_moved: {},
  meetup_joined: { meetup_id: crypto.randomUUID(), title: '토요일 산책', joined: [crypto.randomUUID()] },
  meetup_request: { meetup_id: crypto.randomUUID(), title: '토요일 산책', starts_at: '2026-12-05T01:00:00Z' },
  meetup_answered: { meetup_id: crypto.randomUUID(), title: '토요일 산책', starts_at: '2026-12-05T01:00:00Z', status: 'going' },
  meetup_promoted: { meetup_id: crypto.randomUUID(), title: '토요일 산책', starts_at: '2026-12-05T01:00:00Z' },
  meetup_changed: {
    meetup_id: crypto.randomUUID(),
    title: '토요일 산책',
    before: { starts_at: '2026-12-05T01:00:00Z', location_name: '서울숲' },
    after: { starts_at: '2026-12-05T01:30:00Z', location_name: '뚝섬' },
  },
  meetup_cancelled: { meetup_id: crypto.randomUUID(), title: '토요일 산책', starts_at: '2026-12-05T01:00:00Z', dates: 1 },
  meetup_reminder: { meetup_id: crypto.randomUUID(), title: '토요일 산책', starts_at: '2026-12-05T01:00:00Z' },
  meetup_renewal: { meetup_id: crypto.randomUUID(), title: '토요일 산책' },
  export_ready: { export_id: crypto.randomUUID() },
  come_back: { pet_name: '초코' },
  moderation: { action_id: crypto.randomUUID(), action: 'warn', days: null, reason: 'spam', target_type: 'walk' },
  system: { title: '공지', body: '새 버전이 나왔어요', link: null },
}

/** Writes notifications as their causes do, for types whose cause is not part of the test. Returns their ids. */
export async function tell(
  { user }: { user: SignedIn | null },
  type: NotificationType,
  at: Date,
  { count = 1, facts = FACTS[type], sender = null }: { count?: number; facts?: object; sender?: SignedIn | null } = {},
): Promise<string[]> {
  const { rows } = await createTestDeps().db.execute<{ id: string }>(`
    INSERT INTO notifications (user_id, type, topic, facts, sender_id, created_at, push_at, sweep_at)
    SELECT '${user?.user_id}', '${type}', gen_random_uuid()::text, '${JSON.stringify(facts)}'::jsonb, ${sender ? `'${sender.user_id}'` : 'NULL'}, '${at.toISOString()}'::timestamptz + n * interval '1 millisecond',
           '${at.toISOString()}', '${at.toISOString()}'::timestamptz + interval '1 minute'
    FROM generate_series(0, ${count - 1}) AS n
    RETURNING id`)
  return rows.map(({ id }) => id)
}

/** Hands messages to the consumer as the queue does. Returns which of them it wants again, and after how many seconds. */
export async function deliver(messages: readonly string[][], overrides: Partial<Deps> = {}) {
  const retried: number[] = []
  let acked = 0
  const batch = {
    queue: 'pushes',
    messages: messages.map((notification_ids) => ({
      id: crypto.randomUUID(),
      timestamp: new Date(),
      attempts: 1,
      body: { notification_ids },
      ack: () => void acked++,
      retry: ({ delaySeconds = 0 } = {}) => void retried.push(delaySeconds),
    })),
  }
  // This has what the consumer uses of a batch. The plugin's own batch forgets the delays.
  await consume(batch as unknown as MessageBatch, createTestDeps(overrides))
  return { retried, acked }
}

/** A person's notifications, the oldest first. */
export async function rowsOf({ user }: { user: SignedIn | null }) {
  const { rows } = await createTestDeps().db.execute<{
    id: string
    type: NotificationType
    topic: string
    facts: any
    sender_id: string | null
    push_state: string
    push_reason: string | null
    push_at: string
    attempts: number
  }>(`
    SELECT id, type, topic, facts, sender_id, push_state, push_reason, push_at, attempts
    FROM notifications
    WHERE user_id = '${user?.user_id}'
    ORDER BY created_at, type, topic`)
  return rows
}

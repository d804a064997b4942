import { DAY_MS, HOUR_MS, seoulClock } from '../../core/time.ts'
import type { Settings } from '../users/settings/schema.ts'
import type { NotificationType } from './schema.ts'

interface Policy {
  /** Advertising by law (정보통신망법 §50): only with consent, marked, and at night with a consent of its own. */
  readonly is_advertising?: true
  /** In quiet hours: pushed at once, or not at all. Other kinds wait for the end of the hours. */
  readonly when_quiet?: 'push' | 'withhold' | undefined
  /** Budgets that it uses besides the daily one. */
  readonly budgets?: readonly Budget[]
  /** Somebody waits for it. When we cannot tell whether it was sent, it is sent again under the same id, which a phone shows once. */
  readonly is_waited_for?: true
  /** It is pushed also when the budget of the day is spent. */
  readonly is_beyond_daily?: true
  /** It is not pushed after this time. */
  readonly useful_ms?: number
}

type Budget = 'ranking' | 'ranking_down' | 'system'
/** Pushes in a Seoul day. Announcements: in a week. */
const DAILY_MAX = 10
const BUDGET_MAX: Readonly<Record<Budget, number>> = { ranking: 2, ranking_down: 1, system: 1 }
/** Pushed invitations in a Seoul day: of all strangers together, which use no other budget, of one of them, and of one person whom the receiver knows. */
const STRANGERS_MAX = 3
const STRANGER_MAX = 1
const ACQUAINTANCE_MAX = 3
const USEFUL_MS = DAY_MS

/** What is special about each kind (docs/product.md#pushes). */
const policies: Readonly<Partial<Record<NotificationType, Policy>>> = {
  ranking_up: { budgets: ['ranking'] },
  ranking_top3: { budgets: ['ranking'] },
  ranking_down: { budgets: ['ranking', 'ranking_down'] },
  weekly_reset: { is_advertising: true },
  season_open: { is_advertising: true },
  come_back: { is_advertising: true },
  system: { is_advertising: true, budgets: ['system'] },
  like: { when_quiet: 'withhold' },
  invitation: { when_quiet: 'push', is_waited_for: true },
  invitation_reminder: { is_waited_for: true, useful_ms: HOUR_MS / 4 },
  meetup_promoted: { is_waited_for: true, is_beyond_daily: true },
  meetup_changed: { is_waited_for: true },
  meetup_cancelled: { is_waited_for: true },
  meetup_reminder: { is_waited_for: true, useful_ms: 2 * HOUR_MS },
  walk_auto_ended: { is_waited_for: true },
  trial_ending: { is_waited_for: true },
  payment_failed: { is_waited_for: true },
  trial_started: { is_waited_for: true },
  trial_consent: { is_waited_for: true },
  trial_ended: { is_waited_for: true },
  renewal_soon: { is_waited_for: true },
  payment_done: { is_waited_for: true },
  subscription_ended: { is_waited_for: true },
  refunded: { is_waited_for: true },
  purchase_moved: { is_waited_for: true },
  export_ready: { is_waited_for: true },
}

const policyOf = (type: NotificationType): Policy => policies[type] ?? {}
export const isAdvertising = (type: NotificationType): boolean => policyOf(type).is_advertising ?? false
export const isWaitedFor = (type: NotificationType): boolean => policyOf(type).is_waited_for ?? false
export const usefulUntil = (type: NotificationType, createdAt: Date): Date =>
  new Date(createdAt.getTime() + (policyOf(type).useful_ms ?? USEFUL_MS))

/** How many pushes a person got today. Announcements: this week. */
export interface Spent {
  readonly day: number
  readonly ranking: number
  readonly ranking_down: number
  readonly system: number
  /** Invitations of people whom the receiver does not know. They are not in `day`. */
  readonly strangers: number
  /** Today's invitations by sender. */
  readonly by_sender: Readonly<Record<string, number>>
}

interface Event {
  readonly type: NotificationType
  readonly created_at: Date
  readonly sender_id: string | null
  /** An invitation of somebody whom its receiver does not know. */
  readonly is_from_stranger: boolean
  /** Nothing can be done about it any more: an invitation that nobody can accept, or a seat at a date that has begun. */
  readonly is_void: boolean
}

export interface Addressee {
  /** Neither the person nor the sender has left, and neither has blocked the other. */
  readonly is_reachable: boolean
  readonly has_device: boolean
  readonly settings: Pick<Settings, 'notifications' | 'quiet_hours'>
  readonly has_marketing_consent: boolean
  readonly has_night_consent: boolean
  readonly spent: Spent
}

export type WithholdReason = 'out_of_date' | 'unreachable' | 'switched_off' | 'no_consent' | 'quiet_hours' | 'no_device' | 'over_budget'
export type Decision =
  | { readonly act: 'push' }
  | { readonly act: 'wait'; readonly until: Date; readonly reason: 'quiet_hours' | 'night' }
  | { readonly act: 'withhold'; readonly reason: WithholdReason }

/** Decides whether a notification is pushed now, later, or never. Budgets come last, because what waits or is withheld uses none. */
export function decidePush(event: Event, to: Addressee, now: Date): Decision {
  const { type, created_at, is_void, is_from_stranger } = event
  const policy: Policy = is_from_stranger ? { ...policyOf(type), when_quiet: undefined } : policyOf(type)
  if (is_void || now >= usefulUntil(type, created_at)) return withhold('out_of_date')
  if (!to.is_reachable) return withhold('unreachable')
  if (!to.settings.notifications[type]) return withhold('switched_off')
  if (policy.is_advertising && !to.has_marketing_consent) return withhold('no_consent')
  const until = firstAllowed(policy, to, now)
  if (until > now) {
    if (policy.when_quiet === 'withhold') return withhold('quiet_hours')
    return { act: 'wait', until, reason: isWithin(LEGAL_NIGHT, now) && policy.is_advertising ? 'night' : 'quiet_hours' }
  }
  if (!to.has_device) return withhold('no_device')
  return isOverBudget(event, to.spent) ? withhold('over_budget') : { act: 'push' }
}

function isOverBudget({ type, sender_id, is_from_stranger }: Event, spent: Spent): boolean {
  const bySender = type === 'invitation' && sender_id !== null ? (spent.by_sender[sender_id] ?? 0) : 0
  if (is_from_stranger) return spent.strangers >= STRANGERS_MAX || bySender >= STRANGER_MAX
  const isOver = (budget: Budget) => spent[budget] >= BUDGET_MAX[budget]
  const { is_beyond_daily = false, budgets = [] } = policyOf(type)
  return (spent.day >= DAILY_MAX && !is_beyond_daily) || bySender >= ACQUAINTANCE_MAX || budgets.some(isOver)
}

/** The budgets after one more push. */
export function spend(spent: Spent, { type, sender_id, is_from_stranger }: Omit<Event, 'created_at' | 'is_void'>): Spent {
  const budgets = policyOf(type).budgets ?? []
  const plus = (budget: Budget) => spent[budget] + Number(budgets.includes(budget))
  const { by_sender } = spent
  return {
    day: spent.day + Number(!is_from_stranger),
    ranking: plus('ranking'),
    ranking_down: plus('ranking_down'),
    system: plus('system'),
    strangers: spent.strangers + Number(is_from_stranger),
    by_sender: type === 'invitation' && sender_id !== null ? { ...by_sender, [sender_id]: (by_sender[sender_id] ?? 0) + 1 } : by_sender,
  }
}

const withhold = (reason: WithholdReason): Decision => ({ act: 'withhold', reason })

/** Hours of Seoul's clock as `HH:MM`. They may span midnight. */
interface Hours {
  readonly start: string
  readonly end: string
}
const LEGAL_NIGHT: Hours = { start: '21:00', end: '08:00' }

/** `now`, or the end of the hours in which this may not be pushed. Quiet hours and the legal night may follow each other. */
function firstAllowed({ is_advertising, when_quiet }: Policy, { settings, has_night_consent }: Addressee, now: Date): Date {
  const { enabled, start, end } = settings.quiet_hours
  const closed: Hours[] = []
  if (enabled && when_quiet !== 'push') closed.push({ start, end })
  if (is_advertising && !has_night_consent) closed.push(LEGAL_NIGHT)
  let at = now
  // There are two stretches of hours at most, so each is passed once and a third turn would cover the whole day.
  for (let turn = 0; turn < 3; turn++) {
    const hours = closed.find((one) => isWithin(one, at))
    if (!hours) return at
    at = endOf(hours, at)
  }
  return at
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
const minuteOfDay = (at: Date): number => {
  const { hour, minute } = seoulClock(at)
  return hour * 60 + minute
}

/** Hours that begin and end at the same time are empty. */
function isWithin({ start, end }: Hours, at: Date): boolean {
  const [from, until, minute] = [minutesOf(start), minutesOf(end), minuteOfDay(at)]
  return from <= until ? from <= minute && minute < until : from <= minute || minute < until
}

/** The next time that Seoul's clock shows `end`, on the full minute. */
function endOf({ end }: Hours, at: Date): Date {
  const minutes = (minutesOf(end) - minuteOfDay(at) + 1_440) % 1_440
  return new Date(Math.floor(at.getTime() / 60_000) * 60_000 + minutes * 60_000)
}

const FIRST_WAIT_MS = 10_000
const LONGEST_WAIT_MS = HOUR_MS / 4
const RETRY_AFTER_MAX_MS = HOUR_MS

/** The wait before FCM is called again: as it says, else doubling from ten seconds. `chance` (0 to 1) spreads messages that failed together. */
export function retryDelayMs({ attempts, retryAfterMs }: { attempts: number; retryAfterMs: number | null }, chance: number): number {
  if (retryAfterMs !== null) return Math.min(retryAfterMs, RETRY_AFTER_MAX_MS) + chance * FIRST_WAIT_MS
  return Math.min(FIRST_WAIT_MS * 2 ** attempts, LONGEST_WAIT_MS) * (1 + chance / 4)
}

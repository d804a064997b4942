import { z } from 'zod'
import { instantSchema, uuidSchema } from '../../core/fields.ts'
import { particle } from '../../core/korean.ts'
import { seoulClock } from '../../core/time.ts'
import {
  meetupAnswered,
  meetupAnsweredWords,
  meetupCancelled,
  meetupCancelledWords,
  meetupChanged,
  meetupChangedWords,
  meetupJoined,
  meetupJoinedWords,
  meetupPromotedWords,
  meetupReminderWords,
  meetupRenewalWords,
  meetupRequestWords,
  ofDate,
  ofMeetup,
} from './meetup-words.ts'
import { moderated, moderationWords } from './moderation-words.ts'
import {
  paymentDone,
  paymentDoneWords,
  paymentFailed,
  paymentFailedWords,
  refunded,
  refundedWords,
  renewalSoon,
  renewalSoonWords,
  trialEnding,
  trialEndingWords,
  trialStarted,
  trialStartedWords,
} from './payment-words.ts'
import type { NotificationTab, NotificationType } from './schema.ts'

/** What a person reads. `link` opens the app at a screen. Without it the centre opens. */
export interface Words {
  readonly title: string
  readonly body: string
  readonly link: string | null
}

interface Kind {
  readonly tab: NotificationTab
  /** The compiler does not know which facts a row holds, so each kind parses its own. `nickname` is the sender's present one. */
  words(facts: unknown, nickname: string): Words | null
}

function kind<const T extends z.ZodType>(
  tab: NotificationTab,
  facts: T,
  words: (facts: z.output<T>, nickname: string) => readonly [title: string, body: string, path: string | null],
): Kind {
  return {
    tab,
    words(given, nickname) {
      const known = facts.safeParse(given)
      if (!known.success) return null
      const [title, body, path] = words(known.data, nickname)
      return { title, body, link: path === null || path.includes('://') ? path : `withbowwow://${path}` }
    },
  }
}

const PREVIEW_LETTERS = 40
const badge = z.object({ badge_id: uuidSchema, badge: z.string() })
const ofWalk = z.object({ walk_id: uuidSchema })
const invitation = z.object({ invitation_id: uuidSchema })
const none = z.object({})

/** Every kind of notification: its tab, and its words, made of the facts that its cause wrote (docs/product.md#notifications). */
const catalogue: Readonly<Record<NotificationType, Kind>> = {
  badge_earned: kind('badge', badge, (it) => ['새 뱃지를 획득했어요!', `${it.badge} 뱃지를 달성했어요!`, `badges/${it.badge_id}`]),
  badge_progress: kind('badge', badge.extend({ metric: z.string(), remaining: z.number() }), (it) => [
    '뱃지 달성이 눈앞이에요!',
    `${it.badge} 뱃지까지 ${amount(it.metric, it.remaining)}!`,
    'walk/start',
  ]),
  season_open: kind('badge', badge, (it) => ['시즌 뱃지가 열렸어요!', `${it.badge} 시즌 뱃지가 오픈되었습니다!`, `badges/${it.badge_id}`]),
  season_deadline: kind('badge', badge.extend({ days: z.int() }), (it) => [
    '시즌 뱃지 마감 임박!',
    `${it.badge} 뱃지 마감 ${it.days}일 전! 지금 도전하세요`,
    `badges/${it.badge_id}`,
  ]),
  streak_broken: kind('badge', none, () => ['연속 기록이 끊어졌어요', '다시 시작해볼까요?', 'walk/start']),
  ranking_up: kind('ranking', z.object({ rank: z.int() }), ({ rank }) => ['축하해요!', `동네 랭킹 ${rank}위로 올라갔어요!`, 'ranking']),
  ranking_down: kind('ranking', none, (_, nickname) => ['앗!', `${nickname}님이 당신을 추월했어요. 산책 나가볼까요?`, 'ranking']),
  ranking_top3: kind('ranking', none, () => ['축하해요!', '동네 랭킹 TOP 3에 진입했어요! 👑', 'ranking']),
  weekly_reset: kind('ranking', none, () => ['새 주 시작!', '이번 주 동네 1위에 도전해보세요!', 'ranking']),
  monthly_report: kind('ranking', z.object({ region: z.string(), rank: z.int() }), ({ region, rank }) => [
    '월간 리포트',
    `지난달 ${region} ${rank}위! 이번 달 목표는?`,
    'ranking',
  ]),
  follow: kind('social', z.object({ user_id: uuidSchema }), ({ user_id }, nickname) => [
    '새 팔로워!',
    `${nickname}님이 팔로우했어요`,
    `users/${user_id}`,
  ]),
  // `likers` are the last of them. `likes` is how many there are, if the walk still has its post.
  like: kind('social', ofWalk.extend({ likers: z.array(uuidSchema), likes: z.int().nullish() }), (it, nickname) => [
    '좋아요!',
    `${nickname}님${others(it.likes ?? it.likers.length)}이 산책 기록을 좋아해요`,
    `walks/${it.walk_id}`,
  ]),
  comment: kind('social', ofWalk.extend({ preview: z.string() }), ({ walk_id, preview }, nickname) => [
    '새 댓글!',
    `${nickname}: ${shorten(preview)}`,
    `walks/${walk_id}`,
  ]),
  invitation: kind('social', invitation, ({ invitation_id }, nickname) => [
    '산책 초대!',
    `${nickname}님이 함께 산책하자고 해요`,
    `invitations/${invitation_id}`,
  ]),
  invitation_reminder: kind('social', invitation.extend({ starts_at: instantSchema }), (it, nickname) => [
    '곧 함께 산책할 시간이에요!',
    `${nickname}님과 ${timeOfDay(it.starts_at)}에 만나기로 했어요`,
    `invitations/${it.invitation_id}`,
  ]),
  meetup_joined: kind('social', meetupJoined, meetupJoinedWords),
  meetup_request: kind('social', ofDate, meetupRequestWords),
  meetup_answered: kind('social', meetupAnswered, meetupAnsweredWords),
  meetup_promoted: kind('social', ofDate, meetupPromotedWords),
  meetup_changed: kind('social', meetupChanged, meetupChangedWords),
  meetup_cancelled: kind('social', meetupCancelled, meetupCancelledWords),
  meetup_reminder: kind('social', ofDate, meetupReminderWords),
  meetup_renewal: kind('social', ofMeetup, meetupRenewalWords),
  walk_auto_ended: kind('system', ofWalk, ({ walk_id }) => [
    '산책이 자동 종료됐어요',
    '12시간이 지나 산책을 저장했어요',
    `walks/${walk_id}`,
  ]),
  trial_started: kind('system', trialStarted, trialStartedWords),
  trial_consent: kind('system', none, () => ['무료 체험이 곧 끝나요', '체험이 끝나기 전에 구독을 이어갈지 알려주세요', 'subscription']),
  trial_ending: kind('system', trialEnding, trialEndingWords),
  trial_ended: kind('system', none, () => ['무료 체험이 끝났어요', '무료 체험이 끝났어요. 결제된 금액은 없어요', 'subscription']),
  renewal_soon: kind('system', renewalSoon, renewalSoonWords),
  payment_done: kind('system', paymentDone, paymentDoneWords),
  payment_failed: kind('system', paymentFailed, paymentFailedWords),
  subscription_ended: kind('system', none, () => ['프리미엄 구독이 끝났어요', '언제든 다시 시작할 수 있어요', 'subscription']),
  refunded: kind('system', refunded, refundedWords),
  purchase_moved: kind('system', none, () => [
    '프리미엄 구독이 옮겨졌어요',
    '스토어 구매가 다른 계정으로 옮겨졌어요. 직접 옮기지 않았다면 문의해주세요',
    'subscription',
  ]),
  export_ready: kind('system', z.object({ export_id: uuidSchema }), ({ export_id }) => [
    '내 데이터가 준비됐어요',
    '24시간 안에 내려받아 주세요',
    `my-data/${export_id}`,
  ]),
  come_back: kind('system', z.object({ pet_name: z.string() }), ({ pet_name }) => [
    '돌아와요!',
    `${pet_name}${particle(pet_name, '이', '가')} 산책을 기다리고 있어요`,
    'walk/start',
  ]),
  moderation: kind('system', moderated, (it) => [...moderationWords(it), `moderation/${it.action_id}`]),
  system: kind('system', z.object({ title: z.string(), body: z.string(), link: z.string().nullable() }), (it) => [
    it.title,
    it.body,
    it.link,
  ]),
}

export const tabOf = (type: NotificationType): NotificationTab => catalogue[type].tab

/** `nickname` is the sender's, if there is one. `null` when the facts do not fit the kind, because one such row must not hide the others. */
export function wordsOf(type: NotificationType, facts: unknown, nickname: string | null): Words | null {
  return catalogue[type].words(facts, nickname ?? '')
}

const others = (all: number): string => (all > 1 ? ` 외 ${all - 1}명` : '')

/** Rounded up, so that no badge seems nearer than it is. */
function amount(metric: string, remaining: number): string {
  if (metric.endsWith('_m')) return `${(Math.ceil(remaining / 100) / 10).toFixed(1)}km`
  if (metric.endsWith('_sec')) {
    const minutes = Math.ceil(remaining / 60)
    const hours = Math.floor(minutes / 60)
    return [hours > 0 && `${hours}시간`, minutes % 60 > 0 && `${minutes % 60}분`].filter(Boolean).join(' ')
  }
  if (metric.endsWith('_days')) return `${remaining}일`
  if (metric.endsWith('_photos')) return `${remaining}장`
  return `${remaining}${/places|parks/.test(metric) ? '곳' : '회'}`
}

/** The time as people say it: 오후 3시 30분. */
function timeOfDay(instant: string): string {
  const { hour, minute } = seoulClock(new Date(instant))
  return `${hour < 12 ? '오전' : '오후'} ${hour % 12 || 12}시${minute > 0 ? ` ${minute}분` : ''}`
}

function shorten(text: string): string {
  const letters = [...new Intl.Segmenter('ko').segment(text.replaceAll(/\s+/g, ' '))].map(({ segment }) => segment)
  return letters.length > PREVIEW_LETTERS ? `${letters.slice(0, PREVIEW_LETTERS).join('')}…` : letters.join('')
}

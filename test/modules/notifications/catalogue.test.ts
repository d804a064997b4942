import { describe, expect, it } from 'vitest'
import { tabOf, wordsOf } from '../../../src/modules/notifications/catalogue.ts'
import { composeMessage } from '../../../src/modules/notifications/message.ts'
import { notificationTypeSchema } from '../../../src/modules/notifications/schema.ts'
import { FACTS } from '../../support/pushes.ts'

const ID = '11111111-1111-4111-8111-111111111111'
const MEETUP = { meetup_id: ID, title: '토요일 산책', starts_at: '2026-12-05T01:00:00Z' }
const badge = { badge_id: ID, badge: '비 오는 날 산책' }

describe('every kind says what the catalogue promises', () => {
  it.each([
    ['badge_earned', badge, '새 뱃지를 획득했어요!', '비 오는 날 산책 뱃지를 달성했어요!', `badges/${ID}`],
    [
      'badge_progress',
      { ...badge, metric: 'distance_m', remaining: 300 },
      '뱃지 달성이 눈앞이에요!',
      '비 오는 날 산책 뱃지까지 0.3km!',
      'walk/start',
    ],
    ['ranking_up', { rank: 3 }, '축하해요!', '동네 랭킹 3위로 올라갔어요!', 'ranking'],
    ['ranking_down', {}, '앗!', '달이맘님이 당신을 추월했어요. 산책 나가볼까요?', 'ranking'],
    ['ranking_top3', {}, '축하해요!', '동네 랭킹 TOP 3에 진입했어요! 👑', 'ranking'],
    ['follow', { user_id: ID }, '새 팔로워!', '달이맘님이 팔로우했어요', `users/${ID}`],
    ['like', { walk_id: ID, likers: [ID] }, '좋아요!', '달이맘님이 산책 기록을 좋아해요', `walks/${ID}`],
    ['comment', { walk_id: ID, preview: '우와\n귀여워요' }, '새 댓글!', '달이맘: 우와 귀여워요', `walks/${ID}`],
    ['invitation', { invitation_id: ID }, '산책 초대!', '달이맘님이 함께 산책하자고 해요', `invitations/${ID}`],
    [
      'invitation_reminder',
      { invitation_id: ID, starts_at: '2026-11-24T06:30:00Z' },
      '곧 함께 산책할 시간이에요!',
      '달이맘님과 오후 3시 30분에 만나기로 했어요',
      `invitations/${ID}`,
    ],
    ['weekly_reset', {}, '새 주 시작!', '이번 주 동네 1위에 도전해보세요!', 'ranking'],
    ['monthly_report', { region: '역삼동', rank: 12 }, '월간 리포트', '지난달 역삼동 12위! 이번 달 목표는?', 'ranking'],
    [
      'season_deadline',
      { ...badge, badge: '겨울왕국', days: 7 },
      '시즌 뱃지 마감 임박!',
      '겨울왕국 뱃지 마감 7일 전! 지금 도전하세요',
      `badges/${ID}`,
    ],
    ['season_open', { ...badge, badge: '겨울왕국' }, '시즌 뱃지가 열렸어요!', '겨울왕국 시즌 뱃지가 오픈되었습니다!', `badges/${ID}`],
    ['streak_broken', {}, '연속 기록이 끊어졌어요', '다시 시작해볼까요?', 'walk/start'],
    [
      'meetup_joined',
      { meetup_id: ID, title: '토요일 산책', joined: [ID, ID] },
      '모임에 새 친구가 왔어요!',
      '달이맘님 외 1명이 ‘토요일 산책’에 함께해요',
      `meetups/${ID}`,
    ],
    ['meetup_request', MEETUP, '모임 참가 신청', '달이맘님이 ‘토요일 산책’ 참가를 신청했어요', `meetups/${ID}`],
    ['meetup_answered', { ...MEETUP, status: 'going' }, '모임 신청 결과', '‘토요일 산책’ 참가가 승인됐어요', `meetups/${ID}`],
    [
      'meetup_answered',
      { ...MEETUP, status: 'waiting' },
      '모임 신청 결과',
      '‘토요일 산책’ 참가가 승인됐어요. 지금은 대기 중이에요',
      `meetups/${ID}`,
    ],
    [
      'meetup_answered',
      { ...MEETUP, status: 'declined' },
      '모임 신청 결과',
      '‘토요일 산책’ 모임에는 이번에 함께하지 못해요',
      `meetups/${ID}`,
    ],
    ['meetup_promoted', MEETUP, '모임에 자리가 났어요!', '‘토요일 산책’ 12월 5일 오전 10시에 함께해요', `meetups/${ID}`],
    [
      'meetup_changed',
      {
        ...MEETUP,
        before: { starts_at: '2026-12-05T01:00:00Z', location_name: '서울숲' },
        after: { starts_at: '2026-12-05T05:30:00Z', location_name: '뚝섬' },
      },
      '모임이 바뀌었어요',
      '‘토요일 산책’ 12월 5일 오전 10시 서울숲 → 12월 5일 오후 2시 30분 뚝섬',
      `meetups/${ID}`,
    ],
    [
      'meetup_changed',
      {
        ...MEETUP,
        before: { starts_at: '2026-12-05T01:00:00Z', location_name: '서울숲' },
        after: { starts_at: '2026-12-05T01:00:00Z', location_name: '서울숲' },
        dates: 3,
      },
      '모임이 바뀌었어요',
      '‘토요일 산책’ 12월 5일 오전 10시 서울숲 외 2회, 만나는 위치가 바뀌었어요',
      `meetups/${ID}`,
    ],
    [
      'meetup_cancelled',
      { ...MEETUP, dates: 3 },
      '모임이 취소됐어요',
      '‘토요일 산책’ 12월 5일 오전 10시 외 2회 모임이 취소됐어요',
      `meetups/${ID}`,
    ],
    ['meetup_reminder', MEETUP, '곧 모임 시간이에요!', '‘토요일 산책’ 12월 5일 오전 10시에 시작해요', `meetups/${ID}`],
    ['meetup_renewal', MEETUP, '모임을 계속할까요?', '‘토요일 산책’ 모임을 이어갈지 알려주세요', `meetups/${ID}`],
    ['export_ready', { export_id: ID }, '내 데이터가 준비됐어요', '24시간 안에 내려받아 주세요', `my-data/${ID}`],
    ['walk_auto_ended', { walk_id: ID }, '산책이 자동 종료됐어요', '12시간이 지나 산책을 저장했어요', `walks/${ID}`],
    [
      'trial_started',
      { price_won: 3_900, ends_at: '2026-12-07T02:00:00Z' },
      '무료 체험이 시작됐어요',
      '7일 무료 체험이 시작됐어요. 12월 7일에 3,900원 결제에 동의하면 구독이 이어져요',
      'subscription',
    ],
    ['trial_consent', {}, '무료 체험이 곧 끝나요', '체험이 끝나기 전에 구독을 이어갈지 알려주세요', 'subscription'],
    [
      'trial_ending',
      { price_won: 3_900, card: '43301234****123*' },
      '무료 체험이 곧 끝나요',
      '내일 프리미엄 구독이 시작돼요 (3,900원, 43301234****123*)',
      'subscription',
    ],
    ['trial_ended', {}, '무료 체험이 끝났어요', '무료 체험이 끝났어요. 결제된 금액은 없어요', 'subscription'],
    [
      'renewal_soon',
      { price_won: 31_200, charge_at: '2026-12-31T16:00:00Z' },
      '결제 예정 안내',
      '1월 1일에 31,200원이 결제될 예정이에요',
      'subscription',
    ],
    ['payment_done', { price_won: 3_900 }, '결제가 완료됐어요', '3,900원이 결제됐어요', 'payments/history'],
    ['payment_failed', {}, '결제에 실패했어요', '결제 수단을 확인해주세요', 'subscription'],
    ['payment_failed', { needs_new_card: true }, '결제에 실패했어요', '카드를 다시 등록해주세요', 'subscription'],
    ['refunded', { amount_won: 28_550 }, '환불이 완료됐어요', '28,550원이 환불됐어요', 'payments/history'],
    ['come_back', { pet_name: '초코' }, '돌아와요!', '초코가 산책을 기다리고 있어요', 'walk/start'],
    ['system', { title: '점검 안내', body: '새벽 2시에 쉬어요', link: null }, '점검 안내', '새벽 2시에 쉬어요', null],
  ] as const)('%s', (type, facts, title, body, path) => {
    expect(wordsOf(type, facts, '달이맘')).toEqual({ title, body, link: path && `withbowwow://${path}` })
  })

  it('and there is no other kind', () => {
    for (const type of notificationTypeSchema.options) expect(wordsOf(type, FACTS[type], '달이맘')?.title).not.toBe('')
  })
})

it.each([
  ['초코', '초코가'],
  ['콩', '콩이'],
  ['몽실', '몽실이'],
  ['Max', 'Max가'],
  ['Bell', 'Bell이'],
  ['보리1', '보리1이'],
  ['보리2', '보리2가'],
  ['쫑♥', '쫑♥이'],
])('%s is called with its particle', (pet_name, called) => {
  expect(wordsOf('come_back', { pet_name }, null)?.body).toBe(`${called} 산책을 기다리고 있어요`)
})

it.each([
  ['distance_m', 7_700, '7.7km'],
  ['distance_m', 1, '0.1km'],
  ['season_distance_m', 12_001, '12.1km'],
  ['duration_sec', 59, '1분'],
  ['duration_sec', 3_600, '1시간'],
  ['duration_sec', 5_401, '1시간 31분'],
  ['streak_days', 2, '2일'],
  ['walk_photos', 3, '3장'],
  ['unique_places', 4, '4곳'],
  ['season_parks', 1, '1곳'],
  ['season_nature_places', 1, '1곳'],
  ['walk_count', 9, '9회'],
  ['together_walks', 1, '1회'],
])('of %s, %s is left: %s', (metric, remaining, left) => {
  expect(wordsOf('badge_progress', { ...badge, metric, remaining }, null)?.body).toBe(`비 오는 날 산책 뱃지까지 ${left}!`)
})

it('facts of another kind say nothing, rather than something wrong', () => {
  expect(wordsOf('badge_earned', { rank: 3 }, null)).toBeNull()
  expect(wordsOf('ranking_up', null, null)).toBeNull()
})

it('likes of a walk are one notification, by the last who liked it', () => {
  const likers = [ID, ID.replaceAll('1', '2'), ID.replaceAll('1', '3')]
  expect(wordsOf('like', { walk_id: ID, likers }, '콩이')?.body).toBe('콩이님 외 2명이 산책 기록을 좋아해요')
})

it('a long comment is cut between letters, not within one', () => {
  const words = wordsOf('comment', { walk_id: ID, preview: '👨‍👩‍👧‍👦'.repeat(60) }, '콩이')
  expect(words?.body).toBe(`콩이: ${'👨‍👩‍👧‍👦'.repeat(40)}…`)
})

it('a message fits into what FCM takes, and its data are strings, whatever it says', () => {
  const now = new Date()
  for (const type of notificationTypeSchema.options) {
    const facts =
      type === 'system' ? { title: '가'.repeat(50), body: '힣'.repeat(300), link: `https://a.kr/${'a'.repeat(480)}` } : FACTS[type]
    const words = wordsOf(type, facts, '열두글자인닉네임입니다요')!
    const message = composeMessage({ id: ID, type, created_at: now.toISOString(), unread: 3 }, words, 'token', now)
    const { token: _, ...payload } = message
    expect(new TextEncoder().encode(JSON.stringify(payload)).length).toBeLessThanOrEqual(4_096)
    expect(Object.values(message.data).every((value) => typeof value === 'string')).toBe(true)
    expect(message.apns.headers['apns-collapse-id'].length).toBeLessThanOrEqual(64)
    expect(message).toMatchObject({
      data: { notification_id: ID, type },
      android: { notification: { tag: ID, channel_id: tabOf(type) } },
      apns: { payload: { aps: { badge: 3, 'thread-id': tabOf(type) } } },
    })
  }
})

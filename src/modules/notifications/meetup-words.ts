import { z } from 'zod'
import { instantSchema, uuidSchema } from '../../core/fields.ts'
import { seoulDateTime } from '../../core/time.ts'

/** Facts and words of what meetups tell people (docs/product.md#meetups). */
type Words<T> = (facts: T, nickname: string) => readonly [title: string, body: string, path: string]

export const ofMeetup = z.object({ meetup_id: uuidSchema, title: z.string() })
export const ofDate = ofMeetup.extend({ starts_at: instantSchema })

export const meetupJoined = ofMeetup.extend({ joined: z.array(uuidSchema) })
export const meetupJoinedWords: Words<z.infer<typeof meetupJoined>> = (it, nickname) => [
  '모임에 새 친구가 왔어요!',
  `${nickname}님${it.joined.length > 1 ? ` 외 ${it.joined.length - 1}명` : ''}이 ‘${it.title}’에 함께해요`,
  pathOf(it),
]

export const meetupRequestWords: Words<z.infer<typeof ofDate>> = (it, nickname) => [
  '모임 참가 신청',
  `${nickname}님이 ‘${it.title}’ 참가를 신청했어요`,
  pathOf(it),
]

export const meetupAnswered = ofDate.extend({ status: z.enum(['going', 'waiting', 'declined']) })
const ANSWERS = {
  going: '참가가 승인됐어요',
  waiting: '참가가 승인됐어요. 지금은 대기 중이에요',
  declined: '모임에는 이번에 함께하지 못해요',
} as const
export const meetupAnsweredWords: Words<z.infer<typeof meetupAnswered>> = (it) => [
  '모임 신청 결과',
  `‘${it.title}’ ${ANSWERS[it.status]}`,
  pathOf(it),
]

export const meetupPromotedWords: Words<z.infer<typeof ofDate>> = (it) => [
  '모임에 자리가 났어요!',
  `‘${it.title}’ ${momentOf(it.starts_at)}에 함께해요`,
  pathOf(it),
]

const moved = z.object({ starts_at: instantSchema, location_name: z.string() })
export const meetupChanged = ofMeetup.extend({ before: moved, after: moved, dates: z.int().default(1) })
export const meetupChangedWords: Words<z.infer<typeof meetupChanged>> = (it) => [
  '모임이 바뀌었어요',
  `‘${it.title}’ ${describeChange(it)}`,
  pathOf(it),
]

export const meetupCancelled = ofDate.extend({ dates: z.int() })
export const meetupCancelledWords: Words<z.infer<typeof meetupCancelled>> = (it) => [
  '모임이 취소됐어요',
  `‘${it.title}’ ${momentOf(it.starts_at)}${it.dates > 1 ? ` 외 ${it.dates - 1}회` : ''} 모임이 취소됐어요`,
  pathOf(it),
]

export const meetupReminderWords: Words<z.infer<typeof ofDate>> = (it) => [
  '곧 모임 시간이에요!',
  `‘${it.title}’ ${momentOf(it.starts_at)}에 시작해요`,
  pathOf(it),
]

export const meetupRenewalWords: Words<z.infer<typeof ofMeetup>> = (it) => [
  '모임을 계속할까요?',
  `‘${it.title}’ 모임을 이어갈지 알려주세요`,
  pathOf(it),
]

const pathOf = ({ meetup_id }: { meetup_id: string }) => `meetups/${meetup_id}`

const describe = ({ starts_at, location_name }: z.infer<typeof moved>) => `${momentOf(starts_at)} ${location_name}`

/** A place may move on the map and keep its name. */
function describeChange({ before, after, dates }: z.infer<typeof meetupChanged>): string {
  const [was, is] = [describe(before), describe(after)]
  const others = dates > 1 ? ` 외 ${dates - 1}회` : ''
  return was === is ? `${is}${others}, 만나는 위치가 바뀌었어요` : `${was} → ${is}${others}`
}

/** 12월 5일 오전 10시 30분, in Seoul. */
function momentOf(instant: string): string {
  const [, month, day, hour = 0, minute = 0] = seoulDateTime(new Date(instant)).split(/[-T:]/).map(Number)
  return `${month}월 ${day}일 ${hour < 12 ? '오전' : '오후'} ${hour % 12 || 12}시${minute > 0 ? ` ${minute}분` : ''}`
}

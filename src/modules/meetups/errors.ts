import { z } from 'zod'
import { defineError } from '../../core/errors.ts'
import { uuidSchema } from '../../core/fields.ts'

export const meetupNotFound = defineError({
  code: 'meetup_not_found',
  status: 404,
  title: 'No such meetup, or no such date of it',
  detail: '모임을 찾을 수 없어요.',
})
export const participantNotFound = defineError({
  code: 'participant_not_found',
  status: 404,
  title: 'They have not asked to come, or have no seat',
  detail: '참가자를 찾을 수 없어요.',
})
export const meetupTimeInvalid = defineError({
  code: 'meetup_time_invalid',
  status: 422,
  title: 'A meetup begins at least half an hour and at most sixty days ahead',
  detail: '모임 시간은 30분 뒤부터 60일 안으로 정해 주세요.',
})
export const unsupportedRecurrence = defineError({
  code: 'unsupported_recurrence',
  status: 422,
  title: 'FREQ=WEEKLY with INTERVAL 1 to 4, BYDAY that holds the first date, and COUNT 2 to 52 or UNTIL within a year, and no other rule',
  detail: '지원하지 않는 반복이에요. 매주 반복으로 정해 주세요.',
})
export const unknownBreed = defineError({
  code: 'unknown_breed',
  status: 422,
  title: 'No breed of GET /breeds has this code or name',
  detail: '견종을 찾을 수 없어요. 목록에서 골라 주세요.',
})
export const tooManyMeetups = defineError({
  code: 'too_many_meetups',
  status: 429,
  title: 'At most five new meetups a day, and ten that are open',
  detail: '지금은 모임을 더 만들 수 없어요. 나중에 다시 시도해 주세요.',
})
export const meetupFull = defineError({
  code: 'meetup_full',
  status: 409,
  title: 'All seats are taken, and there is no waiting: it was not wished, or it ended two hours before the start',
  detail: '모임의 자리가 모두 찼어요.',
})
export const petDoesNotFit = defineError({
  code: 'pet_does_not_fit',
  status: 409,
  title: 'The meetup is for pets of a size or breed that I have none of',
  detail: '이 모임에 맞는 반려동물이 없어요.',
})
export const capacityBelowGoing = defineError({
  code: 'capacity_below_going',
  status: 409,
  title: 'More people are going than there would be seats',
  detail: '이미 참가하는 사람보다 정원을 줄일 수 없어요.',
  members: { occurrence_ids: z.array(uuidSchema).meta({ description: 'Of `capacity_below_going`: the dates where more people go' }) },
})
export const meetupOver = defineError({
  code: 'meetup_over',
  status: 409,
  title: 'That date has begun, or there is none ahead',
  detail: '이미 시작했거나 끝난 모임이에요.',
})
export const meetupCancelled = defineError({
  code: 'meetup_cancelled',
  status: 409,
  title: 'The meetup, or that date of it, was cancelled',
  detail: '취소된 모임이에요.',
})
export const meetupRequestDeclined = defineError({
  code: 'meetup_request_declined',
  status: 409,
  title: 'The host has declined my request for that date',
  detail: '모임장이 이번 참가 신청을 거절했어요.',
})
export const removedFromMeetup = defineError({
  code: 'removed_from_meetup',
  status: 409,
  title: 'The host has removed me from the meetup, for good',
  detail: '이 모임에는 다시 참가할 수 없어요.',
})
export const hostCannotLeave = defineError({
  code: 'host_cannot_leave',
  status: 409,
  title: 'The host holds a seat, and can only cancel',
  detail: '모임장은 나갈 수 없어요. 모임을 취소해 주세요.',
})
export const meetupRequestAnswered = defineError({
  code: 'meetup_request_answered',
  status: 409,
  title: 'They are in already. DELETE removes somebody',
  detail: '이미 승인한 참가자예요.',
})
export const attendanceClosed = defineError({
  code: 'attendance_closed',
  status: 409,
  title: 'The host says who came from the start on, for 48 hours',
  detail: '참석 여부는 모임이 시작한 뒤 48시간 안에만 정할 수 있어요.',
})
export const meetupDoesNotRepeat = defineError({
  code: 'meetup_does_not_repeat',
  status: 409,
  title: 'Only a weekly meetup can go on',
  detail: '반복되는 모임이 아니에요.',
})
export const notOfOneDate = defineError({
  code: 'not_of_one_date',
  status: 422,
  title: 'Texts, who it is for, approval and the rule belong to all dates. With `scope=following` they can be changed',
  detail: '제목과 소개, 참가 조건, 반복은 이 모임부터 모두 바꿀 때만 고칠 수 있어요.',
})

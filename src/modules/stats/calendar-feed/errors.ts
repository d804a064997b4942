import { defineError } from '../../../core/errors.ts'

export const calendarFeedNotFound = defineError({
  code: 'calendar_feed_not_found',
  status: 404,
  title: 'No such calendar feed, or it was taken back',
  detail: '캘린더 주소를 찾을 수 없어요.',
})

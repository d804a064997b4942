import { defineError } from '../../core/errors.ts'

export const notificationNotFound = defineError({
  code: 'notification_not_found',
  status: 404,
  title: 'No such notification',
  detail: '알림을 찾을 수 없어요.',
})

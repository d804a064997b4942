import { defineError } from '../../core/errors.ts'

export const invitationNotFound = defineError({
  code: 'invitation_not_found',
  status: 404,
  title: 'No such invitation',
  detail: '초대를 찾을 수 없어요.',
})
export const invitationTooSoon = defineError({
  code: 'invitation_too_soon',
  status: 422,
  title: 'The meeting must be at least ten minutes and at most a year ahead',
  detail: '약속 시간은 10분 뒤부터 1년 안으로 정해 주세요.',
})
export const cannotInviteSelf = defineError({
  code: 'cannot_invite_self',
  status: 422,
  title: 'Nobody can invite themselves',
  detail: '나를 초대할 수는 없어요.',
})
export const invitationLimitReached = defineError({
  code: 'invitation_limit_reached',
  status: 429,
  title: 'At most thirty invitations a day',
  detail: '하루에 보낼 수 있는 초대를 모두 보냈어요. 내일 다시 시도해 주세요.',
})
export const notInvitee = defineError({
  code: 'not_invitee',
  status: 403,
  title: 'Only those who were invited can answer',
  detail: '초대받은 사람만 답할 수 있어요.',
})
export const notHost = defineError({
  code: 'not_host',
  status: 403,
  title: 'Only the inviter can cancel an invitation, and only the host can change a meetup',
  detail: '만든 사람만 할 수 있어요.',
})
export const invitationCancelled = defineError({
  code: 'invitation_cancelled',
  status: 409,
  title: 'The invitation was cancelled',
  detail: '취소된 초대예요.',
})
export const invitationExpired = defineError({
  code: 'invitation_expired',
  status: 409,
  title: 'The invitation has expired',
  detail: '만료된 초대예요.',
})
export const invitationOver = defineError({
  code: 'invitation_over',
  status: 409,
  title: 'The meeting is over or was cancelled',
  detail: '이미 끝났거나 취소된 약속이에요.',
})

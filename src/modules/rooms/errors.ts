import { defineError } from '../../core/errors.ts'

export const invitationNotAccepted = defineError({
  code: 'invitation_not_accepted',
  status: 409,
  title: 'Nobody has accepted the invitation, or the caller has not',
  detail: '초대가 수락된 뒤에 함께 산책할 수 있어요.',
})
export const upgradeRequired = defineError({
  code: 'upgrade_required',
  status: 426,
  title: 'This address speaks WebSocket. Ask for an upgrade',
  detail: '실시간 연결이 필요한 주소예요.',
})

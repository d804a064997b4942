import { defineError } from '../../core/errors.ts'

export const invitationNotAccepted = defineError({
  code: 'invitation_not_accepted',
  status: 409,
  title: 'Nobody has accepted the invitation, or the caller has not',
  detail: '초대가 수락된 뒤에 함께 산책할 수 있어요.',
})
export const notGoing = defineError({
  code: 'not_going',
  status: 409,
  title: 'Only those who have a seat at the meetup may enter its live room',
  detail: '참여가 확정된 모임에서만 함께 산책할 수 있어요.',
})
export const roomNotOpenYet = defineError({
  code: 'room_not_open_yet',
  status: 409,
  title: 'The live room of a meetup opens half an hour before it starts',
  detail: '모임 시작 30분 전부터 들어갈 수 있어요.',
})
export const upgradeRequired = defineError({
  code: 'upgrade_required',
  status: 426,
  title: 'This address speaks WebSocket. Ask for an upgrade',
  detail: '실시간 연결이 필요한 주소예요.',
})

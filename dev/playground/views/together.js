import { html } from 'htm/preact'
import { coordinates } from './format.js'

const NOTICES = {
  invitation:
    '만난 뒤에는 함께 걷는 사람에게 지금 위치가 보여요. 집 근처는 숨기지만, 마음먹고 알아내려 하면 한 번 만났을 때 열 집 가운데 한 집까지, 스무 번 만나면 다섯 집 가운데 한 집까지 50m 안으로 짐작할 수 있어요.',
  meetup:
    '모임 장소에서 300m 안에 있을 때만, 그 모임에 오는 모든 사람에게 지금 위치가 보여요. 집 근처는 숨기지만, 마음먹고 알아내려 하면 한 번 만났을 때 스무 집 가운데 한 집까지, 스무 번 만나면 열 집 가운데 한 집까지 50m 안으로 짐작할 수 있어요.',
}

const STATUSES = { pending: '답을 기다리는 중', accepted: '수락됨', declined: '거절됨', cancelled: '취소됨', expired: '만료됨' }
const OPEN = ['pending', 'accepted']
/** What stands in place of a position. */
const HIDDEN = { near_home: '집 근처', on_the_way: '만나러 오는 중' }

/** The invitation, and the live room that opens with it. */
export function Together({ owner, actions }) {
  const { meeting, other, isBusy } = owner
  const { invitation, isHost, friends, room, date } = meeting
  const isOpen = OPEN.includes(invitation?.status)
  const isAsked = !isHost && invitation?.status === 'pending'
  const whose = isHost ? '내가 보낸 초대' : `${other.me?.nickname ?? '상대'}님의 초대`
  const button = (text, action, kind = '') =>
    html`<button class=${kind} disabled=${isBusy} onClick=${() => actions[action](owner)}>${text}</button>`
  return html`<section>
      <h3>초대</h3>
      <p data-part="invitation">${invitation ? `${whose}: ${STATUSES[invitation.status] ?? invitation.status}` : '아직 초대가 없어요.'}</p>
      <div class="buttons">
        ${!isOpen && other.me && button('초대하기', 'invite', 'primary')} ${isAsked && button('수락', 'accept', 'primary')}
        ${isAsked && button('거절', 'decline')} ${isHost && isOpen && button('초대 취소', 'cancel')}
      </div>
      ${!other.me && html`<p class="note">다른 보호자도 로그인하면 초대할 수 있어요.</p>`}
    </section>
    <section>
      <h3>라이브 방 ${meeting.isIn && date && html`<span class="soft" data-part="room-of">모임 · ${date.meetup.title}</span>`}</h3>
      <p class="room" data-part="room" data-state=${stateOf(owner)}>${roomText(owner)}</p>
      <ul class="friends" data-part="friends">
        ${[...friends.entries()].map(
          ([id, { nickname, isHere, place }]) =>
            html`<li key=${id} class=${isHere ? 'here' : 'away'}><b>${nickname}</b><span>${whereabouts(isHere, place)}</span></li>`,
        )}
      </ul>
      <div class="buttons">
        ${invitation?.room.is_open && !meeting.isIn && button('방 들어가기', 'join', 'primary')}
        ${room?.isOpen && button('함께 걷기 끝내기', 'end')} ${meeting.isIn && button('잠깐 나가기', 'leave')}
        ${room?.isOpen && !meeting.isShownEverywhere && button('집 근처에서도 보여주기', 'reveal')}
        ${room?.isOpen && meeting.isShownEverywhere && button('집 근처에서는 숨기기', 'conceal')}
      </div>
      <p class="note">${NOTICES[meeting.isIn && date ? 'meetup' : 'invitation']}</p>
    </section>`
}

const isDone = ({ walking }) => walking.phase === 'done'

function stateOf(owner) {
  const { room } = owner.meeting
  return room?.isOpen && isDone(owner) ? 'done' : (room?.state ?? 'none')
}

/** An open room says whether its people still walk. */
function roomText(owner) {
  const { room, invitation } = owner.meeting
  if (!room) return invitation?.room.is_open ? '방이 열려 있어요.' : '초대를 수락하면 방이 열려요.'
  if (!room.isOpen || !isDone(owner) || owner.meeting.date) return room.message
  return isDone(owner.other) ? '둘 다 산책을 마쳤어요. 함께 걷기를 끝내도 돼요.' : '산책을 마쳤어요. 방에는 아직 있어요.'
}

function whereabouts(isHere, place) {
  if (!isHere) return '방에 없어요'
  if (!place) return '위치를 기다리는 중'
  return HIDDEN[place] ?? coordinates(place)
}

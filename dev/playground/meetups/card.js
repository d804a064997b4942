import { html } from 'htm/preact'
import { dayAndTime, farAway } from '../views/format.js'
import { isRoomOpen, isWaitingOver } from './meetups.js'
import { People } from './people.js'

const FOR = { small: '소형', medium: '중형', large: '대형' }

/** A meetup at its next date: when, where, who, how many seats, and what the owner can do there. Its later dates are shown when it is open. */
export function Card({ owner, actions, date, later }) {
  const { meetup, host, pets, starts_at, location_name, distance_m, capacity, going } = date
  const isHost = host.id === owner.me.id
  const isOpened = owner.meetups.opened?.occurrence_id === date.occurrence_id
  const facts = [dayAndTime(starts_at), location_name, distance_m !== null && farAway(distance_m)]
  return html`<li data-meetup=${date.occurrence_id} data-status=${isHost ? 'host' : (date.my_status ?? 'none')}>
    <header>
      <b>${meetup.title}</b>
      ${marksOf(meetup).map((mark) => html`<span class="tag">${mark}</span>`)}
    </header>
    <p class="soft">${facts.filter(Boolean).join(' · ')}</p>
    ${isOpened && meetup.description && html`<p class="about">${meetup.description}</p>`}
    <div class="labelled">
      <span>${going} / ${capacity}명 <span class="soft">${namesOf(host, pets)}</span></span>
      <b class="mine" data-part="my-status">${statusOf(date, isHost)}</b>
      <div class="bar"><i style=${{ width: `${(100 * going) / capacity}%` }}></i></div>
    </div>
    <div class="acts">
      <${Buttons} ...${{ owner, actions, date, isHost }} />
      <button class="quiet" aria-expanded=${isOpened} disabled=${owner.isBusy} onClick=${() => actions.openMeetup(owner, date)}>
        ${later.length > 0 ? `누가, 언제 또 (${later.length})` : '누가 오나요'}
      </button>
    </div>
    ${isOpened && html`<${People} ...${{ owner, actions, date, isHost }} />`}
    ${isOpened && later.length > 0 && html`<${Later} ...${{ owner, actions, later, isHost }} />`}
  </li>`
}

function Later({ owner, actions, later, isHost }) {
  return html`<ul class="rows people" data-part="later">
    ${later.map(
      (date) =>
        html`<li key=${date.occurrence_id} data-status=${isHost ? 'host' : (date.my_status ?? 'none')}>
          <b>${dayAndTime(date.starts_at)}</b>
          <span>${[`${date.going} / ${date.capacity}명`, !isHost && statusOf(date, isHost)].filter(Boolean).join(' · ')}</span>
          <div class="acts"><${Buttons} ...${{ owner, actions, date, isHost }} /></div>
        </li>`,
    )}
  </ul>`
}

function marksOf({ recurrence_rule, approval, size_filter, breed }) {
  const weeks = /INTERVAL=(\d+)/.exec(recurrence_rule ?? '')?.[1] ?? '1'
  const rhythm = weeks === '1' ? '매주' : `${weeks}주마다`
  return [recurrence_rule && rhythm, approval === 'manual' && '승인제', FOR[size_filter], breed?.name].filter(Boolean)
}

function namesOf(host, pets) {
  const names = [host.pet, ...pets].filter(Boolean).map(({ name }) => name)
  return names.length > 0 ? names.join(', ') : host.nickname
}

function statusOf({ my_status, position }, isHost) {
  if (isHost) return '내가 열었어요'
  if (my_status === 'waiting') return `대기 ${position}번째`
  return (
    { going: '참가해요', requested: '답을 기다려요', declined: '거절됐어요', left: '나갔어요', removed: '내보내졌어요' }[my_status] ?? ''
  )
}

function Buttons({ owner, actions, date, isHost }) {
  const { my_status, going, capacity, meetup } = date
  const isIn = ['going', 'waiting', 'requested'].includes(my_status)
  const isFull = going >= capacity
  const isAhead = Date.parse(date.starts_at) > Date.now()
  const mayJoin = isAhead && !isIn && !['declined', 'removed'].includes(my_status)
  const joining = meetup.approval === 'manual' ? '참가 신청' : isFull ? '대기하기' : '참가하기'
  const button = (text, action, kind = 'quiet') =>
    html`<button class=${kind} disabled=${owner.isBusy} onClick=${() => actions[action](owner, date)}>${text}</button>`
  return html`${isRoomOpen(date) && button('라이브 방 들어가기', 'enterMeetup', 'quiet strong')}
  ${mayJoin && (isFull && isWaitingOver(date) ? html`<span class="soft">자리가 없어요</span>` : button(joining, 'joinMeetup', 'quiet strong'))}
  ${isIn && !isHost && isAhead && button(my_status === 'going' ? '나가기' : '그만두기', 'leaveMeetup')}
  ${isHost && isAhead && button('이 날짜 취소', 'cancelMeetup')}`
}

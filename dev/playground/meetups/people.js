import { html } from 'htm/preact'

/** Who goes, and for the host also who has asked or waits, with what the host can decide. */
export function People({ owner, actions, date, isHost }) {
  const { people } = owner.meetups
  const hasBegun = Date.parse(date.starts_at) <= Date.now()
  return html`<ul class="rows people" data-part="people">
    ${people.map(
      (person) =>
        html`<li key=${person.user.id} data-status=${person.status}>
          <b>${person.user.nickname}${person.user.id === date.host.id && html` <i class="soft">모임장</i>`}</b>
          <span>${[person.pet?.name, statusOf(person)].filter(Boolean).join(' · ')}</span>
          ${isHost && person.user.id !== date.host.id && html`<${Decisions} ...${{ owner, actions, person, hasBegun }} />`}
        </li>`,
    )}
    ${people.length === 0 && html`<li class="empty">불러오고 있어요…</li>`}
  </ul>`
}

function statusOf({ status, position, attended }) {
  if (attended !== null) return attended ? '왔어요' : '오지 않았어요'
  return { going: '와요', waiting: `대기 ${position}번째`, requested: '참가를 신청했어요' }[status]
}

function Decisions({ owner, actions, person, hasBegun }) {
  const button = (text, action, argument) =>
    html`<button class="quiet" disabled=${owner.isBusy} onClick=${() => actions[action](owner, person, argument)}>${text}</button>`
  const { status } = person
  return html`<div class="acts">
    ${status === 'requested' && button('승인', 'decideMeetup', { status: 'going' })}
    ${status === 'requested' && button('거절', 'decideMeetup', { status: 'declined' })}
    ${hasBegun && status === 'going' && button('왔어요', 'decideMeetup', { attended: true })}
    ${hasBegun && status === 'going' && button('안 왔어요', 'decideMeetup', { attended: false })}
    ${!hasBegun && status === 'going' && button('내보내기', 'removeFromMeetup')}
  </div>`
}

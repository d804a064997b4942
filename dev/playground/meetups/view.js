import { html } from 'htm/preact'
import { Friends } from './friends.js'
import { Card } from './card.js'
import { Make } from './make.js'

const SIZES = { '': '모두', small: '소형', medium: '중형', large: '대형' }

/** Meetups of one's own and around, one to make, and whom to follow. */
export function MeetupsTab({ owner, actions }) {
  const { meetups, isBusy } = owner
  if (!meetups.isRead) return html`<p class="empty">불러오고 있어요…</p>`
  const mine = new Set(meetups.mine.map(({ occurrence_id }) => occurrence_id))
  const others = meetups.near.filter(({ occurrence_id }) => !mine.has(occurrence_id))
  return html`<section data-part="my-meetups">
      <h3>내 모임</h3>
      <${Cards} ...${{ owner, actions, dates: meetups.mine }} empty="참가하거나 여는 모임이 여기에 모여요" />
    </section>
    <section data-part="meetups">
      <h3>
        주변 모임
        <span class="pick" role="group" aria-label="반려동물의 크기"
          >${Object.entries(SIZES).map(
            ([size, title]) =>
              html`<button aria-pressed=${size === meetups.size} disabled=${isBusy} onClick=${() => actions.showMeetups(owner, size)}>
                ${title}
              </button>`,
          )}</span
        >
      </h3>
      <${Cards} ...${{ owner, actions, dates: others }} empty="10 km 안에 열린 모임이 없어요. 하나 열어 볼까요?" />
      ${meetups.next && html`<button class="wide" disabled=${isBusy} onClick=${() => actions.moreMeetups(owner)}>더 보기</button>`}
    </section>
    <${Make} ...${{ owner, actions }} /><${Friends} ...${{ owner, actions }} />`
}

function Cards({ owner, actions, dates, empty }) {
  return html`<ul class="meetups">
    ${Object.values(Object.groupBy(dates, ({ meetup }) => meetup.id)).map(
      ([date, ...later]) => html`<${Card} key=${date.meetup.id} ...${{ owner, actions, date, later }} />`,
    )}
    ${dates.length === 0 && html`<li class="empty">${empty}</li>`}
  </ul>`
}

import { html } from 'htm/preact'
import { CoursesTab } from '../courses/view.js'
import { HomeTab } from '../home/view.js'
import { MeetupsTab } from '../meetups/view.js'
import { OutdoorsTab } from '../outdoors/view.js'
import { Feed } from './feed.js'
import { coordinates, duration } from './format.js'
import { Me, Notices } from './me.js'
import { Premium } from './premium.js'
import { Record } from './record.js'
import { Result } from './result.js'
import { Together } from './together.js'

const TABS = {
  home: ['홈', HomeTab],
  walk: ['산책', Walk],
  together: ['함께', Together],
  meetups: ['모임', MeetupsTab],
  outdoors: ['바깥', OutdoorsTab],
  courses: ['코스', CoursesTab],
  feed: ['소식', Feed],
  record: ['기록', Record],
  premium: ['프리미엄', Premium],
  notices: ['알림', Notices],
  me: ['나', Me],
}

/** One owner, as on a phone: who they are, and a tab for each thing they can do. */
export function Column({ owner, actions, courses }) {
  const { key, me, pet, problem, isBusy, tab } = owner
  const Tab = TABS[tab][1]
  return html`<section class="card column ${key}" data-owner=${key} aria-busy=${isBusy}>
    <header class="who">
      <i class="mark solid"></i>
      <h2 data-part="title">${me?.nickname ?? owner.name}</h2>
      <p>${me ? [pet?.name, me.region?.dong].filter(Boolean).join(' · ') : '로그아웃했어요'}</p>
    </header>
    ${problem && html`<${Problem} owner=${owner} />`}
    ${
      me
        ? html`<nav class="tabs" role="tablist">
              ${Object.entries(TABS).map(
                ([name, [title]]) =>
                  html`<button role="tab" data-tab=${name} aria-selected=${name === tab} onClick=${() => actions.open(owner, name)}>
                    ${title}${name === 'notices' && owner.unread > 0 && html` <b class="count" data-part="unread">${owner.unread}</b>`}
                    ${name === 'together' && isAsked(owner) && html` <b class="count">1</b>`}
                  </button>`,
              )}
            </nav>
            <div class="body" role="tabpanel"><${Tab} ...${{ owner, actions, courses }} /></div>`
        : html`<${Login} owner=${owner} actions=${actions} />`
    }
  </section>`
}

const isAsked = ({ meeting }) => !meeting.isHost && meeting.invitation?.status === 'pending'

function Problem({ owner }) {
  const { status, code, message, fields } = owner.problem
  const close = () => {
    owner.problem = null
    owner.save()
    owner.changed()
  }
  return html`<div class="problem" role="alert" data-part="problem">
    <p>
      <b>${message}</b><br />
      ${code && html`<code>${status} ${code}</code>`}
    </p>
    <button class="quiet" aria-label="닫기" onClick=${close}>×</button>
    ${
      fields.length > 0 &&
      html`<ul>
        ${fields.map(({ path, message: what }) => html`<li><code>${path}</code> ${what}</li>`)}
      </ul>`
    }
  </div>`
}

function Login({ owner, actions }) {
  const logIn = (event) => {
    event.preventDefault()
    actions.logIn(owner, String(new FormData(event.target).get('name')).trim())
  }
  return html`<form class="body login" onSubmit=${logIn}>
    <label>이름 <input name="name" defaultValue=${owner.name} maxlength="12" autocomplete="off" required /></label>
    <button class="primary wide" disabled=${owner.isBusy}>${owner.isBusy ? '로그인하고 있어요…' : '카카오로 로그인'}</button>
  </form>`
}

function Walk({ owner, actions, courses }) {
  const { walking, isBusy } = owner
  return html`${walking.isUnderWay ? html`<${UnderWay} ...${{ owner, actions }} />` : html`<${Choice} ...${{ owner, actions, courses, isBusy }} />`}
  ${walking.completion && html`<${Result} ...${{ owner, actions }} />`}
  ${walking.phase === 'home' && html`<${Hint} ...${{ owner, actions }} />`}`
}

/** What to do next on the way to a walk together. */
function Hint({ owner, actions }) {
  const { meeting, other } = owner
  if (!other.me || meeting.isIn) return null
  const isReady = meeting.invitation?.room.is_open
  return html`<section>
    <h3>함께 걸어 볼까요?</h3>
    <p class="note">
      ${isReady ? '방이 열려 있어요. 둘 다 들어간 다음 산책을 시작하면 서로의 위치를 볼 수 있어요.' : '초대하고 수락하면 라이브 방이 열려요.'}
    </p>
    <div class="buttons">
      <button onClick=${() => actions.open(owner, 'together')}>${isReady ? '방으로 가기' : '초대하러 가기'}</button>
    </div>
  </section>`
}

function Choice({ owner, actions, courses, isBusy }) {
  const { chosen = courses[0]?.id } = owner
  const choose = (event) => {
    owner.chosen = event.target.value
    owner.changed()
  }
  return html`<section data-part="choice">
    <h3>${owner.walking.completion ? '다음 산책' : '어디를 걸을까요?'}</h3>
    <div class="choose">
      <select aria-label="걸을 길" value=${chosen} onChange=${choose} data-part="course">
        ${courses.map(({ id, name }) => html`<option value=${id} selected=${id === chosen}>${name}</option>`)}
      </select>
      <button class="primary" disabled=${isBusy} onClick=${() => actions.start(owner, chosen)}>산책 시작</button>
    </div>
    ${['car', 'bus', 'bicycle'].includes(chosen) && html`<p class="note">탈것이라서 산책으로 인정되지 않아요. 어떤 이유로 거절되는지 볼 수 있어요.</p>`}
  </section>`
}

function UnderWay({ owner, actions }) {
  const { player, position } = owner.walking
  return html`<section data-part="under-way">
    <h3>걷고 있어요</h3>
    <div class="bar" data-part="progress"><i style=${{ width: `${100 * (player?.share ?? 0)}%` }}></i></div>
    <p class="numbers">
      <span><b data-part="walked">${duration(player?.seconds)}</b> / <span data-part="length">${duration(player?.length)}</span></span
      ><span>${coordinates(position)}</span>
    </p>
    <button class="primary wide" disabled=${owner.isBusy || !player} onClick=${() => actions.complete(owner)}>산책 완료</button>
    <p class="note">지금 완료하면 여기까지 걸은 길만 보내요. 500 m보다 짧으면 산책으로 인정되지 않아요.</p>
  </section>`
}

import { html } from 'htm/preact'
import { clock } from './format.js'

export function Notices({ owner, actions }) {
  const { notifications, unread, isBusy } = owner
  return html`<section>
    <h3>알림 ${unread > 0 && html`<button class="quiet" disabled=${isBusy} onClick=${() => actions.readAll(owner)}>모두 읽음</button>`}</h3>
    <${Rows} part="notifications" empty="아직 알림이 없어요">
      ${notifications.map(
        ({ id, title, body, created_at, read_at }) =>
          html`<li key=${id} class=${read_at ? '' : 'unread'}><b>${title}</b><time>${clock(created_at)}</time><span>${body}</span></li>`,
      )}
    <//>
    <p class="note">5초마다 저절로 새로 불러와요.</p>
  </section>`
}

/** Privacy, ids for those who write requests by hand, and how to make the API refuse. */
export function Me({ owner, actions }) {
  const { isBlocking, zone, other, ledger, isBusy, me, pet, session } = owner
  const button = (text, action, kind = '') =>
    html`<button class=${kind} disabled=${isBusy} onClick=${() => actions[action](owner)}>${text}</button>`
  const provoke = (event) => {
    actions.provoke(owner, event.target.value)
    event.target.value = ''
  }
  return html`<section>
      <h3>사생활</h3>
      <div class="buttons">
        ${other.me && (isBlocking ? button('차단 해제', 'unblock') : button('상대 차단', 'block'))}
        ${zone ? button('집 숨기기 해제', 'show') : button('여기를 집으로 숨기기', 'hide')}
      </div>
      <h4>내 위치를 본 사람</h4>
      <${Rows} part="ledger" empty="아직 아무도 보지 않았어요">
        ${ledger.map(
          ({ viewer, first_at, last_at }) =>
            html`<li><b>${viewer.nickname ?? '탈퇴한 사용자'}</b><span>${clock(first_at)} – ${clock(last_at)}</span></li>`,
        )}
      <//>
    </section>
    <section>
      <h3>개발자용</h3>
      <dl class="ids">
        <${Id} name="user id" value=${me.id} /><${Id} name="pet id" value=${pet?.id} />
        <${Id} name="access token" value=${session.tokens.access_token} />
      </dl>
      <select aria-label="오류 내 보기" disabled=${isBusy} onChange=${provoke}>
        <option value="">오류 내 보기…</option>
        ${Object.entries(actions.provocations).map(([name, { title }]) => html`<option value=${name}>${title}</option>`)}
      </select>
      <div class="buttons">${button('로그아웃', 'logOut')}</div>
    </section>`
}

function Id({ name, value }) {
  if (!value) return null
  return html`<dt>${name}</dt>
    <dd><code>${value}</code><button class="quiet" onClick=${() => navigator.clipboard.writeText(value)}>복사</button></dd>`
}

function Rows({ part, empty, children }) {
  return html`<ul class="rows" data-part=${part}>
    ${children.flat().length > 0 ? children : html`<li class="empty">${empty}</li>`}
  </ul>`
}

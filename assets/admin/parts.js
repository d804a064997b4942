// What the views are made of.
import { html, useEffect, useRef } from './preact.js'
import { ACTIONS, APPEAL_DECISIONS, actionWords, dueWords, named, REASONS, TAKEDOWN_STATES, TARGETS, timeWords } from './words.js'

export const Time = ({ at }) => html`<time dateTime=${at}>${timeWords(at)}</time>`

export const Tag = ({ tone, children }) => html`<span class=${`tag ${tone ?? ''}`}>${children}</span>`

/** What came of a deed. It takes the focus, so that whoever uses the keyboard is where the answer stands. */
export function Said({ said }) {
  const box = useRef(null)
  useEffect(() => {
    if (said) box.current?.focus()
  }, [said])
  return html`<div ref=${box} tabindex="-1" role="status" class=${said ? `said ${said.tone}` : 'said-nothing'}>${said?.text}</div>`
}

/** The tabs of a view: `[key, words, address]`. */
export const Tabs = ({ label, tabs, current }) => html`
  <nav class="tabs" aria-label=${label}>
    ${tabs.map(([key, words, href]) => html`<a key=${key} href=${href} aria-current=${key === current ? 'page' : null}>${words}</a>`)}
  </nav>
`

/** A list of the API: loading, failed, empty, or its items and the way to more of them. */
export function Listed({ list, empty, children }) {
  const { data, error, isLoading, reload } = list
  if (error && !data) return html`<${Failed} error=${error} again=${reload} />`
  if (!data) return html`<${Loading} />`
  if (data.items.length === 0) return html`<p class="empty">${empty}</p>`
  return html`
    <div aria-busy=${isLoading}>
      ${error && html`<${Failed} error=${error} again=${reload} />`} ${children} ${data.next_cursor && html`<${More} more=${list.more} />`}
    </div>
  `
}

function More({ more }) {
  const press = async (event) => {
    const button = event.currentTarget
    button.disabled = true
    await more().catch(() => {})
    button.disabled = false
  }
  return html`<button type="button" class="quiet wide" onClick=${press}>더 보기</button>`
}

export const Loading = () => html`<div class="loading" role="status"><span class="hidden">불러오는 중</span><i></i><i></i><i></i></div>`

export const Failed = ({ error, again }) => html`
  <div class="said bad" role="alert">
    <p>${error.message}</p>
    <button type="button" class="quiet" onClick=${again}>다시 불러오기</button>
  </div>
`

/** Asks once more before something that is hard to take back. */
export function Confirm({ asked, onYes, onNo }) {
  const dialog = useRef(null)
  useEffect(() => {
    if (!asked) return undefined
    const box = dialog.current
    box.showModal()
    return () => box.close()
  }, [asked])
  if (!asked) return null
  return html`
    <dialog
      ref=${dialog}
      aria-labelledby="confirm-title"
      onCancel=${(event) => {
        event.preventDefault()
        onNo()
      }}
    >
      <h2 id="confirm-title">${asked.title}</h2>
      <p>${asked.text}</p>
      <div class="row end">
        <button type="button" class="quiet" onClick=${onNo}>취소</button>
        <button type="button" class=${asked.tone ?? 'danger'} onClick=${onYes}>${asked.yes}</button>
      </div>
    </dialog>
  `
}

const LABELS = { user: '닉네임', walk: '메모' }

/** What a person wrote and shows. `type` says what it is. */
export const Content = ({ content, type }) => html`
  <div class="content">
    ${
      content.text
        ? html`<blockquote>${LABELS[type] && html`<span class="soft">${LABELS[type]} </span>`}${content.text}</blockquote>`
        : content.photos.length === 0 && html`<p class="soft">글이 없어요.</p>`
    }
    ${content.names.length > 0 && html`<p class="soft">반려동물 ${content.names.join(', ')}</p>`}
    ${
      content.photos.length > 0 &&
      html`<div class="photos">
        ${content.photos.map(
          ({ id, photo_url }, index) => html`
            <a key=${id} href=${photo_url} target="_blank" rel="noreferrer" aria-label=${`사진 ${index + 1} 크게 보기`}>
              <img src=${photo_url} alt=${`사진 ${index + 1}`} />
            </a>
          `,
        )}
      </div>`
    }
  </div>
`

export const isSameContent = (one, other) => JSON.stringify(essence(one)) === JSON.stringify(essence(other))
const essence = (content) => content && [content.text, content.names, content.photos.map(({ id }) => id)]

/** One thing as it was and as it is: once when they are the same. */
export function Compared({ before, now, type, nowGone }) {
  if (before && now && isSameContent(before, now)) return html`<${Content} content=${now} type=${type} />`
  return html`
    <div class="compared">
      <section>
        <h4>신고되었을 때</h4>
        ${before ? html`<${Content} content=${before} type=${type} />` : html`<p class="soft">보관 기간이 지나 남아 있지 않아요.</p>`}
      </section>
      <section>
        <h4>지금</h4>
        ${now ? html`<${Content} content=${now} type=${type} />` : html`<p class="soft">${nowGone ?? '지워져서 볼 수 없어요.'}</p>`}
      </section>
    </div>
  `
}

/** Reasons of reports, with how many said so. */
export const Reasons = ({ reasons }) => html`
  <span class="reasons">
    ${Object.entries(reasons)
      .toSorted(([, a], [, b]) => b - a)
      .map(
        ([reason, count]) =>
          html`<${Tag} key=${reason} tone=${reason === 'animal_abuse' ? 'bad' : ''}>${named(REASONS, reason)} ${count}<//>`,
      )}
  </span>
`

const TONES = { dismiss: 'good', restore: 'good', remove: 'warn', warn: 'warn', suspend: 'bad', ban: 'bad', close: 'warn' }
export const ActionTag = ({ action, days }) => html`<${Tag} tone=${TONES[action]}>${actionWords({ action, days })}<//>`

/** What was done about somebody, newest first. `here` marks what it was done about. */
export const History = ({ history, here = () => false }) => html`
  <ol class="history">
    ${history.map(
      (it) => html`
        <li key=${it.id}>
          <${ActionTag} action=${it.action} days=${it.days} />
          <span>
            ${here(it) ? '이 건' : named(TARGETS, it.target_type)}${it.reason && ` · ${named(REASONS, it.reason)}`}
            ${it.undone_by && html` <span class="soft">(되돌림)</span>`}
          </span>
          <span class="soft"><${Time} at=${it.created_at} /> · ${it.admin?.nickname ?? '자동 처리'}</span>
          ${it.note && html`<p class="note">${it.note}</p>`} ${it.legal_basis && html`<p class="note">법적 근거: ${it.legal_basis}</p>`}
        </li>
      `,
    )}
  </ol>
`

/** A field for the note, which other admins read. */
export const Note = ({ id, value, onInput, label = '메모', hint = '다른 운영자가 읽어요. 글쓴이에게는 보이지 않아요.' }) => html`
  <div class="field">
    <label for=${id}>${label}</label>
    <textarea
      id=${id}
      rows="2"
      maxlength="1000"
      value=${value}
      aria-describedby=${`${id}-hint`}
      onInput=${(event) => onInput(event.target.value)}
    ></textarea>
    <p class="hint" id=${`${id}-hint`}>${hint}</p>
  </div>
`

/** What somebody else has done meanwhile, in words. */
export function decidedWords({ decided }) {
  const { action, decision, state, created_at } = decided ?? {}
  const what = named(ACTIONS, action) ?? named(APPEAL_DECISIONS, decision) ?? named(TAKEDOWN_STATES, state)
  return `다른 운영자가 ${created_at ? `${timeWords(created_at)}에 ` : ''}먼저 처리했어요${what ? `: ${what}` : ''}. 아래는 지금 상태예요.`
}

/** When it must be decided, or what was decided. */
export function Due({ item }) {
  if (item.due_at === null)
    return item.decision ? html`<${ActionTag} action=${item.decision} /> <span class="soft"><${Time} at=${item.decided_at} /></span>` : null
  const tone = item.is_overdue ? 'bad' : item.is_urgent ? 'warn' : ''
  const words = `${item.is_overdue ? '기한 ' : ''}${dueWords(item.due_at)}`
  return html`${item.is_urgent && html`<${Tag} tone="bad">긴급<//> `}<${Tag} tone=${tone}>${words}<//>`
}

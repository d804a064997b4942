import { Component, html, useState } from 'htm/preact'
import { clock } from './format.js'

const POSITIONS = ['location', 'locations', 'near_home', 'on_the_way', 'ping', 'pong']
const KINDS = { all: '모두', http: 'HTTP', frame: '라이브 방' }
const SHOWN = 150
/** Arrays of more than this many are shortened where they are shown. What is copied is whole. */
const ITEMS_SHOWN = 8
const UUID = /\b([0-9a-f]{8})-[0-9a-f-]{27}\b/g

/** What the two owners' apps and the server say to each other, newest first. It is drawn anew only for a new `version`. */
export class Traffic extends Component {
  shouldComponentUpdate({ version, owners }) {
    const names = owners.map(nameOf).join()
    const isStale = version !== this.version || names !== this.names
    Object.assign(this, { version, names })
    return isStale
  }

  render({ entries, filter, owners, onFilter }) {
    const shown = entries.filter((entry) => isShown(entry, filter)).slice(-SHOWN)
    const pick = (name, value, text, key = '') =>
      html`<button class=${key} aria-pressed=${filter[name] === value} onClick=${() => onFilter({ [name]: value })}>${text}</button>`
    return html`<section class="card traffic" data-part="traffic" aria-label="주고받은 것">
      <header>
        <div class="pick" role="group" aria-label="종류">${Object.entries(KINDS).map(([kind, text]) => pick('kind', kind, text))}</div>
        <div class="pick" role="group" aria-label="누구의">
          ${pick('key', null, '둘 다')}
          ${owners.map((owner) => pick('key', owner.key, html`<i class="mark solid"></i>${nameOf(owner)}`, owner.key))}
        </div>
        <label class="check"
          ><input type="checkbox" checked=${filter.isCalm} onChange=${(event) => onFilter({ isCalm: event.target.checked })} />위치와 자동
          조회 숨기기</label
        >
      </header>
      <ol class="log" data-part="log" tabindex="0">
        ${shown.length === 0 && html`<li class="empty">버튼을 누르면 오간 요청과 프레임이 여기에 보여요</li>`}
        ${shown.toReversed().map((entry) => html`<${entry.kind === 'http' ? Exchange : Frame} key=${entry.id} entry=${entry} />`)}
      </ol>
    </section>`
  }
}

const nameOf = ({ me, name }) => me?.nickname ?? name

function isShown(entry, { kind, key, isCalm }) {
  if (kind !== 'all' && entry.kind !== kind) return false
  if (key !== null && entry.key !== key) return false
  return !isCalm || !(entry.isQuiet || POSITIONS.includes(entry.frame?.type))
}

/** Bodies are long, so they are made when somebody looks. */
function Details({ summary, body }) {
  const [isOpen, setOpen] = useState(false)
  return html`<details open=${isOpen} onToggle=${(event) => setOpen(event.target.open)}>
    <summary>${summary}</summary>
    ${isOpen && body()}
  </details>`
}

const ARROWS = { out: '→', in: '←' }

function Frame({ entry: { key, direction, at, frame } }) {
  return html`<li class="frame ${key}">
    <${Details}
      summary=${html`<time>${clock(at, true)}</time><b class="method">${ARROWS[direction]} 방</b>
        <code class="path">${JSON.stringify(frame).replaceAll(UUID, '$1…')}</code>`}
      body=${() => html`<pre>${pretty(frame)}</pre>`}
    />
  </li>`
}

function Exchange({ entry }) {
  const { key, at, method, path, status, ms, answer } = entry
  const kind = status === null ? 'waits' : status >= 200 && status < 400 ? 'good' : 'bad'
  return html`<li class="exchange ${key} ${kind}" data-path=${path.split('?')[0]} data-method=${method}>
    <${Details}
      summary=${html`<time>${clock(at, true)}</time><b class="method">${method}</b><code class="path">${path.replaceAll(UUID, '$1…')}</code>
        ${kind === 'bad' && answer?.code && html`<code class="code">${answer.code}</code>`}
        <span class="status">${status ?? '…'}</span><span class="ms">${ms === null ? '' : `${ms} ms`}</span>`}
      body=${() => html`<${Bodies} entry=${entry} />`}
    />
  </li>`
}

function Bodies({ entry }) {
  const { body, answer, status } = entry
  const [isCopied, setCopied] = useState(false)
  const copy = () => navigator.clipboard.writeText(curlOf(entry)).then(() => setCopied(true))
  return html`<div class="bodies">
    <div>
      <h4>요청 <button class="quiet" onClick=${copy}>${isCopied ? '복사했어요' : 'curl로 복사'}</button></h4>
      <pre>${body instanceof FormData ? [...body.keys()].map((name) => `${name}=…`).join('\n') : pretty(body)}</pre>
    </div>
    <div>
      <h4>${status === 0 ? '대답이 없어요' : `답 ${status ?? ''}`}</h4>
      <pre>${pretty(answer)}</pre>
    </div>
  </div>`
}

function pretty(value) {
  if (value === undefined || value === null) return '(본문 없음)'
  if (typeof value === 'string') return value
  // Pairs of numbers stay on one line.
  return JSON.stringify(shortened(value), null, 2).replaceAll(/\[\s+(-?[\d.]+),\s+(-?[\d.]+)\s+\]/g, '[$1, $2]')
}

function shortened(value) {
  if (Array.isArray(value)) {
    const items = value.slice(0, ITEMS_SHOWN).map(shortened)
    return value.length > ITEMS_SHOWN ? [...items, `… ${value.length - ITEMS_SHOWN}개 더`] : items
  }
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shortened(item)]))
}

/** The request as a command that a shell takes, with its token. */
export function curlOf({ method, path, token, body }) {
  const quote = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`
  const parts = [`curl -X ${method} ${quote(location.origin + path)}`]
  if (token) parts.push(`-H ${quote(`Authorization: Bearer ${token}`)}`)
  if (body instanceof FormData)
    for (const [name, value] of body) parts.push(`-F ${quote(`${name}=${value.name ? `@${value.name}` : value}`)}`)
  else if (body) parts.push(`-H 'Content-Type: application/json'`, `-d ${quote(JSON.stringify(body))}`)
  return parts.join(' \\\n  ')
}

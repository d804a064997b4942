// Announcements to everybody.
import { html, useState } from './preact.js'
import { call } from './api.js'
import { Confirm, Said } from './parts.js'
import { useDeed } from './state.js'

const TITLE_MAX = 50
const BODY_MAX = 300
const LINK = /^(withbowwow:\/\/|https:\/\/)[!-~]+$/
/** The id makes it one announcement, however often it is sent. */
const newDraft = () => ({ id: crypto.randomUUID(), title: '', body: '', link: '' })

export function Announce() {
  const [draft, setDraft] = useState(newDraft)
  const [asked, ask] = useState(null)
  const { said, say, isBusy, run } = useDeed()
  const { title, body, link } = draft
  // Another text is another announcement.
  const change = (name) => (event) => setDraft({ ...draft, id: crypto.randomUUID(), [name]: event.target.value })
  const check = (event) => {
    event.preventDefault()
    const fault =
      (!title.trim() && '제목을 적어 주세요.') ||
      (!body.trim() && '내용을 적어 주세요.') ||
      (link.trim() && !LINK.test(link.trim()) && '링크는 https:// 나 withbowwow:// 로 시작해야 해요.')
    if (fault) return say({ tone: 'bad', text: fault })
    say(null)
    return ask({
      title: '모두에게 알릴까요?',
      text: `‘${title.trim()}’ 공지가 모든 사람의 알림함에 올라가요. 되돌릴 수 없어요.`,
      yes: '알리기',
    })
  }
  const send = () =>
    run(async () => {
      ask(null)
      await call('POST', '/admin/notifications', { id: draft.id, title, body, ...(link.trim() && { link: link.trim() }) })
      setDraft(newDraft())
      return '알렸어요. 모두에게 차례대로 도착해요.'
    })
  return html`
    <div class="announce">
      <form class="card" onSubmit=${check} novalidate>
        <h2>공지</h2>
        <p class="hint">모든 사람의 알림함에 올라가요. 광고를 받겠다고 한 사람에게는 푸시로도 가요. 푸시는 한 주에 한 번이에요.</p>
        <div class="field">
          <label for="title">제목</label>
          <input id="title" value=${title} maxlength=${TITLE_MAX} required onInput=${change('title')} />
          <p class="hint">${title.length} / ${TITLE_MAX}</p>
        </div>
        <div class="field">
          <label for="body">내용</label>
          <textarea id="body" rows="5" value=${body} maxlength=${BODY_MAX} required onInput=${change('body')}></textarea>
          <p class="hint">${body.length} / ${BODY_MAX}</p>
        </div>
        <div class="field">
          <label for="link">링크 (없어도 돼요)</label>
          <input
            id="link"
            value=${link}
            maxlength="500"
            inputmode="url"
            autocomplete="off"
            spellcheck="false"
            placeholder="https://"
            onInput=${change('link')}
          />
        </div>
        <${Said} said=${said} />
        <div class="actions"><button class="primary" disabled=${isBusy}>확인하고 알리기</button></div>
      </form>
      <section aria-label="미리 보기">
        <h3>미리 보기</h3>
        <div class="push">
          <p class="soft">멍이랑 · 지금</p>
          <p><b>(광고) ${title || '제목'}</b></p>
          <p>${body || '내용'}</p>
        </div>
        <p class="hint">푸시에는 (광고)가 붙고, 알림함에는 붙지 않아요.</p>
      </section>
    </div>
    <${Confirm} asked=${asked} onYes=${send} onNo=${() => ask(null)} />
  `
}

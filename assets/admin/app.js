// The admins' page: who is here, what is open, and the views.
import { html, render, useEffect, useState } from './preact.js'
import { Announce } from './announce.js'
import { beginLogin, call, finishLogin, isLoggedIn, logOut, whenEnded } from './api.js'
import { Appeals } from './appeals.js'
import { Jobs } from './jobs.js'
import { Loading } from './parts.js'
import { Payments } from './payments.js'
import { Reports } from './reports.js'
import { Takedowns } from './takedowns.js'

const VIEWS = {
  reports: ['신고', Reports],
  appeals: ['이의 제기', Appeals],
  takedowns: ['권리 침해', Takedowns],
  payments: ['결제', Payments],
  jobs: ['작업', Jobs],
  announce: ['공지', Announce],
}
/** How often the badge is asked for while somebody looks at the page. */
const BADGE_MS = 60_000

/** `#/reports/open/comment/1` as its parts. */
const readHash = () => location.hash.replace(/^#\/?/, '').split('/').filter(Boolean).map(decodeURIComponent)

function useHash() {
  const [where, setWhere] = useState(readHash)
  useEffect(() => {
    const read = () => {
      setWhere(readHash())
      scrollTo(0, 0)
    }
    addEventListener('hashchange', read)
    return () => removeEventListener('hashchange', read)
  }, [])
  return where
}

function App({ failed }) {
  const [standing, setStanding] = useState(isLoggedIn() ? 'asking' : 'out')
  const [overdue, setOverdue] = useState(null)
  const [fault, setFault] = useState(failed)
  const [view = 'reports', ...where] = useHash()

  /** The first answer says whether this is an admin. The API decides that, for each call. */
  const look = async () => {
    try {
      setOverdue(await call('GET', '/admin/reports/overdue-count'))
      setStanding('in')
    } catch (error) {
      if (error.code === 'admin_required') setStanding('denied')
      else if (isLoggedIn()) setStanding((before) => (before === 'asking' ? 'failed' : before))
      setFault(error.message)
    }
  }
  useEffect(() => {
    whenEnded(() => {
      setFault('로그인이 끝났어요. 다시 로그인해 주세요.')
      setStanding('out')
    })
    if (isLoggedIn()) void look()
  }, [])
  useEffect(() => {
    if (standing !== 'in') return undefined
    const timer = setInterval(() => document.visibilityState === 'visible' && void look(), BADGE_MS)
    return () => clearInterval(timer)
  }, [standing])
  const leave = async () => {
    setStanding('leaving')
    await logOut()
    setFault(null)
    setStanding('out')
  }
  const again = () => {
    setFault(null)
    setStanding('asking')
    void look()
  }

  if (standing === 'asking' || standing === 'leaving') return html`<main class="alone"><${Loading} /></main>`
  if (standing === 'out')
    return html`<${Alone}>
      ${fault && html`<p class="said bad" role="alert">${fault}</p>`}
      <p>운영자로 로그인하면 신고와 작업을 볼 수 있어요.</p>
      <button type="button" class="kakao" onClick=${beginLogin}>카카오로 로그인</button>
    <//>`
  if (standing !== 'in')
    return html`<${Alone}>
      <p role="alert">${standing === 'denied' ? '이 페이지는 멍이랑을 운영하는 사람만 쓸 수 있어요.' : fault}</p>
      <div class="row">
        <button type="button" class="quiet" onClick=${again}>다시 확인</button>
        <button type="button" class="quiet" onClick=${leave}>로그아웃</button>
      </div>
    <//>`
  const [title, View] = VIEWS[view] ?? VIEWS.reports
  document.title = `${title} · 멍이랑 운영`
  return html`
    <header class="top">
      <a class="name" href="#/reports">멍이랑 <span>운영</span></a>
      <nav aria-label="주 메뉴">
        ${Object.entries(VIEWS).map(
          ([key, [words, made]]) => html`
            <a key=${key} href=${`#/${key}`} aria-current=${made === View ? 'page' : null}>
              ${words}${key === 'reports' && html`<${Badge} overdue=${overdue} />`}
            </a>
          `,
        )}
      </nav>
      <button type="button" class="quiet leave" onClick=${leave}>로그아웃</button>
    </header>
    <main><${View} where=${where} onDecided=${look} /></main>
  `
}

/** How many reports are overdue. */
const Badge = ({ overdue }) =>
  overdue?.count > 0 && html` <span class="badge" title="기한이 지난 신고"><span class="hidden">기한 지남 </span>${overdue.count}</span>`

const Alone = ({ children }) => html`
  <main class="alone">
    <h1><img src="/admin/assets/icon.svg" alt="" width="40" height="40" />멍이랑 운영</h1>
    ${children}
  </main>
`

const failed = await finishLogin()
render(html`<${App} failed=${failed} />`, document.getElementById('app'))

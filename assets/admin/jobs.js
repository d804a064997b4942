// What ran by itself, what failed, and what queues have given up on.
import { html, useState } from './preact.js'
import { call } from './api.js'
import { Listed, Said, Tabs, Tag, Time } from './parts.js'
import { useDeed, useList } from './state.js'

const STATES = { failed: ['실패', 'bad'], running: ['실행 중', 'warn'], done: ['완료', 'good'] }
const keyOf = ({ job, scheduled_at }) => `${job} ${scheduled_at}`
/** A task that was sent has begun by then, as a rule. */
const BEGUN_MS = 2_000

export function Jobs({ where: [tab = 'runs'] }) {
  const view = tab === 'dead-letters' ? 'dead-letters' : 'runs'
  return html`
    <${Tabs}
      label="작업"
      current=${view}
      tabs=${[
        ['runs', '실행 기록', '#/jobs'],
        ['dead-letters', '데드 레터', '#/jobs/dead-letters'],
      ]}
    />
    ${view === 'runs' ? html`<${Runs} />` : html`<${DeadLetters} />`}
  `
}

function Runs() {
  const failed = useList('/admin/jobs?status=failed&limit=20')
  const all = useList('/admin/jobs?limit=30')
  const reload = () => Promise.all([failed.reload(), all.reload()])
  const rows = (list) => html`
    <ul class="cards column">
      ${list.data?.items.map((run) => html`<li key=${keyOf(run)}><${Run} run=${run} reload=${reload} /></li>`)}
    </ul>
  `
  return html`
    <h2>실패한 작업</h2>
    <${Listed} list=${failed} empty="실패한 작업이 없어요.">${rows(failed)}<//>
    <h2>최근 실행</h2>
    <${Listed} list=${all} empty="아직 실행한 작업이 없어요.">${rows(all)}<//>
  `
}

function Run({ run, reload }) {
  const { said, isBusy, run: act } = useDeed()
  const [words, tone] = STATES[run.status] ?? [run.status, '']
  const again = () =>
    act(async () => {
      await call('POST', '/admin/jobs', { job: run.job, scheduled_at: run.scheduled_at })
      setTimeout(reload, BEGUN_MS)
      return '다시 보냈어요. 같은 작업이 이미 끝났다면 또 실행하지 않아요.'
    })
  const counted = Object.entries(run.result ?? {})
  return html`
    <article class="card" aria-busy=${isBusy}>
      <p class="line">
        <code>${run.job}</code>
        <${Tag} tone=${tone}>${words}<//>
        <span class="soft far"><${Time} at=${run.scheduled_at} /> 작업${run.duration_ms !== null && ` · ${seconds(run.duration_ms)}`}</span>
      </p>
      ${counted.length > 0 && html`<p class="soft">${counted.map(([name, count]) => `${name} ${count}`).join(' · ')}</p>`}
      ${run.error && html`<pre class="error">${run.error}</pre>`}
      <${Said} said=${said} />
      ${run.status === 'failed' && html`<div class="actions"><button type="button" disabled=${isBusy} onClick=${again}>다시 실행</button></div>`}
    </article>
  `
}

const seconds = (ms) => `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)}초`

function DeadLetters() {
  const list = useList('/admin/dead-letters')
  return html`
    <p class="hint">큐가 여러 번 해 보고 포기한 메시지예요. 다시 보내도 두 번 처리되지 않아요.</p>
    <${Listed} list=${list} empty="포기한 메시지가 없어요.">
      <ul class="cards column">
        ${list.data?.items.map((letter) => html`<li key=${letter.id}><${Letter} letter=${letter} replace=${list.replace} /></li>`)}
      </ul>
    <//>
  `
}

function Letter({ letter, replace }) {
  const { said, isBusy, run } = useDeed()
  const [isShown, show] = useState(false)
  const retry = () =>
    run(async () => {
      replace(await call('POST', `/admin/dead-letters/${encodeURIComponent(letter.id)}/retry`))
      return '다시 보냈어요.'
    })
  return html`
    <article class="card" aria-busy=${isBusy}>
      <p class="line">
        <code>${letter.queue}</code>
        ${letter.retried_at && html`<${Tag}>다시 보냄 <${Time} at=${letter.retried_at} /><//>`}
        <span class="soft far"><${Time} at=${letter.died_at} /></span>
      </p>
      ${letter.error && html`<pre class="error">${letter.error}</pre>`}
      <details onToggle=${(event) => show(event.currentTarget.open)}>
        <summary>메시지 보기</summary>
        ${isShown && html`<pre>${JSON.stringify(letter.body, null, 2)}</pre>`}
      </details>
      <${Said} said=${said} />
      <div class="actions"><button type="button" disabled=${isBusy} onClick=${retry}>다시 보내기</button></div>
    </article>
  `
}

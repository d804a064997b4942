// One reported thing: what it is, who wrote it, who said what, and what can be done.
import { html, useState } from './preact.js'
import { call } from './api.js'
import { Compared, Confirm, decidedWords, Due, Failed, History, Loading, Note, Reasons, Said, Tag, Time } from './parts.js'
import { Otherwise, useDeed, useLoad } from './state.js'
import { named, REASONS, TARGETS } from './words.js'

const UNDOABLE = new Set(['remove', 'warn', 'suspend', 'ban'])
const DAYS = [1, 7, 30]

/** What came of each action, for whoever did it. */
const doneWords = {
  dismiss: () => '문제 없음으로 끝냈어요. 신고 때문에 가려졌다면 다시 보여요.',
  remove: () => '삭제했어요. 글쓴이에게 알려요.',
  warn: ({ removed }) => `${removed}글쓴이에게 경고했어요.`,
  suspend: ({ removed, days }) => `${removed}글쓴이의 이용을 ${days}일 동안 정지했어요.`,
  ban: ({ removed }) => `${removed}글쓴이의 이용을 영구 정지했어요.`,
  restore: () => '마지막 처리를 되돌렸어요.',
}

const askedOf = (action, { days, nickname, isPerson }) => ({
  action,
  days,
  title: days ? `${days}일 동안 정지할까요?` : '영구 정지할까요?',
  text: [
    days
      ? `${nickname} 님은 ${days}일 동안 글과 댓글을 올리거나 팔로우할 수 없어요.`
      : `${nickname} 님은 곧바로 로그아웃되고 다시는 이용할 수 없어요.`,
    !isPerson && '신고된 것도 지워져요.',
  ]
    .filter(Boolean)
    .join(' '),
  yes: days ? `${days}일 정지` : '영구 정지',
})

export function CaseView({ type, id, back, next, onDecided }) {
  const path = `/admin/reports/${type}/${id}`
  const isPerson = type === 'user'
  const { data, error, reload, set } = useLoad(() => call('GET', path), path)
  const { said, isBusy, run } = useDeed()
  const [note, setNote] = useState('')
  const [basis, setBasis] = useState('')
  const [asked, ask] = useState(null)

  const decide = (action, days) =>
    run(async () => {
      ask(null)
      const body = { action, note, ...(days && { days }), ...(basis.trim() && { legal_basis: basis }) }
      try {
        set(await call('PATCH', path, body))
      } catch (refusal) {
        if (refusal.code === 'already_decided') {
          await reload()
          onDecided()
          throw new Otherwise(decidedWords(refusal.problem))
        }
        if (refusal.code === 'same_admin') throw new Otherwise('스스로에 대한 신고는 처리할 수 없어요. 다른 운영자에게 부탁해 주세요.')
        throw refusal
      }
      setNote('')
      setBasis('')
      onDecided()
      return doneWords[action]({ days, removed: isPerson ? '' : '삭제하고 ' })
    })

  const top = html`<a class="back" href=${back}>← 목록</a>`
  if (!data) return html`${top}${error ? html`<${Failed} error=${error} again=${reload} />` : html`<${Loading} />`}`
  const author = data.author?.nickname ?? '탈퇴한 사람'
  const isHere = ({ target_type, target_id }) => target_type === type && target_id === id
  const isOpen = data.due_at !== null
  const mayRestore = data.history.some((it) => isHere(it) && UNDOABLE.has(it.action) && !it.undone_by)
  return html`
    ${top}
    <article class="case" aria-busy=${isBusy}>
      <header>
        <h2>${named(TARGETS, type)} <span class="soft">${author}</span></h2>
        <p class="line"><${Due} item=${data} /><${Standing} data=${data} /></p>
      </header>
      <${Said} said=${said} />
      ${said && !isOpen && next && html`<p><a class="button" href=${next}>다음 신고 보기</a></p>`}
      <${Compared} before=${data.snapshot} now=${data.current} type=${type} />
      ${data.held_alike > 0 && html`<p class="soft">같은 사람이 쓴 같은 댓글 ${data.held_alike}개도 함께 처리돼요.</p>`}
      <${Reports} data=${data} />
      <${Author} data=${data} isHere=${isHere} />
      <section class="decide" aria-label="처리">
        <h3>처리</h3>
        ${(isOpen || mayRestore) && html`<${Note} id="note" value=${note} onInput=${setNote} />`}
        ${isOpen && html`<${Basis} value=${basis} onInput=${setBasis} isUrgent=${data.is_urgent} />`}
        <div class="actions">
          ${
            isOpen &&
            html`
              <button type="button" disabled=${isBusy} onClick=${() => decide('dismiss')}>문제 없음</button>
              ${!isPerson && html`<button type="button" class="warn" disabled=${isBusy} onClick=${() => decide('remove')}>삭제</button>`}
              ${
                data.author &&
                html`
                  <button type="button" class="warn" disabled=${isBusy} onClick=${() => decide('warn')}>경고</button>
                  <span class="group" role="group" aria-label="이용 정지">
                    <span class="group-name">이용 정지</span>
                    ${DAYS.map(
                      (days) => html`
                        <button
                          key=${days}
                          type="button"
                          class="danger"
                          disabled=${isBusy}
                          onClick=${() => ask(askedOf('suspend', { days, nickname: author, isPerson }))}
                        >
                          ${days}일${days === data.suggested_days && html`<small> 권장</small>`}
                        </button>
                      `,
                    )}
                  </span>
                  <button
                    type="button"
                    class="danger"
                    disabled=${isBusy}
                    onClick=${() => ask(askedOf('ban', { nickname: author, isPerson }))}
                  >
                    영구 정지
                  </button>
                `
              }
            `
          }
          ${mayRestore && html`<button type="button" disabled=${isBusy} onClick=${() => decide('restore')}>되돌리기</button>`}
          ${!isOpen && !mayRestore && html`<p class="soft">더 처리할 것이 없어요.</p>`}
        </div>
        ${isOpen && html`<p class="hint">경고와 정지는 ${isPerson ? '글쓴이에게 알려져요.' : '신고된 것도 함께 지우고 글쓴이에게 알려요.'}</p>`}
      </section>
    </article>
    <${Confirm} asked=${asked} onYes=${() => decide(asked.action, asked.days)} onNo=${() => ask(null)} />
  `
}

/** How the thing stands at the moment. */
function Standing({ data }) {
  const facts = [
    data.is_removed && '삭제된 상태',
    data.is_hidden && '신고로 가려진 상태',
    data.closed_until && '권리 침해 신고로 게시 중단',
  ].filter(Boolean)
  return facts.map((fact) => html`<${Tag} key=${fact}>${fact}<//>`)
}

const OUTCOMES = { upheld: '받아들여짐', rejected: '받아들이지 않음' }

const Reports = ({ data }) => html`
  <section aria-label="신고">
    <h3>신고 ${data.report_count}건 <${Reasons} reasons=${data.reasons} /></h3>
    <ul class="said-by">
      ${data.reports.map(
        (report, index) => html`
          <li key=${index}>
            <span class="line">
              <b>${named(REASONS, report.reason)}</b>
              ${!report.is_reliable && html`<${Tag}>자주 틀린 신고자<//>`}
              ${report.outcome && html`<span class="soft">${named(OUTCOMES, report.outcome)}</span>`}
              <span class="soft far"><${Time} at=${report.created_at} /></span>
            </span>
            ${report.description && html`<p>${report.description}</p>`}
          </li>
        `,
      )}
    </ul>
  </section>
`

function Author({ data, isHere }) {
  if (!data.author)
    return html`<section>
      <h3>글쓴이</h3>
      <p class="soft">탈퇴해서 계정이 남아 있지 않아요.</p>
    </section>`
  return html`
    <section aria-label="글쓴이">
      <h3>글쓴이 ${data.author.nickname}</h3>
      ${
        data.banned_at &&
        html`<p>
          <${Tag} tone="bad">영구 정지<//> <span class="soft"><${Time} at=${data.banned_at} />부터</span>
        </p>`
      }
      ${
        data.suspended_until &&
        html`<p>
          <${Tag} tone="bad">이용 정지 중<//> <span class="soft"><${Time} at=${data.suspended_until} />까지</span>
        </p>`
      }
      ${
        data.history.length > 0
          ? html`<${History} history=${data.history} here=${isHere} />`
          : html`<p class="soft">지금까지 받은 조치가 없어요.</p>`
      }
    </section>
  `
}

/** With a legal basis the evidence is kept for three years. */
const Basis = ({ value, onInput, isUrgent }) => html`
  <details class="basis" open=${isUrgent}>
    <summary>법적 근거 적기</summary>
    <div class="field">
      <label for="basis">법적 근거</label>
      <input id="basis" maxlength="200" value=${value} aria-describedby="basis-hint" onInput=${(event) => onInput(event.target.value)} />
      <p class="hint" id="basis-hint">${isUrgent && '동물 학대가 의심되면 관계 기관에 신고해 주세요. '}적으면 증거를 3년 동안 보관해요.</p>
    </div>
  </details>
`

// Claims that something here injures somebody's rights.
import { html, useState } from './preact.js'
import { call } from './api.js'
import { Content, decidedWords, Listed, Note, Said, Tabs, Tag, Time } from './parts.js'
import { Otherwise, useDeed, useList } from './state.js'
import { GROUNDS, named, TAKEDOWN_STATES, TARGETS } from './words.js'

const TONES = { received: 'warn', closed: 'warn', rejected: '', restored: 'good', removed: 'bad' }
const DONE = {
  close: '게시를 중단했어요. 양쪽에 알렸어요. 신고한 분에게는 연락처로 알려 주세요.',
  reject: '거절했어요. 신고한 분에게 연락처로 알려 주세요.',
  restore: '다시 보이게 했어요. 신고한 분에게 연락처로 알려 주세요.',
  keep: '중단을 유지해요. 기한이 끝나면 삭제돼요.',
}
/** A meetup has no page of its own yet. */
const CLOSABLE = ['walk', 'comment', 'photo', 'user']
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export function Takedowns({ where: [tab] }) {
  const state = tab === 'decided' ? 'decided' : 'open'
  const list = useList(`/admin/takedowns?state=${state}`)
  return html`
    <${Tabs}
      label="권리 침해 신고"
      current=${state}
      tabs=${[
        ['open', '진행 중', '#/takedowns'],
        ['decided', '끝난 신고', '#/takedowns/decided'],
      ]}
    />
    <${Listed} list=${list} empty=${state === 'open' ? '진행 중인 권리 침해 신고가 없어요.' : '끝난 권리 침해 신고가 없어요.'}>
      <ul class="cards column">
        ${list.data?.items.map((item) => html`<li key=${item.id}><${Takedown} item=${item} replace=${list.replace} reload=${list.reload} /></li>`)}
      </ul>
    <//>
  `
}

function Takedown({ item, replace, reload }) {
  const { said, isBusy, run } = useDeed()
  const [note, setNote] = useState('')
  const [target, setTarget] = useState({ target_type: 'walk', target_id: '' })
  const isNamed = item.target_id !== null
  const decide = (decision) =>
    run(async () => {
      const id = target.target_id.trim()
      const names = decision === 'close' && !isNamed
      if (names && !UUID.test(id)) throw new Error('무엇을 중단할지 종류와 번호를 적어 주세요.')
      try {
        replace(await call('PATCH', `/admin/takedowns/${item.id}`, { decision, note, ...(names && { ...target, target_id: id }) }))
      } catch (refusal) {
        if (refusal.code === 'same_admin') throw new Otherwise('스스로에 대한 신고는 처리할 수 없어요. 다른 운영자에게 부탁해 주세요.')
        if (refusal.code !== 'already_decided') throw refusal
        await reload()
        throw new Otherwise(decidedWords(refusal.problem))
      }
      setNote('')
      return DONE[decision]
    })
  const button = (decision, words, tone) =>
    html`<button type="button" class=${tone} disabled=${isBusy} onClick=${() => decide(decision)}>${words}</button>`
  return html`
    <article class="card" aria-busy=${isBusy}>
      <p class="line">
        <b>${item.case_number}</b>
        <${Tag} tone=${TONES[item.state]}>${named(TAKEDOWN_STATES, item.state)}<//>
        ${item.is_overdue && html`<${Tag} tone="bad">24시간 지남<//>`}
        <span class="soft far"><${Time} at=${item.created_at} /></span>
      </p>
      <dl class="facts">
        <dt>신고한 분</dt>
        <dd>${item.claimant_name}</dd>
        <dt>연락처</dt>
        <dd class="select">${item.contact}</dd>
        <dt>이유</dt>
        <dd>${named(GROUNDS, item.ground)}</dd>
        ${
          item.url &&
          html`<dt>주소</dt>
            <dd class="select">${item.url}</dd>`
        }
        ${
          isNamed &&
          html`<dt>대상</dt>
            <dd>${named(TARGETS, item.target_type)} <code class="select">${item.target_id}</code></dd>`
        }
        ${
          item.author &&
          html`<dt>글쓴이</dt>
            <dd>${item.author.nickname}</dd>`
        }
        ${
          item.closed_until &&
          html`<dt>중단 기한</dt>
            <dd><${Time} at=${item.closed_until} /></dd>`
        }
      </dl>
      <blockquote class="plea">${item.statement}</blockquote>
      ${
        isNamed &&
        html`<section>
          <h3>지금 내용</h3>
          ${
            item.content
              ? html`<${Content} content=${item.content} type=${item.target_type} />`
              : html`<p class="soft">지워져서 볼 수 없어요.</p>`
          }
        </section>`
      }
      ${
        item.objection &&
        html`<section>
          <h3>
            글쓴이의 반론 <span class="soft"><${Time} at=${item.objection.created_at} /></span>
          </h3>
          <blockquote class="plea">${item.objection.text}</blockquote>
        </section>`
      }
      ${item.is_kept && html`<p class="soft">반론을 읽고 중단을 유지하기로 했어요.</p>`}
      <${Said} said=${said} />
      ${item.note && html`<p class="note">메모: ${item.note}</p>`}
      ${item.state === 'received' && !isNamed && html`<${Target} id=${item.id} target=${target} onChange=${setTarget} />`}
      ${
        ['received', 'closed'].includes(item.state) &&
        html`
          <${Note} id=${`note-${item.id}`} value=${note} onInput=${setNote} />
          <div class="actions">
            ${
              item.state === 'received'
                ? html`${button('close', '30일 동안 게시 중단', 'warn')}${button('reject', '거절')}`
                : html`${button('restore', '다시 보이기', 'good')}${item.objection && !item.is_kept && button('keep', '중단 유지', 'warn')}`
            }
          </div>
        `
      }
    </article>
  `
}

/** The claim gives an address alone, so the admin says what stands there. */
const Target = ({ id, target, onChange }) => html`
  <fieldset>
    <legend>무엇에 대한 신고인가요?</legend>
    <div class="row">
      <div class="field">
        <label for=${`type-${id}`}>종류</label>
        <select
          id=${`type-${id}`}
          value=${target.target_type}
          onChange=${(event) => onChange({ ...target, target_type: event.target.value })}
        >
          ${CLOSABLE.map((type) => html`<option key=${type} value=${type}>${TARGETS[type]}</option>`)}
        </select>
      </div>
      <div class="field grow">
        <label for=${`target-${id}`}>번호</label>
        <input
          id=${`target-${id}`}
          value=${target.target_id}
          spellcheck="false"
          autocomplete="off"
          onInput=${(event) => onChange({ ...target, target_id: event.target.value })}
        />
      </div>
    </div>
  </fieldset>
`

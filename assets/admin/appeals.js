// Appeals against what admins did.
import { html, useState } from './preact.js'
import { call } from './api.js'
import { ActionTag, Content, decidedWords, Listed, Note, Said, Tabs, Tag, Time } from './parts.js'
import { Otherwise, useDeed, useList } from './state.js'
import { APPEAL_DECISIONS, named, REASONS, TARGETS } from './words.js'

export function Appeals({ where: [tab] }) {
  const state = tab === 'decided' ? 'decided' : 'open'
  const list = useList(`/admin/appeals?state=${state}`)
  return html`
    <${Tabs}
      label="이의 제기"
      current=${state}
      tabs=${[
        ['open', '답할 이의 제기', '#/appeals'],
        ['decided', '답한 이의 제기', '#/appeals/decided'],
      ]}
    />
    <${Listed} list=${list} empty=${state === 'open' ? '답할 이의 제기가 없어요.' : '아직 답한 이의 제기가 없어요.'}>
      <ul class="cards column">
        ${list.data?.items.map((appeal) => html`<li key=${appeal.id}><${Appeal} appeal=${appeal} replace=${list.replace} reload=${list.reload} /></li>`)}
      </ul>
    <//>
  `
}

function Appeal({ appeal, replace, reload }) {
  const { said, isBusy, run } = useDeed()
  const [note, setNote] = useState('')
  const { action } = appeal
  const decide = (decision) =>
    run(async () => {
      try {
        replace(await call('PATCH', `/admin/appeals/${appeal.id}`, { decision, note }))
      } catch (refusal) {
        if (refusal.code === 'same_admin')
          throw new Otherwise('이 조치를 한 운영자는 그 이의 제기에 답할 수 없어요. 다른 운영자가 답해야 해요.')
        if (refusal.code !== 'already_decided') throw refusal
        await reload()
        throw new Otherwise(decidedWords(refusal.problem))
      }
      return decision === 'uphold' ? '받아들였어요. 조치를 되돌리고 글쓴이에게 알려요.' : '받아들이지 않았어요. 조치는 그대로예요.'
    })
  return html`
    <article class="card" aria-busy=${isBusy}>
      <p class="line">
        <b>${appeal.author.nickname}</b>
        ${appeal.decision && html`<${Tag} tone=${appeal.decision === 'uphold' ? 'good' : ''}>${named(APPEAL_DECISIONS, appeal.decision)}<//>`}
        <span class="soft far"><${Time} at=${appeal.created_at} /></span>
      </p>
      <blockquote class="plea">${appeal.text}</blockquote>
      <section>
        <h3>받은 조치</h3>
        <p class="line">
          <${ActionTag} action=${action.action} days=${action.days} />
          <span>${named(TARGETS, action.target_type)}${action.reason && ` · ${named(REASONS, action.reason)}`}</span>
          <span class="soft far">${action.admin?.nickname ?? '자동 처리'} · <${Time} at=${action.created_at} /></span>
        </p>
        ${action.note && html`<p class="note">${action.note}</p>`}
        ${
          appeal.snapshot
            ? html`<${Content} content=${appeal.snapshot} type=${action.target_type} />`
            : html`<p class="soft">내용은 보관 기간이 지나 남아 있지 않아요.</p>`
        }
      </section>
      <${Said} said=${said} />
      ${appeal.note && html`<p class="note">메모: ${appeal.note}</p>`}
      ${!appeal.decision && !appeal.may_decide && html`<p class="said warn">이 조치를 한 운영자는 답할 수 없어요. 다른 운영자가 답해야 해요.</p>`}
      ${
        !appeal.decision &&
        appeal.may_decide &&
        html`
          <${Note} id=${`note-${appeal.id}`} value=${note} onInput=${setNote} />
          <div class="actions">
            <button type="button" class="good" disabled=${isBusy} onClick=${() => decide('uphold')}>받아들이기</button>
            <button type="button" disabled=${isBusy} onClick=${() => decide('reject')}>받아들이지 않기</button>
          </div>
        `
      }
    </article>
  `
}

// The queue of reported things, and beside it the one that is open.
import { html } from './preact.js'
import { CaseView } from './case.js'
import { Due, Listed, Reasons, Tabs, Tag } from './parts.js'
import { useList } from './state.js'
import { named, TARGETS } from './words.js'

const keyOf = ({ target_type, target_id }) => `${target_type}/${target_id}`

/** `where` is what stands in the address after `reports`: the tab, and the thing that is open. */
export function Reports({ where: [tab = 'open', type, id], onDecided }) {
  const state = tab === 'decided' ? 'decided' : 'open'
  const list = useList(`/admin/reports?state=${state}&sort=due&limit=30`)
  const opened = type && id ? `${type}/${id}` : null
  const items = list.data?.items ?? []
  const next = items.find((item) => keyOf(item) !== opened && item.due_at !== null)
  const decided = () => {
    void list.reload()
    onDecided()
  }
  return html`
    <div class=${`split ${opened ? 'has-open' : ''}`}>
      <section class="queue" aria-label="신고 목록">
        <${Tabs}
          label="신고"
          current=${state}
          tabs=${[
            ['open', '처리할 신고', '#/reports'],
            ['decided', '처리한 신고', '#/reports/decided'],
          ]}
        />
        <${Listed} list=${list} empty=${state === 'open' ? '처리할 신고가 없어요. 모두 살펴봤어요.' : '아직 처리한 신고가 없어요.'}>
          <ul class="cards">
            ${items.map((item) => html`<li key=${keyOf(item)}><${Row} item=${item} state=${state} isOpen=${keyOf(item) === opened} /></li>`)}
          </ul>
        <//>
      </section>
      <section class="opened" aria-label="신고 내용">
        ${
          opened
            ? html`<${CaseView}
                key=${opened}
                type=${type}
                id=${id}
                back=${`#/reports/${state}`}
                onDecided=${decided}
                next=${next && `#/reports/open/${keyOf(next)}`}
              />`
            : html`<p class="empty">목록에서 신고를 고르면 여기에 보여요.</p>`
        }
      </section>
    </div>
  `
}

/** What it is, in a line or two. */
function summaryOf({ snapshot, target_type }) {
  if (!snapshot) return '보관 기간이 지난 내용'
  if (snapshot.text) return snapshot.text
  return snapshot.photos.length > 0 ? `사진 ${snapshot.photos.length}장` : `글이 없는 ${named(TARGETS, target_type)}`
}

const Row = ({ item, state, isOpen }) => html`
  <a class="card row-card" href=${`#/reports/${state}/${keyOf(item)}`} aria-current=${isOpen ? 'true' : null}>
    <span class="line">
      <b>${named(TARGETS, item.target_type)}</b>
      <span class="soft">${item.author?.nickname ?? '탈퇴한 사람'}</span>
      <span class="far"><${Due} item=${item} /></span>
    </span>
    <span class="summary">${summaryOf(item)}</span>
    <span class="line"><${Reasons} reasons=${item.reasons} />${item.is_hidden && html`<${Tag}>가려짐<//>`}</span>
  </a>
`

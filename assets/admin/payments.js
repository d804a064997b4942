// What in payments needs somebody: money whose whereabouts nobody knows, and what did not work for good.
import { html } from './preact.js'
import { call } from './api.js'
import { Failed, Listed, Loading, Tabs, Tag, Time } from './parts.js'
import { useList, useLoad } from './state.js'
import { named } from './words.js'

/** The words of each kind, what it means, and how bad it is. */
const KINDS = {
  unknown: ['결과 미확인', '돈이 나갔는지 아직 몰라요. 서버가 계속 확인하고, 14일이 지나면 사람이 판단해야 해요.', 'bad'],
  parked: ['주인 없는 알림', '결제사가 보냈지만 누구의 구매인지 모르거나 처리하지 못한 알림이에요.', 'warn'],
  refused_refunds: ['거절된 환불', '결제사가 환불을 거절했어요. 최근 90일이에요.', 'bad'],
  unacknowledged: ['미확인 구매', '구글 플레이는 3일 안에 확인하지 않은 구매를 환불해요.', 'warn'],
  differences: ['대사 차이', '결제사와 우리의 기록이 달랐던 거래예요. 최근 90일이에요.', 'bad'],
  given_up: ['포기한 결제', '결제하지 못해 구독이 시작되지 않았거나 끝났어요. 최근 90일이에요.', ''],
}
const WHAT = { charge: '정기 결제', order: '주문', refund: '환불', message: '알림', purchase: '구매', difference: '차이' }
const METHODS = { toss: '토스페이먼츠', ios_iap: 'App Store', google_play: 'Google Play' }

export function Payments({ where: [tab = 'unknown'] }) {
  const kind = tab in KINDS ? tab : 'unknown'
  const counts = useLoad(() => call('GET', '/admin/payments?limit=1'), 'payments')
  if (counts.error && !counts.data) return html`<${Failed} error=${counts.error} again=${counts.reload} />`
  if (!counts.data) return html`<${Loading} />`
  const countOf = (key) => counts.data.counts.find((it) => it.kind === key)?.count ?? 0
  return html`
    <${Tabs}
      label="결제"
      current=${kind}
      tabs=${Object.entries(KINDS).map(([key, [words]]) => [key, `${words} ${countOf(key)}`, `#/payments/${key}`])}
    />
    <${Concerns} key=${kind} kind=${kind} />
  `
}

function Concerns({ kind }) {
  const list = useList(`/admin/payments?kind=${kind}`)
  return html`
    <p class="hint">${KINDS[kind][1]}</p>
    <${Listed} list=${list} empty="해당하는 항목이 없어요.">
      <ul class="cards column">
        ${list.data?.items.map((it) => html`<li key=${`${it.what} ${it.id}`}><${Concern} it=${it} tone=${KINDS[kind][2]} /></li>`)}
      </ul>
    <//>
  `
}

const Concern = ({ it, tone }) => html`
  <article class="card">
    <p class="line">
      <strong>${named(WHAT, it.what)}</strong>
      <${Tag} tone=${tone}>${it.state}<//>
      <span>${named(METHODS, it.method)}${it.amount_won !== null && ` · ${it.amount_won.toLocaleString('ko-KR')}원`}</span>
      <span class="soft far"><${Time} at=${it.since} />${it.tries !== null && ` · ${it.tries}번 시도`}</span>
    </p>
    ${it.code && html`<pre class="error">${it.code}</pre>`}
    <p class="soft"><code>${it.id}</code></p>
    ${it.order_id && it.order_id !== it.id && html`<p class="soft">주문 <code>${it.order_id}</code></p>`}
    ${it.subscription_id && html`<p class="soft">구독 <code>${it.subscription_id}</code></p>`}
    ${it.trace_ids.length > 0 && html`<p class="soft">추적 번호 <code>${it.trace_ids.join(', ')}</code></p>`}
  </article>
`

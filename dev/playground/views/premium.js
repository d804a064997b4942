import { html } from 'htm/preact'
import { date, won } from './format.js'
import { Stores } from './stores.js'

const METHODS = { toss: '카드', ios_iap: 'App Store', google_play: 'Google Play' }
export const PLANS = { monthly: '월간', annual: '연간' }
const STATES = {
  pending: '결제 확인 중',
  trialing: '무료 체험 중',
  active: '구독 중',
  grace: '결제 유예 중',
  on_hold: '결제 보류',
  paused: '일시 정지',
  cancelled: '해지 예약',
  expired: '끝남',
  revoked: '환불됨',
  superseded: '바뀜',
}
const FEATURES = {
  all_rankings: '모든 랭킹',
  live_rank: '실시간 순위',
  walk_analytics: '산책 분석',
  statistics_history: '지난 통계',
  custom_courses: '내 코스',
  health_report: '건강 리포트',
  share_card_themes: '공유 카드 테마',
  rest_day: '휴식일',
  premium_badges: '프리미엄 뱃지',
  ads_free: '광고 없음',
}
const OUTCOMES = {
  ok: '승인되는 카드',
  limit: '한도가 넘는 카드',
  stopped: '정지된 카드',
  company: '카드사가 거절하는 카드',
  cut: '결제되고 연결이 끊기는 카드',
}
const GOODS = {
  'com.withbowwow.theme.dark': '다크 테마 2,000원',
  'com.withbowwow.theme.season': '계절 테마 2,000원',
  'com.withbowwow.badge_pack': '특별 뱃지 팩 1,000원',
}

/** What somebody has bought, and ways to buy. */
export function Premium({ owner, actions }) {
  const { premium } = owner
  if (!premium.own) return html`<p class="empty">불러오고 있어요…</p>`
  const given = { owner, actions }
  return html`<${Mine} ...${given} /><${Card} ...${given} /><${Stores} ...${given} /><${Goods} ...${given} /><${History} ...${given} />`
}

function Mine({ owner, actions }) {
  const { own, features } = owner.premium
  const open = Object.entries(features).filter(([, isOpen]) => isOpen)
  return html`<section>
    <h3>
      내 프리미엄
      <span class="soft" data-part="premium">${own.premium ? `${date(own.premium_until)}까지 프리미엄` : '무료로 쓰고 있어요'}</span>
    </h3>
    ${own.also_active && html`<p class="bad" role="status">구독이 둘 이상이에요. 각각 결제돼요.</p>`}
    <ul class="rows" data-part="subscriptions">
      ${own.subscriptions.map((subscription) => html`<${Row} key=${subscription.id} ...${subscription} />`)}
      ${own.subscriptions.length === 0 && html`<li class="empty">아직 구독한 적이 없어요</li>`}
    </ul>
    <${Consent} ...${{ owner, actions }} />
    ${open.length > 0 && html`<p class="note">${open.map(([name]) => FEATURES[name] ?? name).join(' · ')}</p>`}
  </section>`
}

function Row({ method, plan, next_plan, state, ends_at, grace_ends_at, auto_renew, next_charge, card, needs_new_card }) {
  const facts = [
    grace_ends_at && state === 'grace' ? `${date(grace_ends_at)}까지 유예` : ends_at && `${date(ends_at)}까지`,
    next_charge ? `${date(next_charge.at)}에 ${won(next_charge.price_won)}` : auto_renew ? null : '자동 갱신 없음',
    next_plan && `다음부터 ${PLANS[next_plan]}`,
    card && `카드 ${card.number}`,
    needs_new_card && '카드를 바꿔 주세요',
  ]
  return html`<li data-state=${state}>
    <b>${METHODS[method]} ${PLANS[plan]}</b><time>${STATES[state]}</time><span>${facts.filter(Boolean).join(' · ')}</span>
  </li>`
}

/** The law wants a consent of its own to the first charge after a trial, and to a higher price. Yes and no look alike. */
function Consent({ owner, actions }) {
  const { atToss } = owner.premium
  const asked = atToss?.consent_required
  const isAgreed = atToss?.state === 'trialing' && atToss.next_charge && !asked
  if (!asked && !isAgreed) return null
  const decide = (isGiven) => () => actions.decideCharge(owner, isGiven)
  return html`<div class="asked" data-part="consent">
    <p>
      ${
        asked
          ? `${date(asked.until)}에 ${won(asked.price_after)}을 결제할까요? 지금은 ${won(asked.price_before)}이고, ${atToss.card.number} 카드로 결제돼요. 동의하지 않으면 결제 없이 끝나요. 동의해도 언제든 해지할 수 있고, 그러면 결제되지 않아요.`
          : `체험이 끝나면 결제하는 데 동의했어요.`
      }
    </p>
    <div class="buttons">
      ${
        asked
          ? html`<button disabled=${owner.isBusy} onClick=${decide(true)}>결제에 동의</button>
              <button disabled=${owner.isBusy} onClick=${decide(false)}>동의하지 않음</button>`
          : html`<button disabled=${owner.isBusy} onClick=${decide(false)}>동의 철회</button>`
      }
    </div>
  </div>`
}

function Outcomes({ name = 'outcome' }) {
  return html`<select name=${name} aria-label="카드">
    ${Object.entries(OUTCOMES).map(([outcome, title]) => html`<option value=${outcome}>${title}</option>`)}
  </select>`
}

export const fieldsOf = (form) => Object.fromEntries(new FormData(form))

function Card({ owner, actions }) {
  const { premium, isBusy } = owner
  const { atToss, plans } = premium
  const submit = (event) => {
    event.preventDefault()
    const { plan, outcome } = fieldsOf(event.target)
    if (event.submitter?.value === 'replace') actions.replaceCard(owner, { outcome })
    else actions.subscribe(owner, { plan, outcome, anyway: atToss !== undefined || premium.own.premium, trial_only: plans.trial_eligible })
  }
  const button = (text, action, argument) =>
    html`<button type="button" disabled=${isBusy} onClick=${() => actions[action](owner, argument)}>${text}</button>`
  const other = atToss && (atToss.next_plan ?? atToss.plan) === 'monthly' ? 'annual' : 'monthly'
  return html`<section data-part="card">
    <h3>카드로 구독 <span class="soft">${plans.trial_eligible ? '7일 무료 체험' : '체험을 이미 썼어요'}</span></h3>
    <form class="pay" onSubmit=${submit}>
      <select name="plan" aria-label="요금제">
        ${plans.plans.map(({ code, price_won }) => html`<option value=${code}>${PLANS[code]} ${won(price_won)}</option>`)}
      </select>
      <${Outcomes} />
      <div class="buttons">
        <button class="primary" disabled=${isBusy}>${atToss ? '그래도 하나 더 구독' : '카드 등록하고 구독'}</button>
        ${atToss && html`<button value="replace" disabled=${isBusy}>이 카드로 바꾸기</button>`}
      </div>
    </form>
    ${
      atToss &&
      html`<div class="buttons">
        ${atToss.auto_renew ? button('구독 해지', 'cancelPremium') : button('해지 취소', 'resumePremium')}
        ${atToss.auto_renew && button(`다음부터 ${PLANS[other]}으로`, 'changePlan', other)}
      </div>`
    }
  </section>`
}

function Goods({ owner, actions }) {
  const { items } = owner.premium
  const submit = (event) => {
    event.preventDefault()
    actions.buyGoods(owner, fieldsOf(event.target))
  }
  return html`<section data-part="goods">
    <h3>한 번 사서 계속 쓰기 <span class="soft">${items.map(({ name }) => name).join(', ')}</span></h3>
    <form class="pay" onSubmit=${submit}>
      <select name="product" aria-label="상품">
        ${Object.entries(GOODS).map(([id, title]) => html`<option value=${id}>${title}</option>`)}
      </select>
      <${Outcomes} />
      <div class="buttons"><button disabled=${owner.isBusy}>결제하기</button></div>
    </form>
  </section>`
}

function History({ owner, actions }) {
  const { history } = owner.premium
  return html`<section>
    <h3>결제 내역</h3>
    <ul class="rows" data-part="payments">
      ${history.map(
        ({ at, name, kind, amount_won, method, order_id, refund }) =>
          html`<li key=${`${kind} ${order_id} ${at}`}>
            <b>${name} ${won(amount_won)}</b>
            ${
              kind === 'charge' && method === 'toss' && !refund
                ? html`<button class="quiet" disabled=${owner.isBusy} onClick=${() => actions.refund(owner, order_id)}>환불</button>`
                : html`<time>${kind === 'charge' ? '' : '환불'}</time>`
            }
            <span>${METHODS[method]} · ${date(at)}</span>
          </li>`,
      )}
      ${history.length === 0 && html`<li class="empty">아직 결제한 적이 없어요</li>`}
    </ul>
  </section>`
}

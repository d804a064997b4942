import { html } from 'htm/preact'
import { won } from './format.js'

const STORES = { 'app-store': 'App Store', play: 'Google Play' }
const PLANS = { monthly: '월간', annual: '연간' }
const HAPPENINGS = { fail: '결제 실패', recover: '다시 결제', cancel: '스토어에서 해지', refund: '스토어에서 환불' }

/** Purchases in the stores of the phone, and what happens to them there. */
export function Stores({ owner, actions }) {
  const { plans } = owner.premium.plans
  const submit = (event) => {
    event.preventDefault()
    actions.buyInStore(owner, Object.fromEntries(new FormData(event.target)))
  }
  return html`<section data-part="stores">
    <h3>스토어에서 구독</h3>
    <form class="pay" onSubmit=${submit}>
      <select name="store" aria-label="스토어">
        ${Object.entries(STORES).map(([store, title]) => html`<option value=${store}>${title}</option>`)}
      </select>
      <select name="plan" aria-label="스토어 요금제">
        ${plans.map(({ code, price_won }) => html`<option value=${code}>${PLANS[code]} ${won(price_won)}</option>`)}
      </select>
      <select name="since" aria-label="산 때">
        <option value="0">지금 사기</option>
        <option value="-2">두 달 전에 산 것처럼</option>
      </select>
      <div class="buttons"><button disabled=${owner.isBusy}>스토어에서 사고 확인받기</button></div>
    </form>
    ${Object.keys(owner.premium.held).map((store) => html`<${Held} key=${store} ...${{ owner, actions, store }} />`)}
  </section>`
}

function Held({ owner, actions, store }) {
  const { months } = owner.premium.held[store]
  return html`<div class="held" role="group" aria-label=${STORES[store]}>
    <h4>${STORES[store]}의 시계: ${months === 0 ? '지금' : months < 0 ? `${-months}달 전` : `${months}달 뒤`}</h4>
    <div class="acts">
      <button class="quiet" disabled=${owner.isBusy} onClick=${() => actions.monthLater(owner, store)}>한 달 뒤로</button>
      ${Object.entries(HAPPENINGS).map(
        ([what, title]) =>
          html`<button class="quiet" disabled=${owner.isBusy} onClick=${() => actions.inStore(owner, store, what)}>${title}</button>`,
      )}
    </div>
    ${months > 0 && html`<p class="note">서버의 시계는 그대로예요. 앞당긴 달에 일어난 일은 그때가 되어야 상태로 보여요.</p>`}
  </div>`
}

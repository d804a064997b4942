import { request } from './api.js'

const DAY_MS = 86_400_000
const MONTH_MS = 31 * DAY_MS
/** So much earlier, a payment that is due lies behind us, and its grace reaches into the present. */
const MARGIN_MS = 2 * DAY_MS
/** A store's message passes through a queue. */
const SOON_MS = 1_500
/** The last digits of a card of each kind (`GET /_sim`). */
const CHARGED = { ok: '0000', limit: '0005', stopped: '0002', company: '0004', cut: '0007' }

/** What an owner has bought, and how they buy: with a card in the windows of Toss, or in a store of the phone. */
export class Premium {
  #owner
  plans = null
  own = null
  features = {}
  items = []
  history = []
  /** What the phone holds of each store, and how many months the store's clock is away from now. */
  held = {}

  constructor(owner) {
    this.#owner = owner
  }

  /** The newest at Toss that is not over and has a card. A paid year has none. */
  get atToss() {
    return this.own?.subscriptions.find(({ card, state }) => card && !['expired', 'revoked', 'superseded'].includes(state))
  }

  async read(isQuiet = false) {
    const ask = (path) => this.#owner.call('GET', path, undefined, isQuiet)
    const paths = ['/subscription/plans', '/subscription', '/users/me/entitlements', '/users/me/items', '/payments/history?limit=10']
    const [plans, own, { features }, items, history] = await Promise.all(paths.map(ask))
    Object.assign(this, { plans, own, features, items: items.items, history: history.items })
  }

  /** What a control of the simulators answers. */
  #sim(path, body) {
    return request('POST', `/playground/sim/${path}`, { body, key: this.#owner.key })
  }

  /** Changes something, and shows what is so then. */
  async #change(...call) {
    try {
      return await this.#owner.call(...call)
    } finally {
      await this.read(true)
    }
  }

  async #soon() {
    await new Promise((resolve) => setTimeout(resolve, SOON_MS))
    await this.read(true)
  }

  /** The card window of Toss. The card's last digits say what becomes of each charge. */
  #registerCard(outcome) {
    const digits = Array.from(crypto.getRandomValues(new Uint8Array(11)), (byte) => byte % 10).join('')
    return this.#sim('toss/card', { customer_key: this.plans.customer_key, number: `4${digits}${CHARGED[outcome]}` })
  }

  async subscribe({ plan, outcome, ...wishes }) {
    await this.#change('POST', '/payments/billing/issue', { ...(await this.#registerCard(outcome)), plan, ...wishes })
  }

  async replaceCard({ outcome }) {
    await this.#change('POST', '/subscription/payment-method', await this.#registerCard(outcome))
  }

  cancel() {
    return this.#change('DELETE', '/subscription')
  }

  resume() {
    return this.#change('POST', '/subscription/resume', {})
  }

  changePlan(plan) {
    return this.#change('PATCH', '/subscription', { plan })
  }

  decide(agreed) {
    const { kind, price_after: price_won } = this.atToss.consent_required ?? {
      kind: 'trial_conversion',
      price_after: this.atToss.next_charge.price_won,
    }
    return this.#change('POST', '/subscription/consents', { kind, agreed, price_won })
  }

  async buy({ product, outcome }) {
    const { order_id, amount_won: amount, name: order_name } = await this.#owner.call('POST', '/payments/orders', { product })
    const number = `433012341234${CHARGED[outcome]}`
    const paid = await this.#sim('toss/pay', { order_id, amount, order_name, number, customer_key: this.plans.customer_key })
    const { state } = await this.#change('POST', '/payments/confirm', paid)
    if (state !== 'pending') return
    await this.#sim('toss/webhook', { payment_key: paid.payment_key })
    await this.#soon()
    await this.#owner.call('GET', `/payments/orders/${order_id}`)
  }

  async refund(order_id) {
    await this.#change('POST', '/payments/refunds', { order_id })
    await this.#soon()
  }

  /** By the store's clock so many months away from now. What lies ahead shows at the server when it comes. */
  #setClock(whom, months) {
    const ms = months * MONTH_MS - (months < 0 ? MARGIN_MS : 0)
    return this.#sim('clock', { now: new Date(Date.now() + ms).toISOString(), for: whom })
  }

  async buyInStore({ store, plan, since }) {
    const { product_id } = this.plans.plans.find(({ code }) => code === plan)
    const token = this.plans.store_account_token
    const months = Number(since)
    await this.#setClock(token, months)
    if (store === 'app-store') {
      const { purchase, signed_transaction } = await this.#sim('app-store/buy', { product: product_id, account_token: token })
      this.held[store] = { id: purchase, months }
      await this.#change('POST', '/payments/verify/apple', { signed_transaction })
    } else {
      const { purchase_token } = await this.#sim('play/buy', { product: product_id, account_id: token })
      this.held[store] = { id: purchase_token, months }
      await this.#change('POST', '/payments/verify/google', { purchase_token, product_id })
    }
    // Google gives the money back for what was not acknowledged, so its time should not move before that.
    await this.#soon()
  }

  /** Moves the store's time on by a month. The server's own time never moves. */
  async monthLater(store) {
    const held = this.held[store]
    held.months++
    await this.#setClock(held.id, held.months)
    await this.#soon()
  }

  async inStore(store, what) {
    const { id } = this.held[store]
    if (store === 'play')
      await this.#sim(`play/${{ fail: 'grace', recover: 'recover', cancel: 'cancel', refund: 'revoke' }[what]}`, { token: id })
    else if (what === 'refund') await this.#sim('app-store/refund', { transaction: await this.#newestTransaction(id) })
    else await this.#sim(`app-store/${what}`, { purchase: id })
    await this.#soon()
  }

  async #newestTransaction(purchase) {
    const { transactions } = await request('GET', `/playground/sim/app-store/purchases/${purchase}`, {
      key: this.#owner.key,
      isQuiet: true,
    })
    return transactions.at(-1).id
  }
}

import { DAY_MS } from '../../src/core/time.ts'
import type { Deps } from '../../src/deps.ts'
import { sendTasks } from '../../src/jobs/tasks.ts'
import { subscribe } from '../../src/modules/payments/billing/service.ts'
import { confirmOrder, createOrder } from '../../src/modules/payments/orders/service.ts'
import { getPlans } from '../../src/modules/payments/plans/service.ts'
import { askForRefund } from '../../src/modules/payments/refunds/service.ts'
import { receiveAppleEvent, verifyApplePurchase } from '../../src/modules/payments/stores/app-store/service.ts'
import { verifyGooglePurchase } from '../../src/modules/payments/stores/google-play/service.ts'
import { decideCharge, getOwnSubscriptions } from '../../src/modules/payments/subscription/service.ts'
import { type Buyer, findBuyer } from './buyers.ts'
import type { Owner } from './owners.ts'
import { type Act, type Day, type Domain, type Town, TOWN_DAYS } from './town.ts'
import { MONTHLY, PLAY_BOUGHT_ON, playTokenOf } from './vendors.ts'

type Notification = NonNullable<Awaited<ReturnType<Deps['appStore']['readNotification']>>>
type Transaction = NonNullable<Notification['transaction']>

const ANNUAL = 'com.withbowwow.premium.annual'
const DARK = 'com.withbowwow.theme.dark'
const BADGE_PACK = 'com.withbowwow.badge_pack'

const SUBSCRIBED_ON = 2
/** The trial is over, and the first month is paid. */
const CHARGED_ON = SUBSCRIBED_ON + 7
const BOUGHT_ON = 4
const PARKED_ON = 5
const YEAR_BEGINS_ON = 20
const TRIED_ON = TOWN_DAYS - 2

/** A few neighbours buy premium or goods, and a message of the App Store belongs to nobody here. */
export const payments: Domain = (town, day) => {
  const acts: Act[] = []
  const does = (buyer: Buyer, index: number, hour: number, run: (deps: Deps, owner: Owner) => Promise<unknown>) => {
    const owner = findBuyer(town, buyer)
    if (owner && day.index === index) acts.push({ at: day.at(hour), run: (deps) => run(deps, owner) })
  }
  does('goods', BOUGHT_ON, 15, (deps, owner) => buyGoods(town, deps, owner))
  does('renewing', SUBSCRIBED_ON, 12.3, (deps, owner) => subscribeAtToss(town, deps, owner))
  does('renewing', SUBSCRIBED_ON, 12.4, (deps, owner) => agree(town, deps, owner))
  if (isChargeDay(town, day)) acts.push({ at: day.at(12.4), run: (deps) => charge(deps, day.at(12.4)) })
  does('annual', YEAR_BEGINS_ON, 18, (deps, owner) => buyYear(town, deps, owner))
  does('grace', PLAY_BOUGHT_ON, 20.1, (deps, owner) => showPlayPurchase(town, deps, owner))
  does('grace', PLAY_BOUGHT_ON + 30, 20.1, (deps, owner) => showPlayPurchase(town, deps, owner))
  does('trial', TRIED_ON, 12.3, (deps, owner) => subscribeAtToss(town, deps, owner))
  if (day.index === TRIED_ON) acts.push({ at: day.at(14), run: (deps) => runTasks(deps, ['payments.tell_subscribers'], day.at(14)) })
  if (day.index === PARKED_ON) acts.push({ at: day.at(3), run: (deps) => hearOfStranger(town, deps, day.at(3)) })
  return acts
}

const runTasks = (deps: Deps, tasks: readonly string[], at: Date) =>
  sendTasks(
    deps,
    tasks.map((task) => ({ task, scheduled_at: at.toISOString(), part: 0 })),
  )

const customerOf = async (town: Town, deps: Deps, owner: Owner) => {
  const { customer_key, store_account_token } = await getPlans(deps, town.resident(owner).actor, 'web')
  return { customer_key: customer_key ?? '', store_account_token }
}

async function subscribeAtToss(town: Town, deps: Deps, owner: Owner): Promise<void> {
  const { customer_key } = await customerOf(town, deps, owner)
  await subscribe(deps, town.resident(owner).actor, {
    auth_key: town.id('card', owner.number),
    customer_key,
    plan: 'monthly',
    anyway: false,
    trial_only: false,
  })
}

async function agree(town: Town, deps: Deps, owner: Owner): Promise<void> {
  const { actor } = town.resident(owner)
  const [subscription] = (await getOwnSubscriptions(deps, actor)).subscriptions
  const asked = subscription?.consent_required
  if (!asked?.kind || asked.price_after === null) return
  await decideCharge(deps, actor, { kind: asked.kind, agreed: true, price_won: asked.price_after })
}

/** The day after the trial, and the same day of each month, or the month's last. */
function isChargeDay(town: Town, day: Day): boolean {
  if (day.index < CHARGED_ON) return false
  const first = Number(new Date(Date.parse(town.first_day) + CHARGED_ON * DAY_MS).toISOString().slice(8))
  const [year = 0, month = 0, date = 0] = day.date.split('-').map(Number)
  return date === Math.min(first, new Date(Date.UTC(year, month, 0)).getUTCDate())
}

async function charge(deps: Deps, at: Date): Promise<void> {
  await runTasks(deps, ['payments.open_renewals'], at)
  await runTasks(deps, ['payments.dispatch_charges'], at)
}

/** The bank gives nothing back, so somebody has to look at the refund. */
async function buyGoods(town: Town, deps: Deps, owner: Owner): Promise<void> {
  const { actor } = town.resident(owner)
  const buy = async (product: string) => {
    const { order_id, amount_won: amount } = await createOrder(deps, actor, { product, anyway: false }, town.id('order', product))
    return confirmOrder(deps, actor, { payment_key: town.id('payment', product), order_id, amount })
  }
  await buy(DARK)
  const { order_id } = await buy(BADGE_PACK)
  await askForRefund(deps, actor, { order_id }, town.id('refund', order_id))
}

const withAppStore = (deps: Deps, appStore: Partial<Deps['appStore']>): Deps =>
  Object.create(deps, Object.getOwnPropertyDescriptors({ appStore: { ...deps.appStore, ...appStore } })) as Deps

async function buyYear(town: Town, deps: Deps, owner: Owner): Promise<void> {
  const { store_account_token } = await customerOf(town, deps, owner)
  const notification = subscribed(town, { account_token: store_account_token, at: deps.now(), name: 'year' })
  const told = withAppStore(deps, { readTransaction: async () => notification.transaction, readNotification: async () => notification })
  await verifyApplePurchase(told, town.resident(owner).actor, { signed_transaction: 'shown', transfer: false })
  await receiveAppleEvent(told, 'sent')
}

/** Somebody has bought with an account that is not known here. */
async function hearOfStranger(town: Town, deps: Deps, at: Date): Promise<void> {
  const notification = subscribed(town, { account_token: town.id('stranger'), at, name: 'stranger' })
  await receiveAppleEvent(withAppStore(deps, { readNotification: async () => notification }), 'sent')
}

/** What the App Store says of a year that begins now. */
function subscribed(town: Town, { account_token, at, name }: { account_token: string; at: Date; name: string }): Notification {
  const id = `2${town.id('transaction', name).replaceAll(/\D/g, '').padEnd(14, '0').slice(0, 14)}`
  const ends = new Date(at)
  ends.setUTCFullYear(at.getUTCFullYear() + 1)
  const transaction: Transaction = {
    transaction_id: id,
    original_transaction_id: id,
    product_id: ANNUAL,
    type: 'Auto-Renewable Subscription',
    purchased_at: at,
    expires_at: ends,
    account_token,
    ownership: 'PURCHASED',
    signed_at: at,
    environment: 'Production',
    price_won: 31_200,
    currency: 'KRW',
    is_trial: false,
    is_upgraded: false,
    revoked_at: null,
    revocation_type: null,
    revocation_percentage: null,
    app_transaction_id: null,
    is_chain_current: true,
  }
  const renewal: Notification['renewal'] = {
    original_transaction_id: id,
    product_id: ANNUAL,
    next_product_id: ANNUAL,
    auto_renew: true,
    in_billing_retry: false,
    grace_expires_at: null,
    expiration_intent: null,
    price_increase_status: null,
    renewal_date: ends,
    signed_at: at,
  }
  const about = { notification_id: town.id('notification', name), type: 'SUBSCRIBED', subtype: 'INITIAL_BUY' }
  return { ...about, environment: 'Production', signed_at: at, transaction, renewal, is_chain_current: true }
}

const showPlayPurchase = (town: Town, deps: Deps, owner: Owner) =>
  verifyGooglePurchase(deps, town.resident(owner).actor, { purchase_token: playTokenOf(town), product_id: MONTHLY, transfer: false })

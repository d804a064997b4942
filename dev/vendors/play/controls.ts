import { z } from 'zod'
import { type GoogleOauth, PLAY_SCOPE } from '../google-oauth.ts'
import { createHost, readControl, Refusal } from '../vendor.ts'
import { buyGoods, buyGoodsSchema, buySchema, buySubscription, upgradeSchema } from './buying.ts'
import { cancelGoods, payGoods, refundGoods } from './goods.ts'
import * as life from './life.ts'
import { type PubSub, variantSchema } from './pubsub.ts'
import { assertState, type Happening, latestOf, type Purchase, type Subscription, TYPES, voidOrder } from './purchase.ts'
import type { Store } from './store.ts'
import { subscriptionWire } from './wire.ts'

export const PLAY_CONTROLS = {
  'POST /_sim/play/buy':
    'a subscription: {product, base_plan?, account_id?, trial?, pending?, test?, linked?: token that it replaces, resubscribes?: token of one that is over, send?, to?}. `send` and `to` hold for all its notices',
  'POST /_sim/play/buy-product': 'goods: {product, account_id?, pending?, test?, send?, to?}',
  'POST /_sim/play/{renew|grace|hold|recover|cancel|restart|pause|resume|revoke|void|expire|consent|complete|defer|card}':
    'what happens to a purchase: {token, send?, to?}, and grace {days?, hold_days?; 0 days: the silent day}, hold {days?}, cancel {by?}, pause {days?, only_planned?}, revoke and void {reason?, source?}, void {order_id?, refund?: full|partial}, consent {accepted?}, defer {days?}, card {fails?, grace_days?, hold_days?}: what becomes of the next renewal',
  'POST /_sim/play/upgrade': 'another plan in the place of `token`: {token, product, base_plan?, mode?, pending?, deferred?, send?, to?}',
  'POST /_sim/play/push':
    'any notice: {token?, type?, notice?: its part, package_name?, message_id?, variant?: wrong_email|wrong_aud|expired|other_issuer|unverified|wrong_key, send?, to?}',
  'POST /_sim/play/replay': 'notices of a purchase again: {token, order?: positions, duplicates?, to?}',
  'POST /_sim/play/withdraw': 'access tokens given out so far are good no longer',
  'GET /_sim/play/purchases/{token}': 'a purchase, how often it was acknowledged, its orders and its notices',
}

const sending = { send: z.boolean().optional(), to: z.url().optional() }
const common = { token: z.string().min(1), ...sending }
const days = (usual: number, min = 1) => z.int().min(min).max(400).default(usual)
const why = { reason: z.int().min(0).max(8).default(1), source: z.int().min(0).max(2).default(0) }

const pushSchema = z.strictObject({
  token: z.string().min(1).default('none'),
  type: z.int().default(TYPES.PURCHASED),
  notice: z.looseObject({}).optional(),
  package_name: z.string().optional(),
  message_id: z.string().optional(),
  variant: variantSchema,
  ...sending,
})
const replaySchema = z.strictObject({
  token: z.string().min(1),
  order: z.array(z.int().min(0)).optional(),
  duplicates: z.int().min(0).max(20).default(0),
  to: z.url().optional(),
})

export function createControls({ store, pubsub, oauth }: { store: Store; pubsub: PubSub; oauth: GoogleOauth }) {
  const control = createHost()

  /** A control that makes something happen to a purchase, and answers the purchase and its notices. */
  function on<T extends z.ZodRawShape>(
    name: string,
    shape: T,
    happen: (purchase: Purchase, at: Date, input: z.output<z.ZodObject<T>>) => Happening[],
  ) {
    const schema = z.strictObject({ ...common, ...shape })
    type Input = z.output<z.ZodObject<T>> & z.output<z.ZodObject<typeof common>>
    control.post(`/play/${name}`, async (c) => {
      // TypeScript does not follow a shape that is made of two.
      const input = (await readControl(c, schema)) as unknown as Input
      const purchase = store.get(input.token)
      const happenings = happen(purchase, latestOf(store.nowFor(purchase), purchase.latest), input)
      return c.json(await answer(purchase, happenings, input))
    })
  }

  async function answer(
    purchase: Purchase,
    happenings: readonly Happening[],
    delivery: { send?: boolean | undefined; to?: string | undefined },
  ) {
    const { send, to } = delivery
    const notices = await store.tell(happenings, { ...(send !== undefined && { send }), to })
    return { purchase: view(purchase), notices }
  }

  /** Where a control needs the end of the period, time goes on to it for this purchase. */
  const atEnd = (of: Subscription, at: Date) => latestOf(at, of.state === 'ON_HOLD' ? null : of.expires_at)

  on('renew', {}, (it, at) => life.renew(subscription(it), atEnd(subscription(it), at)))
  on('grace', { days: days(7, 0), hold_days: days(30) }, (it, at, input) => {
    const of = subscription(it)
    assertState(of, 'ACTIVE')
    of.card = { fails: true, grace_days: input.days, hold_days: input.hold_days }
    return life.beLate(of, atEnd(of, at))
  })
  on('hold', { days: days(30) }, (it, at, input) => {
    const of = subscription(it)
    of.card.hold_days = input.days
    return life.hold(of, atEnd(of, at))
  })
  on(
    'card',
    { fails: z.boolean().default(true), grace_days: days(7, 0), hold_days: days(30) },
    (it, _, { fails, grace_days, hold_days }) => {
      subscription(it).card = { fails, grace_days, hold_days }
      return []
    },
  )
  on('recover', {}, (it, at) => life.recover(subscription(it), at))
  on('cancel', { by: z.enum(['user', 'system', 'developer']).default('user') }, (it, at, { by }) =>
    it.kind === 'product' ? cancelGoods(it, at) : life.cancel(it, at, by),
  )
  on('restart', {}, (it, at) => life.restart(subscription(it), at))
  on('pause', { days: days(30), only_planned: z.boolean().default(false) }, (it, at, input) => {
    const of = subscription(it)
    const planned = life.planPause(of, at, input.days)
    return input.only_planned ? planned : [...planned, ...life.pause(of, atEnd(of, at))]
  })
  on('resume', {}, (it, at) => life.resume(subscription(it), at))
  on('revoke', why, (it, at, input) => (it.kind === 'product' ? refundGoods(it, at, input) : life.revoke(it, at, input)))
  on('void', { ...why, order_id: z.string().optional(), refund: z.enum(['full', 'partial']).default('full') }, (it, at, input) => {
    const { order_id, reason, source, refund } = input
    if (it.kind === 'product' && refund === 'full') return refundGoods(it, at, { reason, source })
    return [voidOrder(it, at, { ...(order_id && { order_id }), reason, source, refund })]
  })
  on('expire', {}, (it, at) => life.expire(subscription(it), atEnd(subscription(it), at)))
  on('consent', { accepted: z.boolean().default(true) }, (it, at, { accepted }) => life.answerConsent(subscription(it), at, accepted))
  on('complete', {}, (it, at) => {
    if (it.kind === 'product') return payGoods(it, at)
    assertState(it, 'PENDING')
    return store.startNow(it, at)
  })
  on('defer', { days: days(7) }, (it, at, input) => life.defer(subscription(it), at, input.days))

  control.post('/play/buy', async (c) => {
    const { purchase, happenings } = buySubscription(store, await readControl(c, buySchema))
    return c.json({ purchase_token: purchase.token, ...(await answer(purchase, happenings, {})) }, 201)
  })
  control.post('/play/upgrade', async (c) => {
    const { token, ...input } = await readControl(c, upgradeSchema)
    const old = subscription(store.get(token))
    const { account_id, is_test: test } = old
    const of = {
      ...input,
      linked: token,
      test,
      ...(account_id !== null && { account_id }),
      send: input.send ?? old.send,
      to: input.to ?? old.to,
    }
    const { purchase, happenings } = buySubscription(store, { ...of, trial: false })
    return c.json({ purchase_token: purchase.token, ...(await answer(purchase, happenings, {})) }, 201)
  })
  control.post('/play/buy-product', async (c) => {
    const { purchase, happenings } = buyGoods(store, await readControl(c, buyGoodsSchema))
    return c.json({ purchase_token: purchase.token, ...(await answer(purchase, happenings, {})) }, 201)
  })

  control.post('/play/push', async (c) => {
    const { token, type, notice, send, to, ...rest } = await readControl(c, pushSchema)
    const known = store.peek(token)
    const part = notice ?? { subscriptionNotification: { version: '1.0', notificationType: type, purchaseToken: token } }
    const at = known ? store.nowFor(known) : store.nowOf(token)
    const delivery = { ...rest, send: send ?? known?.send ?? true, to: to ?? known?.to }
    return c.json(await pubsub.publish({ token, event: 'PUSHED', at, notice: part }, delivery))
  })
  control.post('/play/replay', async (c) => {
    const { token, order, duplicates, to } = await readControl(c, replaySchema)
    const notices = pubsub.of(token)
    const positions = order ?? notices.map((_, position) => position)
    const chosen = positions.flatMap((position) => Array.from({ length: duplicates + 1 }, () => notices[position]))
    const replayed = []
    for (const notice of chosen) {
      if (!notice) throw new Refusal(422, { error: `there are ${notices.length} notices` })
      await pubsub.deliver(notice, { send: true, to: to ?? store.get(token).to })
      replayed.push({ message_id: notice.message_id, event: notice.event, ...notice.answers.at(-1) })
    }
    return c.json({ replayed })
  })
  control.post('/play/withdraw', (c) => {
    oauth.withdraw(PLAY_SCOPE)
    return c.body(null, 204)
  })
  control.get('/play/purchases/:token', (c) => {
    const purchase = store.get(c.req.param('token'))
    return c.json({ ...view(purchase), notices: pubsub.of(purchase.token) })
  })
  return control
}

function subscription(purchase: Purchase): Subscription {
  if (purchase.kind !== 'subscription') throw new Refusal(409, { error: 'the purchase is not a subscription' })
  return purchase
}

/** A purchase for people and tests. */
function view(purchase: Purchase) {
  const { send: _, to: __, ...shown } = purchase
  return purchase.kind === 'subscription' ? { ...shown, etag: subscriptionWire(purchase).etag } : shown
}

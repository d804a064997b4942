import { randomUUID } from 'node:crypto'
import type { Context } from 'hono'
import { z } from 'zod'
import { createHost, readControl, Refusal } from '../vendor.ts'
import { findProduct } from './catalog.ts'
import * as life from './lifecycle.ts'
import { describeNotice, type Notice, type Notices } from './notices.ts'
import { EXPIRATION_INTENTS, type Happening, latestOf, type Purchase, type Purchases, signingTime, statusOf } from './purchases.ts'
import { type AppleSigner, chainSchema } from './signing.ts'

const id = z.string().min(1)
const product = z.string().min(1)
const days = z.int().min(0).max(365)
const environment = z.enum(['Production', 'Sandbox']).default('Production')
/** How the notice goes out. By default as the purchase's others do. */
const sending = { send: z.boolean().optional(), to: z.url().optional() }
const ofPurchase = { purchase: id, ...sending }
const ofTransaction = { transaction: id, ...sending }
const endReasons = Object.keys(EXPIRATION_INTENTS) as [keyof typeof EXPIRATION_INTENTS, ...(keyof typeof EXPIRATION_INTENTS)[]]

const buySchema = z.strictObject({
  product,
  account_token: z.guid().toLowerCase().optional(),
  environment,
  offer: z.literal('free_trial').optional(),
  family: z.boolean().default(false),
  grace_days: z.union([z.literal(0), z.literal(3), z.literal(16), z.literal(28)]).default(16),
  purchase: id.optional().meta({ description: 'a subscription that has ended, and begins again' }),
  app_transaction_id: z.string().optional().meta({ description: 'the same person of the store as in another purchase' }),
  send: z.boolean().default(true).meta({ description: 'also for what happens to the purchase later' }),
  to: z.url().optional(),
})
const replaySchema = z.strictObject({
  order: z.array(id).min(1).max(200).meta({ description: 'ids of notifications' }),
  duplicates: z.int().min(0).max(50).default(0).meta({ description: 'how often each is sent again' }),
  to: z.url().optional(),
})
const notifySchema = z.strictObject({
  type: z.string().min(1),
  subtype: z.string().optional(),
  purchase: id.optional(),
  transaction: id.optional(),
  environment,
  ...sending,
})

/** By route and body, for `GET /_sim`. */
export const APP_STORE_CONTROLS = {
  'POST /_sim/app-store/buy':
    'what a phone holds after a purchase: {product, account_token?, environment?, offer?: free_trial, family?, grace_days?: 0|3|16|28, purchase?: an ended one, app_transaction_id?, send?, to?}',
  'POST /_sim/app-store/{renew|recover|revoke|cancel}': '{purchase, send?, to?}',
  'POST /_sim/app-store/fail': 'the renewal, now or when it is due: {purchase, grace_days?, when?: now|due, send?, to?}',
  'POST /_sim/app-store/refund': '{transaction, percentage?, send?, to?}; reverse takes it back: {transaction, send?, to?}',
  'POST /_sim/app-store/{upgrade|downgrade}': '{purchase, product, send?, to?}',
  'POST /_sim/app-store/consent': 'to the price after a trial: {purchase, accepted, send?, to?}',
  'POST /_sim/app-store/auto-renew': '{purchase, on, send?, to?}',
  'POST /_sim/app-store/expire': 'now: {purchase, reason?: VOLUNTARY|BILLING_RETRY|PRICE_INCREASE|PRODUCT_NOT_FOR_SALE, send?, to?}',
  'POST /_sim/app-store/extend': '{purchase, days, send?, to?}',
  'POST /_sim/app-store/notify': 'any other notification: {type, subtype?, purchase?, transaction?, environment?, send?, to?}',
  'POST /_sim/app-store/replay': 'notifications again, in any order: {order: [notification_id], duplicates?, to?}',
  'POST /_sim/app-store/sign': 'any claims, signed in any way: {claims, chain?: good|wrong_leaf_oid|…}',
  'POST /_sim/app-store/approval': 'whether production knows the app: {approved, for?: transaction id}; else it answers 401',
  'GET /_sim/app-store/purchases/{id}': 'a purchase as it is, and in `held` every transaction of it as a phone holds it',
  'GET /_sim/app-store/notifications': 'what was sent or dropped, oldest first: ?purchase=',
}

interface Options {
  purchases: Purchases
  notices: Notices
  signer: AppleSigner
  approve: (input: { approved: boolean; for?: string | undefined }) => void
}

export function createControl({ purchases, notices, signer, approve }: Options) {
  const control = createHost().basePath('/app-store')

  function purchaseOf(purchaseId: string): Purchase {
    const purchase = purchases.get(purchaseId) ?? purchases.findTransaction(purchaseId)?.purchase
    if (!purchase) throw new Refusal(404, { error: 'no such purchase' })
    return purchase
  }

  /** Tells the Worker, and answers with what a phone holds now. */
  async function tell(
    c: Context,
    purchase: Purchase,
    happenings: Happening[],
    options: { send?: boolean | undefined; to?: string | undefined },
  ) {
    const told: Notice[] = []
    for (const happening of happenings) told.push(await notices.announce(happening, options))
    const about = told[0]
    const latest = latestOf(purchase)
    const pair = about ?? (await notices.signPair(purchase, latest, signingTime(purchase, purchases.now(purchase))))
    return c.json({
      purchase: purchase.id,
      transaction_id: about?.transaction_id ?? latest.id,
      signed_transaction: pair.signed_transaction,
      signed_renewal: pair.signed_renewal,
      notification: about ? describeNotice(about) : null,
      notifications: told.map(describeNotice),
    })
  }

  control.post('/buy', async (c) => {
    const input = await readControl(c, buySchema)
    const type = findProduct(input.product)?.type
    if (!type) throw new Refusal(422, { error: `no such product: ${input.product}` })
    const transactionId = purchases.nextId()
    const purchase: Purchase = input.purchase
      ? purchaseOf(input.purchase)
      : {
          id: transactionId,
          environment: input.environment,
          type,
          // A member of a family buys nothing, so the app names no account.
          account_token: input.family ? null : (input.account_token ?? null),
          ownership: input.family ? 'FAMILY_SHARED' : 'PURCHASED',
          app_transaction_id: input.app_transaction_id ?? `7${randomUUID().replace(/\D/g, '').padEnd(17, '0').slice(0, 17)}`,
          transactions: [],
          anchor_at: new Date(0),
          next_product_id: input.product,
          auto_renew: true,
          consent: null,
          is_failing: false,
          grace_days: input.grace_days,
          retry: null,
          ended: null,
          is_sent: input.send,
          to: input.to ?? null,
          last_signed_ms: 0,
        }
    const order = { product: input.product, at: purchases.now(purchase), isTrial: input.offer === 'free_trial' }
    const happenings = life.open(purchase, order, () => purchases.nextId())
    purchases.add(purchase)
    return tell(c, purchase, happenings, { send: input.send, to: input.to })
  })

  /** A route for what happens to a purchase at its own time. */
  function happen<T extends z.ZodType<{ purchase: string; send?: boolean | undefined; to?: string | undefined }>>(
    path: string,
    schema: T,
    act: (purchase: Purchase, at: Date, input: z.output<T>) => Happening[],
  ) {
    control.post(path, async (c) => {
      const input = await readControl(c, schema)
      const purchase = purchaseOf(input.purchase)
      return tell(c, purchase, act(purchase, purchases.now(purchase), input), input)
    })
  }

  const plain = z.strictObject(ofPurchase)
  happen('/renew', plain, (purchase, at) => life.renew(purchase, at, purchases.nextId))
  happen('/recover', plain, (purchase, at) => life.recover(purchase, at, purchases.nextId))
  happen('/revoke', plain, life.revoke)
  happen('/cancel', plain, (purchase, at) => life.setAutoRenew(purchase, false, at))
  happen('/auto-renew', z.strictObject({ ...ofPurchase, on: z.boolean() }), (purchase, at, { on }) => life.setAutoRenew(purchase, on, at))
  happen(
    '/fail',
    z.strictObject({ ...ofPurchase, grace_days: days.optional(), when: z.enum(['now', 'due']).default('now') }),
    (purchase, at, { grace_days = purchase.grace_days, when }) => {
      purchase.grace_days = grace_days
      purchase.is_failing = true
      return when === 'due' ? [] : life.fail(purchase, at)
    },
  )
  happen('/upgrade', z.strictObject({ ...ofPurchase, product }), (purchase, at, input) =>
    life.upgrade(purchase, input.product, at, purchases.nextId),
  )
  happen('/downgrade', z.strictObject({ ...ofPurchase, product }), (purchase, at, input) => life.downgrade(purchase, input.product, at))
  happen('/consent', z.strictObject({ ...ofPurchase, accepted: z.boolean() }), (purchase, at, { accepted }) =>
    life.consent(purchase, accepted, at),
  )
  happen('/expire', z.strictObject({ ...ofPurchase, reason: z.enum(endReasons).default('VOLUNTARY') }), (purchase, at, { reason }) =>
    life.expire(purchase, reason, at),
  )
  happen('/extend', z.strictObject({ ...ofPurchase, days: days.min(1) }), (purchase, at, input) => life.extend(purchase, input.days, at))

  function refunded(transactionId: string) {
    const found = purchases.findTransaction(transactionId)
    if (!found) throw new Refusal(404, { error: 'no such transaction' })
    return found
  }
  control.post('/refund', async (c) => {
    const { percentage, ...input } = await readControl(
      c,
      z.strictObject({ ...ofTransaction, percentage: z.int().min(1).max(100).default(100) }),
    )
    const { purchase, transaction } = refunded(input.transaction)
    return tell(c, purchase, life.refund(purchase, transaction, percentage, purchases.now(purchase)), input)
  })
  control.post('/reverse', async (c) => {
    const input = await readControl(c, z.strictObject(ofTransaction))
    const { purchase, transaction } = refunded(input.transaction)
    return tell(c, purchase, life.reverse(purchase, transaction, purchases.now(purchase)), input)
  })

  control.post('/notify', async (c) => {
    const { type, subtype, environment: where, ...input } = await readControl(c, notifySchema)
    const found = input.transaction ? refunded(input.transaction) : null
    const purchase = found?.purchase ?? (input.purchase ? purchaseOf(input.purchase) : null)
    const at = purchase ? purchases.now(purchase) : new Date()
    const happening = { type, ...(subtype && { subtype }), at, purchase, ...(found && { transaction: found.transaction }) }
    return c.json({ notification: describeNotice(await notices.announce(happening, { ...input, environment: where })) })
  })
  control.post('/replay', async (c) => {
    const { order, duplicates, to } = await readControl(c, replaySchema)
    const wanted = order.map((one) => {
      const notice = notices.find(one)
      if (!notice) throw new Refusal(404, { error: `no such notification: ${one}` })
      return notice
    })
    const deliveries: object[] = []
    for (const notice of wanted)
      for (let i = 0; i <= duplicates; i++) {
        await notices.attempt(notice, notice.purchase ? purchases.now(notice.purchase) : new Date(), to)
        deliveries.push({ notification_id: notice.id, delivery: notice.delivery })
      }
    return c.json({ deliveries })
  })
  control.post('/sign', async (c) => {
    const { claims, chain } = await readControl(c, z.strictObject({ claims: z.looseObject({}), chain: chainSchema }))
    return c.json({ jws: await signer.sign(claims, chain) })
  })
  control.post('/approval', async (c) => {
    const input = await readControl(c, z.strictObject({ approved: z.boolean(), for: id.optional() }))
    approve(input)
    return c.json(input)
  })

  control.get('/purchases/:id', async (c) => {
    const purchase = purchaseOf(c.req.param('id'))
    const held: object[] = []
    for (const transaction of purchase.transactions) {
      const signed = await notices.signPair(purchase, transaction, signingTime(purchase, purchases.now(purchase)))
      held.push({ transaction_id: transaction.id, ...signed })
    }
    return c.json({ ...purchase, status: statusOf(purchase), held })
  })
  control.get('/notifications', (c) => {
    const of = c.req.query('purchase')
    const listed = notices.list().filter(({ purchase }) => of === undefined || purchase?.id === of)
    return c.json({ notifications: listed.map(describeNotice) })
  })

  return control
}

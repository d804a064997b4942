import type { Context } from 'hono'
import { z } from 'zod'
import { workerVars } from '../../credentials.ts'
import { type GoogleOauth, PLAY_SCOPE } from '../google-oauth.ts'
import { createHost, Refusal } from '../vendor.ts'
import { looksLikeToken, type Purchase } from './purchase.ts'
import type { Store } from './store.ts'
import { goodsWire, subscriptionWire, voidedWire } from './wire.ts'

const BASE = '/androidpublisher/v3/applications/:app/purchases'
const PAGE_MAX = 1_000

const acknowledgeSchema = z.strictObject({
  developerPayload: z.string().optional(),
  externalAccountIds: z.strictObject({ obfuscatedAccountId: z.string().max(64).optional() }).optional(),
})
const voidedQuery = z.object({
  type: z.enum(['0', '1']).default('0'),
  startTime: z.coerce.number().int().default(0),
  endTime: z.coerce.number().int().default(8.64e15),
  maxResults: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_MAX),
  token: z.coerce.number().int().default(0),
})

/** The part of the Developer API that reads and acknowledges purchases. https://developers.google.com/android-publisher/api-ref/rest */
export function createApi({ store, oauth }: { store: Store; oauth: GoogleOauth }) {
  const host = createHost()
  host.use(`${BASE}/*`, async (c, next) => {
    if (!oauth.allows(c, PLAY_SCOPE)) throw refusal(401, 'authError', 'Request had invalid authentication credentials.')
    if (c.req.param('app') !== workerVars.ANDROID_APP_ID)
      throw refusal(404, 'applicationNotFound', 'No application was found for the given package name.')
    await next()
  })

  function find<K extends Purchase['kind']>(c: Context, token: string, kind: K): Extract<Purchase, { kind: K }> {
    if (!looksLikeToken(token)) throw refusal(400, 'invalid', 'Invalid Value')
    const purchase = store.find(token)
    if (purchase === 'gone')
      throw refusal(
        410,
        'purchaseTokenNoLongerValid',
        'The purchase token is no longer valid, because the subscription is over for too long.',
      )
    if (purchase?.kind !== kind) throw refusal(404, 'purchaseTokenNotFound', 'The purchase token was not found.')
    return purchase as Extract<Purchase, { kind: K }>
  }

  host.get(`${BASE}/subscriptionsv2/tokens/:token`, (c) => c.json(subscriptionWire(find(c, c.req.param('token'), 'subscription'))))
  host.get(`${BASE}/productsv2/tokens/:token`, (c) => c.json(goodsWire(find(c, c.req.param('token'), 'product'))))
  host.post(`${BASE}/subscriptions/:product/tokens/:call`, (c) => acknowledge(c, 'subscription'))
  host.post(`${BASE}/products/:product/tokens/:call`, (c) => acknowledge(c, 'product'))

  async function acknowledge(c: Context, kind: Purchase['kind']) {
    const [, token = '', action] = /^(.*):(\w+)$/.exec(c.req.param('call') ?? '') ?? []
    if (action !== 'acknowledge') throw refusal(404, 'notFound', 'Not Found')
    const body = acknowledgeSchema.safeParse(JSON.parse((await c.req.text()) || '{}'))
    if (!body.success) throw refusal(400, 'invalid', 'Invalid JSON payload received.')
    const purchase: Purchase = find(c, token, kind)
    const product_id = purchase.kind === 'subscription' ? purchase.plan.product_id : purchase.product_id
    if (product_id !== c.req.param('product')) throw refusal(400, 'invalid', 'The product does not match the purchase token.')
    const isOwned = ['PURCHASED', 'ACTIVE', 'IN_GRACE_PERIOD', 'CANCELED'].includes(purchase.state)
    if (!isOwned && !purchase.is_acknowledged)
      throw refusal(400, 'invalid', 'The purchase is not in a valid state to perform the desired operation.')
    purchase.is_acknowledged = true
    purchase.acknowledgements += 1
    purchase.account_id ??= body.data.externalAccountIds?.obfuscatedAccountId ?? null
    return c.body(null, 204)
  }

  host.get(`${BASE}/voidedpurchases`, (c) => {
    const query = voidedQuery.safeParse(c.req.query())
    if (!query.success) throw refusal(400, 'invalid', 'Invalid Value')
    const { type, startTime, endTime, maxResults, token: offset } = query.data
    const all = store
      .list()
      .filter(({ kind }) => kind === 'product' || type === '1')
      .flatMap(voidedWire)
      .filter(({ voidedTimeMillis: at }) => Number(at) >= startTime && Number(at) <= endTime)
    const page = all.slice(offset, offset + maxResults)
    const isLast = offset + maxResults >= all.length
    return c.json({
      ...(!isLast && { tokenPagination: { nextPageToken: String(offset + maxResults) } }),
      ...(page.length > 0 && { voidedPurchases: page }),
    })
  })
  return host
}

function refusal(code: 400 | 401 | 404 | 410, reason: string, message: string): Refusal {
  return new Refusal(code, { error: { code, message, errors: [{ message, domain: 'androidpublisher', reason }] } })
}

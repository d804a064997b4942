import { createPublicKey } from 'node:crypto'
import type { Context } from 'hono'
import { jwtVerify } from 'jose'
import { z } from 'zod'
import { workerVars } from '../../credentials.ts'
import { createHost, readAuthorization, Refusal } from '../vendor.ts'
import { APP_ID } from './claims.ts'
import type { Notices } from './notices.ts'
import { type Environment, latestOf, type Purchase, type Purchases, signingTime, statusOf, type Transaction } from './purchases.ts'

const TOKEN_SEC_MAX = 3_600
const HISTORY_MS = 180 * 86_400_000
const PAGE = 20
const publicKey = createPublicKey(workerVars.APP_STORE_PRIVATE_KEY)

const historySchema = z.object({
  startDate: z.int(),
  endDate: z.int(),
  notificationType: z.string().optional(),
  notificationSubtype: z.string().optional(),
  transactionId: z.string().optional(),
  onlyFailures: z.boolean().optional(),
})

interface Options {
  environment: Environment
  purchases: Purchases
  notices: Notices
  /** Whether the store has approved a version of the app, as far as a transaction is concerned. */
  isApproved: (transactionId?: string) => boolean
}

/** The App Store Server API of one environment. It knows nothing of the purchases of the other. */
export function createApi({ environment, purchases, notices, isApproved }: Options) {
  const host = createHost()

  async function authorize(c: Context, transactionId?: string) {
    const isKnown = environment === 'Sandbox' || isApproved(transactionId)
    if (!isKnown || !(await isOurs(readAuthorization(c, 'Bearer') ?? ''))) throw new Refusal(401, null)
  }

  function find(id: string) {
    if (!/^\d{1,20}$/.test(id)) throw refusal(400, 4_000_006, 'Invalid transaction id.')
    const found = purchases.findTransaction(id)
    if (found?.purchase.environment !== environment) throw refusal(404, 4_040_010, 'Transaction id not found.')
    return found
  }

  const sign = (purchase: Purchase, transaction: Transaction) =>
    notices.signPair(purchase, transaction, signingTime(purchase, purchases.now(purchase)))

  host.get('/inApps/v1/subscriptions/:id', async (c) => {
    const id = c.req.param('id')
    await authorize(c, id)
    const { purchase } = find(id)
    const wanted = c.req.queries('status')?.map(Number)
    const status = statusOf(purchase)
    const pair = await sign(purchase, latestOf(purchase))
    const isListed = pair.signed_renewal !== null && (!wanted || wanted.includes(status))
    const last = {
      status,
      originalTransactionId: purchase.id,
      signedTransactionInfo: pair.signed_transaction,
      signedRenewalInfo: pair.signed_renewal,
    }
    return c.json({
      environment,
      bundleId: workerVars.APP_STORE_BUNDLE_ID,
      ...(environment === 'Production' && { appAppleId: APP_ID }),
      data: isListed ? [{ subscriptionGroupIdentifier: '21412345', lastTransactions: [last] }] : [],
    })
  })

  host.get('/inApps/v1/transactions/:id', async (c) => {
    const id = c.req.param('id')
    await authorize(c, id)
    const { purchase, transaction } = find(id)
    return c.json({ signedTransactionInfo: (await sign(purchase, transaction)).signed_transaction })
  })

  host.post('/inApps/v1/notifications/history', async (c) => {
    await authorize(c)
    const parsed = historySchema.safeParse(await c.req.json().catch(() => null))
    if (!parsed.success) throw refusal(400, 4_000_001, 'Invalid request.')
    const { startDate, endDate, notificationType, notificationSubtype, transactionId, onlyFailures } = parsed.data
    if (startDate < Date.now() - HISTORY_MS) throw refusal(400, 4_000_012, 'The start date is too far in the past.')
    if (endDate <= startDate) throw refusal(400, 4_000_015, 'The end date is before the start date.')
    const from = Number(c.req.query('paginationToken') ?? 0)
    if (!Number.isInteger(from) || from < 0) throw refusal(400, 4_000_016, 'Invalid pagination token.')
    const found = notices.list().filter((notice) => {
      const at = notice.signed_at.getTime()
      if (notice.environment !== environment || at < startDate || at > endDate) return false
      if (onlyFailures && notice.attempts.some(({ result }) => result === 'SUCCESS')) return false
      if (transactionId && !notice.purchase?.transactions.some(({ id }) => id === transactionId)) return false
      if (notificationType !== undefined && notificationType !== notice.type) return false
      return notificationSubtype === undefined || notificationSubtype === notice.subtype
    })
    const hasMore = found.length > from + PAGE
    return c.json({
      hasMore,
      ...(hasMore && { paginationToken: String(from + PAGE) }),
      notificationHistory: found.slice(from, from + PAGE).map(({ signed_payload, attempts }) => ({
        signedPayload: signed_payload,
        sendAttempts: attempts.map(({ at, result }) => ({ attemptDate: at.getTime(), sendAttemptResult: result })),
      })),
    })
  })

  host.notFound(() => new Response('Not Found', { status: 404 }))
  return host
}

/** A JWT of the team's key for the API. */
async function isOurs(token: string): Promise<boolean> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, publicKey, {
      algorithms: ['ES256'],
      issuer: workerVars.APP_STORE_ISSUER_ID,
      audience: 'appstoreconnect-v1',
      requiredClaims: ['iat', 'exp'],
    })
    if (protectedHeader.kid !== workerVars.APP_STORE_KEY_ID || payload['bid'] !== workerVars.APP_STORE_BUNDLE_ID) return false
    return payload.exp! - payload.iat! <= TOKEN_SEC_MAX
  } catch {
    return false
  }
}

function refusal(status: 400 | 404, errorCode: number, errorMessage: string): Refusal {
  return new Refusal(status, { errorCode, errorMessage })
}

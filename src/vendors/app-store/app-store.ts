import { importPKCS8, SignJWT } from 'jose'
import { z } from 'zod'
import { type Answer, exchangePatiently, type Fetch, parseAnswer, vendorUnavailable } from '../http.ts'
import type { StoreEnvironment, StoreNotification, StoreRenewal, StoreTransaction } from './claims.ts'
import { createReader, type ReaderConfig } from './reader.ts'

/** Apple's numbers, from 1. There is access while active and in grace. */
const STATUSES = ['active', 'expired', 'billing_retry', 'grace', 'revoked'] as const

export interface StoreSubscription {
  readonly status: (typeof STATUSES)[number]
  /** The latest. */
  readonly transaction: StoreTransaction
  readonly renewal: StoreRenewal
}

interface NotificationsQuery {
  readonly from: Date
  readonly to: Date
  readonly environment: StoreEnvironment
  /** Of the page before. */
  readonly paginationToken?: string | null | undefined
}

export interface AppStore {
  /** Reads a transaction that a phone holds. `null` when Apple did not sign it for this app. */
  readTransaction(jws: string): Promise<StoreTransaction | null>
  /** Reads a server notification. `null` when Apple did not sign it, or what it holds, for this app. */
  readNotification(signedPayload: string): Promise<StoreNotification | null>
  /** How the subscriptions of a transaction stand, any transaction of theirs. `null` when the store does not know it. */
  getSubscription(transactionId: string, environment?: StoreEnvironment): Promise<StoreSubscription[] | null>
  /** A transaction as it is now. `null` when the store does not know it. */
  getTransaction(transactionId: string, environment?: StoreEnvironment): Promise<StoreTransaction | null>
  /** Notifications that Apple has sent or tried to send, a page of them. There is another page while `pagination_token` is not null. */
  listNotifications(query: NotificationsQuery): Promise<{ notifications: StoreNotification[]; pagination_token: string | null }>
}

interface AppStoreConfig extends ReaderConfig {
  readonly APP_STORE_ISSUER_ID: string
  readonly APP_STORE_KEY_ID: string
  /** PKCS 8. Line breaks may be written as `\n`. */
  readonly APP_STORE_PRIVATE_KEY: string
}

const ORIGINS: Readonly<Record<StoreEnvironment, string>> = {
  Production: 'https://api.storekit.apple.com',
  Sandbox: 'https://api.storekit-sandbox.apple.com',
}
const TOKEN_SEC = 300
/** Apple asks to try these again: account, app and transaction not found for now, and an error of Apple's. */
const PASSING_CODES: readonly unknown[] = [4_040_002, 4_040_004, 4_040_006, 5_000_001]
/** Not an id of Apple's, and ids that this environment does not know. */
const MISSING_CODES: readonly unknown[] = [4_000_006, 4_000_008, 4_040_001, 4_040_005, 4_040_010]

const failureSchema = z.object({ errorCode: z.number() })
const transactionSchema = z.object({ signedTransactionInfo: z.string() })
const subscriptionsSchema = z.object({
  data: z.array(
    z.object({
      lastTransactions: z.array(
        z.object({ status: z.int().min(1).max(STATUSES.length), signedTransactionInfo: z.string(), signedRenewalInfo: z.string() }),
      ),
    }),
  ),
})
const historySchema = z.object({
  paginationToken: z.string().optional(),
  hasMore: z.boolean(),
  notificationHistory: z.array(z.object({ signedPayload: z.string() })).default([]),
})

/** What the App Store signs, and its Server API. https://developer.apple.com/documentation/appstoreserverapi */
export function createAppStore({ fetch, now, config }: { fetch: Fetch; now: () => Date; config: AppStoreConfig }): AppStore {
  const reader = createReader({ now, config })

  async function authorization(): Promise<string> {
    const key = await importPKCS8(config.APP_STORE_PRIVATE_KEY.replaceAll('\\n', '\n'), 'ES256')
    const issuedAt = Math.floor(now().getTime() / 1_000)
    const token = await new SignJWT({ bid: config.APP_STORE_BUNDLE_ID })
      .setProtectedHeader({ alg: 'ES256', kid: config.APP_STORE_KEY_ID, typ: 'JWT' })
      .setIssuer(config.APP_STORE_ISSUER_ID)
      .setAudience('appstoreconnect-v1')
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + TOKEN_SEC)
      .sign(key)
    return `Bearer ${token}`
  }

  /** The answer of one environment, or `null` where it knows nothing of what is asked. */
  async function askIn(environment: StoreEnvironment, path: string, body?: object): Promise<Answer | null> {
    const headers = { Authorization: await authorization(), ...(body && { 'Content-Type': 'application/json' }) }
    const init = { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) }
    const makeRequest = () => new Request(`${ORIGINS[environment]}${path}`, init)
    const answer = await exchangePatiently(fetch, 'app store', makeRequest, (it) => PASSING_CODES.includes(codeOf(it)))
    if (answer.status === 404 || answer.status === 400) return MISSING_CODES.includes(codeOf(answer)) ? null : refuse(answer)
    // Production knows no app before the store has approved its first version. Then it has no number either.
    if (answer.status === 401 && environment === 'Production' && config.APPLE_APP_ID === undefined) return null
    if (answer.status === 401)
      console.error(JSON.stringify({ level: 'error', message: 'the app store does not take our key', environment }))
    return answer.status === 200 ? answer : refuse(answer)
  }

  /** Purchases of the sandbox look missing in production. */
  async function askFor(what: string, transactionId: string, environment?: StoreEnvironment): Promise<Answer | null> {
    // Apple's are digits. Another could lead out of the path.
    if (!/^\d{1,30}$/.test(transactionId)) return null
    const path = `/inApps/v1/${what}/${transactionId}`
    if (environment) return askIn(environment, path)
    return (await askIn('Production', path)) ?? askIn('Sandbox', path)
  }

  return {
    readTransaction: reader.readTransaction,
    readNotification: reader.readNotification,

    async getSubscription(transactionId, environment) {
      const answer = await askFor('subscriptions', transactionId, environment)
      if (!answer) return null
      const { data } = parseAnswer('app store', subscriptionsSchema, answer)
      const subscriptions: StoreSubscription[] = []
      // One after another, so that the first leaves its chain to the others.
      for (const { status, ...signed } of data.flatMap(({ lastTransactions }) => lastTransactions)) {
        const pair = await reader.readPair(signed)
        if (!pair?.transaction || !pair.renewal) throw notGenuine()
        subscriptions.push({ status: STATUSES[status - 1]!, transaction: pair.transaction, renewal: pair.renewal })
      }
      return subscriptions
    },

    async getTransaction(transactionId, environment) {
      const answer = await askFor('transactions', transactionId, environment)
      if (!answer) return null
      const transaction = await reader.readTransaction(parseAnswer('app store', transactionSchema, answer).signedTransactionInfo)
      if (!transaction) throw notGenuine()
      return transaction
    },

    async listNotifications({ from, to, environment, paginationToken }) {
      const query = paginationToken ? `?${new URLSearchParams({ paginationToken })}` : ''
      const body = { startDate: from.getTime(), endDate: to.getTime() }
      const answer = await askIn(environment, `/inApps/v1/notifications/history${query}`, body)
      if (!answer) return { notifications: [], pagination_token: null }
      const page = parseAnswer('app store', historySchema, answer)
      const notifications: StoreNotification[] = []
      for (const { signedPayload } of page.notificationHistory) {
        const notification = await reader.readNotification(signedPayload)
        // One that cannot be read must not hide the others for ever. The reader has logged it.
        if (notification) notifications.push(notification)
      }
      return { notifications, pagination_token: page.hasMore ? (page.paginationToken ?? null) : null }
    },
  }
}

const codeOf = ({ body }: Answer) => failureSchema.safeParse(body).data?.errorCode

function refuse(answer: Answer): never {
  throw vendorUnavailable({ cause: new Error(`app store answered ${answer.status} ${codeOf(answer) ?? ''}`) })
}

const notGenuine = () => vendorUnavailable({ cause: new Error('app store answered with a signature that is not its own') })

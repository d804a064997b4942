import type { z } from 'zod'
import {
  notificationSchema,
  renewalSchema,
  type StoreNotification,
  type StoreRenewal,
  type StoreTransaction,
  toRenewal,
  toTransaction,
  transactionSchema,
} from './claims.ts'
import { type Signed, verifyJws } from './verify-jws.ts'

export interface ReaderConfig {
  /** DER in base64. */
  readonly APPLE_ROOT_CERTIFICATES: readonly string[]
  readonly APP_STORE_BUNDLE_ID: string
  readonly APPLE_APP_ID?: string | undefined
}

interface SignedPair {
  readonly signedTransactionInfo?: string | undefined
  readonly signedRenewalInfo?: string | undefined
}

/** Reads what Apple signs for the App Store. Everything is `null` that Apple did not sign for this app, or of an environment of Xcode, which it does not sign. */
export function createReader({ now, config }: { now: () => Date; config: ReaderConfig }) {
  async function read<T extends z.ZodType>(what: string, schema: T, jws: string): Promise<(Signed & { claims: z.output<T> }) | null> {
    const signed = await verifyJws({ roots: config.APPLE_ROOT_CERTIFICATES, now: now() }, jws)
    if (!signed) return null
    const { data, error } = schema.safeParse(signed.claims)
    if (data !== undefined) return { ...signed, claims: data }
    // Apple signs other things with the same certificates, and for other apps.
    const fields = error?.issues.map(({ path }) => path.join('.')).join(', ')
    console.warn(JSON.stringify({ level: 'warn', message: `apple signed what is no ${what} we can read`, fields }))
    return null
  }

  async function readTransaction(jws: string): Promise<StoreTransaction | null> {
    const signed = await read('transaction', transactionSchema, jws)
    return signed?.claims.bundleId === config.APP_STORE_BUNDLE_ID ? toTransaction(signed.claims, signed) : null
  }

  /** A renewal names no app, so it counts only beside a transaction or a notification that does. */
  async function readRenewal(jws: string) {
    const signed = await read('renewal', renewalSchema, jws)
    return signed && { ...signed.claims, renewal: toRenewal(signed.claims, signed.signed_at), is_chain_current: signed.is_chain_current }
  }

  /** A transaction and its renewal. `null` when one is there and not genuine, or when they are not of one subscription. */
  async function readPair({ signedTransactionInfo, signedRenewalInfo }: SignedPair) {
    const transaction = signedTransactionInfo === undefined ? undefined : await readTransaction(signedTransactionInfo)
    const renewed = signedRenewalInfo === undefined ? undefined : await readRenewal(signedRenewalInfo)
    if (transaction === null || renewed === null) return null
    if (transaction && renewed) {
      if (transaction.original_transaction_id !== renewed.originalTransactionId) return null
      if (transaction.environment !== renewed.environment) return null
    }
    const environments = [transaction?.environment, renewed?.environment].filter((it) => it !== undefined)
    const is_chain_current = (transaction?.is_chain_current ?? true) && (renewed?.is_chain_current ?? true)
    return { transaction: transaction ?? null, renewal: renewed?.renewal ?? (null as StoreRenewal | null), environments, is_chain_current }
  }

  async function readNotification(signedPayload: string): Promise<StoreNotification | null> {
    const signed = await read('notification', notificationSchema, signedPayload)
    if (!signed) return null
    const { about, data, notificationUUID, notificationType, subtype } = signed.claims
    if (about.bundleId !== config.APP_STORE_BUNDLE_ID) return null
    // The sandbox has no number of the app.
    const isOther = config.APPLE_APP_ID !== undefined && about.appAppleId !== Number(config.APPLE_APP_ID)
    if (about.environment === 'Production' && isOther) return null
    const pair = await readPair(data ?? {})
    if (!pair || pair.environments.some((environment) => environment !== about.environment)) return null
    return {
      notification_id: notificationUUID,
      type: notificationType,
      // Absent or empty where there is none.
      subtype: subtype || null,
      environment: about.environment,
      signed_at: signed.signed_at,
      transaction: pair.transaction,
      renewal: pair.renewal,
      is_chain_current: signed.is_chain_current && pair.is_chain_current,
    }
  }

  return { readTransaction, readPair, readNotification }
}

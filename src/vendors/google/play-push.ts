import { z } from 'zod'
import { fromBase64 } from '../../core/base64.ts'
import type { Fetch } from '../http.ts'
import { type TokenRules, verifyToken } from '../verify-token.ts'
import { instant } from './play-subscription.ts'

export type PlayNotice =
  /** `type` is Google's `notificationType`. It may be one that we do not know. */
  | { readonly kind: 'subscription'; readonly type: number; readonly token: string }
  | { readonly kind: 'product'; readonly type: number; readonly token: string; readonly product_id: string }
  | {
      readonly kind: 'voided'
      readonly token: string
      readonly order_id: string
      readonly product_type: 'subscription' | 'product'
      readonly refund_type: 'full' | 'partial'
    }
  /** Google asks before it refunds. Somebody must answer within 24 hours. */
  | {
      readonly kind: 'refund_review'
      readonly refund_token: string
      readonly order_id: string
      readonly account_id: string | null
      readonly reason: string | null
    }
  | { readonly kind: 'test' }
  /** Of another app, or of a kind that we do not know. */
  | { readonly kind: 'unknown' }

export interface PlayPush {
  /** The same for every delivery of a message. */
  readonly message_id: string
  readonly published_at: Date
  readonly package_name: string | null
  readonly event_at: Date
  readonly notice: PlayNotice
}

interface PushConfig {
  readonly ANDROID_APP_ID?: string | undefined
  readonly PLAY_PUSH_AUDIENCE?: string | undefined
  readonly PLAY_PUSH_ACCOUNT?: string | undefined
}

const KEYS_URL = 'https://www.googleapis.com/oauth2/v3/certs'
/** Google writes both. */
const ISSUERS = ['https://accounts.google.com', 'accounts.google.com']

const envelopeSchema = z.object({
  message: z.object({ messageId: z.string().min(1).max(500), publishTime: instant, data: z.string().default('') }),
})
const type = z.int()
const token = z.string().min(1)
const noticeSchema = z.object({
  packageName: z.string(),
  eventTimeMillis: z.coerce.number().int().min(0).max(8.64e15),
  subscriptionNotification: z.object({ notificationType: type, purchaseToken: token }).optional(),
  oneTimeProductNotification: z.object({ notificationType: type, purchaseToken: token, sku: z.string() }).optional(),
  voidedPurchaseNotification: z
    .object({
      purchaseToken: token,
      orderId: z.string(),
      productType: z.union([z.literal(1), z.literal(2)]),
      refundType: z.int().default(1),
    })
    .optional(),
  pendingRefundReviewNotification: z
    .object({
      pendingRefundToken: token,
      orderId: z.string(),
      refundReason: z.coerce.string().optional(),
      obfuscatedAccountId: z.string().optional(),
    })
    .optional(),
  testNotification: z.unknown().optional(),
})

/** Reads what Pub/Sub pushes for Google Play. `null` when it is not genuine. Throws `vendorUnavailable` when that cannot be checked. */
export async function readPlayPush(
  { fetch, now, config }: { fetch: Fetch; now: () => Date; config: PushConfig },
  authorization: string | undefined,
  body: unknown,
): Promise<PlayPush | null> {
  const { PLAY_PUSH_AUDIENCE: audience, PLAY_PUSH_ACCOUNT: email } = config
  const [, bearer] = /^Bearer (\S+)$/i.exec(authorization ?? '') ?? []
  if (!audience || !email || !bearer) return null
  const rules: TokenRules = {
    vendor: 'google',
    issuers: ISSUERS,
    audiences: [audience],
    algorithms: ['RS256'],
    jwks_url: KEYS_URL,
    required_claims: ['email', 'email_verified'],
  }
  const claims = await verifyToken({ fetch, now }, rules, bearer)
  // Anybody with a service account may have a token for any audience. Only the e-mail tells ours.
  if (claims?.['email'] !== email || claims['email_verified'] !== true) return null
  const envelope = envelopeSchema.safeParse(body)
  if (!envelope.success) return null
  const { messageId, publishTime, data } = envelope.data.message
  const { data: read } = noticeSchema.safeParse(parseData(data))
  return {
    message_id: messageId,
    published_at: publishTime,
    package_name: read?.packageName ?? null,
    event_at: read ? new Date(read.eventTimeMillis) : publishTime,
    notice: read && read.packageName === config.ANDROID_APP_ID ? readNotice(read) : { kind: 'unknown' },
  }
}

function readNotice(read: z.output<typeof noticeSchema>): PlayNotice {
  const { subscriptionNotification: subscription, oneTimeProductNotification: product } = read
  const { voidedPurchaseNotification: voided, pendingRefundReviewNotification: review } = read
  if (subscription) return { kind: 'subscription', type: subscription.notificationType, token: subscription.purchaseToken }
  if (product) return { kind: 'product', type: product.notificationType, token: product.purchaseToken, product_id: product.sku }
  if (voided)
    return {
      kind: 'voided',
      token: voided.purchaseToken,
      order_id: voided.orderId,
      product_type: voided.productType === 1 ? 'subscription' : 'product',
      refund_type: voided.refundType === 2 ? 'partial' : 'full',
    }
  if (review)
    return {
      kind: 'refund_review',
      refund_token: review.pendingRefundToken,
      order_id: review.orderId,
      account_id: review.obfuscatedAccountId ?? null,
      reason: review.refundReason ?? null,
    }
  return { kind: read.testNotification === undefined ? 'unknown' : 'test' }
}

function parseData(data: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(fromBase64(data)))
  } catch {
    return undefined
  }
}

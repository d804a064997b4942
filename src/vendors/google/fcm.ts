import { z } from 'zod'
import type { Fetch } from '../http.ts'
import { createGoogleTokens, type ServiceAccount } from './access-token.ts'

/** A message of FCM's HTTP v1 API; `token` is the device's. */
export interface FcmMessage {
  readonly token: string
  readonly [field: string]: unknown
}

export type SendResult =
  | { readonly outcome: 'sent' }
  /** There was no answer: too late, or the connection broke. FCM may have taken it. */
  | { readonly outcome: 'unknown'; readonly error: string }
  /** FCM did not take it. It may be sent again. */
  | { readonly outcome: 'later'; readonly error: string; readonly retry_after_ms: number | null }
  /** The app is no longer on that device, or the token is not ours. */
  | { readonly outcome: 'unregistered'; readonly error: string }
  /** FCM will never take it. */
  | { readonly outcome: 'refused'; readonly error: string }

export interface Fcm {
  send(message: FcmMessage): Promise<SendResult>
}

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging'
const QUOTA_RETRY_MS = 60_000

const detailSchema = z.looseObject({ '@type': z.string().optional(), errorCode: z.string().optional(), reason: z.string().optional() })
const failureSchema = z.object({
  error: z.object({ message: z.string().optional(), status: z.string().optional(), details: z.array(detailSchema).optional() }),
})

/** Firebase Cloud Messaging, HTTP v1: one call a device. */
export function createFcm({ fetch, now, account }: { fetch: Fetch; now: () => Date; account: ServiceAccount }): Fcm {
  const tokens = createGoogleTokens({ fetch, now, account, scope: SCOPE })
  const url = `https://fcm.googleapis.com/v1/projects/${account.project_id}/messages:send`

  async function call(body: string, accessToken: string) {
    const headers = { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' }
    let response: Response
    try {
      response = await fetch(new Request(url, { method: 'POST', headers, body }))
    } catch (error) {
      // Nothing tells a connection that broke before FCM had the message from one that broke after.
      return { outcome: 'unknown' as const, error: String(error) }
    }
    return read(response, now())
  }

  async function send(body: string): Promise<SendResult> {
    const token = await tokens.get()
    const result = await call(body, token)
    if (result !== 'unauthenticated') return result
    // The key was rotated, or the access token was withdrawn.
    const again = await call(body, await tokens.refresh(token))
    return again === 'unauthenticated' ? { outcome: 'later', error: '401', retry_after_ms: null } : again
  }

  return {
    async send(message) {
      try {
        const result = await send(JSON.stringify({ message }))
        if (result.outcome === 'refused')
          console.error(JSON.stringify({ level: 'error', message: 'fcm refused a message', error: result.error }))
        return result
      } catch (error) {
        // There was no access token, so FCM was not asked.
        return { outcome: 'later', error: String(error), retry_after_ms: null }
      }
    },
  }
}

/** What an answer of FCM means. A token is given up only where FCM itself speaks of the token. */
async function read(response: Response, now: Date): Promise<SendResult | 'unauthenticated'> {
  if (response.ok) {
    await response.body?.cancel().catch(() => {})
    return { outcome: 'sent' }
  }
  const { error: failure } = failureSchema.safeParse(await response.json().catch(() => null)).data ?? {}
  const said = (type: string) => failure?.details?.find((detail) => detail['@type']?.endsWith(type))
  const code = said('.FcmError')?.errorCode ?? null
  const reason = said('.ApnsError')?.reason ?? null
  const error = [response.status, code ?? failure?.status, reason].filter(Boolean).join(' ')
  const retry_after_ms = readRetryAfter(response.headers.get('Retry-After'), now)
  const isTokenDead =
    code === 'UNREGISTERED' ||
    code === 'SENDER_ID_MISMATCH' ||
    reason === 'Unregistered' ||
    reason === 'BadDeviceToken' ||
    (code === 'INVALID_ARGUMENT' && failure?.message?.includes('not a valid FCM registration token'))
  if (isTokenDead) return { outcome: 'unregistered', error }
  if (response.status === 400) return { outcome: 'refused', error }
  if (response.status === 401 && code === null) return 'unauthenticated'
  if (response.status === 429) return { outcome: 'later', error, retry_after_ms: retry_after_ms ?? QUOTA_RETRY_MS }
  // Errors of FCM, and of our own configuration (403, 404 without a code), which somebody will mend.
  return { outcome: 'later', error, retry_after_ms }
}

/** Seconds, or a date. */
function readRetryAfter(header: string | null, now: Date): number | null {
  if (header === null) return null
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now.getTime()
  return Number.isFinite(ms) ? Math.max(0, ms) : null
}

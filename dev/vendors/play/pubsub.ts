import { randomInt } from 'node:crypto'
import { z } from 'zod'
import { workerVars } from '../../credentials.ts'
import { createSigner } from '../signing.ts'
import { notify, nowSeconds } from '../vendor.ts'
import type { Happening } from './purchase.ts'

/** What a verifier must refuse. `other_issuer` is genuine: Google writes its name in two ways. */
export const variantSchema = z
  .enum(['genuine', 'wrong_email', 'wrong_aud', 'expired', 'other_issuer', 'unverified', 'wrong_key'])
  .default('genuine')
type Variant = z.output<typeof variantSchema>

/** A notice as Pub/Sub pushes it. */
export interface Notice {
  readonly token: string
  readonly event: string
  readonly at: Date
  readonly message_id: string
  readonly authorization: string
  readonly body: object
  /** The Worker's answers. Status 0 is none. */
  readonly answers: { status: number; body: string }[]
}

export interface Delivery {
  readonly send: boolean
  readonly to?: string | undefined
  readonly variant?: Variant
  readonly package_name?: string | undefined
  readonly message_id?: string | undefined
}

const AUDIENCE = workerVars.PLAY_PUSH_AUDIENCE
const ACCOUNT = workerVars.PLAY_PUSH_ACCOUNT
const SUBJECT = '113774264463038321964'
const DEADLINE_MS = 10_000
const TRIES_MAX = 5
const ACCEPTED: ReadonlySet<number> = new Set([102, 200, 201, 202, 204])

/** Google Cloud Pub/Sub, as far as Google Play uses it: at least once, in any order. */
export async function createPubSub({ workerUrl }: { workerUrl: string }) {
  const signer = await createSigner()
  const notices = new Map<string, Notice[]>()
  const undelivered = new Map<Notice, Delivery>()
  let count = randomInt(1e12) * 1_000

  async function authorize(at: Date, variant: Variant): Promise<string> {
    const now = nowSeconds()
    const claims = {
      iss: variant === 'other_issuer' ? 'accounts.google.com' : 'https://accounts.google.com',
      aud: variant === 'wrong_aud' ? 'https://api.example.com/payments/webhook/google' : AUDIENCE,
      azp: SUBJECT,
      sub: SUBJECT,
      email: variant === 'wrong_email' ? 'somebody@another-project.iam.gserviceaccount.com' : ACCOUNT,
      email_verified: variant !== 'unverified',
      iat: now,
      // A test may have moved the Worker's time along with Google's, so the token is good at both.
      exp: variant === 'expired' ? Math.min(now, seconds(at)) - 3_600 : Math.max(now, seconds(at)) + 3_600,
    }
    return `Bearer ${await signer.sign(claims, variant === 'wrong_key' ? 'wrong_key' : 'rs256')}`
  }

  async function deliver(notice: Notice, delivery: Delivery): Promise<void> {
    const headers = { 'Content-Type': 'application/json', Authorization: notice.authorization }
    const request = new Request(delivery.to ?? `${workerUrl}/payments/webhook/google`, {
      method: 'POST',
      headers,
      body: JSON.stringify(notice.body),
    })
    const answer = await notify(request, DEADLINE_MS)
    notice.answers.push(answer)
    if (ACCEPTED.has(answer.status) || notice.answers.length >= TRIES_MAX) undelivered.delete(notice)
    else undelivered.set(notice, delivery)
  }

  return {
    jwks: signer.jwks,
    of: (token: string): readonly Notice[] => notices.get(token) ?? [],

    async publish({ token, event, at, notice: part }: Happening & { notice: object }, delivery: Delivery): Promise<Notice> {
      const message_id = delivery.message_id ?? String(++count)
      const content = {
        version: '1.0',
        packageName: delivery.package_name ?? workerVars.ANDROID_APP_ID,
        eventTimeMillis: String(at.getTime()),
        ...part,
      }
      const time = at.toISOString()
      const data = Buffer.from(JSON.stringify(content)).toString('base64')
      const body = {
        message: { attributes: {}, data, messageId: message_id, message_id, publishTime: time, publish_time: time },
        subscription: 'projects/withbowwow-dev/subscriptions/play-notices',
      }
      const authorization = await authorize(at, delivery.variant ?? 'genuine')
      const notice: Notice = { token, event, at, message_id, authorization, body, answers: [] }
      notices.set(token, [...(notices.get(token) ?? []), notice])
      if (delivery.send) await deliver(notice, delivery)
      return notice
    },

    deliver,

    /** Sends again what the Worker has not taken, a few times at most. */
    async redeliver(isMeant: (token: string) => boolean): Promise<Notice[]> {
      const due = [...undelivered].filter(([{ token }]) => isMeant(token))
      for (const [notice, delivery] of due) await deliver(notice, delivery)
      return due.map(([notice]) => notice)
    },

    reset() {
      notices.clear()
      undelivered.clear()
    },
  }
}

export type PubSub = Awaited<ReturnType<typeof createPubSub>>

const seconds = (at: Date) => Math.floor(at.getTime() / 1_000)

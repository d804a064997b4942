import { z } from 'zod'
import { type Answer, exchange, type Fetch, parseAnswer, vendorUnavailable } from '../http.ts'
import { createGoogleTokens, type ServiceAccount } from './access-token.ts'
import { type PlayProduct, playProductSchema, type PlayVoided, playVoidedSchema } from './play-goods.ts'
import { type PlayPush, readPlayPush } from './play-push.ts'
import { type PlaySubscription, playSubscriptionSchema } from './play-subscription.ts'

type Found<T> =
  | { readonly found: true; readonly read: T }
  /** `gone`: Google forgets a subscription 60 days after it is over. `malformed`: it never was a token. */
  | { readonly found: false; readonly reason: 'missing' | 'gone' | 'malformed' }

/** `conflict`: the purchase is not in a state for it, or is changing. What it is now must be read again: it may be acknowledged already. */
type Acknowledgement = 'done' | 'conflict' | 'gone'

/** Each throws `vendorUnavailable` when Google does not answer as expected, and when no app or service account is configured. */
export interface Play {
  findSubscription(token: string): Promise<Found<PlaySubscription>>
  findProduct(token: string): Promise<Found<PlayProduct>>
  /** Google refunds a purchase that is not acknowledged within three days. Doing it twice is harmless. */
  acknowledgeSubscription(product_id: string, token: string): Promise<Acknowledgement>
  acknowledgeProduct(product_id: string, token: string): Promise<Acknowledgement>
  /** Orders of the last 30 days whose money went back between `from` and `to`, of subscriptions too. */
  listVoided(of: { readonly from: Date; readonly to: Date; readonly pageToken?: string | undefined }): Promise<VoidedPage>
  /** `null` when the push is not genuine, or nobody has configured who pushes. */
  readPush(authorization: string | undefined, body: unknown): Promise<PlayPush | null>
}

interface VoidedPage {
  readonly voided: readonly PlayVoided[]
  readonly next_page_token: string | null
}

interface PlayConfig {
  readonly ANDROID_APP_ID?: string | undefined
  readonly PLAY_SERVICE_ACCOUNT?: ServiceAccount | undefined
  readonly PLAY_PUSH_AUDIENCE?: string | undefined
  readonly PLAY_PUSH_ACCOUNT?: string | undefined
}

const SCOPE = 'https://www.googleapis.com/auth/androidpublisher'
const API = 'https://androidpublisher.googleapis.com/androidpublisher/v3/applications'
const ABSENCES: Readonly<Record<number, 'missing' | 'gone' | 'malformed'>> = { 404: 'missing', 410: 'gone', 400: 'malformed' }

const failureSchema = z.object({ error: z.object({ errors: z.array(z.object({ reason: z.string().optional() })).optional() }) })

/** Google Play's Developer API. https://developers.google.com/android-publisher */
export function createPlay({ fetch, now, config }: { fetch: Fetch; now: () => Date; config: PlayConfig }): Play {
  const { ANDROID_APP_ID: app, PLAY_SERVICE_ACCOUNT: account } = config
  const tokens = account && createGoogleTokens({ fetch, now, account, scope: SCOPE })

  async function ask(path: string, body?: object): Promise<Answer> {
    if (!app || !tokens) throw vendorUnavailable({ cause: new Error('ANDROID_APP_ID or PLAY_SERVICE_ACCOUNT is not configured') })
    const call = (accessToken: string) => {
      const headers = { Authorization: `Bearer ${accessToken}`, ...(body && { 'Content-Type': 'application/json' }) }
      const init = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers }
      return exchange(fetch, 'google play', new Request(`${API}/${app}/purchases/${path}`, init))
    }
    const accessToken = await tokens.get()
    const answer = await call(accessToken)
    // The key was rotated, or the access token was withdrawn.
    return answer.status === 401 ? call(await tokens.refresh(accessToken)) : answer
  }

  async function find<T extends z.ZodType>(schema: T, path: string): Promise<Found<z.output<T>>> {
    const answer = await ask(path)
    const reason = isAboutApp(answer) ? undefined : ABSENCES[answer.status]
    return reason ? { found: false, reason } : { found: true, read: parseAnswer('google play', schema, answer) }
  }

  async function acknowledge(path: string): Promise<Acknowledgement> {
    const answer = await ask(`${path}:acknowledge`, {})
    const { status } = answer
    if (status >= 200 && status < 300) return 'done'
    if (status === 409 || status === 400) return 'conflict'
    if (status === 410 || (status === 404 && !isAboutApp(answer))) return 'gone'
    throw vendorUnavailable({ cause: new Error(`google play did not acknowledge: ${status}`) })
  }

  return {
    findSubscription: (token) => find(playSubscriptionSchema, `subscriptionsv2/tokens/${encodeURIComponent(token)}`),
    findProduct: (token) => find(playProductSchema, `productsv2/tokens/${encodeURIComponent(token)}`),
    acknowledgeSubscription: (product_id, token) =>
      acknowledge(`subscriptions/${encodeURIComponent(product_id)}/tokens/${encodeURIComponent(token)}`),
    acknowledgeProduct: (product_id, token) =>
      acknowledge(`products/${encodeURIComponent(product_id)}/tokens/${encodeURIComponent(token)}`),

    async listVoided({ from, to, pageToken }) {
      const query = new URLSearchParams({
        // Without it Google leaves out subscriptions.
        type: '1',
        startTime: String(from.getTime()),
        endTime: String(to.getTime()),
        ...(pageToken !== undefined && { token: pageToken }),
      })
      return parseAnswer('google play', playVoidedSchema, await ask(`voidedpurchases?${query}`))
    },

    readPush: (authorization, body) => readPlayPush({ fetch, now, config }, authorization, body),
  }
}

/** Whether Google does not know the app. That is our own mistake, and says nothing about the purchase. */
function isAboutApp({ status, body }: Answer): boolean {
  return status === 404 && (failureSchema.safeParse(body).data?.error.errors ?? []).some(({ reason }) => reason === 'applicationNotFound')
}

import { z } from 'zod'
import { type Answer, exchange, exchangePatiently, type Fetch, parseAnswer, postForm, vendorUnavailable } from '../http.ts'
import { couldBeGrant, type SocialLogin, socialLoginRejected } from '../social.ts'

type NaverCredentials = { readonly code: string; readonly state: string } | { readonly access_token: string }
export type NaverLogin = SocialLogin<NaverCredentials>

interface NaverConfig {
  readonly NAVER_CLIENT_ID: string
  readonly NAVER_CLIENT_SECRET: string
}

/** Errors of Naver's own, which it may send with status 200. */
const PASSING_ERRORS: ReadonlySet<string> = new Set(['server_error', 'temporarily_unavailable', '500'])
/** Naver refuses our client, and not the person who logs in. */
const OUR_ERRORS: ReadonlySet<string> = new Set(['unauthorized_client', 'invalid_client'])
/** Authentication failed, header missing, not permitted. */
const REJECTING_CODES: ReadonlySet<string> = new Set(['024', '028', '403'])

const grantSchema = z.object({ access_token: z.string().min(1), refresh_token: z.string().min(1).optional() })
const profileSchema = z.object({ resultcode: z.literal('00'), response: z.object({ id: z.string().min(1).max(100) }) })
const failureSchema = z.object({
  error: z.string().optional(),
  resultcode: z.string().optional(),
  errorCode: z.string().optional(), // the spelling of the gateway in front of the API
})

export function createNaverLogin({ fetch, config }: { fetch: Fetch; config: NaverConfig }): NaverLogin {
  const client = { client_id: config.NAVER_CLIENT_ID, client_secret: config.NAVER_CLIENT_SECRET }

  async function redeemCode(code: string, state: string): Promise<z.infer<typeof grantSchema>> {
    const form = () => postForm('https://nid.naver.com/oauth2.0/token', { grant_type: 'authorization_code', ...client, code, state })
    const answer = await exchangePatiently(fetch, 'naver', form, isPassing)
    const error = readFailure(answer)
    if (error && answer.status < 500 && !PASSING_ERRORS.has(error) && !OUR_ERRORS.has(error)) throw socialLoginRejected()
    return parseAnswer('naver', grantSchema, answer)
  }

  async function findId(access_token: string): Promise<string> {
    const request = () => new Request('https://openapi.naver.com/v1/nid/me', { headers: { Authorization: `Bearer ${access_token}` } })
    const answer = await exchangePatiently(fetch, 'naver', request, isPassing)
    if (answer.status < 500 && REJECTING_CODES.has(readFailure(answer))) throw socialLoginRejected()
    return parseAnswer('naver', profileSchema, answer).response.id
  }

  return {
    async identify(credentials) {
      if (!couldBeGrant('code' in credentials ? credentials.code : credentials.access_token)) throw socialLoginRejected()
      const grant: z.infer<typeof grantSchema> = 'code' in credentials ? await redeemCode(credentials.code, credentials.state) : credentials
      return {
        provider: 'naver',
        provider_id: await findId(grant.access_token),
        // Naver does not verify the e-mail address.
        email: null,
        vendor_token: grant.refresh_token ?? null,
        vendor_client_id: null,
      }
    },

    async revoke({ vendor_token }) {
      if (!vendor_token) return
      const form = postForm('https://nid.naver.com/oauth2.0/revoke', { ...client, token: vendor_token, token_type_hint: 'refresh_token' })
      const answer = await exchange(fetch, 'naver', form)
      if (answer.status !== 200 || readFailure(answer))
        throw vendorUnavailable({ cause: new Error(`naver did not revoke: ${answer.status}`) })
    },
  }
}

/** The error code, or an empty string. */
function readFailure({ body }: Answer): string {
  const { error, resultcode, errorCode } = failureSchema.safeParse(body).data ?? {}
  return error ?? errorCode ?? (resultcode === '00' ? '' : (resultcode ?? ''))
}

function isPassing(answer: Answer): boolean {
  return answer.status >= 500 || PASSING_ERRORS.has(readFailure(answer))
}

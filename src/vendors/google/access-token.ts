import { importPKCS8, SignJWT } from 'jose'
import { z } from 'zod'
import { exchange, type Fetch, parseAnswer, postForm } from '../http.ts'

export interface ServiceAccount {
  readonly project_id: string
  readonly client_email: string
  readonly private_key_id: string
  /** PKCS 8. Line breaks may be written as `\n`. */
  readonly private_key: string
}

const TOKEN_URL = 'https://oauth2.googleapis.com/token'
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const ASSERTION_SEC = 3_600
/** A token is not used in its last minutes. */
const SPARE_MS = 5 * 60_000

const grantSchema = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() })

interface Token {
  readonly value: string
  readonly expires_at: number
}

/** Tokens by account and scope, kept for the isolate's life. */
const known = new WeakMap<ServiceAccount, Map<string, Token>>()

/** Access tokens of a service account for one scope. */
export function createGoogleTokens({
  fetch,
  now,
  account,
  scope,
}: {
  fetch: Fetch
  now: () => Date
  account: ServiceAccount
  scope: string
}) {
  const tokens = known.get(account) ?? new Map<string, Token>()
  known.set(account, tokens)
  /** Callers at the same time share one request. */
  let asking: Promise<string> | null = null

  async function ask(): Promise<string> {
    const key = await importPKCS8(account.private_key.replaceAll('\\n', '\n'), 'RS256')
    const issuedAt = Math.floor(now().getTime() / 1_000)
    const assertion = await new SignJWT({ scope })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: account.private_key_id })
      .setIssuer(account.client_email)
      .setAudience(TOKEN_URL)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + ASSERTION_SEC)
      .sign(key)
    const answer = await exchange(fetch, 'google', postForm(TOKEN_URL, { grant_type: GRANT, assertion }))
    const { access_token, expires_in } = parseAnswer('google', grantSchema, answer)
    tokens.set(scope, { value: access_token, expires_at: now().getTime() + expires_in * 1_000 })
    return access_token
  }

  async function get(): Promise<string> {
    const token = tokens.get(scope)
    if (token && token.expires_at - SPARE_MS > now().getTime()) return token.value
    asking ??= ask().finally(() => {
      asking = null
    })
    return asking
  }

  return {
    get,
    /** A new token in place of `refused`, which Google no longer takes. */
    async refresh(refused: string): Promise<string> {
      if (tokens.get(scope)?.value === refused) tokens.delete(scope)
      return get()
    },
  }
}

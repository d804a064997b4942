import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWSHeaderParameters,
  type JWTPayload,
  jwtVerify,
  type LocalJWKSet,
} from 'jose'
import { z } from 'zod'
import { AppError } from '../core/errors.ts'
import { exchange, type Fetch, parseAnswer, vendorUnavailable } from './http.ts'

/** How a vendor signs the tokens we accept. */
export interface TokenRules {
  readonly vendor: string
  /** Every spelling that the vendor uses. */
  readonly issuers: readonly string[]
  readonly audiences: readonly string[]
  readonly algorithms: readonly string[]
  readonly jwks_url: string
  /** Besides `exp` and `iat`. */
  readonly required_claims: readonly string[]
}

interface Keys {
  readonly find: LocalJWKSet
  readonly fetchedAt: number
  /** When the vendor was last asked, whether or not it answered. */
  askedAt: number
}

const LENGTH_MAX = 8_192
const CLOCK_TOLERANCE_SEC = 30
const FRESH_MS = 3_600_000
/** Keys that the vendor has not confirmed for this long are no longer used. */
const STALE_MS = 86_400_000
/** At most one request to the vendor in this time, so that made-up key ids cannot cause many. */
const COOLDOWN_MS = 60_000
/** Without any key, a vendor that has just failed is not asked again for this long, and nobody waits for it. */
const OUTAGE_MS = 10_000

const jwksSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) })

/** Each vendor's keys, kept for the isolate's life by the function that fetched them. Only finished answers, because a request may not wait for another's. */
const memory = new WeakMap<Fetch, Map<string, Keys>>()
/** When a vendor whose keys we do not have last failed to give them. */
const outages = new WeakMap<Fetch, Map<string, number>>()

/** The claims of a live token that its vendor signed for us, or `null`. Throws `vendorUnavailable` when that cannot be checked. */
export async function verifyToken(
  { fetch, now }: { fetch: Fetch; now: () => Date },
  rules: TokenRules,
  token: string,
): Promise<JWTPayload | null> {
  if (token.length > LENGTH_MAX || !couldBeGenuine(rules, token, now())) return null
  try {
    const { payload } = await jwtVerify(token, (header) => findKey({ fetch, now }, rules, header), {
      issuer: [...rules.issuers],
      audience: [...rules.audiences],
      algorithms: [...rules.algorithms],
      requiredClaims: ['exp', 'iat', ...rules.required_claims],
      clockTolerance: CLOCK_TOLERANCE_SEC,
      currentDate: now(),
    })
    return payload
  } catch (error) {
    if (error instanceof AppError) throw error
    return null
  }
}

/** Whether a token says of itself that it is for us and alive. The vendor is not asked for keys for one that does not. */
function couldBeGenuine({ issuers, audiences, algorithms }: TokenRules, token: string, now: Date): boolean {
  try {
    const { alg = '' } = decodeProtectedHeader(token)
    const { iss = '', aud, exp } = decodeJwt(token)
    const isForUs = [aud].flat().some((one) => one !== undefined && audiences.includes(one))
    return algorithms.includes(alg) && issuers.includes(iss) && isForUs && Number(exp) > now.getTime() / 1_000 - CLOCK_TOLERANCE_SEC
  } catch {
    return false
  }
}

async function findKey(
  { fetch, now }: { fetch: Fetch; now: () => Date },
  { vendor, jwks_url }: TokenRules,
  header: JWSHeaderParameters,
): Promise<CryptoKey> {
  const at = now().getTime()
  const known = memory.get(fetch) ?? new Map<string, Keys>()
  memory.set(fetch, known)
  const remembered = known.get(jwks_url)
  const held = remembered && at - remembered.fetchedAt < STALE_MS ? remembered : undefined
  const mayAsk = !held || at - held.askedAt >= COOLDOWN_MS
  if (held && (!mayAsk || at - held.fetchedAt < FRESH_MS)) {
    const key = await pickKey(held, header)
    if (key) return key
    if (!mayAsk) throw new errors.JWKSNoMatchingKey()
  }
  const failed = outages.get(fetch) ?? new Map<string, number>()
  outages.set(fetch, failed)
  if (!held && at - (failed.get(jwks_url) ?? -Infinity) < OUTAGE_MS)
    throw vendorUnavailable({ cause: new Error(`${vendor} gave no keys a moment ago`) })
  if (held) held.askedAt = at
  try {
    const jwks = parseAnswer(vendor, jwksSchema, await exchange(fetch, vendor, new Request(jwks_url)))
    const fetched = { find: createLocalJWKSet(jwks), fetchedAt: at, askedAt: at }
    known.set(jwks_url, fetched)
    const key = await pickKey(fetched, header)
    if (!key) throw new errors.JWKSNoMatchingKey()
    return key
  } catch (error) {
    if (!held && error instanceof AppError) failed.set(jwks_url, now().getTime())
    const key = held && error instanceof AppError && (await pickKey(held, header))
    if (key) return key
    throw error
  }
}

async function pickKey({ find }: Keys, header: JWSHeaderParameters): Promise<CryptoKey | null> {
  try {
    return await find(header)
  } catch {
    return null
  }
}

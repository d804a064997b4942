import { compactVerify, decodeJwt, decodeProtectedHeader } from 'jose'
import { z } from 'zod'
import type { Chain } from './chain.ts'

export interface Signed {
  readonly claims: unknown
  readonly signed_at: Date
  /** Whether the certificates are valid now, and not only when this was signed. Whoever has Apple's old key can sign with an old date. */
  readonly is_chain_current: boolean
}

/** A notification holds two more JWS, and each has the three certificates. */
const LENGTH_MAX = 65_536
const CHAINS_MAX = 16
/** Apple's clock and ours differ by less. */
const AHEAD_MAX_MS = 60_000

const headerSchema = z.object({ alg: z.literal('ES256'), x5c: z.tuple([z.base64(), z.base64(), z.string()]) })
const datedSchema = z.object({ signedDate: z.int().min(0).max(8.64e15) })

/** Chains that lead to our roots, kept for the isolate's life. A chain takes 3 ms of CPU, a signature a tenth of one, and Apple uses a chain for months. */
const memory = new WeakMap<readonly string[], Map<string, Chain>>()

/**
 * What a JWS says that Apple signed for the App Store, or `null` when it did not. The root that the JWS brings along counts for nothing, because only `roots`
 * (DER in base64) are trusted. Certificates must be valid at the time of signing, also when the chain is known already.
 */
export async function verifyJws({ roots, now }: { roots: readonly string[]; now: Date }, jws: string): Promise<Signed | null> {
  if (jws.length > LENGTH_MAX) return null
  try {
    const [leaf, intermediate] = headerSchema.parse(decodeProtectedHeader(jws)).x5c
    const signed_at = new Date(datedSchema.parse(decodeJwt(jws)).signedDate)
    if (signed_at.getTime() > now.getTime() + AHEAD_MAX_MS) return null
    const chain = await knownChain({ leaf, intermediate, roots })
    if (!chain || !isValidAt(chain, signed_at)) return null
    const { payload } = await compactVerify(jws, chain.key, { algorithms: ['ES256'] })
    return { claims: JSON.parse(new TextDecoder().decode(payload)), signed_at, is_chain_current: isValidAt(chain, now) }
  } catch {
    // A header, a date or a certificate that cannot be read, or another signature.
    return null
  }
}

const isValidAt = ({ valid_from, valid_until }: Chain, at: Date) => valid_from <= at && at <= valid_until

async function knownChain(certificates: { leaf: string; intermediate: string; roots: readonly string[] }): Promise<Chain | null> {
  const { leaf, intermediate, roots } = certificates
  const known = memory.get(roots) ?? new Map<string, Chain>()
  memory.set(roots, known)
  // A dot is no character of base64.
  const key = `${leaf}.${intermediate}`
  const remembered = known.get(key)
  if (remembered) return remembered
  // Loading the library takes 20 ms of CPU, and most isolates never meet a purchase.
  const { findChain } = await import('./chain.ts')
  const chain = await findChain(certificates)
  if (!chain) return null
  const [oldest] = known.keys()
  if (known.size >= CHAINS_MAX && oldest !== undefined) known.delete(oldest)
  known.set(key, chain)
  return chain
}

import { base64url, CompactSign, exportSPKI } from 'jose'
import { z } from 'zod'
import {
  createStranger,
  EXPIRED,
  INTERMEDIATE_OID,
  type Issuer,
  issueIntermediate,
  issueLeaf,
  LEAF_CURVE,
  NOT_YET,
  readRoot,
  toBase64,
} from './certificates.ts'

const OTHER_OID = '1.2.840.113635.100.6.99.1'
const YEAR_MS = 365 * 86_400_000
const AMONG_THE_EXPIRED = Date.parse('2016-06-01T00:00:00Z')

/** A way to sign, and in what the claims then differ. */
interface Signature {
  readonly x5c?: readonly string[]
  readonly signedBy: Issuer
  readonly signedDate?: number | null
  readonly alg?: 'none' | 'HS256'
  readonly isTampered?: boolean
}

/** The chain of the simulated App Store, and every way of signing that a verifier must tell from it. */
const WAYS = {
  good: ({ good }) => good,
  /** Another pair below the same root, as after a renewal of Apple's certificates. */
  good_other: ({ root }) => chainUnder(root),
  good_p256_intermediate: ({ root }) => chainUnder(root, { curve: LEAF_CURVE }),
  wrong_leaf_oid: ({ root }) => chainUnder(root, {}, { oid: OTHER_OID }),
  no_leaf_oid: ({ root }) => chainUnder(root, {}, { oid: null }),
  no_intermediate_oid: ({ root }) => chainUnder(root, { oid: null }),
  intermediate_without_ca: ({ root }) => chainUnder(root, { isCa: false }),
  other_root: async ({ root }) => chainUnder(await createStranger(root.certificate.subject)),
  other_root_with_real: async ({ root }) => {
    const { x5c, signedBy } = await chainUnder(await createStranger(root.certificate.subject))
    return { x5c: [...x5c.slice(0, 2), toBase64(root)], signedBy }
  },
  expired_intermediate: ({ root }) => chainUnder(root, { validity: EXPIRED }),
  expired_leaf: ({ root }) => chainUnder(root, {}, { validity: EXPIRED }),
  leaf_not_yet_valid: ({ root }) => chainUnder(root, {}, { validity: NOT_YET }),
  leaf_signed_by_other: async ({ root }) => {
    const [named, signer] = [await issueIntermediate(root), await issueIntermediate(root)]
    return chainOf(await issueLeaf(signer), named, root)
  },
  signed_by_other: async ({ root, good }) => ({ ...good, signedBy: (await chainUnder(root)).signedBy }),
  chain_of_2: ({ good }) => ({ ...good, x5c: good.x5c.slice(0, 2) }),
  chain_of_4: ({ good, root }) => ({ ...good, x5c: [...good.x5c, toBase64(root)] }),
  no_chain: ({ good }) => ({ signedBy: good.signedBy }),
  tampered_payload: ({ good }) => ({ ...good, isTampered: true }),
  alg_none: ({ good }) => ({ ...good, alg: 'none' }),
  alg_hs256: ({ good }) => ({ ...good, alg: 'HS256' }),
  leaf_under_leaf: async ({ root }) => {
    const leaf = await issueLeaf(await issueIntermediate(root))
    return chainOf(await issueLeaf(leaf), leaf, root)
  },
  order_swapped: ({ good, root }) => ({ ...good, x5c: [good.x5c[1]!, good.x5c[0]!, toBase64(root)] }),
  garbage_certificate: ({ good }) => ({
    ...good,
    x5c: [Buffer.from('no certificate'.repeat(40)).toString('base64'), ...good.x5c.slice(1)],
  }),
  issuer_name_differs: ({ root }) => chainUnder(root, {}, { says: 'CN=Somebody Else' }),
  /** After the certificates have expired. */
  signed_date_in_future: ({ good }) => ({ ...good, signedDate: Date.now() + 60 * YEAR_MS }),
  signed_date_missing: ({ good }) => ({ ...good, signedDate: null }),
  backdated_leaf: async ({ root }) => ({ ...(await chainUnder(root, {}, { validity: EXPIRED })), signedDate: AMONG_THE_EXPIRED }),
  backdated_intermediate: async ({ root }) => ({ ...(await chainUnder(root, { validity: EXPIRED })), signedDate: AMONG_THE_EXPIRED }),
} satisfies Record<string, (given: { root: Issuer; good: Awaited<ReturnType<typeof chainUnder>> }) => Signature | Promise<Signature>>

export const chainSchema = z.enum(Object.keys(WAYS) as [keyof typeof WAYS, ...(keyof typeof WAYS)[]]).default('good')
export type ChainName = z.output<typeof chainSchema>
export type AppleSigner = ReturnType<typeof createAppleSigner>

/** Signs as the App Store does. Chains are made when they are first used, and kept. */
export function createAppleSigner() {
  const root = once(readRoot)
  const good = once(async () => chainUnder(await root()))
  const made = new Map<ChainName, Promise<Signature>>()

  async function make(chain: ChainName): Promise<Signature> {
    return WAYS[chain]({ root: await root(), good: await good() })
  }

  return {
    /** `signedDate` is now, if the claims do not say otherwise. */
    async sign(claims: object, chain: ChainName = 'good'): Promise<string> {
      const signature = made.get(chain) ?? make(chain)
      made.set(chain, signature)
      const { signedBy, x5c, alg = 'ES256', signedDate, isTampered } = await signature
      const { signedDate: said = Date.now(), ...others } = claims as { signedDate?: number }
      const dated = { ...others, ...(signedDate === null ? {} : { signedDate: signedDate ?? said }) }
      const header = { alg, ...(x5c && { x5c: [...x5c] }) }
      const encoded = encode(dated)
      if (alg === 'none') return `${encode(header)}.${encoded}.`
      const payload = new TextEncoder().encode(JSON.stringify(dated))
      const { privateKey, publicKey } = signedBy.keys
      // The classic attack: the public key, which everybody has, as the secret of an HMAC.
      const key = alg === 'HS256' ? new TextEncoder().encode(await exportSPKI(publicKey)) : privateKey
      const jws = await new CompactSign(payload).setProtectedHeader(header).sign(key)
      return isTampered ? jws.replace(encoded, encode({ ...dated, productId: 'tampered' })) : jws
    },
  }
}

async function chainUnder(root: Issuer, forIntermediate: object = {}, forLeaf: object = {}) {
  const intermediate = await issueIntermediate(root, { oid: INTERMEDIATE_OID, ...forIntermediate })
  return chainOf(await issueLeaf(intermediate, forLeaf), intermediate, root)
}

const chainOf = (leaf: Issuer, intermediate: Issuer, root: Issuer) => ({
  x5c: [leaf, intermediate, root].map(toBase64),
  signedBy: leaf,
})

const encode = (value: object) => base64url.encode(JSON.stringify(value))

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

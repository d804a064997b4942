// @peculiar/x509 does not load without it.
import 'reflect-metadata'
import { createPrivateKey } from 'node:crypto'
import {
  BasicConstraintsExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { APP_STORE_ROOT_KEY, workerVars } from '../../credentials.ts'

const LEAF_OID = '1.2.840.113635.100.6.11.1'
const INTERMEDIATE_OID = '1.2.840.113635.100.6.2.1'
const ORGANISATION = 'O=withbowwow simulators, C=US'
const INTERMEDIATE_NAME = `CN=Simulated Worldwide Developer Relations CA, OU=G6, ${ORGANISATION}`
const LEAF_NAME = `CN=Simulated Mac App Store and iTunes Store Receipt Signing, ${ORGANISATION}`
const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const P384 = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' }
const YEAR_MS = 365 * 86_400_000
const fromNow = (years: number) => new Date(Date.now() + years * YEAR_MS)

/** Certificates that are good now. They reach far back, so that a purchase of a simulated past can be signed at its own time. */
const GOOD = { from: new Date('2014-06-01T00:00:00Z'), until: fromNow(2) }
export const EXPIRED = { from: new Date('2015-01-01T00:00:00Z'), until: new Date('2018-01-01T00:00:00Z') }
export const NOT_YET = { from: fromNow(1), until: fromNow(3) }

export interface Issuer {
  readonly certificate: X509Certificate
  readonly keys: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey }
}

interface Wanted {
  readonly curve?: typeof P256
  readonly name?: string
  readonly oid?: string | null
  readonly validity?: { from: Date; until: Date }
  readonly isCa?: boolean
  /** The issuer that the certificate names, if not the one that signs it. */
  readonly says?: string
}

/** The root that the development Worker trusts. */
export async function readRoot(): Promise<Issuer> {
  const certificate = new X509Certificate(workerVars.APPLE_ROOT_CERTIFICATES)
  const pkcs8 = createPrivateKey(APP_STORE_ROOT_KEY).export({ format: 'der', type: 'pkcs8' })
  const privateKey = await crypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), P384, true, ['sign'])
  return { certificate, keys: { privateKey, publicKey: await certificate.publicKey.export(P384, ['verify']) } }
}

/** A root of the same name that nobody trusts. */
export async function createStranger(name: string): Promise<Issuer> {
  const keys = await createKeys(P384)
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '0102',
    name,
    notBefore: GOOD.from,
    notAfter: GOOD.until,
    keys,
    signingAlgorithm: P384,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  })
  return { certificate, keys }
}

export const issueIntermediate = (root: Issuer, wanted: Wanted = {}) =>
  issue(root, { curve: P384, name: INTERMEDIATE_NAME, oid: INTERMEDIATE_OID, isCa: true, ...wanted })

export const issueLeaf = (intermediate: Issuer, wanted: Wanted = {}) =>
  issue(intermediate, { curve: P256, name: LEAF_NAME, oid: LEAF_OID, isCa: false, ...wanted })

let serial = 0x1000

async function issue(issuer: Issuer, { curve = P256, name = '', oid, validity = GOOD, isCa = false, says }: Wanted): Promise<Issuer> {
  const keys = await createKeys(curve)
  const { hash } = issuer.keys.privateKey.algorithm.name === 'ECDSA' ? hashFor(issuer.keys.privateKey) : P256
  const certificate = await X509CertificateGenerator.create({
    serialNumber: (serial++).toString(16),
    subject: name,
    issuer: says ?? issuer.certificate.subject,
    notBefore: validity.from,
    notAfter: validity.until,
    publicKey: keys.publicKey,
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: { name: 'ECDSA', hash },
    extensions: [
      new BasicConstraintsExtension(isCa, isCa ? 0 : undefined, true),
      new KeyUsagesExtension(isCa ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign : KeyUsageFlags.digitalSignature, true),
      // Apple's marks hold nothing: ASN.1 NULL.
      ...(oid ? [new Extension(oid, false, new Uint8Array([5, 0]))] : []),
    ],
  })
  return { certificate, keys }
}

const hashFor = ({ algorithm }: CryptoKey) => ((algorithm as unknown as typeof P256).namedCurve === P384.namedCurve ? P384 : P256)

const createKeys = (curve: typeof P256) => crypto.subtle.generateKey(curve, true, ['sign', 'verify']) as Promise<Issuer['keys']>

export const toBase64 = ({ certificate }: Issuer) => Buffer.from(certificate.rawData).toString('base64')

export { P256 as LEAF_CURVE, LEAF_OID, INTERMEDIATE_OID }

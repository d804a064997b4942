// @peculiar/x509 does not load without it.
import 'reflect-metadata'
import { BasicConstraintsExtension, X509Certificate } from '@peculiar/x509'

/** The extensions by which Apple marks the certificates that sign for the App Store. */
const LEAF_OID = '1.2.840.113635.100.6.11.1'
const INTERMEDIATE_OID = '1.2.840.113635.100.6.2.1'

export interface Chain {
  /** The key of the leaf. */
  readonly key: CryptoKey
  /** All three certificates are valid between these. */
  readonly valid_from: Date
  readonly valid_until: Date
}

interface Certificates {
  readonly leaf: string
  readonly intermediate: string
  readonly roots: readonly string[]
}

/** The chain from the leaf to one of our roots, or `null` when there is none. Certificates are DER in base64. Dates are the caller's to compare. */
export async function findChain({ leaf: leafDer, intermediate: intermediateDer, roots }: Certificates): Promise<Chain | null> {
  const intermediate = new X509Certificate(intermediateDer)
  const leaf = new X509Certificate(leafDer)
  if (!intermediate.getExtension(INTERMEDIATE_OID) || !leaf.getExtension(LEAF_OID)) return null
  if (intermediate.getExtension(BasicConstraintsExtension)?.ca !== true || leaf.issuer !== intermediate.subject) return null
  for (const der of roots) {
    const root = new X509Certificate(der)
    if (intermediate.issuer !== root.subject || !(await isSignedBy(intermediate, root))) continue
    if (!(await isSignedBy(leaf, intermediate))) return null
    const certificates = [leaf, intermediate, root]
    return {
      key: await leaf.publicKey.export({ name: 'ECDSA', namedCurve: 'P-256' }, ['verify']),
      valid_from: new Date(Math.max(...certificates.map(({ notBefore }) => notBefore.getTime()))),
      valid_until: new Date(Math.min(...certificates.map(({ notAfter }) => notAfter.getTime()))),
    }
  }
  return null
}

const isSignedBy = (certificate: X509Certificate, issuer: X509Certificate) =>
  certificate.verify({ publicKey: issuer.publicKey, signatureOnly: true })

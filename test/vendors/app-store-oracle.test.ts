import { Environment, SignedDataVerifier } from '@apple/app-store-server-library'
import { describe, expect, it } from 'vitest'
import { workerVars } from '../../dev/credentials.ts'
import { chainSchema, createAppleSigner } from '../../dev/vendors/app-store/signing.ts'
import { createReader } from '../../src/vendors/app-store/reader.ts'
import { REFUSED, REFUSED_BY_US, TAKEN, transaction } from './app-store-vectors.ts'

const signer = createAppleSigner()
const bundleId = workerVars.APP_STORE_BUNDLE_ID
const root = workerVars.APPLE_ROOT_CERTIFICATES
const config = { APPLE_ROOT_CERTIFICATES: [root], APP_STORE_BUNDLE_ID: bundleId }
const ours = createReader({ now: () => new Date(), config })
const apples = new SignedDataVerifier([Buffer.from(root, 'base64')], false, Environment.SANDBOX, bundleId)

const isTakenByApple = (jws: string) =>
  apples.verifyAndDecodeTransaction(jws).then(
    ({ transactionId }) => transactionId === transaction.transactionId,
    () => false,
  )

/** Apple's own library does not run in the Worker, so it is asked here whether we understand its rules. */
describe('Apple’s library', () => {
  it('is asked about every way to sign', () => {
    expect([...TAKEN, ...REFUSED, ...REFUSED_BY_US].toSorted()).toEqual(chainSchema.unwrap().options.toSorted())
  })

  it.each([...TAKEN, ...REFUSED])('agrees about %s', async (chain) => {
    const jws = await signer.sign(transaction, chain)
    const isTaken = (TAKEN as readonly string[]).includes(chain)
    expect([(await ours.readTransaction(jws)) !== null, await isTakenByApple(jws)]).toEqual([isTaken, isTaken])
  })

  it.each(REFUSED_BY_US)('takes %s, which we refuse', async (chain) => {
    const jws = await signer.sign(transaction, chain)
    expect([await ours.readTransaction(jws), await isTakenByApple(jws)]).toEqual([null, true])
  })
})

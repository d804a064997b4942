import { describe, expect, it } from 'vitest'
import { createPlay } from '../../src/vendors/google/play.ts'
import { createVendorFetch } from '../../src/vendors/http.ts'
import { addFault } from '../dev/control.ts'
import { cloud } from '../support/cloud.ts'
import { ANNUAL, buy, MONTHLY, seePurchase } from '../support/play.ts'
import { config, verdict } from './fake-vendor.ts'

const play = createPlay({ fetch: createVendorFetch(cloud.simulatorsUrl), now: () => new Date(), config })
const API = 'androidpublisher.googleapis.com'

describe('acknowledging', () => {
  it('may be repeated, and is a conflict where the purchase is in no state for it', async () => {
    const { purchase_token: token } = await buy()
    for (let twice = 0; twice < 2; twice++) expect(await play.acknowledgeSubscription(MONTHLY, token)).toBe('done')
    expect(await seePurchase(token)).toMatchObject({ is_acknowledged: true, acknowledgements: 2 })
    expect(await play.acknowledgeSubscription(ANNUAL, token)).toBe('conflict')
    expect(await play.acknowledgeSubscription(MONTHLY, (await buy({ pending: true })).purchase_token)).toBe('conflict')
    expect(await play.acknowledgeSubscription(MONTHLY, `${token}x`)).toBe('gone')
  })

  it.each([
    [409, 'conflict'],
    [400, 'conflict'],
    [410, 'gone'],
    [404, 'gone'],
    [403, 'vendor_unavailable'],
    [429, 'vendor_unavailable'],
    [503, 'vendor_unavailable'],
  ])('that Google answers with %d is %s', async (status, expected) => {
    const { purchase_token: token } = await buy()
    await addFault({ host: API, key: `${token}:acknowledge`, status, body: { error: { code: status } } })
    const outcome = play.acknowledgeSubscription(MONTHLY, token)
    expect(expected === 'vendor_unavailable' ? await verdict(outcome) : await outcome).toBe(expected)
    expect(await seePurchase(token)).toMatchObject({ acknowledgements: 0 })
    expect(await play.acknowledgeSubscription(MONTHLY, token)).toBe('done')
  })

  it('whose answer is lost throws, and is found done', async () => {
    const { purchase_token: token } = await buy()
    await addFault({ host: API, key: `${token}:acknowledge`, cut: 'after' })
    expect(await verdict(play.acknowledgeSubscription(MONTHLY, token))).toBe('vendor_unavailable')
    expect(await play.findSubscription(token)).toMatchObject({ read: { acknowledged: true } })
  })
})

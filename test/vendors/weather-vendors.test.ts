import { afterEach, describe, expect, it } from 'vitest'
import { toKmaCell } from '../../src/core/kma-grid.ts'
import { HOUR_MS } from '../../src/core/time.ts'
import { createAirKorea } from '../../src/vendors/airkorea/airkorea.ts'
import { createVendorFetch } from '../../src/vendors/http.ts'
import { createKma } from '../../src/vendors/kma/kma.ts'
import { sim } from '../dev/control.ts'
import { cloud } from '../support/cloud.ts'
import { injectFault } from '../support/faults.ts'
import { config } from './fake-vendor.ts'

const HOST = 'apis.data.go.kr'
const DOKDO = { lat: 37.2428, lng: 131.8669 }
const YEONGDO = { lat: 35.0911, lng: 129.0679 }
const CELL = toKmaCell(YEONGDO)!
/** In a request's address. */
const KEY = `nx=${CELL.nx}&ny=${CELL.ny}`

const parts = { fetch: createVendorFetch(cloud.simulatorsUrl), config, pause: async () => {} }
const [kma, airKorea] = [createKma(parts), createAirKorea(parts)]
/** The last full hour but one, which is always published. */
const hour = () => new Date(Math.floor(Date.now() / HOUR_MS - 1) * HOUR_MS)
const observe = (patient = false) => kma.observe(CELL, hour(), { deadlineMs: 2_000, patient })
const GOOD = { outcome: 'answered', value: { temp: expect.any(Number), pty: 'none' } }

afterEach(() => sim('/weather', undefined, 'DELETE'))

describe('in the Worker, KMA and AirKorea', () => {
  it('answer with the weather that is set', async () => {
    expect(await observe()).toMatchObject(GOOD)
    expect((await sim('/weather', { at: YEONGDO, temp: 3.5, pty: 'rain', rn1: 12, pm10: 90 })).status).toBe(201)
    expect(await observe()).toMatchObject({ outcome: 'answered', value: { temp: 3.5, pty: 'rain', rn1: 12 } })
    expect(await kma.forecastHours(CELL, new Date(hour().getTime() - HOUR_MS / 2))).toMatchObject({
      outcome: 'answered',
      value: [{ pty: 'rain', rain_mm: { min: 12, max: 12 } }, {}, {}, {}, {}, {}],
    })
    const air = await airKorea.listReadings()
    if (air.outcome !== 'answered') throw new Error(air.outcome)
    expect(air.value.find(({ sido, station }) => sido === '부산' && station === '영도구')).toMatchObject({ pm10: 90 })
    expect(await kma.observe(toKmaCell(DOKDO)!, hour())).toEqual({ outcome: 'answered', value: null })
    expect(await kma.warningStatus()).toMatchObject({ outcome: 'answered', value: { unread: 0 } })
  })

  it('are asked again after 429, twice', async () => {
    await injectFault({ host: HOST, key: KEY, status: 429, times: 2 })
    expect(await observe(true)).toMatchObject(GOOD)
    await injectFault({ host: HOST, key: KEY, status: 429, body: 'API rate limit exceeded', times: 3 })
    expect(await observe(true)).toEqual({ outcome: 'failed', reason: 'rate', code: '23' })
    expect(await observe()).toMatchObject(GOOD)
  })

  it('fail in every way without a word of the key', async () => {
    const g1 = '<OpenAPI_ServiceResponse><cmmMsgHeader><returnReasonCode>30</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>'
    const faults: [object, object][] = [
      [
        { status: 200, body: g1 },
        { reason: 'misconfigured', code: '30' },
      ],
      [
        { status: 429, body: 'API token quota exceeded' },
        { reason: 'quota', code: '22' },
      ],
      [
        { status: 200, body: '<html><body>점검 중</body></html>' },
        { reason: 'unavailable', code: null },
      ],
      [
        { status: 200, body: '{"response":{"header":{"resultCode":"00"' },
        { reason: 'unavailable', code: null },
      ],
      [
        { status: 302, headers: { Location: 'https://example.com/' } },
        { reason: 'unavailable', code: null },
      ],
      [{ cut: 'before' }, { reason: 'unavailable', code: null }],
      [{ delay_ms: 3_000 }, { reason: 'unavailable', code: null }],
    ]
    for (const [fault, expected] of faults) {
      await injectFault({ host: HOST, key: KEY, ...fault })
      expect(await observe()).toEqual({ outcome: 'failed', ...expected })
    }
    expect(await observe()).toMatchObject(GOOD)
  })
})

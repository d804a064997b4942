import { describe, expect, it } from 'vitest'
import { haversineM } from '../../src/core/geo.ts'
import { createVendorFetch } from '../../src/vendors/http.ts'
import { createLicences, type LicenceKind } from '../../src/vendors/public-data/licences.ts'
import { cloud } from '../support/cloud.ts'
import { config } from '../vendors/fake-vendor.ts'

const HOSPITALS = 'apis.data.go.kr/1741000/animal_hospitals/info'

describe('the simulated registers', () => {
  const licences = createLicences({ fetch: createVendorFetch(cloud.simulatorsUrl), config })
  async function listAll(kind: LicenceKind) {
    const rows = []
    let refused = 0
    for (let number = 1; ; number++) {
      const answer = await licences.listPage(kind, { page: number })
      if (answer.outcome !== 'answered') throw new Error('no answer')
      rows.push(...answer.value.rows)
      refused += answer.value.refused
      expect(answer.value.rows.length + answer.value.refused).toBeLessThanOrEqual(100)
      if (number * 100 >= answer.value.total) return { rows, refused, total: answer.value.total }
    }
  }
  const isNear = (lat: number, lng: number, metres: number) => (it: { location: { lat: number; lng: number } | null }) =>
    it.location !== null && haversineM(lat, lng, it.location.lat, it.location.lng) < metres

  it('have all their rows on pages of a hundred, and everything that is unpleasant', async () => {
    const hospitals = await listAll('animal_hospitals')
    const pharmacies = await listAll('animal_pharmacies')
    for (const { rows, refused, total } of [hospitals, pharmacies]) {
      expect(rows.length + refused).toBe(total)
      expect(refused).toBeGreaterThan(0)
      expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length)
      expect(rows.filter(isNear(33.4963, 126.5332, 3_000)).some(({ y_text }) => Math.abs(Number(y_text)) < 1_000)).toBe(true)
      expect(rows.filter(isNear(33.254, 126.5596, 3_000)).every(({ y_text }) => Number(y_text) < 0)).toBe(true)
      expect(rows.filter(isNear(33.254, 126.5596, 3_000)).length).toBeGreaterThan(0)
      expect(rows.filter(({ location }) => location === null).length / rows.length).toBeGreaterThan(0.05)
      for (const status of ['open', 'suspended', 'closed', 'cancelled', 'removed'])
        expect(rows.filter((row) => row.status === status).length).toBeGreaterThan(0)
    }
    expect(hospitals.total).toBeGreaterThanOrEqual(200)
    expect(pharmacies.total).toBeGreaterThanOrEqual(120)
    expect(hospitals.rows.filter(isNear(37.5665, 126.978, 20_000)).length).toBeGreaterThan(120)
  })

  it('give what has changed since', async () => {
    const key = `3220000:${crypto.randomUUID().replaceAll('-', '')}`
    const since = new Date(Date.now() - 60_000)
    const change = (fields: object) =>
      fetch(`${cloud.simulatorsUrl}/_sim/places/licences`, { method: 'POST', body: JSON.stringify({ key, ...fields }) })
    await change({ BPLC_NM: '새로 연 동물병원', lat: 37.5, lng: 127.03 })
    const found = async () => {
      const answer = await licences.listPage('animal_hospitals', { page: 1, changed_since: since })
      if (answer.outcome !== 'answered') throw new Error('no answer')
      expect(answer.value.total).toBeLessThan(50)
      return answer.value.rows.find((row) => row.key === key)
    }
    expect(await found()).toMatchObject({ status: 'open', location: { lat: expect.closeTo(37.5, 6), lng: expect.closeTo(127.03, 6) } })
    await change({ SALS_STTS_CD: '03', CLSBIZ_YMD: '2026-11-29' })
    expect(await found()).toMatchObject({ status: 'closed', closed_on: '2026-11-29' })
  })

  it('fail on the page that a test names', async () => {
    const changed_since = new Date(Date.UTC(2000, 0, 1, 0, 0, Math.floor(Math.random() * 1e8)))
    const digits = new Date(changed_since.getTime() + 9 * 3_600_000).toISOString().slice(0, 19).replaceAll(/\D/g, '')
    const fault = {
      host: 'apis.data.go.kr',
      path: '/1741000/animal_pharmacies/info',
      key: digits,
      status: 502,
      body: '<html>점검 중</html>',
    }
    await fetch(`${cloud.simulatorsUrl}/_sim/faults`, { method: 'POST', body: JSON.stringify(fault) })
    const ask = () => licences.listPage('animal_pharmacies', { page: 2, changed_since })
    expect(await ask()).toMatchObject({ outcome: 'failed', reason: 'unavailable' })
    expect(await ask()).toMatchObject({ outcome: 'answered' })
  })

  it('say that they are larger or smaller than they are', async () => {
    const set = (settings: object) =>
      fetch(`${cloud.simulatorsUrl}/_sim/places/snapshot`, {
        method: 'POST',
        body: JSON.stringify({ kind: 'animal_pharmacies', ...settings }),
      })
    try {
      await set({ total_lies: 7, rows_max: 30 })
      const answer = await licences.listPage('animal_pharmacies', { page: 1 })
      if (answer.outcome !== 'answered') throw new Error('no answer')
      expect([answer.value.rows.length + answer.value.refused, answer.value.total]).toEqual([30, 37])
    } finally {
      await set({})
    }
  })

  it('refuse a condition that there is not', async () => {
    const url = new URL(`${cloud.simulatorsUrl}/${HOSPITALS}`)
    url.search = new URLSearchParams({ serviceKey: config.DATA_GO_KR_KEY, returnType: 'json', 'cond[BPLC_NM::GTE]': '가' }).toString()
    expect(await (await fetch(url)).json()).toMatchObject({ response: { header: { resultCode: '-2' } } })
  })
})

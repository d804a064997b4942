import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { listRegions } from '../../../src/modules/regions/queries.ts'
import { createApi, createTestDeps } from '../../support/api.ts'
import { watchScans } from '../../support/scans.ts'

const api = createApi()

it('anybody sees the sidos, and may keep the answer for a while', async () => {
  const { json, status, headers } = await api.get('/regions')
  expect(status).toBe(200)
  expect(headers.get('Cache-Control')).toBe('public, max-age=3600')
  expect(json.next_cursor).toBeNull()
  expect(json.items).toHaveLength(16)
  expect(json.items[0]).toEqual({
    code: '1100000000',
    level: 'sido',
    name: '서울특별시',
    sido: '서울특별시',
    sigungu: '',
    dong: '',
    lat: expect.closeTo(37.56, 1),
    lng: expect.closeTo(126.98, 1),
    has_children: true,
  })
})

it('each level leads to the next', async () => {
  const { json } = await api.get('/regions?parent=1100000000')
  expect(json.items).toHaveLength(25)
  expect(json.items.find(({ code }: { code: string }) => code === '1120000000')).toMatchObject({
    level: 'sigungu',
    name: '성동구',
    sido: '서울특별시',
  })
})

it('there is nothing below what is not there', async () => {
  expect(await api.get('/regions?parent=9999999999')).toMatchObject({ status: 404, json: { code: 'region_not_found' } })
  expect(await api.get('/regions?parent=11')).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
})

it.each([null, '1100000000'])('those below %s are found by index, however many dongs are learnt', async (parent) => {
  // There are so few in a test that reading all of them is cheaper; what is asked is whether an index could be used.
  const { db, scans } = watchScans(createTestDeps().db, { tables: ['regions'], first: sql`SET LOCAL enable_seqscan = off` })
  expect((await listRegions(db, parent)).items.length).toBeGreaterThan(10)
  expect(scans).toEqual({ regions: 0 })
})

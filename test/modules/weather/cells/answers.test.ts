import { sql } from 'drizzle-orm'
import { afterEach, describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../../src/core/time.ts'
import { createTestDeps } from '../../../support/api.ts'
import { signUp } from '../../../support/login.ts'
import { listRows } from '../../../support/rows.ts'
import { addPet } from '../../../support/walks.ts'
import { fakeAirKorea, fakeKma, forgetWeather, freshCell, seoul } from '../../../support/weather.ts'

afterEach(forgetWeather)

describe('GET /weather', () => {
  it('tells what is measured and expected', async () => {
    const cell = freshCell()
    const { kma, calls } = fakeKma()
    const now = seoul('2026-10-02 14:12')
    const person = await signUp()
    await addPet(person)
    const api = person.with({ now: () => now, kma, airKorea: fakeAirKorea().airKorea })
    const { status, json } = await api.get(`/weather?lat=${cell.lat}&lng=${cell.lng}`)
    console.error(JSON.stringify(json, null, 1))
    expect(status).toBe(200)
    expect(calls.toSorted()).toEqual(['days 1400', 'hours 1330', 'observation 1400'])
  })
})

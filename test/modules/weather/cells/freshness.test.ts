import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KmaCell } from '../../../../src/core/kma-grid.ts'
import { HOUR_MS } from '../../../../src/core/time.ts'
import { currentCopy } from '../../../../src/modules/weather/cells/service.ts'
import { createTestDeps, type DepsOverrides } from '../../../support/api.ts'
import { signUp } from '../../../support/login.ts'
import { noCache } from '../../../support/no-cache.ts'
import type { Person } from '../../../support/rooms.ts'
import { control, fakeAirKorea, fakeKma, forgetInRedis, forgetWeather, freshCell, seoul } from '../../../support/weather.ts'

let person: Person
beforeEach(forgetWeather)
beforeEach(async () => void (person = await signUp()))
afterEach(forgetWeather)

const { airKorea } = fakeAirKorea()
type Kma = ReturnType<typeof fakeKma>

function ask({ kma }: Pick<Kma, 'kma'>, { lat, lng }: { lat: number; lng: number }, clock: string | Date, deps: DepsOverrides = {}) {
  const now = () => (typeof clock === 'string' ? seoul(`2026-10-02 ${clock}`) : clock)
  return person.with({ now, kma, airKorea, ...(deps as object) }).get(`/weather?lat=${lat}&lng=${lng}`)
}

/** How long an answer takes. The test's client waits for what goes on behind it, so the body is timed where it is made. */
async function timed(
  answer: () => Promise<{ status: number; json: any }>,
  deps: { waitUntil: (work: Promise<unknown>) => void; pending: Promise<unknown>[] },
) {
  const startedMs = performance.now()
  const { status, json } = await answer()
  const ms = performance.now() - startedMs
  await Promise.all(deps.pending)
  return { status, json, ms }
}
const behind = () => {
  const pending: Promise<unknown>[] = []
  return { pending, waitUntil: (work: Promise<unknown>) => void pending.push(work) }
}

/** KMA that a test breaks and mends. */
function breakable() {
  let manner: ReturnType<NonNullable<Parameters<typeof fakeKma>[0]>> = 'well'
  return { ...fakeKma(() => manner), become: (next: typeof manner) => void (manner = next) }
}

describe('a fresh copy', () => {
  it('is answered without a call, from Redis, and from Postgres when Redis has lost it', async () => {
    const cell = freshCell()
    const kma = fakeKma()
    await ask(kma, cell, '14:12')
    expect(kma.take()).toHaveLength(3)
    const first = await ask(kma, cell, '14:40')
    await forgetInRedis(cell)
    const second = await ask(kma, cell, '14:40')
    const third = await ask(kma, cell, '14:40', { cache: noCache })
    for (const { json } of [first, second, third]) expect(json).toMatchObject({ observed_at: '2026-10-02T05:00:00.000Z', stale: false })
    expect(kma.take()).toEqual([])
  })

  it('is read anew part by part, each when it is due', async () => {
    const cell = freshCell()
    const kma = fakeKma()
    const asked: Record<string, string[]> = {}
    for (const clock of ['14:12', '14:44', '14:46', '15:09', '15:13', '15:46', '16:13', '17:09', '17:13']) {
      const { json } = await ask(kma, cell, clock)
      expect([clock, json.stale]).toEqual([clock, false])
      asked[clock] = kma.take().toSorted()
    }
    expect(asked).toEqual({
      '14:12': ['days 1400', 'hours 1330', 'observation 1400'],
      '14:44': [],
      '14:46': ['hours 1430'],
      '15:09': [],
      '15:13': ['observation 1500'],
      '15:46': ['hours 1530'],
      '16:13': ['observation 1600'],
      '17:09': ['hours 1630'],
      '17:13': ['days 1700', 'observation 1700'],
    })
  })
})

describe('a base that is late', () => {
  const lateUntil = (open: () => boolean) =>
    fakeKma((product, base) => (product === 'observation' && base >= seoul('2026-10-02 14:00') && !open() ? 'late' : 'well'))

  it('is the one before, for ninety seconds', async () => {
    let isOut = false
    const cell = freshCell()
    const kma = lateUntil(() => isOut)
    const early = await ask(kma, cell, '14:09:59')
    expect(early.json).toMatchObject({ observed_at: '2026-10-02T04:00:00.000Z', stale: false })
    expect(kma.take()).toContain('observation 1300')
    await forgetWeather()

    const first = await ask(kma, cell, '14:10:00')
    expect([first.status, first.json.observed_at]).toEqual([200, '2026-10-02T04:00:00.000Z'])
    expect(kma.take().filter((call) => call.startsWith('observation'))).toEqual(['observation 1400', 'observation 1300'])
    await ask(kma, cell, '14:11:29')
    expect(kma.take()).toEqual([])
    await ask(kma, cell, '14:11:30')
    expect(kma.take()).toEqual(['observation 1400'])
    isOut = true
    expect((await ask(kma, cell, '14:12:59')).json.observed_at).toBe('2026-10-02T04:00:00.000Z')
    const out = await ask(kma, cell, '14:13:00')
    expect(out.json).toMatchObject({ observed_at: '2026-10-02T05:00:00.000Z', stale: false })
    expect(kma.take()).toEqual(['observation 1400'])
  })

  it('counts as stale when it has been late for a while, and two steps back are the last', async () => {
    const cell = freshCell()
    const kma = fakeKma((product, base) => (product === 'observation' && base >= seoul('2026-10-02 13:00') ? 'late' : 'well'))
    expect((await ask(kma, cell, '14:20')).json).toMatchObject({ observed_at: '2026-10-02T03:00:00.000Z', stale: true })
    expect(kma.take().filter((call) => call.startsWith('observation'))).toEqual([
      'observation 1400',
      'observation 1300',
      'observation 1200',
    ])
    const silent = fakeKma((product) => (product === 'observation' ? 'late' : 'well'))
    const other = freshCell()
    expect((await ask(silent, other, '14:20')).json).toMatchObject({ weather: null, observed_at: null, suitability: { level: null } })
    expect(silent.take().filter((call) => call.startsWith('observation'))).toHaveLength(3)
    await ask(silent, other, '14:21')
    expect(silent.take()).toEqual([])
  })
})

describe('a source that is down', () => {
  it('leaves the copy as it is, up to six hours old, and then nothing', async () => {
    const cell = freshCell()
    const kma = breakable()
    await ask(kma, cell, '08:12')
    kma.become('down')
    for (const clock of ['09:20', '11:00', '14:12']) {
      const { status, json } = await ask(kma, cell, clock)
      expect([clock, status, json.stale, json.observed_at]).toEqual([clock, 200, true, '2026-10-01T23:00:00.000Z'])
      expect(json.weather.temp).toBe(18)
    }
    const gone = await ask(kma, cell, '14:12:01')
    expect([gone.status, gone.json.code, gone.headers.get('Retry-After')]).toEqual([503, 'weather_unavailable', '60'])
    kma.become('well')
    // The breaker lets a call through after its minute.
    const back = await ask(kma, cell, '14:14')
    expect(back.json).toMatchObject({ stale: false, observed_at: '2026-10-02T05:00:00.000Z' })
  })

  it('answers 503 where nothing is known, and the next request is well', async () => {
    const cell = freshCell()
    const kma = breakable()
    kma.become('down')
    expect((await ask(kma, cell, '14:12')).status).toBe(503)
    kma.become('well')
    expect(await ask(kma, cell, '14:12:01')).toMatchObject({ status: 200, json: { stale: false } })
  })

  it('takes no other part with it', async () => {
    const cell = freshCell()
    const kma = fakeKma((product) => (product === 'days' ? 'down' : 'well'))
    const { json } = await ask(kma, cell, '14:12')
    expect(json).toMatchObject({ weather: { temp: 18 }, stale: true })
    expect(json.hours).toHaveLength(5)
    const blind = fakeKma((product) => (product === 'observation' ? 'down' : 'well'))
    expect((await ask(blind, freshCell(), '14:12')).json).toMatchObject({ weather: null, stale: true, suitability: { level: null } })
  })

  it('is asked no more after five failures in a row, for a minute, and then once', async () => {
    const kma = breakable()
    kma.become('down')
    for (const clock of ['14:12:00', '14:12:01', '14:12:02']) expect((await ask(kma, freshCell(), clock)).status).toBe(503)
    expect(kma.take()).toHaveLength(5)
    await ask(kma, freshCell(), '14:13:00')
    expect(kma.take()).toEqual([])
    await ask(kma, freshCell(), '14:13:02')
    expect(kma.take()).toHaveLength(1)
    await ask(kma, freshCell(), '14:13:30')
    expect(kma.take()).toEqual([])
    kma.become('well')
    expect((await ask(kma, freshCell(), '14:14:03')).status).toBe(200)
    expect(kma.take()).toHaveLength(3)
    const { rows } = await createTestDeps().db.execute(sql`SELECT failures, closed_until FROM weather_sources WHERE source = 'kma'`)
    expect(rows).toEqual([{ failures: 0, closed_until: null }])
  })

  it('is left alone by the breaker also without Redis', async () => {
    const kma = breakable()
    kma.become('down')
    for (let k = 0; k < 4; k++) await ask(kma, freshCell(), `14:12:0${k}`, { cache: noCache })
    expect(kma.take()).toHaveLength(5)
  })
})

describe('a source that is slow', () => {
  it('does not hold up the answer where a copy is at hand, and what it says later is kept', async () => {
    const cell = freshCell()
    const kma = breakable()
    await ask(kma, cell, '14:12')
    kma.become('slow')
    const after = behind()
    const old = await timed(() => ask(kma, cell, '15:13', after), after)
    expect(old).toMatchObject({ status: 200, json: { stale: true, observed_at: '2026-10-02T05:00:00.000Z' } })
    expect(old.ms).toBeLessThan(400)
    kma.become('well')
    expect((await ask(kma, cell, '15:14')).json).toMatchObject({ stale: false, observed_at: '2026-10-02T06:00:00.000Z' })
  })

  it('is waited for two and a half seconds where nothing is known', async () => {
    const kma = breakable()
    kma.become('slow')
    const after = behind()
    const { status, ms } = await timed(() => ask(kma, freshCell(), '14:12', after), after)
    expect(status).toBe(503)
    expect(ms).toBeGreaterThan(2_000)
    expect(ms).toBeLessThan(3_000)
  })
})

describe('twenty at once', () => {
  const twenty = (kma: Kma, cell: KmaCell & { lat: number; lng: number }, clock: string, deps: object = {}) =>
    Promise.all(Array.from({ length: 20 }, () => ask(kma, cell, clock, deps)))

  it('ask each product once, and all are answered', async () => {
    const cell = freshCell()
    const kma = fakeKma()
    const answers = await twenty(kma, cell, '14:12')
    expect(answers.map(({ status, json }) => [status, json.stale])).toEqual(Array.from({ length: 20 }, () => [200, false]))
    expect(kma.take().toSorted()).toEqual(['days 1400', 'hours 1330', 'observation 1400'])
    const later = await twenty(kma, cell, '15:13')
    expect(new Set(later.map(({ status }) => status))).toEqual(new Set([200]))
    expect(kma.take().toSorted()).toEqual(['hours 1430', 'observation 1500'])
  })

  it('ask once also without Redis, within one isolate', async () => {
    const kma = fakeKma()
    const answers = await twenty(kma, freshCell(), '14:12', { cache: noCache })
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(kma.take()).toHaveLength(3)
  })

  it('ask once also when one of them has read Postgres before the first one kept its reading', async () => {
    const cell = freshCell()
    const kma = fakeKma()
    await ask(kma, cell, '14:12', { cache: noCache })
    kma.take()
    const after = behind()
    const deps = createTestDeps({ kma: kma.kma, now: () => seoul('2026-10-02 14:12'), cache: noCache, waitUntil: after.waitUntil })
    expect((await currentCopy(deps, cell, { cached: null, latest: null }))?.observation?.value?.temp).toBe(18)
    await Promise.all(after.pending)
    expect(kma.take()).toEqual([])
  })

  it('wait for another isolate, and answer with what that has read', async () => {
    const [cell, other] = [freshCell(), freshCell()]
    const kma = fakeKma()
    await ask(kma, other, '14:12')
    const copy = await createTestDeps().cache.get(`weather:${other.nx}:${other.ny}`)
    kma.take()
    // The other one holds the lock, and puts its copy there a moment later.
    const { cache } = createTestDeps()
    await cache.mark([{ key: `lock:weather:${cell.nx}:${cell.ny}`, ttlSec: 10 }])
    const asking = ask(kma, cell, '14:12')
    await new Promise((resolve) => setTimeout(resolve, 400))
    await cache.set({ key: `weather:${cell.nx}:${cell.ny}`, ttlSec: 60 }, copy)
    expect(await asking).toMatchObject({ status: 200, json: { stale: false } })
    expect(kma.take()).toEqual([])
  })
})

describe('calls of the day that are used up', () => {
  const realClock = () => Math.floor(Date.now() / HOUR_MS) * HOUR_MS

  it('close that operation until midnight, counted where they arrive', async () => {
    const noon = new Date(realClock() + 24 * HOUR_MS)
    noon.setUTCHours(5, 20, 0, 0)
    await control('POST', '/clock', { now: noon.toISOString() })
    await control('DELETE', '/public-data/calls')
    const { quota, calls: none } = await control('GET', '/public-data/calls')
    expect(none).toEqual({})
    const operation = Object.keys(quota).find((name) => /ncst/i.test(name))!
    await control('POST', '/public-data', { quota: { [operation]: 2 } })
    try {
      const get = (at: Date) => {
        const { lat, lng } = freshCell()
        return person.with({ now: () => at, airKorea }).get(`/weather?lat=${lat}&lng=${lng}`)
      }
      const answers = []
      for (let k = 0; k < 6; k++) answers.push(await get(new Date(noon.getTime() + k * 1_000)))
      expect(answers.map(({ status, json }) => [status, json.weather !== null, json.stale])).toEqual([
        [200, true, false],
        [200, true, false],
        [200, false, true],
        [200, false, true],
        [200, false, true],
        [200, false, true],
      ])
      const { calls } = await control('GET', '/public-data/calls')
      // Two that were answered, and the one that was refused.
      expect(calls[operation]).toBe(3)
      expect(Object.values(calls).toSorted()).toEqual([3, 6, 6])

      const nextDay = new Date(noon.getTime() + 10 * HOUR_MS)
      await control('POST', '/clock', { now: nextDay.toISOString() })
      expect((await get(nextDay)).json.weather).not.toBeNull()
    } finally {
      await control('POST', '/public-data', { quota: { [operation]: quota[operation] } })
      await control('POST', '/clock', { now: new Date().toISOString() })
    }
  })
})

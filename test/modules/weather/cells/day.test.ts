import { afterEach, beforeEach, expect, it } from 'vitest'
import { HOUR_MS } from '../../../../src/core/time.ts'
import { readDueAir } from '../../../../src/modules/weather/air/jobs.ts'
import { readAirInTurn } from '../../../../src/modules/weather/air/service.ts'
import { readDueCells } from '../../../../src/modules/weather/cells/jobs.ts'
import { nextReadAt } from '../../../../src/modules/weather/cells/slots.ts'
import { readCells } from '../../../../src/modules/weather/cells/service.ts'
import { createTestDeps } from '../../../support/api.ts'
import { signUp } from '../../../support/login.ts'
import { listRows } from '../../../support/rows.ts'
import { fakeAirKorea, fakeKma, forgetWeather, freshCell, seoul } from '../../../support/weather.ts'
import { sql } from 'drizzle-orm'

beforeEach(forgetWeather)
afterEach(forgetWeather)

const MINUTE_MS = 60_000
const midnight = seoul('2026-10-02 00:00').getTime()
const clock = (hour: number) => midnight + hour * HOUR_MS

/** When what is down: KMA as a whole for longer than a copy lives, one operation, the calls of the day, and pages that come late. */
function mannerAt(now: number, product: string, base: Date) {
  if (now >= clock(3) && now < clock(4.5)) return 'down'
  if (now >= clock(7.1) && now < clock(9.1) && product === 'observation') return 'down'
  if (now >= clock(10) && now < clock(10.5) && product === 'observation' && base.getTime() >= clock(10)) return 'late'
  if (now >= clock(12.5) && now < clock(19.2)) return 'down'
  if (now >= clock(21) && product === 'days') return 'quota'
  return 'well'
}

it('a day, with sources that die and come back', async () => {
  let now = clock(0) + 5 * MINUTE_MS
  const kma = fakeKma((product, base) => mannerAt(now, product, base))
  const { airKorea } = fakeAirKorea()
  const person = await signUp()
  const cell = freshCell()
  const deps = createTestDeps({ now: () => new Date(now), kma: kma.kma, airKorea, wakeAt: async () => {} })
  const api = person.with({ now: () => new Date(now), kma: kma.kma, airKorea, wakeAt: async () => {} })

  const told: { at: number; status: number; observed_at: string | null; stale: boolean; hours: number }[] = []
  for (; now < clock(24); now += 7 * MINUTE_MS) {
    // The alarm and the queue.
    await readDueCells.run(deps, new Date(now))
    await readDueAir.run(deps, new Date(now))
    for (const { id, type, payload } of await listRows(
      sql`SELECT id, type, payload FROM outbox WHERE type IN ('weather.read', 'weather.read_air') AND done_at IS NULL`,
    )) {
      if (type === 'weather.read') await readCells(deps, payload.cells)
      else await readAirInTurn(deps)
      await deps.db.execute(sql`UPDATE outbox SET done_at = now() WHERE id = ${id}`)
    }
    const { status, json } = await api.get(`/weather?lat=${cell.lat}&lng=${cell.lng}`)
    told.push({ at: now, status, observed_at: json.observed_at ?? null, stale: json.stale, hours: json.hours?.length ?? 0 })
  }
  const between = (from: number, to: number) => told.filter(({ at }) => at >= clock(from) && at < clock(to))
  const ageOf = ({ at, observed_at }: (typeof told)[number]) => (at - Date.parse(observed_at!)) / MINUTE_MS

  // It is 503 only when nothing younger than six hours was left.
  const gone = told.filter(({ status }) => status !== 200)
  expect(gone.map(({ status }) => status)).toEqual(Array.from({ length: gone.length }, () => 503))
  expect(gone.length).toBeGreaterThan(3)
  expect(Math.min(...gone.map(({ at }) => at))).toBeGreaterThanOrEqual(clock(18.2))
  expect(Math.max(...gone.map(({ at }) => at))).toBeLessThanOrEqual(clock(19.2) + 2 * MINUTE_MS)

  for (const one of told.filter(({ status }) => status === 200)) {
    // Older than the last hour that was published only with a word about it, and never older than six hours.
    if (!one.stale) expect([new Date(one.at).toISOString(), ageOf(one) <= 72]).toEqual([new Date(one.at).toISOString(), true])
    if (one.observed_at) expect(ageOf(one)).toBeLessThanOrEqual(7 * 60)
  }
  expect(between(1, 3).every(({ stale }) => !stale)).toBe(true)
  expect(between(3.3, 4.5).every(({ status, stale }) => status === 200 && stale)).toBe(true)
  expect(between(5.1, 7).every(({ stale }) => !stale)).toBe(true)
  expect(between(8.3, 9.1).every(({ status, stale, hours }) => status === 200 && stale && hours === 12)).toBe(true)
  expect(between(11.4, 12.4).every(({ stale }) => !stale)).toBe(true)
  expect(between(13.3, 18).every(({ status, stale }) => status === 200 && stale)).toBe(true)
  expect(between(19.5, 20.9).every(({ status, stale }) => status === 200 && !stale)).toBe(true)
  // The forecast of the days is closed for the rest of the day, and the other two go on.
  expect(between(23.4, 24).every(({ status, stale, observed_at }) => status === 200 && stale && observed_at !== null)).toBe(true)

  const calls = (what: string) => kma.calls.filter((call) => call.startsWith(what)).length
  // Yesterday's last base, and today's last two. The last of them was refused, and not asked for again.
  expect(kma.calls.filter((call) => call === 'days 2000' || call === 'days 2300')).toEqual(['days 2300', 'days 2000', 'days 2300'])
  expect(calls('observation')).toBeLessThan(24 + 80)
  expect(calls('days')).toBeLessThan(8 + 60)
  expect(nextReadAt(new Date(clock(23.5))).getTime()).toBeGreaterThan(clock(24))
})

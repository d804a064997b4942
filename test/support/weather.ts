import { sql } from 'drizzle-orm'
import { type KmaCell, middleOf } from '../../src/core/kma-grid.ts'
import type { AirReading, ForecastHour, Observation } from '../../src/core/weather.ts'
import { HOUR_MS } from '../../src/core/time.ts'
import type { AirKorea } from '../../src/vendors/airkorea/airkorea.ts'
import type { AirStation } from '../../src/vendors/airkorea/rows.ts'
import type { Kma } from '../../src/vendors/kma/kma.ts'
import type { PublicDataFailure } from '../../src/vendors/public-data/outcome.ts'
import { createTestDeps } from './api.ts'
import { cloud } from './cloud.ts'
import type { Redis } from '@upstash/redis'
import { createRedis } from '../../src/redis/client.ts'

/** Seoul's wall clock as an instant: `at('2026-10-02 14:09:59')`. */
export const seoul = (clock: string): Date => new Date(`${clock.replace(' ', 'T')}${clock.length < 17 ? ':00' : ''}+09:00`)

/** Cells in the north of the grid, where no other test goes. Each test takes its own. */
let taken = 0
export function freshCell(): KmaCell & { lat: number; lng: number } {
  const cell = { nx: 50 + (taken % 20), ny: 110 + (Math.floor(taken++ / 20) % 24) }
  return { ...cell, ...middleOf(cell) }
}

export const failed = (reason: PublicDataFailure['reason'] = 'unavailable'): PublicDataFailure => ({
  outcome: 'failed',
  reason,
  code: null,
})
const nothing = { outcome: 'nothing' } as const

type Product = 'observation' | 'hours' | 'days'
/** What a source does when it is asked: `late` has not published the base, `slow` answers after its deadline. */
type Manner = 'well' | 'late' | 'down' | 'quota' | 'slow' | 'sea'

/**
 * KMA as a test wants it. `manner` says how it behaves, for each product and base. Every call is written down as `observation 1300`, the base in Seoul.
 */
export function fakeKma(
  manner: (product: Product, base: Date) => Manner = () => 'well',
  weather: Partial<ForecastHour & Observation> = {},
) {
  const calls: string[] = []
  async function answer<T>(product: Product, base: Date, options: { deadlineMs?: number | undefined } | undefined, value: () => T) {
    calls.push(`${product} ${clockOf(base)}`)
    const how = manner(product, base)
    if (how === 'slow') await new Promise((resolve) => setTimeout(resolve, options?.deadlineMs ?? 10_000))
    // As long as a real call, so that calls at the same time overlap.
    else await new Promise((resolve) => setTimeout(resolve, 15))
    if (how === 'late') return nothing
    if (how === 'down' || how === 'slow') return failed()
    if (how === 'quota') return failed('quota')
    return { outcome: 'answered', value: value() } as const
  }
  const hour = (at: number): ForecastHour => ({
    at: new Date(at).toISOString(),
    temp: 18,
    humidity: 50,
    pty: 'none',
    sky: 'clear',
    wind_ms: 2,
    pop: 10,
    rain_mm: { min: 0, max: 0 },
    snow_cm: { min: 0, max: 0 },
    lightning: 0,
    ...weather,
  })
  const from = (first: number, count: number) => Array.from({ length: count }, (_, k) => hour(first + k * HOUR_MS))
  const kma = {
    observe: (_, base, options) =>
      answer('observation', base, options, () =>
        manner('observation', base) === 'sea'
          ? null
          : { hour: base.toISOString(), temp: 18, humidity: 50, rn1: 0, pty: 'none' as const, wind_ms: 2, ...observed(weather) },
      ),
    forecastHours: (_, base, options) => answer('hours', base, options, () => from(base.getTime() + HOUR_MS / 2, 6)),
    forecastDays: (_, base, options) =>
      answer('days', base, options, () => {
        const date = new Date(base.getTime() + 9 * HOUR_MS).toISOString().slice(0, 10)
        const clock = clockOf(base)
        // Only the first bases of a day tell its extremes.
        const extremes = { date, min: clock === '0200' ? 9.5 : null, max: clock <= '1100' ? 24.5 : null }
        return { hours: from(base.getTime() + HOUR_MS, 72), extremes: extremes.max === null ? [] : [extremes] }
      }),
  } as Partial<Kma> as Kma
  return { kma, calls, take: () => calls.splice(0) }
}

function observed({ temp, humidity, rn1, pty, wind_ms }: Partial<ForecastHour & Observation>): Partial<Observation> {
  const named = { temp: temp ?? undefined, humidity, rn1, pty, wind_ms }
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined))
}

const clockOf = (base: Date) => new Date(base.getTime() + 9 * HOUR_MS).toISOString().slice(11, 16).replace(':', '')

/** AirKorea with stations of a test's own. */
export function fakeAirKorea({ readings = [], stations = [] }: { readings?: AirReading[]; stations?: AirStation[] } = {}) {
  const calls: string[] = []
  const answer = <T>(name: string, value: readonly T[]) => {
    calls.push(name)
    return value.length > 0 ? ({ outcome: 'answered', value } as const) : nothing
  }
  const airKorea: AirKorea = {
    listReadings: async () => answer('readings', readings),
    listStations: async () => answer('stations', stations),
  }
  return { airKorea, calls, take: () => calls.splice(0) }
}

const redis: Redis = createRedis({ url: cloud.redisUrl, token: 'local' })

/** Forgets what is known of the weather, of all cells: what one test leaves is no matter of the next. */
export async function forgetWeather(): Promise<void> {
  const { db } = createTestDeps()
  const { rows } = await db.execute<{ nx: number; ny: number }>(sql`SELECT nx, ny FROM weather_cells`)
  const keys = rows.flatMap(({ nx, ny }) => [`weather:${nx}:${ny}`, `lock:weather:${nx}:${ny}`])
  await redis.del('lock:air', ...keys)
  for (const table of ['weather_cells', 'weather_hours', 'weather_sources', 'air_stations']) await db.execute(`DELETE FROM ${table}`)
  await db.execute("DELETE FROM outbox WHERE type IN ('weather.read', 'weather.read_air')")
}

/** Losing Redis alone: the copy and the lock of a cell. */
export const forgetInRedis = ({ nx, ny }: KmaCell) => redis.del(`weather:${nx}:${ny}`, `lock:weather:${nx}:${ny}`)

/** Asks the simulators' controls. */
export async function control(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<any> {
  const response = await fetch(`${cloud.simulatorsUrl}/_sim${path}`, {
    method,
    ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response.status === 204 ? null : response.json()
}

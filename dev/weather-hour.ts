import { HOUR_MS } from '../src/core/time.ts'
import { connectPostgres } from './postgres-client.ts'

type Part = { base: string | null; read_at: string; fresh_until: string; value: unknown }
type Copy = Record<'observation' | 'hours' | 'days', Part | null> & { fetched_at: string; fresh_until: string }

export interface WeatherStores {
  readonly databaseUrl: string
  readonly redisUrl: string
}

/** KMA publishes forecasts of days every three hours. */
const AGES_MS = { observation: HOUR_MS, hours: HOUR_MS, days: 3 * HOUR_MS }

/**
 * Makes what the Worker has read of the weather an hour older, so that it asks KMA and AirKorea anew. It would otherwise show what somebody has set only after
 * the next full hour. Walks that wait for their weather are due, and a source that was down is asked again.
 */
export async function letWeatherHourPass({ databaseUrl, redisUrl }: WeatherStores): Promise<{ cells: number }> {
  const client = await connectPostgres(databaseUrl)
  try {
    const { rows } = await client.query<{ nx: number; ny: number; latest: Copy | null }>('SELECT nx, ny, latest FROM weather_cells')
    const cells = rows.map(({ nx, ny, latest }) => ({ nx, ny, latest: latest && older(latest) }))
    await client.query('BEGIN')
    await client.query(
      `UPDATE weather_cells SET latest = given.latest, next_read_at = now()
       FROM jsonb_to_recordset($1) AS given (nx smallint, ny smallint, latest jsonb)
       WHERE weather_cells.nx = given.nx AND weather_cells.ny = given.ny`,
      [JSON.stringify(cells)],
    )
    // Of two readings of one hour the wetter one stays.
    await client.query(`DELETE FROM weather_hours WHERE hour > now() - interval '6 hours'`)
    await client.query(
      `UPDATE air_stations SET pm10_at = pm10_at - interval '1 hour', pm25_at = pm25_at - interval '1 hour' WHERE seen_at > now() - interval '1 hour'`,
    )
    await client.query(
      `UPDATE weather_sources SET read_at = read_at - interval '2 hours', next_read_at = least(next_read_at, now()), failures = 0, closed_until = NULL`,
    )
    await client.query('UPDATE walks SET weather_due_at = least(weather_due_at, now()) WHERE weather_due_at IS NOT NULL')
    await client.query('COMMIT')
    await forget(
      redisUrl,
      cells.map(({ nx, ny }) => `weather:${nx}:${ny}`),
    )
    return { cells: cells.length }
  } finally {
    await client.end()
  }
}

function older(copy: Copy): Copy {
  const past = new Date(0).toISOString()
  const back = (instant: string, ms: number) => new Date(Date.parse(instant) - ms).toISOString()
  const parts = Object.entries(AGES_MS).map(([name, ms]) => {
    const part = copy[name as keyof typeof AGES_MS]
    return [name, part && { ...part, base: part.base && back(part.base, ms), read_at: back(part.read_at, HOUR_MS), fresh_until: past }]
  })
  return { ...copy, ...Object.fromEntries(parts), fetched_at: back(copy.fetched_at, HOUR_MS), fresh_until: past }
}

/** The marks of the cache go as well, which keep the Worker from asking twice. */
async function forget(redisUrl: string, keys: readonly string[]): Promise<void> {
  await fetch(redisUrl, {
    method: 'POST',
    headers: { Authorization: 'Bearer local', 'Content-Type': 'application/json' },
    body: JSON.stringify(['DEL', 'lock:air', ...keys]),
  }).catch(() => {})
}

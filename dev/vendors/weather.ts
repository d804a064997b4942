import { z } from 'zod'
import { createAirKorea } from './airkorea/airkorea.ts'
import { createStations, stationSchema } from './airkorea/stations.ts'
import type { Clock } from './clock.ts'
import { createForecasts, type KmaSettings } from './kma/forecasts.ts'
import { createUv } from './kma/uv.ts'
import { createWarnings, warningSchema } from './kma/warnings.ts'
import type { Provider } from './public-data/gateway.ts'
import { createHost, readControl, Refusal } from './vendor.ts'
import { createLand } from './weather/land.ts'
import { ruleSchema } from './weather/rules.ts'
import { createWeather } from './weather/weather.ts'

export const WEATHER_CONTROLS = {
  'POST /_sim/weather':
    'what the weather is, in observations and forecasts; later ones win: {at?: {lat, lng} or {nx, ny}, radius_m?, from?, to?, only?: observed|forecast, temp?, pty?: none|rain|…, humidity?, rn1?, wind_ms?, sky?, pop?, lightning?, snow_cm?, uv?, pm10?, pm25?: of the stations within 10 km and of the nearest, missing?: as at sea}',
  'GET /_sim/weather': '{rules, warnings}; DELETE forgets them and what is wrong with stations',
  'DELETE /_sim/weather/rules': 'forgets the rules alone',
  'POST /_sim/weather/warnings':
    'a warning is issued or changes: {areaCode, areaName, kind: heavy_rain|…, level?: advisory|warning, command?: issued|lifted|extended|changed, issued_at?, starts_at?, ends_at?, cancel?}',
  'POST /_sim/weather/warnings/replay': 'the recorded warnings of 26 September 2026 around Jeju, as if they were of today',
  'POST /_sim/weather/warnings/status': 'the statement of what is in force, in place of what the warnings say: {t6: text or null}',
  'POST /_sim/weather/stations': 'an air station: {name, sido?, state: ok|dead|silent|pm10_out|pm25_out|no_grade|gases_out}',
  'POST /_sim/weather/publishing':
    'how late and how KMA and AirKorea publish: {late_min?: of KMA, air_late_min?, ultra_pop?: whether the next six hours have a probability}',
}

const minutesSchema = z.int().min(0).max(600)
const publishingSchema = z.strictObject({
  late_min: minutesSchema.optional(),
  air_late_min: minutesSchema.optional(),
  ultra_pop: z.boolean().optional(),
})
const statusSchema = z.strictObject({ t6: z.string().min(1).nullable() })

const USUAL: KmaSettings & { air_late_min: number } = { late_min: 0, air_late_min: 0, ultra_pop: true }

/** KMA and AirKorea, over one weather that people and tests can set. */
export function createWeatherProvider({ clock, regionsFile }: { clock: Clock; regionsFile?: string }): Provider {
  const land = createLand(regionsFile)
  const weather = createWeather()
  const stations = createStations(land)
  const warnings = createWarnings({ clock })
  let settings = USUAL

  function clear() {
    weather.clear()
    warnings.clear()
    stations.clear()
  }

  const control = createHost()
  control.post('/weather', async (c) => {
    const rule = await readControl(c, ruleSchema)
    weather.add(rule)
    return c.json(rule, 201)
  })
  control.get('/weather', (c) => c.json({ rules: weather.list(), warnings: warnings.list() }))
  control.delete('/weather', (c) => {
    clear()
    return c.body(null, 204)
  })
  control.delete('/weather/rules', (c) => {
    weather.clear()
    return c.body(null, 204)
  })
  control.post('/weather/warnings', async (c) => c.json(warnings.add(await readControl(c, warningSchema)), 201))
  control.post('/weather/warnings/replay', (c) => {
    warnings.replay()
    return c.json({ rows: warnings.list().length })
  })
  control.post('/weather/warnings/status', async (c) => {
    const { t6 } = await readControl(c, statusSchema)
    warnings.state(t6)
    return c.json({ t6 })
  })
  control.post('/weather/stations', async (c) => {
    const station = await readControl(c, stationSchema)
    if (!stations.set(station)) throw new Refusal(404, { error: `no station ${station.name}` })
    return c.json(station)
  })
  control.post('/weather/publishing', async (c) => {
    const input = await readControl(c, publishingSchema)
    settings = { ...settings, ...Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) }
    return c.json(settings)
  })

  return {
    operations: [
      ...createForecasts({ weather, land, clock, settings: () => settings }),
      ...warnings.operations,
      createUv({ weather, land, clock }),
      ...createAirKorea({ weather, stations, clock, lateMin: () => settings.air_late_min }),
    ],
    control,
    reset() {
      clear()
      settings = USUAL
    },
  }
}

import type { Client } from '../../../client/src/index.ts'
import type { LatLng } from '../../../src/core/geo.ts'
import { HOUR_MS, seoulClock } from '../../../src/core/time.ts'
import type { Track } from '../../../src/measuring/measure-track.ts'
import { check, type Completion, say, step } from '../stage.ts'
import { sim, until } from '../vendors.ts'

const hourOf = (instant: string) => `${seoulClock(new Date(instant)).hour}시`
const known = (value: number | null, unit: string) => (value === null ? '-' : `${value}${unit}`)

/** What the start page of the app shows of the weather, for this dog. */
export async function seeWeather(client: Client, pet: { id: string; name: string }, at: LatLng): Promise<void> {
  step('Weather')
  const { region, weather, air_quality, suitability, best_hours, best_hours_message, outlook, observed_at, stale, sources } =
    await client.get('/weather', { query: at })
  check(weather !== null && observed_at !== null && !stale, 'a fresh observation')
  const { temp, feels_like, sky, pty, humidity } = weather!
  say(
    `    ${region.sigungu} at ${hourOf(observed_at!)}: ${temp} °C, feels like ${known(feels_like, ' °C')}, ${pty === 'none' ? sky : pty}, ${known(humidity, ' %')}`,
  )
  check(air_quality !== null, 'a station that has measured the air')
  const { pm10_value, pm10_grade, pm25_value, pm25_grade, station } = air_quality!
  say(`    air at ${station}: PM10 ${known(pm10_value, '')} (grade ${pm10_grade}), PM2.5 ${known(pm25_value, '')} (grade ${pm25_grade})`)
  say(`    ${suitability.level}, ${suitability.color}: ${suitability.message}${outlook ? `; ${outlook.message}` : ''}`)
  say(`    ${best_hours.map(({ message }) => message).join(', ') || best_hours_message}`)
  const { hours } = await client.get('/pets/{id}/paw-index', { path: { id: pet.id }, query: { hours: 6, ...at } })
  const [now] = hours
  check(now !== undefined, 'the paw index of this hour')
  const [worst] = now!.index.parts.filter(({ level, is_info }) => !is_info && level !== null && level === now!.index.level)
  say(`    🐾 ${pet.name}: ${now!.index.level} ${now!.index.message}${worst?.message ? ` (${worst.message})` : ''}`)
  say(
    `       then ${hours
      .slice(1)
      .map(({ at: hour, index }) => `${hourOf(hour)} ${index.level}`)
      .join(', ')}`,
  )
  say(`    by ${sources.map(({ name }) => name).join(' and ')}`)
}

/** From the hour in which the walk began up to now, at the simulated KMA. */
export async function letItRain(client: Client, { lat, lng, time_ms }: Track): Promise<void> {
  step('It rains')
  const at = { lat: lat[0]!, lng: lng[0]! }
  const from = new Date(Math.floor(Math.min(...time_ms) / HOUR_MS) * HOUR_MS).toISOString()
  await sim('weather', { at, from, to: new Date().toISOString(), only: 'observed', pty: 'rain', rn1: 2.5 })
  await sim('weather/hour', {})
  const { weather, suitability } = await until('the rain to be observed', async () => {
    const now = await client.get('/weather', { query: at })
    return now.weather?.pty === 'rain' ? now : undefined
  })
  check(suitability.level === 'caution' && suitability.reasons.includes('rain'), 'rain to ask for care')
  say(`    ${known(weather!.rn1, ' mm')} where the walk begins; ${suitability.level}, ${suitability.color}: ${suitability.message}`)
}

/** Of the hour in which a walk began. It is known once KMA has told it, and a badge follows. */
export async function earnRainBadge(client: Client, { walk: { id }, badges_earned }: Completion): Promise<void> {
  step('The weather of the walk')
  const weather = await until('the weather of the walk', async () => {
    const walk = await client.get('/walks/{id}', { path: { id } })
    return walk.weather?.final ? walk.weather : undefined
  })
  check(weather.pty === 'rain', 'the walk to have begun in rain')
  say(`    ${hourOf(weather.hour)}: ${weather.pty}, ${known(weather.temp, ' °C')}, ${known(weather.rn1, ' mm')}`)
  const badge = await until('the badge of the rain', async () => {
    const badges = await client.get('/badges', { query: { status: 'earned' } })
    return badges.find(({ code }) => code === 'sp_rain')
  })
  const hasComeWithWalk = badges_earned.some(({ code }) => code === badge.code)
  say(`    🎉 ${hasComeWithWalk ? '산책과 함께' : '산책 뒤에'} 획득했어요! ${badge.icon} ${badge.name}: ${badge.description}`)
}

export async function lookAround(client: Client, at: LatLng): Promise<void> {
  step('Places around')
  const { items, radius_m_used, sources } = await client.get('/places', {
    query: { ...at, radius_m: 3_000, category: 'hospital', limit: 3 },
  })
  const [nearest] = items
  check(nearest !== undefined, 'a hospital to be near')
  for (const { name, distance_m, phone } of items) say(`    ${name}, ${distance_m} m${phone ? `, ${phone}` : ''}`)
  say(`    within ${radius_m_used} m, by ${sources.map(({ publisher }) => publisher).join(', ')}`)
  await client.put('/places/{id}/favorite', { path: { id: nearest!.id } })
  const mine = await client.get('/places', { query: { favorite: 'true' } })
  check(mine.items.length === 1 && mine.items[0]?.id === nearest!.id, 'the hospital among the favourites')
  say(`    ★ ${mine.items[0]!.name} is a favourite`)
  const found = await client.get('/places/search', { query: { q: '애견카페', ...at } })
  check(found.items.length > 0 && !found.partial, 'Kakao to know cafés')
  for (const { name, distance_m, place_url } of found.items.slice(0, 2)) say(`    애견카페: ${name}, ${distance_m} m, ${place_url}`)
}

import { type Actor, signedIn } from '../../core/actor.ts'
import { within } from '../../core/deadline.ts'
import { found as foundOr } from '../../core/errors.ts'
import type { LatLng } from '../../core/geo.ts'
import { toKmaCell } from '../../core/kma-grid.ts'
import { describeFailure } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { keys } from '../../redis/keys.ts'
import { petNotFound } from '../pets/errors.ts'
import { regionNotFound } from '../regions/errors.ts'
import { refreshAir } from './air/service.ts'
import { hasWeather } from './cells/copy.ts'
import { keepStations } from './cells/queries.ts'
import type { CellWeather } from './cells/schema.ts'
import { currentCopy, heldCopy } from './cells/service.ts'
import { nextReadAt } from './cells/slots.ts'
import { placeOutsideKorea, placeUnknown, weatherUnavailable } from './errors.ts'
import { chooseAir } from './outlook/air.ts'
import type { AirQuality } from './outlook/schema.ts'
import { askedOf, FARTHEST_M, type Found, type KnownPlace, type Where } from './known.ts'
import { findWeather, listStations } from './queries.ts'
import { makePawForecast, makeReport } from './report.ts'
import type { PawForecast, PawIndexQuery, WeatherQuery, WeatherReport } from './schema.ts'

type Telling = Pick<Deps, 'db' | 'cache' | 'kma' | 'airKorea' | 'now' | 'waitUntil' | 'wakeAt'>

/** So long Redis may take. Postgres has the same copy. */
const REDIS_MS = 300
/** So long somebody waits for the air where nothing is known of it. */
const AIR_MS = 2_500
const RETRY_AFTER = { headers: { 'Retry-After': '60' } }

/** The weather of a place: what is known is answered at once, and what is old is read anew. */
export async function tellWeather(deps: Telling, actor: Actor, query: WeatherQuery): Promise<WeatherReport> {
  const { place, pet, copy, air_quality, now } = await lookUp(deps, actor, whereOf(query))
  return { region: place.region, ...makeReport(copy, { place, air_quality, pet, now }) }
}

/** What the coming hours mean for one of the actor's pets, where it is or in their region. */
export async function forecastPaws(deps: Telling, actor: Actor, petId: string, query: PawIndexQuery): Promise<PawForecast> {
  const { place, pet, copy, air_quality, now } = await lookUp(deps, actor, whereOf(query), petId)
  const its = foundOr(pet, petNotFound)
  return { pet_id: petId, region: place.region, ...makePawForecast(copy, { place, air_quality, pet: its, now, count: query.hours }) }
}

function whereOf({ lat, lng, region_code }: WeatherQuery): Where {
  if (region_code !== undefined) return { region_code }
  if (lat === undefined || lng === undefined) return 'own'
  const where = cellOf({ lat, lng })
  if (!where) throw placeOutsideKorea()
  return where
}

/** Where a screen that shows more than the weather asks for it, and the copy that Redis has. Null for a point outside Korea. */
export function lookForWeather(
  deps: Pick<Deps, 'cache'>,
  at: LatLng | null,
): { readonly where: Where; readonly cached: Promise<unknown> } | null {
  const where = at === null ? 'own' : cellOf(at)
  return where && { where, cached: cachedCopy(deps, where) }
}

/** The weather that is known, of what `knownWeather` found, or null. It waits for nobody: what is old is read anew behind the answer. */
export function presentKnown(deps: Telling, { place, pet, sources }: Found, cached: unknown): WeatherReport | null {
  if (!place || place.distance_m > FARTHEST_M) return null
  const now = deps.now()
  if (place.is_wanted_anew) deps.waitUntil(deps.wakeAt(nextReadAt(now)))
  const copy = heldCopy(deps, { nx: place.nx, ny: place.ny }, { cached, latest: place.latest })
  void refreshAir(deps, sources)
  if (!hasWeather(copy)) return null
  const air_quality = keepAir(deps, place, chooseAir(place.stations, place.kept, now))
  return { region: place.region, ...makeReport(copy, { place, air_quality, pet, now }) }
}

function cellOf(at: LatLng): Where | null {
  const cell = isNearKorea(at) ? toKmaCell(at) : null
  return cell && { at, cell }
}

/** The grid reaches farther, over the sea and over other countries. */
const isNearKorea = ({ lat, lng }: LatLng) => lat >= 32.9 && lat <= 38.7 && lng >= 124.5 && lng <= 132

interface Known {
  readonly place: KnownPlace
  readonly pet: Found['pet']
  readonly copy: CellWeather
  readonly air_quality: AirQuality | null
  readonly now: Date
}

async function lookUp(deps: Telling, actor: Actor, where: Where, petId?: string): Promise<Known> {
  const now = deps.now()
  const [answer, cached] = await Promise.all([findWeather(deps.db, actor, where, askedOf(where, now, petId), now), cachedCopy(deps, where)])
  const { found, has_region } = signedIn(answer)
  const { place: it, pet, sources } = found
  if (petId !== undefined && !pet) throw petNotFound()
  if (!it && !has_region && where === 'own') throw placeUnknown()
  const place = foundOr(it, regionNotFound)
  if (place.distance_m > FARTHEST_M) throw placeOutsideKorea()
  if (place.is_wanted_anew) deps.waitUntil(deps.wakeAt(nextReadAt(now)))
  const [copy, air_quality] = await Promise.all([
    currentCopy(deps, { nx: place.nx, ny: place.ny }, { cached, latest: place.latest }),
    currentAir(deps, place, sources),
  ])
  if (!hasWeather(copy)) throw weatherUnavailable(RETRY_AFTER)
  return { place, pet, copy, air_quality, now: deps.now() }
}

/** The copy in Redis. Of a region the cell is not known before Postgres has answered, and with it comes the copy that Postgres has. */
async function cachedCopy({ cache }: Pick<Deps, 'cache'>, where: Where): Promise<unknown> {
  if (where === 'own' || !('cell' in where)) return null
  return within(REDIS_MS, cache.get(keys.weather(where.cell.nx, where.cell.ny).key)).catch(() => null)
}

/** The air that is known. What is old is read behind the answer, and waited for only where nothing is known. */
async function currentAir(deps: Telling, place: KnownPlace, sources: Found['sources']): Promise<AirQuality | null> {
  const reading = refreshAir(deps, sources)
  const known = chooseAir(place.stations, place.kept, deps.now())
  if (known.air_quality || !(await within(AIR_MS, reading).catch(() => false))) return keepAir(deps, place, known)
  return keepAir(deps, place, chooseAir(await listStations(deps.db, place, place.kept, deps.now()), place.kept, deps.now()))
}

function keepAir(
  deps: Telling,
  { nx, ny, kept: before }: KnownPlace,
  { air_quality, kept }: ReturnType<typeof chooseAir>,
): AirQuality | null {
  if (kept.pm10_station !== before.pm10_station || kept.pm25_station !== before.pm25_station) {
    const keeping = keepStations(deps.db, { nx, ny }, kept).catch((error: unknown) => {
      console.warn(JSON.stringify({ level: 'warn', message: 'stations could not be kept', error: describeFailure(error) }))
    })
    deps.waitUntil(keeping)
  }
  return air_quality
}

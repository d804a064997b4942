import type { AirReading } from '../../../core/weather.ts'
import type { Deps } from '../../../deps.ts'
import { describeFailure } from '../../../db/client.ts'
import { DAY_MS, HOUR_MS } from '../../../core/time.ts'
import { keys } from '../../../redis/keys.ts'
import type { PublicDataOutcome } from '../../../vendors/public-data/outcome.ts'
import { createBreaker, type Source, SOURCE, type SourceState } from '../sources/breaker.ts'
import { type AirNews, listSources, readAirAgain, storeAir, type StationPlace, type StationReading } from './queries.ts'
import { airAgainAt } from './slots.ts'

const DEADLINE_MS = 2_500
const JOB_DEADLINE_MS = 8_000
/** The job reads every hour. Older than that it is for whoever asks. */
const OLD_MS = HOUR_MS
/** Stations seldom move, and new ones are not waited for. */
const PLACES_KEPT_MS = DAY_MS - HOUR_MS / 2

type Reading = Pick<Deps, 'db' | 'airKorea' | 'now'>

/** `skipped`: the source must not be asked now. */
export interface AirCounts {
  readonly stations: number
  readonly placed: number
  readonly has_moved: number
  readonly skipped: number
}

/** Reads the air of the whole country, and where its stations are where that is not known or a day old. */
export async function readAir(
  { db, airKorea, now }: Reading,
  sources: readonly SourceState[],
  options: { readonly deadlineMs: number; readonly patient: boolean },
): Promise<AirCounts> {
  const breaker = createBreaker(sources, now)
  let skipped = 0
  const ask = async <T>(source: Source, call: () => Promise<PublicDataOutcome<T>>): Promise<T | null> => {
    if (breaker.isOpen(source)) {
      skipped++
      return null
    }
    const answer = await call()
    breaker.note(source, answer)
    return answer.outcome === 'answered' ? answer.value : null
  }
  const [readings, stations] = await Promise.all([
    ask(SOURCE.readings, () => airKorea.listReadings(options)),
    isOlder(SOURCE.stations, sources, PLACES_KEPT_MS, now()) ? ask(SOURCE.stations, () => airKorea.listStations(options)) : null,
  ])
  const news: AirNews = {
    readings: readings?.map(toReading) ?? null,
    places:
      stations?.map(({ name, address, lat, lng, network }): StationPlace => ({ name, sido: firstWord(address), lat, lng, network })) ??
      null,
    changes: breaker.changes(),
  }
  const isNews = news.readings !== null || news.places !== null || news.changes.length > 0
  const { has_moved, placed } = isNews ? await storeAir(db, news, now()) : { has_moved: false, placed: 0 }
  return { stations: readings?.length ?? 0, placed, has_moved: Number(has_moved), skipped }
}

function isOlder(source: Source, sources: readonly SourceState[], ageMs: number, now: Date): boolean {
  const { read_at = null } = sources.find((one) => one.source === source) ?? {}
  return read_at === null || now.getTime() - Date.parse(read_at) > ageMs
}

const firstWord = (address: string) => address.trim().split(/\s+/)[0] ?? ''

/** Without a code the sido tells stations of one name apart. */
function toReading({ station_code, station, sido, network, measured_at, pm10, pm25 }: AirReading): StationReading {
  const whole = (value: number | null) => (value === null ? null : Math.round(value))
  return { code: station_code ?? `${sido} ${station}`, name: station, sido, network, measured_at, pm10: whole(pm10), pm25: whole(pm25) }
}

/** The job: reads the air, and once more a quarter of an hour later where no station had news. */
export async function readAirInTurn(deps: Reading & Pick<Deps, 'wakeAt'>): Promise<AirCounts> {
  const counts = await readAir(deps, await listSources(deps.db), { deadlineMs: JOB_DEADLINE_MS, patient: true })
  const again = airAgainAt(deps.now())
  if (counts.has_moved === 0 && again) {
    await readAirAgain(deps.db, again)
    await deps.wakeAt(again)
  }
  return counts
}

let startedMs = Number.NEGATIVE_INFINITY
/** So long a request of this isolate takes it that another one of it reads. */
const FLIGHT_MS = 10_000

/** Reads the air when it is old, behind the answer. One request of all does it. Answers when that is over, and whether anything was read. */
export function refreshAir(deps: Reading & Pick<Deps, 'cache' | 'waitUntil'>, sources: readonly SourceState[]): Promise<boolean> {
  if (!isOlder(SOURCE.readings, sources, OLD_MS, deps.now()) || performance.now() - startedMs < FLIGHT_MS) return Promise.resolve(false)
  startedMs = performance.now()
  const work = readAlone(deps)
  deps.waitUntil(work)
  return work
}

async function readAlone(deps: Reading & Pick<Deps, 'cache'>): Promise<boolean> {
  try {
    const [isFirst] = await deps.cache.mark([keys.airLock()])
    if (!isFirst) return false
    // Who read it a moment ago has taken its mark away, and an account has 500 calls a day.
    const sources = await listSources(deps.db)
    const isKnown = !isOlder(SOURCE.readings, sources, OLD_MS, deps.now())
    const isRead = isKnown || (await readAir(deps, sources, { deadlineMs: DEADLINE_MS, patient: false })).stations > 0
    if (isRead) await deps.cache.unmark(keys.airLock())
    return isRead
  } catch (error) {
    console.error(JSON.stringify({ level: 'error', message: 'the air could not be read', error: describeFailure(error) }))
    return false
  } finally {
    startedMs = Number.NEGATIVE_INFINITY
  }
}

import { within } from '../../../core/deadline.ts'
import type { KmaCell } from '../../../core/kma-grid.ts'
import { describeFailure } from '../../../db/client.ts'
import type { Deps } from '../../../deps.ts'
import { keys } from '../../../redis/keys.ts'
import { createBreaker } from '../sources/breaker.ts'
import { cellRead, isShareSpent } from '../sources/share.ts'
import { type Asked, askKma, type AskingOptions, type Held } from './asking.service.ts'
import { hasWeather, isFresh, newestOf, PARTS, toReading, withReadings } from './copy.ts'
import { board, type Flight, land, look } from './flights.ts'
import { findCells, storeCells } from './queries.ts'
import { type CellWeather, cellWeatherSchema } from './schema.ts'
import { isDay } from './slots.ts'

/** So long a request without any copy waits for KMA. */
const DEADLINE_MS = 2_500
/** So long one waits that has an older copy. */
const PATIENCE_MS = 200
/** A slow Redis counts as one that is down. */
const REDIS_MS = 300
const LOOK_AGAIN_MS = 150

/** The job may wait. */
const JOB_DEADLINE_MS = 8_000
const CALLS_A_MESSAGE = 45

export const readCopy = (stored: unknown): CellWeather | null => cellWeatherSchema.safeParse(stored).data ?? null

type Reading = Pick<Deps, 'db' | 'cache' | 'kma' | 'now' | 'waitUntil'>

/**
 * The newest weather of a cell that can be had at once: the fresh copy, or what KMA says now, or an older copy. One request reads at a time. The others and one
 * that KMA lets down answer with what they hold, at most six hours old.
 */
export async function currentCopy(
  deps: Reading,
  cell: KmaCell,
  copies: { readonly cached: unknown; readonly latest: unknown },
): Promise<CellWeather | null> {
  const held = newestOf(readCopy(copies.cached), readCopy(copies.latest), deps.now())
  if (isFresh(held, deps.now())) return held
  const { flight, isFirst } = board(cell)
  if (isFirst) deps.waitUntil(fly(deps, { cell, copy: held }, flight))
  await look(flight, !hasWeather(held) ? DEADLINE_MS : isFirst ? PATIENCE_MS : 0)
  return newestOf(flight.copy, held, deps.now())
}

/** The newest copy that is held, at most six hours old. What is not fresh is read anew behind the answer. */
export function heldCopy(
  deps: Reading,
  cell: KmaCell,
  { cached, latest }: { readonly cached: unknown; readonly latest: unknown },
): CellWeather | null {
  const inRedis = newestOf(readCopy(cached), null, deps.now())
  // A copy has two days of hours, so a second one is checked only where the first is old.
  const held = isFresh(inRedis, deps.now()) ? inRedis : newestOf(inRedis, readCopy(latest), deps.now())
  if (!isFresh(held, deps.now())) {
    const { flight, isFirst } = board(cell)
    if (isFirst) deps.waitUntil(fly(deps, { cell, copy: held }, flight))
  }
  return held
}

/** Reads a cell if no other isolate does, and keeps what is read. It never throws. */
async function fly(deps: Reading, held: Held, flight: Flight): Promise<void> {
  const { cell } = held
  const lock = keys.weatherLock(cell.nx, cell.ny)
  const entry = keys.weather(cell.nx, cell.ny)
  try {
    const { isMarked, value } = await within(REDIS_MS, deps.cache.markAndGet(lock, entry.key)).catch(() => ({
      isMarked: true,
      value: null,
    }))
    const copy = newestOf(readCopy(value), held.copy, deps.now())
    flight.copy = copy
    if (isFresh(copy, deps.now())) flight.isOver = true
    else if (isMarked) await readAndKeep(deps, { cell, copy }, flight)
    else if (!hasWeather(copy)) await lookInRedis(deps, entry.key, flight)
    if (isMarked) await deps.cache.unmark(lock)
  } catch (error) {
    console.error(JSON.stringify({ level: 'error', message: 'the weather of a cell could not be read', error: describeFailure(error) }))
  } finally {
    land(cell, flight)
  }
}

async function readAndKeep(deps: Reading, { cell, copy: known }: Held, flight: Flight): Promise<void> {
  // A signal takes whole milliseconds.
  const leftMs = () => Math.max(0, Math.floor(DEADLINE_MS - (performance.now() - flight.startedMs)))
  // Another one may have kept its reading after this request asked Postgres. Without Redis only Postgres knows.
  const { copies, sources } = await findCells(deps.db, [cell])
  const held = { cell, copy: newestOf(readCopy(copies[0]?.latest), known, deps.now()) }
  flight.copy = held.copy
  if (isFresh(held.copy, deps.now())) return
  if (isShareSpent(sources, deps.now())) {
    console.warn(JSON.stringify({ level: 'warn', message: 'requests have read as many cells as they may in a day' }))
    flight.isOver = true
    return
  }
  const breaker = createBreaker(sources, deps.now)
  const { news: read, counts } = await readHeld(deps, [held], { breaker, leftMs })
  const news = { ...read, changes: counts.asked > 0 ? [...read.changes, cellRead] : read.changes }
  const [copy] = news.copies
  if (copy) flight.copy = copy.latest
  flight.isOver = true
  if (news.copies.length + news.changes.length === 0) return
  await Promise.all([copy && deps.cache.set(keys.weather(copy.nx, copy.ny), copy.latest), storeCells(deps.db, news, deps.now())])
}

/** Another isolate reads the cell. */
async function lookInRedis({ cache, now }: Reading, key: string, flight: Flight): Promise<void> {
  while (performance.now() - flight.startedMs < DEADLINE_MS) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
    flight.copy = newestOf(readCopy(await cache.get(key)), flight.copy, now())
    if (hasWeather(flight.copy)) return
  }
}

/** Asks KMA for what is newer than what is held, and makes new copies of it. */
async function readHeld(deps: Pick<Deps, 'kma' | 'now'>, held: readonly Held[], options: AskingOptions) {
  const { readings, counts } = await askKma(deps, held, options)
  const at = deps.now()
  const read = held.flatMap(({ cell, copy }, k) => {
    const of = readings[k] ?? {}
    return Object.keys(of).length > 0 ? [{ cell, latest: withReadings(copy, of, at), observation: of.observation?.value ?? null }] : []
  })
  return {
    counts,
    news: {
      copies: read.map(({ cell, latest }) => ({ ...cell, latest })),
      readings: read.flatMap(({ cell, latest, observation }) => (observation ? [toReading(cell, latest, observation)] : [])),
      changes: options.breaker.changes(),
    },
  }
}

/** `asked` are calls. Of the parts of cells that were due, `missing` had not appeared, `stale` could not be read, and `closed` and `left` were not asked. */
export interface ReadCounts {
  readonly cells: number
  readonly asked: number
  readonly stored: number
  readonly missing: number
  readonly stale: number
  readonly closed: number
  readonly left: number
}

/** Reads what is newer of some cells. Safe to repeat, because what is held is not asked for again. */
export async function readCells(deps: Pick<Deps, 'db' | 'cache' | 'kma' | 'now'>, cells: readonly KmaCell[]): Promise<ReadCounts> {
  const { copies, sources } = await findCells(deps.db, cells)
  const held = copies.map(({ nx, ny, latest }) => ({ cell: { nx, ny }, copy: newestOf(readCopy(latest), null, deps.now()) }))
  const breaker = createBreaker(sources, deps.now)
  const { news, counts } = await readHeld(deps, held, {
    breaker,
    leftMs: () => JOB_DEADLINE_MS,
    parts: isDay(deps.now()) ? PARTS : ['days'],
    isPatient: true,
    callsMax: CALLS_A_MESSAGE,
  })
  let stored = 0
  if (news.copies.length + news.changes.length > 0) {
    stored = await storeCells(deps.db, news, deps.now())
    await deps.cache.setAll(news.copies.map(({ nx, ny, latest }) => [keys.weather(nx, ny), latest]))
  }
  return { cells: cells.length, stored, ...toCounts(counts) }
}

const toCounts = ({ asked, late, failed, closed, left }: Asked) => ({ asked, missing: late, stale: failed, closed, left })

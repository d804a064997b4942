import { z } from 'zod'
import { DAY_MS, seoulDateTime } from '../../../core/time.ts'
import type { Deps } from '../../../deps.ts'
import type { Counts, Part } from '../../../jobs/job.ts'
import type { PublicDataFailure } from '../../../vendors/public-data/outcome.ts'
import type { ImportedSource } from '../kinds.ts'
import { failRun, findAnyRun, finishRun, type Limits, type Run, savePage, skipPage, startRun } from './queries.ts'
import { type PlaceRow, rowOfLicence, rowOfPark } from './rows.ts'

/** Each costs one call to the vendor and one to Postgres. The free plan ends an invocation at fifty of both, and some pages are asked for twice. */
const PAGES_A_MESSAGE = 17
/** A vendor that fails so often in a row is down, and the rest of the pages would fail as well. */
const FAILURES_MAX = 3
const OVERLAP_DAYS = 3
/** A week and a night, so that a Sunday that failed is made up for. */
const COMPLETE_EVERY_MS = 7.5 * DAY_MS
const RUNS_KEPT_MS = 366 * DAY_MS
const LIMITS = { shrink: 0.05, closing: 0.05 }
const NO_LIMITS = { shrink: 1, closing: 1 }

type ImportDeps = Pick<Deps, 'db' | 'now' | 'licences' | 'cityParks'>

interface Page {
  readonly rows: readonly PlaceRow[]
  /** With those that are refused. */
  readonly received: number
  readonly total: number
  readonly is_total_stated: boolean
}

interface Register {
  readonly page_rows: number
  readonly has_incremental: boolean
  readPage(deps: ImportDeps, page: number, changedSince: Date | undefined): Promise<Page | PublicDataFailure>
}

const EMPTY: Page = { rows: [], received: 0, total: 0, is_total_stated: false }

const licences = (register: 'animal_hospitals' | 'animal_pharmacies', kind: 'hospital' | 'pharmacy'): Register => ({
  page_rows: 100,
  has_incremental: true,
  async readPage({ licences }, page, changed_since) {
    const answer = await licences.listPage(register, { page, changed_since, patient: true })
    if (answer.outcome !== 'answered') return answer.outcome === 'nothing' ? EMPTY : answer
    const { rows, refused, total } = answer.value
    return { rows: keep(rows.map((row) => rowOfLicence(kind, row))), received: rows.length + refused, total, is_total_stated: true }
  },
})

const REGISTERS: Readonly<Record<ImportedSource, Register>> = {
  hospitals: licences('animal_hospitals', 'hospital'),
  pharmacies: licences('animal_pharmacies', 'pharmacy'),
  parks: {
    page_rows: 1_000,
    has_incremental: false,
    async readPage({ cityParks }, page) {
      const answer = await cityParks.listPage(page, { patient: true })
      if (answer.outcome !== 'answered') return answer.outcome === 'nothing' ? EMPTY : answer
      const { rows, refused, total, is_total_stated } = answer.value
      return { rows: keep(rows.map(rowOfPark)), received: rows.length + refused, total, is_total_stated }
    },
  },
}

export const IMPORTED_SOURCES = ['hospitals', 'pharmacies', 'parks'] as const satisfies readonly ImportedSource[]

const keep = (rows: readonly (PlaceRow | null)[]): PlaceRow[] => rows.filter((row) => row !== null)

export interface ImportOptions {
  /** Reads everything, whatever day it is. */
  readonly is_complete?: boolean
  /** Somebody has looked, and the register is as small as it says. */
  readonly is_trusted?: boolean
}

/**
 * One message of the import of a night: the next pages of its run, and its end. The run's record holds the page, in the statement that saves the page. So a
 * message that comes twice, or died halfway, goes on where the rows are.
 */
export async function importPart(
  deps: ImportDeps,
  source: ImportedSource,
  at: Date,
  { is_complete, is_trusted }: ImportOptions = {},
): Promise<Part> {
  const run = await startRun(deps.db, {
    source,
    at,
    is_complete: is_complete ?? isSunday(at),
    has_incremental: REGISTERS[source].has_incremental,
    complete_before: new Date(at.getTime() - COMPLETE_EVERY_MS),
    overlap_days: OVERLAP_DAYS,
    runs_kept_since: new Date(at.getTime() - RUNS_KEPT_MS),
  })
  if (!run || run.is_over) return { counts: {}, next: null }
  return readPages(deps, source, run, is_trusted ? NO_LIMITS : LIMITS)
}

async function readPages(deps: ImportDeps, source: ImportedSource, run: Run, limits: Limits): Promise<Part> {
  const { page_rows, readPage } = REGISTERS[source]
  const changedSince = run.changed_since === null ? undefined : new Date(run.changed_since)
  const counts = { read: 0, added: 0, changed: 0, failed_pages: 0 }
  let { page, total } = run
  let failures = 0
  for (let read = 0; read < PAGES_A_MESSAGE; read++) {
    if (total !== null && page * page_rows >= total) return { counts: { ...counts, ...(await end(deps, source, run, limits)) }, next: null }
    const answer = await readPage(deps, page + 1, changedSince)
    if ('outcome' in answer) {
      // Without a single page, or without the right to ask, there is nothing to go on with.
      if (total === null || !passes(answer)) return { counts: await giveUp(deps, source, run, answer, counts), next: null }
      counts.failed_pages++
      await skipPage(deps.db, { id: run.id, page })
      page++
      if (++failures === FAILURES_MAX) return { counts: { ...counts, ...(await end(deps, source, run, limits)) }, next: null }
      continue
    }
    failures = 0
    total = answer.total
    counts.read += answer.received
    // What an incremental run finds nothing of has no rows to save.
    if (answer.received > 0) {
      const { is_counted, added, changed } = await savePage(deps.db, { ...run, page }, source, answer, deps.now())
      // Another message is at this run.
      if (!is_counted) return { counts, next: null }
      counts.added += added
      counts.changed += changed
    } else if (total > page * page_rows) {
      counts.failed_pages++
      await skipPage(deps.db, { id: run.id, page })
    }
    page++
  }
  return { counts, next: { page } }
}

const passes = ({ reason }: PublicDataFailure): boolean => reason === 'unavailable' || reason === 'rate'

async function end(deps: ImportDeps, source: ImportedSource, run: Run, limits: Limits): Promise<Counts> {
  const { state, reason, closed } = await finishRun(deps.db, run, source, limits, deps.now())
  if (reason !== null) console.warn(JSON.stringify({ level: 'warn', message: 'a register was not read as a whole', source, reason }))
  return { closed, partial: Number(state === 'partial') }
}

async function giveUp(
  deps: ImportDeps,
  source: ImportedSource,
  run: Run,
  { reason, code }: PublicDataFailure,
  counts: Counts,
): Promise<Counts> {
  await failRun(deps.db, run, reason, deps.now())
  console.warn(JSON.stringify({ level: 'warn', message: 'a register could not be read', source, reason, code }))
  return { ...counts, failed: 1 }
}

/** In Seoul. */
function isSunday(at: Date): boolean {
  return new Date(`${seoulDateTime(at)}Z`).getUTCDay() === 0
}

const importedSchema = z.record(z.string(), z.number())

/** A whole run, for those who run it by hand. `at` is its time, and a second run needs another. */
export async function importAll(deps: ImportDeps, source: ImportedSource, at: Date, options: ImportOptions = {}): Promise<Counts> {
  const counted: Record<string, number> = {}
  for (let next: unknown = 0; next !== null;) {
    const part = await importPart(deps, source, at, options)
    for (const [name, count] of Object.entries(importedSchema.parse(part.counts))) counted[name] = (counted[name] ?? 0) + count
    next = part.next
  }
  return counted
}

/** Whether any register has ever been read. */
export const hasImported = ({ db }: Pick<Deps, 'db'>): Promise<boolean> => findAnyRun(db)

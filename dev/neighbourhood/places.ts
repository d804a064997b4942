import type { Deps } from '../../src/deps.ts'
import type { Counts } from '../../src/jobs/job.ts'
import { geocodePart } from '../../src/modules/places/import/geocoding.service.ts'
import { hasImported, importAll, IMPORTED_SOURCES, type ImportOptions } from '../../src/modules/places/import/service.ts'
import type { Cloud } from '../stack.ts'
import { depsWithoutBindings } from './deps.ts'

type Source = (typeof IMPORTED_SOURCES)[number]

export interface PlacesOptions extends ImportOptions {
  /** One register alone. */
  readonly only?: string | undefined
}

function sourcesOf(only: string | undefined): readonly Source[] {
  if (only === undefined) return IMPORTED_SOURCES
  const source = IMPORTED_SOURCES.find((one) => one === only)
  if (!source) throw new Error(`there is no register called ${only}; there are ${IMPORTED_SOURCES.join(', ')}`)
  return [source]
}

/** Imports registers of places as the nightly tasks do, and looks for the places that have no coordinates. Answers with a line for each. */
export async function importPlaces(deps: Deps, { only, ...options }: PlacesOptions = {}): Promise<string[]> {
  const at = deps.now()
  const lines: string[] = []
  for (const source of sourcesOf(only)) lines.push(lineOf(source, await importAll(deps, source, at, options)))
  lines.push(lineOf('addresses', await geocodeAll(deps)))
  return lines
}

/** What `npm run dev` brings on a fresh database. Nothing where there has been an import. */
export async function importFirstPlaces(cloud: Pick<Cloud, 'neonEndpoint' | 'redisUrl' | 'simulatorsUrl'>): Promise<string[]> {
  const deps = depsWithoutBindings(cloud)
  return (await hasImported(deps)) ? [] : importPlaces(deps)
}

async function geocodeAll(deps: Deps): Promise<Counts> {
  const counts = { asked: 0, placed: 0, failed: 0 }
  for (let cursor: unknown = null; ;) {
    const part = await geocodePart(deps, cursor)
    counts.asked += part.counts.asked ?? 0
    counts.placed += part.counts.placed ?? 0
    counts.failed += part.counts.failed ?? 0
    if (part.next === null) return counts
    cursor = part.next
  }
}

const lineOf = (name: string, counts: Counts): string => {
  const words = Object.entries(counts).flatMap(([word, count]) => (count > 0 ? `${count} ${word}` : []))
  return `${name}: ${words.join(', ') || 'nothing to do'}`
}

import { DAY_MS, fromSeoulDate, seoulDate } from '../../../core/time.ts'
import type { PublicDataFailure, PublicDataOutcome } from '../../../vendors/public-data/outcome.ts'

/** What is asked of data.go.kr for the weather, as rows of `weather_sources` name it. Each has calls of its own a day. */
export const SOURCE = {
  observation: 'kma.observation',
  hours: 'kma.hours',
  days: 'kma.days',
  readings: 'airkorea.readings',
  stations: 'airkorea.stations',
} as const
export type Source = (typeof SOURCE)[keyof typeof SOURCE]

/** Who stands behind a source. It has a row too, because it fails as a whole. */
export type Provider = 'kma' | 'airkorea'
const providerOf = (source: Source): Provider => source.split('.')[0] as Provider

/** So many failures of one provider in a row open the breaker. */
export const FAILURES_MAX = 5
export const OPEN_MS = 60_000

/** A row of `weather_sources`. */
export interface SourceState {
  readonly source: string
  /** In a row. */
  readonly failures: number
  /** An ISO instant. */
  readonly closed_until: string | null
  /** When it was last read, an ISO instant. */
  readonly read_at: string | null
  /** How often it was asked on the Seoul day `asked_on`. */
  readonly asked?: number
  readonly asked_on?: string | null
}

/** What a row must be told. Failures are added to those that the row has, unless something succeeded before them. */
export interface SourceChange {
  readonly source: string
  readonly has_succeeded: boolean
  readonly failures: number
  /** Until when the source's calls are used up, an ISO instant. */
  readonly spent_until: string | null
  /** To be added to those of the day. */
  readonly asked?: number
}

export interface Breaker {
  isOpen(source: Source): boolean
  /** How many calls may be under way at once, so that no more fail than it takes to open the breaker. */
  roomFor(source: Source): number
  note(source: Source, outcome: PublicDataOutcome<unknown>): void
  /** What the rows must be told. It is empty where they say it already. */
  changes(): SourceChange[]
}

/**
 * Keeps calls from a source that cannot answer: one whose calls of the day are used up is asked again after midnight in Seoul, and a provider that fails five
 * times in a row after a minute. `states` are the rows as they were read.
 */
export function createBreaker(states: readonly SourceState[], now: () => Date): Breaker {
  const known = new Map(states.map((state) => [state.source, state]))
  const noted = new Map<Provider, { has_succeeded: boolean; failures: number }>()
  const spent = new Map<Source, string>()

  const isClosed = (name: string) => Date.parse(known.get(name)?.closed_until ?? '') > now().getTime()
  const failuresOf = (provider: Provider) => {
    const here = noted.get(provider)
    return (here?.has_succeeded ? 0 : (known.get(provider)?.failures ?? 0)) + (here?.failures ?? 0)
  }
  /** After a minute one call may try. */
  const hasTripped = (provider: Provider) => failuresOf(provider) >= FAILURES_MAX && (noted.get(provider)?.failures ?? 0) > 0

  const warned = new Set<Source>()
  /** Neither a wrong key nor calls that are used up pass by themselves, so somebody has to read of them. */
  function warn(source: Source, { reason, code }: PublicDataFailure) {
    if (warned.has(source)) return
    warned.add(source)
    console.warn(JSON.stringify({ level: 'warn', message: 'a source of the weather refuses to answer', source, reason, code }))
  }

  return {
    isOpen(source) {
      const provider = providerOf(source)
      return spent.has(source) || isClosed(source) || hasTripped(provider) || (isClosed(provider) && !noted.get(provider)?.has_succeeded)
    },
    roomFor: (source) => Math.max(1, FAILURES_MAX - failuresOf(providerOf(source))),
    note(source, outcome) {
      const provider = providerOf(source)
      if (outcome.outcome === 'failed' && (outcome.reason === 'misconfigured' || outcome.reason === 'quota')) warn(source, outcome)
      if (outcome.outcome !== 'failed') noted.set(provider, { has_succeeded: true, failures: 0 })
      else if (outcome.reason === 'quota') spent.set(source, fromSeoulDate(seoulDate(new Date(now().getTime() + DAY_MS))).toISOString())
      else {
        const { has_succeeded = false, failures = 0 } = noted.get(provider) ?? {}
        noted.set(provider, { has_succeeded, failures: failures + 1 })
      }
    },
    changes: () => [
      ...[...noted]
        .filter(([provider, { failures }]) => failures > 0 || (known.get(provider)?.failures ?? 0) > 0)
        .map(([source, counted]) => ({ source, ...counted, spent_until: null })),
      ...[...spent].map(([source, spent_until]) => ({ source, has_succeeded: false, failures: 0, spent_until })),
    ],
  }
}

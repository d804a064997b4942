import type { Module, RunningWorker } from '../../dev/bundle.ts'
import type { Cloud } from '../../dev/stack.ts'
import { percentile } from '../support/tracks.ts'
import type { Meter } from './meter.ts'

export interface BenchContext {
  /** Multiplies the repetitions and the amount of data that is there beforehand. The bars are for 1. */
  readonly scale: number
  readonly databaseUrl: string
  readonly cloud: Cloud
  /** For a bench that needs a Worker of its own. */
  readonly bundle: readonly Module[]
  readonly worker: RunningWorker
  /** A Worker that does a request's I/O and nothing else (floor.ts). */
  readonly floor: RunningWorker
  /** Counts and times the trips to the Neon endpoint. */
  readonly meter: Meter
}

/** One line of the table. */
export interface Row {
  readonly what: string
  readonly scale: string
  readonly unit:
    | 'ms'
    | 's'
    | 'hours'
    | 'times'
    | '×'
    | 'trips'
    | 'calls'
    | 'pushes'
    | 'positions'
    | 'connections'
    | 'frames'
    | 'bytes'
    | '%'
  readonly median: number
  readonly p95: number | null
  readonly n: number
  /** The highest median that is accepted, if there is a bar. */
  readonly bar: number | null
}

/** Rows, or a table of its own. */
export type Bench = (context: BenchContext) => Promise<Row[] | string>

export const median = (values: readonly number[]): number => percentile(values, 0.5)

export function rowOf(what: string, scale: string, values: readonly number[], { unit = 'ms', bar = null }: Partial<Row> = {}): Row {
  return { what, scale, unit, median: median(values), p95: percentile(values, 0.95), n: values.length, bar }
}

/** How often to repeat, at this scale. A median of fewer than five says nothing. */
export const times = (count: number, scale: number): number => Math.max(5, Math.round(count * scale))

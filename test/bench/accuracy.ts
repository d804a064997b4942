import { areCopies, measureTrack, type Clock, type Measurement, type Track } from '../../src/measuring/measure-track.ts'
import { percentile } from '../support/tracks.ts'

/** What is judged. */
export interface Measuring {
  measure(track: Track, clock?: Clock): Pick<Measurement, 'valid' | 'ranked' | 'distance_m'>
  /** Whether the second, sent later, is taken for a copy of the first. */
  isCopy(a: Track, b: Track): boolean
}

export const present: Measuring = {
  measure: (track, clock = clockOf(track)) => measureTrack(track, clock),
  isCopy: (a, b) => areCopies(measureTrack(a, clockOf(a)).residuals, measureTrack(b, clockOf(b)).residuals),
}

function clockOf({ time_ms }: Track): Clock {
  return { now_ms: time_ms.reduce((latest, at) => Math.max(latest, at), 0) + 60_000 }
}

/** One figure of a class; `most` is its bar. */
export interface Figure {
  readonly what: string
  readonly value: number
  readonly unit: '%' | 'm' | ''
  readonly most?: number
  readonly least?: number
}

export interface ClassResult {
  readonly name: string
  readonly n: number
  readonly figures: readonly Figure[]
}

export const share = <T>(of: readonly T[], is: (one: T) => boolean) => (of.length === 0 ? 0 : (100 * of.filter(is).length) / of.length)

/** Median, nine in ten and worst of how far lengths are off, in per cent. */
export function errorsOf(errors: readonly number[]): { median: number; p90: number; worst: number } {
  const sizes = errors.map(Math.abs)
  return { median: percentile(errors, 0.5), p90: percentile(sizes, 0.9), worst: Math.max(0, ...sizes) }
}

function isMet({ value, most, least }: Figure): boolean {
  return !(value > (most ?? Infinity)) && !(value < (least ?? -Infinity))
}

const say = ({ value, unit }: Figure) => `${Number(value.toFixed(Math.abs(value) >= 100 || unit === 'm' ? 0 : 1))}${unit && ` ${unit}`}`
const barOf = ({ least, most, unit }: Figure) => [least, most].filter((limit) => limit !== undefined).join('…') + (unit && ` ${unit}`)

/** One line a class: what it comes to, its bar, and what it came to elsewhere. */
export function accuracyTable(results: readonly ClassResult[], others: Readonly<Record<string, ReadonlyMap<string, ClassResult>>>): string {
  const heading = ['class', 'n', 'figures (bar)', 'met', ...Object.keys(others)]
  const lines = results.map(({ name, n, figures }) => [
    name,
    String(n),
    figures
      .map((figure) => {
        const bar = barOf(figure).trim()
        const hasBar = figure.most !== undefined || figure.least !== undefined
        return `${figure.what} ${isMet(figure) ? say(figure) : `**${say(figure)}**`}${hasBar ? ` (${bar})` : ''}`
      })
      .join('; '),
    figures.every(isMet) ? 'yes' : '**no**',
    ...Object.values(others).map((other) => {
      const then = other.get(name)
      return then ? then.figures.map((figure) => `${figure.what} ${say(figure)}`).join('; ') : ''
    }),
  ])
  return [heading, heading.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n')
}

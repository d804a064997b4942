import { HOUR_MS } from '../../core/time.ts'
import type { WarningKind, WarningLevel } from '../../core/weather.ts'
import type { Level } from './paw-index/levels.ts'

/** A warning that is in force. */
export interface Warning {
  readonly kind: WarningKind
  readonly level: WarningLevel
}

/** Whom it concerns: tidal waves only those near the sea, and a cold wave small pets more. */
export interface Exposed {
  /** Within 500 m of the coast. */
  readonly is_coastal: boolean
  readonly is_small: boolean
}

const KINDS: Record<WarningKind, { readonly name: string; readonly advisory: Level; readonly warning: Level }> = {
  heavy_rain: { name: '호우', advisory: 2, warning: 3 },
  heavy_snow: { name: '대설', advisory: 1, warning: 3 },
  strong_wind: { name: '강풍', advisory: 2, warning: 3 },
  typhoon: { name: '태풍', advisory: 3, warning: 3 },
  cold_wave: { name: '한파', advisory: 2, warning: 3 },
  heat_wave: { name: '폭염', advisory: 2, warning: 3 },
  yellow_dust: { name: '황사', advisory: 2, warning: 3 },
  fog: { name: '안개', advisory: 1, warning: 1 },
  dry: { name: '건조', advisory: 0, warning: 0 },
  high_seas: { name: '풍랑', advisory: 0, warning: 0 },
  storm_surge: { name: '폭풍해일', advisory: 0, warning: 0 },
  tsunami: { name: '지진해일', advisory: 0, warning: 0 },
}

/** How much a warning asks for care, as a level of the paw index. */
export function warningLevel({ kind, level }: Warning, { is_coastal, is_small }: Exposed): Level {
  if (is_coastal && (kind === 'storm_surge' || kind === 'tsunami')) return 3
  if (is_small && kind === 'cold_wave') return 3
  return KINDS[kind][level]
}

/** What it says to walkers. KMA's own bulletins on heavy rain warn of riversides. */
export function warningMessage(warning: Warning): string {
  return warning.kind === 'heavy_rain' ? '하천변 산책로는 위험해요' : `${warningName(warning)} 발효 중`
}

/** `호우경보`. */
export function warningName({ kind, level }: Warning): string {
  return `${KINDS[kind].name}${level === 'warning' ? '경보' : '주의보'}`
}

/** A warning that is in force or announced. Times are ISO instants, and an end that nobody has announced is null. */
export interface DatedWarning extends Warning {
  readonly started_at: string
  readonly ends_at: string | null
}

/** Those in force within the hour that begins then. Of the running hour only what is left counts. */
export function warningsAt<T extends DatedWarning>(warnings: readonly T[], hour: Date, now: Date): T[] {
  const from = Math.max(hour.getTime(), Math.min(now.getTime(), hour.getTime() + HOUR_MS))
  return warnings.filter(
    ({ started_at, ends_at }) => Date.parse(started_at) < hour.getTime() + HOUR_MS && (ends_at === null || Date.parse(ends_at) > from),
  )
}

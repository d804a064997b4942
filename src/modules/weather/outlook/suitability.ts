import type { Precipitation, Sky } from '../../../core/weather.ts'
import { isSnow, isWet } from '../hours.ts'
import { type Warning, warningLevel, warningName } from '../warnings.ts'
import { gradeOf } from './grades.ts'
import { type Suitability, SUITABILITY_REASONS, type SuitabilityReason } from './schema.ts'

/** The weather of an hour. What is unknown is null. */
export interface Conditions {
  readonly temp: number | null
  readonly pty: Precipitation | null
  readonly sky: Sky | null
  readonly pm10: number | null
  readonly pm25: number | null
  readonly lightning: number | null
  /** In force in that hour. */
  readonly warnings: readonly Warning[]
  readonly is_coastal: boolean
}

const [COLD_TO, HOT_FROM] = [0, 35]
const PLEASANT = { from: 10, to: 25 }

const COLORS = { optimal: '#10B981', moderate: '#F59E0B', caution: '#EF4444' } as const

/** Whether people walk well in this. A pet's own index is another matter. */
export function judgeSuitability(conditions: Conditions): Suitability {
  const reasons = SUITABILITY_REASONS.filter((reason) => asksForCare[reason](conditions))
  const [first] = reasons
  if (first) return { level: 'caution', message: messageOf(first, conditions), color: COLORS.caution, reasons }
  if (isOptimal(conditions)) return { level: 'optimal', message: '산책하기 좋은 날이에요!', color: COLORS.optimal, reasons }
  // Ignorance is no good weather.
  if (conditions.temp === null) return { level: null, message: null, color: null, reasons }
  return { level: 'moderate', message: '산책 가능하지만 날씨를 확인하세요', color: COLORS.moderate, reasons }
}

const asksForCare: Record<SuitabilityReason, (conditions: Conditions) => boolean> = {
  snow: ({ pty }) => isSnow(pty),
  rain: ({ pty }) => isWet(pty) && !isSnow(pty),
  hot: ({ temp }) => temp !== null && temp >= HOT_FROM,
  cold: ({ temp }) => temp !== null && temp <= COLD_TO,
  dust: ({ pm10, pm25 }) => (gradeOf('pm10', pm10) ?? 0) > 2 || (gradeOf('pm25', pm25) ?? 0) > 2,
  lightning: ({ lightning }) => (lightning ?? 0) > 0,
  warning: (conditions) => gravestWarning(conditions) !== undefined,
}

/** A warning that keeps everybody at home. Those for small pets alone count in the pets' index. */
const gravestWarning = ({ warnings, is_coastal }: Conditions) =>
  warnings.find((warning) => warningLevel(warning, { is_coastal, is_small: false }) === 3)

function isOptimal({ temp, pty, sky, pm10, pm25 }: Conditions): boolean {
  return (
    pty === 'none' &&
    sky === 'clear' &&
    gradeOf('pm10', pm10) === 1 &&
    gradeOf('pm25', pm25) === 1 &&
    temp !== null &&
    temp >= PLEASANT.from &&
    temp <= PLEASANT.to
  )
}

const MESSAGES: Record<Exclude<SuitabilityReason, 'warning'>, string> = {
  snow: '눈이 와요',
  rain: '비가 와요',
  hot: '너무 더워요',
  cold: '너무 추워요',
  dust: '미세먼지 주의!',
  lightning: '번개가 쳐요',
}

function messageOf(reason: SuitabilityReason, conditions: Conditions): string {
  if (reason !== 'warning') return MESSAGES[reason]
  const warning = gravestWarning(conditions)
  return warning ? `${warningName(warning)} 발효 중` : ''
}

import { PRECIPITATIONS, SKIES } from '../../../src/core/weather.ts'
import type { Conditions } from '../weather/weather.ts'

export const whole = (value: number) => String(Math.round(value) + 0)
/** One decimal, and none where it would be 0. */
export const tenths = (value: number) => String(Math.round(value * 10) / 10 + 0)

export const ptyCode = ({ pty }: Conditions) => String(PRECIPITATIONS.indexOf(pty))

/** Code 2 is no longer used. */
export const skyCode = ({ sky }: Conditions) => ['1', '3', '4'][SKIES.indexOf(sky)]!

/** How fast the air moves to the east and to the north. */
export function windParts({ wind_ms, wind_from }: Conditions) {
  const angle = (wind_from * Math.PI) / 180
  return { UUU: tenths(-wind_ms * Math.sin(angle)), VVV: tenths(-wind_ms * Math.cos(angle)), VEC: whole(wind_from) }
}

export function rainText(mm: number): string {
  if (mm <= 0) return '강수없음'
  if (mm < 1) return '1mm 미만'
  if (mm < 30) return `${mm.toFixed(1)}mm`
  return mm < 50 ? '30.0~50.0mm' : '50.0mm 이상'
}

export function snowText(cm: number): string {
  if (cm <= 0) return '적설없음'
  if (cm < 0.5) return '0.5cm 미만'
  return cm < 5 ? `${cm.toFixed(1)}cm` : '5.0cm 이상'
}

/** The codes of the last day, from 1 on for each step that is reached. Rain and snow have 0 for none. */
const code = (value: number, steps: readonly number[]) => String(steps.filter((step) => value >= step).length)
export const rainCode = (mm: number) => (mm <= 0 ? '0' : code(mm, [0, 3, 15]))
export const snowCode = (cm: number) => (cm <= 0 ? '0' : code(cm, [0, 1]))
export const windCode = (ms: number) => code(ms, [0, 4, 9])

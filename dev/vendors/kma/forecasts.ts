import { type KmaCell, middleOf } from '../../../src/core/kma-grid.ts'
import { DAY_MS, fromSeoulDate, HOUR_MS, seoulClock, seoulDate, seoulDateTime } from '../../../src/core/time.ts'
import type { Clock } from '../clock.ts'
import type { Operation } from '../public-data/gateway.ts'
import type { Land } from '../weather/land.ts'
import type { Conditions, Weather } from '../weather/weather.ts'
import { NO_DATA, pageOf } from './answers.ts'
import { baseOf, RHYTHMS } from './bases.ts'
import { ptyCode, rainCode, rainText, skyCode, snowCode, snowText, tenths, whole, windCode, windParts } from './texts.ts'

export interface KmaSettings {
  /** All bases come so many minutes late. */
  late_min: number
  /** The probability of precipitation in the next six hours, since June 2026. */
  ultra_pop: boolean
}

interface Parts {
  weather: Weather
  land: Land
  clock: Clock
  settings: () => KmaSettings
}

/** The open sea has no instruments, but its precipitation is said to be none. */
const AT_SEA = { PTY: '0', REH: '-998', RN1: '-998.9', T1H: '-999', UUU: '-998.9', VEC: '-998', VVV: '-998.9', WSD: '-998.9' }
/** An observation is made again every ten minutes of its hour. */
const REFRESH_MS = 600_000
const ULTRA_ORDER = ['LGT', 'PTY', 'RN1', 'SKY', 'T1H', 'REH', 'UUU', 'VVV', 'VEC', 'WSD', 'POP'] as const

/** VilageFcstInfoService_2.0: the observation of a cell, its next six hours, and its days. */
export function createForecasts({ weather, land, clock, settings }: Parts): Operation[] {
  const forecastAt = (cell: KmaCell, at: Date) => weather.at({ place: middleOf(cell), at, source: 'forecast' })

  /** The rows of a request, unless it names no cell or no base. */
  function operation(
    name: string,
    rhythm: (typeof RHYTHMS)[keyof typeof RHYTHMS],
    rowsOf: (cell: KmaCell, base: Date, now: Date) => object[],
  ): Operation {
    return {
      host: 'apis.data.go.kr',
      path: `/1360000/VilageFcstInfoService_2.0/${name}`,
      operation: name,
      format: 'dataType',
      quota: 10_000,
      answer(query) {
        const cell = cellOf(query)
        const now = clock.now()
        const asked = baseOf(rhythm, query, { now, late_min: settings().late_min })
        if (!cell) return NO_DATA
        return 'refusal' in asked ? asked.refusal : pageOf(rowsOf(cell, asked.base, now), query)
      },
    }
  }

  function observed(cell: KmaCell, base: Date, now: Date): object[] {
    const place = middleOf(cell)
    const minutes = Math.floor((now.getTime() - base.getTime()) / REFRESH_MS) * REFRESH_MS
    const at = new Date(base.getTime() + Math.min(minutes, HOUR_MS - REFRESH_MS))
    const of = weather.at({ place, at, source: 'observed' })
    const values = of.missing || !land.isLand(place) ? AT_SEA : measured(of)
    return Object.entries(values).map(([category, obsrValue]) => ({ ...stamp('base', base), category, ...cell, obsrValue }))
  }

  function hourly(cell: KmaCell, base: Date): object[] {
    const first = Math.ceil(base.getTime() / HOUR_MS) * HOUR_MS
    const hours = Array.from({ length: 6 }, (_, i) => new Date(first + i * HOUR_MS))
    const values = hours.map((at) => ({ at, of: soon(forecastAt(cell, at)) }))
    const order = settings().ultra_pop ? ULTRA_ORDER : ULTRA_ORDER.slice(0, -1)
    // The rows repeat the full hour in place of the base that was asked for.
    const full = new Date(first - HOUR_MS)
    return order.flatMap((category) =>
      values.map(({ at, of }) => ({ ...stamp('base', full), category, ...stamp('fcst', at), fcstValue: of[category], ...cell })),
    )
  }

  function daily(cell: KmaCell, base: Date): object[] {
    const { steps, bareAfter, codesAfter, hour, today } = stepsOf(base)
    return steps.flatMap((at) => {
      const of = forecastAt(cell, at)
      const form = at.getTime() > codesAfter ? 'code' : at.getTime() > bareAfter ? 'bare' : 'text'
      const values: Record<string, string> = later(of, form)
      const isToday = seoulDate(at) === today
      const temps = () => dayOf(at).map((time) => Number(whole(forecastAt(cell, time).temp)))
      if (seoulClock(at).hour === 6 && (!isToday || hour === 2)) values['TMN'] = Math.min(...temps()).toFixed(1)
      if (seoulClock(at).hour === 15 && (!isToday || hour <= 11)) values['TMX'] = Math.max(...temps()).toFixed(1)
      return Object.entries(values).map(([category, fcstValue]) => ({
        ...stamp('base', base),
        category,
        ...stamp('fcst', at),
        fcstValue,
        ...cell,
      }))
    })
  }

  return [
    operation('getUltraSrtNcst', RHYTHMS.ncst, observed),
    operation('getUltraSrtFcst', RHYTHMS.ultra, hourly),
    operation('getVilageFcst', RHYTHMS.vilage, daily),
  ]
}

function cellOf({ nx, ny }: Readonly<Record<string, string>>): KmaCell | null {
  const cell = { nx: Number(nx), ny: Number(ny) }
  const isWithin = (value: number, size: number) => Number.isInteger(value) && value >= 1 && value <= size
  return isWithin(cell.nx, 149) && isWithin(cell.ny, 253) ? cell : null
}

function stamp(name: 'base' | 'fcst', at: Date) {
  const digits = seoulDateTime(at).replaceAll(/\D/g, '')
  return { [`${name}Date`]: digits.slice(0, 8), [`${name}Time`]: digits.slice(8, 12) }
}

/**
 * Hours to the end of the day after tomorrow, or from 17:00 on a day farther, and then every third hour of one day more. Codes begin after its midnight. Bases
 * from 17:00 on give the day before it in bare numbers.
 */
function stepsOf(base: Date) {
  const [{ hour }, today] = [seoulClock(base), seoulDate(base)]
  const midnight = fromSeoulDate(today).getTime()
  const codesAfter = midnight + (hour >= 17 ? 4 : 3) * DAY_MS
  const steps: Date[] = []
  for (let at = base.getTime() + HOUR_MS; at < codesAfter; at += HOUR_MS) steps.push(new Date(at))
  for (let at = codesAfter; at <= codesAfter + DAY_MS; at += 3 * HOUR_MS) steps.push(new Date(at))
  return { steps, codesAfter, bareAfter: midnight + 3 * DAY_MS, hour, today }
}

function dayOf(at: Date): Date[] {
  const midnight = fromSeoulDate(seoulDate(at)).getTime()
  return Array.from({ length: 24 }, (_, hour) => new Date(midnight + hour * HOUR_MS))
}

function measured(of: Conditions) {
  const { UUU, VVV, VEC } = windParts(of)
  const [T1H, REH, RN1, WSD] = [tenths(of.temp), whole(of.humidity), tenths(of.rn1), tenths(of.wind_ms)]
  return { PTY: ptyCode(of), REH, RN1, T1H, UUU, VEC, VVV, WSD }
}

function soon(of: Conditions): Record<(typeof ULTRA_ORDER)[number], string> {
  return {
    LGT: tenths(of.lightning),
    PTY: ptyCode(of),
    RN1: rainText(of.rn1),
    SKY: skyCode(of),
    T1H: whole(of.temp),
    REH: whole(of.humidity),
    ...windParts(of),
    WSD: whole(of.wind_ms),
    POP: whole(of.pop),
  }
}

function later(of: Conditions, form: 'text' | 'bare' | 'code') {
  const { UUU, VVV, VEC } = windParts(of)
  const amounts = {
    text: () => [rainText(of.rn1), snowText(of.snow_cm)],
    bare: () => [tenths(of.rn1), tenths(of.snow_cm)],
    code: () => [rainCode(of.rn1), snowCode(of.snow_cm)],
  }
  const [PCP = '', SNO = ''] = amounts[form]()
  const WSD = form === 'code' ? windCode(of.wind_ms) : tenths(of.wind_ms)
  return {
    TMP: whole(of.temp),
    UUU,
    VVV,
    VEC,
    WSD,
    SKY: skyCode(of),
    PTY: ptyCode(of),
    POP: whole(of.pop),
    WAV: '0',
    PCP,
    REH: whole(of.humidity),
    SNO,
  }
}

import { readNotices, type WarningNotice } from '../../src/vendors/kma/warnings.ts'
import { RECORDED } from '../../dev/vendors/kma/recorded-warnings.ts'
import { createTestDeps } from './api.ts'

const COLUMNS = [
  'tmFc',
  'tmSeq',
  'areaCode',
  'areaName',
  'warnVar',
  'warnStress',
  'command',
  'startTime',
  'endTime',
  'allEndTime',
  'cancel',
]

/** What KMA told of Jeju on 26 September 2026. */
export const recordedNotices: readonly WarningNotice[] = readNotices(
  RECORDED.trim()
    .split('\n')
    .map((line) => Object.fromEntries(line.split(' ').map((cell, index) => [COLUMNS[index], cell]))),
)

/** A time of that day in Seoul. */
export const onThatDay = (time: string) => new Date(`2026-09-26T${time}:00+09:00`)

/** News of that moment: a warning of heavy rain in the east of Jeju begins, or ends. */
export function newsOf(at: Date, more: Partial<WarningNotice> = {}): WarningNotice {
  const time = at.toISOString()
  const isLift = more.command === 'lifted'
  return {
    issued_at: time,
    seq: 1,
    area_code: 'L1091330',
    area_name: '제주시동부',
    kind: 'heavy_rain',
    level: 'advisory',
    command: 'issued',
    starts_at: isLift ? null : time,
    ends_at: isLift ? time : null,
    is_cancelled: false,
    ...more,
  }
}

const LEVELS = { advisory: '주의보', warning: '경보' } as const
const KINDS: Readonly<Record<string, string>> = { strong_wind: '강풍', heavy_rain: '호우', high_seas: '풍랑' }

/** What is in force then, as `제주시중산간 호우경보`, in the order of the alphabet. */
export async function listInForce(at: Date): Promise<string[]> {
  const { rows } = await createTestDeps().db.execute<{ zone: string; kind: string; level: keyof typeof LEVELS }>(
    `SELECT zone, kind, level FROM warnings_at('${at.toISOString()}')`,
  )
  return rows.map(({ zone, kind, level }) => `${zone} ${KINDS[kind] ?? kind}${LEVELS[level]}`).toSorted()
}

/** Nobody has ever read a warning or ultraviolet light. */
export async function forgetWarnings(): Promise<void> {
  const { db } = createTestDeps()
  await db.execute(`DELETE FROM warnings_in_force`)
  await db.execute(`DELETE FROM uv_indices`)
  await db.execute(`DELETE FROM weather_sources WHERE source IN ('warnings', 'uv')`)
}

let made = 0
/** Somebody wants the weather of a cell at that time. */
export async function wantWeather(at: Date): Promise<void> {
  const time = at.toISOString()
  await createTestDeps().db.execute(
    `INSERT INTO weather_cells (nx, ny, wanted_at, next_read_at) VALUES (1, ${(made++ % 200) + 1}, '${time}', '${time}')
     ON CONFLICT (nx, ny) DO UPDATE SET wanted_at = excluded.wanted_at`,
  )
}

/** Nobody wants the weather anywhere. */
export async function wantNothing(): Promise<void> {
  await createTestDeps().db.execute(`DELETE FROM weather_cells`)
}

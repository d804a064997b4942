import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { firstRow } from '../../../../src/db/client.ts'
import type { Deps } from '../../../../src/deps.ts'
import { readWarningsOfKma } from '../../../../src/modules/weather/warnings/jobs.ts'
import { foldWarnings } from '../../../../src/modules/weather/warnings/queries.ts'
import type { Kma } from '../../../../src/vendors/kma/kma.ts'
import { readStatus, type WarningNotice, type WarningStatus } from '../../../../src/vendors/kma/warnings.ts'
import type { PublicDataOutcome } from '../../../../src/vendors/public-data/outcome.ts'
import { createTestDeps } from '../../../support/api.ts'
import { cloud } from '../../../support/cloud.ts'
import { runTask } from '../../../support/tasks.ts'
import { forgetWarnings, listInForce, newsOf, onThatDay, recordedNotices, wantNothing, wantWeather } from '../../../support/warnings.ts'

const { db } = createTestDeps()
beforeEach(async () => {
  await forgetWarnings()
  await wantNothing()
  await wantWeather(onThatDay('10:00'))
})

const NOTHING = { outcome: 'nothing' } as const
const failed = (reason: 'quota' | 'unavailable') => ({ outcome: 'failed', reason, code: null }) as const

/** What KMA's status says, as it writes it. */
const status = (time: string, seq: number, t6: string) => ({
  outcome: 'answered' as const,
  value: readStatus({
    tmFc: onThatDay(time).toLocaleString('sv', { timeZone: 'Asia/Seoul' }).replaceAll(/\D/g, '').slice(0, 12),
    tmSeq: seq,
    t6,
  })!,
})

/** KMA as it answers, and what it was asked. */
function fakeKma() {
  const says: { status: PublicDataOutcome<WarningStatus>; news: PublicDataOutcome<readonly WarningNotice[]> } = {
    status: NOTHING,
    news: NOTHING,
  }
  const kma = Object.assign(says, {
    warningStatus: vi.fn<Kma['warningStatus']>(async () => says.status),
    listWarnings: vi.fn<Kma['listWarnings']>(async () => says.news),
  })
  return { kma, deps: createTestDeps((deps) => ({ kma: { ...deps.kma, ...kma } })) }
}
const until = (time: string) => ({
  outcome: 'answered' as const,
  value: recordedNotices.filter(({ issued_at }) => Date.parse(issued_at) <= onThatDay(time).getTime()),
})
const run = (deps: Deps, time: string) => runTask(readWarningsOfKma, onThatDay(time), deps)
const dueAfter = async (time: string) => {
  const row = await firstRow<{ next: string | null }>(db, sql`SELECT to_json((${readWarningsOfKma.nextDue(onThatDay(time))})) AS next`)
  return row?.next && new Date(row.next)
}
const T6_128 =
  'o 강풍주의보 : 제주도(제주도산지, 제주시동부, 제주시중산간, 서귀포시동부, 서귀포시중산간)\r\no 호우경보 : 제주도(제주도산지, 제주시중산간)\r\no 호우주의보 : 제주도(제주시동부, 서귀포시남부, 서귀포시동부, 서귀포시중산간)'

describe('a reading', () => {
  it('folds the news once, and does nothing while the bulletin is the same', async () => {
    const { kma, deps } = fakeKma()
    kma.status = status('11:30', 128, T6_128)
    kma.news = until('11:30')
    expect(await run(deps, '11:34')).toEqual({ folded: 15, unknown_zones: 0, lifted: 0, found: 0 })
    expect(await listInForce(onThatDay('11:34'))).toHaveLength(11)
    expect(await dueAfter('11:34')).toEqual(onThatDay('11:44'))
    expect(await run(deps, '11:40')).toEqual({})
    expect(await run(deps, '11:44')).toEqual({ unchanged: 1 })
    expect(kma.listWarnings).toHaveBeenCalledTimes(1)
    expect(kma.warningStatus).toHaveBeenCalledTimes(2)
  })

  it('asks for six days at first, and for what came since the day before the last reading then', async () => {
    const { kma, deps } = fakeKma()
    kma.status = status('11:30', 128, T6_128)
    await run(deps, '11:34')
    kma.status = status('11:40', 129, T6_128)
    await run(deps, '11:44')
    expect(kma.listWarnings.mock.calls.map(([{ from, to }]) => (to.getTime() - from.getTime()) / 3_600_000)).toEqual([144, 24 + 1 / 6])
  })

  it('W11: ends what the bulletin of the hour does not name, though no news said so', async () => {
    const { kma, deps } = fakeKma()
    kma.status = status('11:30', 128, T6_128)
    kma.news = until('11:30')
    await run(deps, '11:34')
    kma.status = status('12:00', 130, 'o 없 음')
    kma.news = NOTHING
    expect(await run(deps, '12:04')).toMatchObject({ lifted: 11 })
    expect(await listInForce(onThatDay('12:04'))).toEqual([])
    // Late news of before does not bring it back.
    await foldWarnings(db, until('11:00').value)
    expect(await listInForce(onThatDay('12:04'))).toEqual([])
  })

  it('W11: leaves a heat warning of nine days ago in force until the bulletin says otherwise', async () => {
    const { kma, deps } = fakeKma()
    const nineDaysAgo = new Date(onThatDay('10:00').getTime() - 9 * 86_400_000)
    await foldWarnings(db, [newsOf(nineDaysAgo, { area_code: 'L1100100', area_name: '서울동남권', kind: 'heat_wave' })])
    kma.status = status('10:00', 120, 'o 폭염주의보 : 서울(서울동남권)')
    expect(await run(deps, '10:04')).toEqual({ folded: 0, unknown_zones: 0, lifted: 0, found: 0 })
    expect(await listInForce(onThatDay('10:04'))).toEqual(['서울동남권 heat_wave주의보'])
    kma.status = status('11:00', 121, 'o 없 음')
    await run(deps, '11:04')
    expect(await listInForce(onThatDay('11:04'))).toEqual([])
  })

  it('finds what is in force since before the news that KMA tells of, and lets it be lifted', async () => {
    const { kma, deps } = fakeKma()
    kma.status = status('10:00', 120, 'o 폭염경보 : 서울(서울동남권)')
    expect(await run(deps, '10:04')).toMatchObject({ found: 1 })
    expect(await listInForce(onThatDay('10:04'))).toEqual(['서울동남권 heat_wave경보'])
    kma.status = status('10:30', 121, 'o 없 음')
    const heat = { area_code: 'L1100100', area_name: '서울동남권', kind: 'heat_wave', level: 'warning' } as const
    kma.news = { outcome: 'answered', value: [newsOf(onThatDay('10:30'), { ...heat, command: 'lifted', seq: 121 })] }
    await run(deps, '10:34')
    expect(await listInForce(onThatDay('10:34'))).toEqual([])
  })

  it('does not bring back what the same bulletin lifts', async () => {
    const { kma, deps } = fakeKma()
    kma.status = status('11:30', 128, T6_128)
    kma.news = until('11:30')
    await run(deps, '11:34')
    kma.status = status('11:30', 128, 'o 강풍주의보 : 제주도')
    await run(deps, '12:04')
    expect(await listInForce(onThatDay('12:04'))).not.toContain('제주시서부 강풍주의보')
  })

  it.each(['quota', 'unavailable'] as const)('that fails (%s) changes nothing', async (reason) => {
    const { kma, deps } = fakeKma()
    kma.status = status('11:30', 128, T6_128)
    kma.news = until('11:30')
    await run(deps, '11:34')
    kma.status = failed(reason)
    expect(await run(deps, '12:04')).toEqual({ failed: 1 })
    kma.status = status('12:00', 130, 'o 없 음')
    kma.news = failed(reason)
    await db.execute(`UPDATE weather_sources SET closed_until = NULL, next_read_at = NULL WHERE source = 'warnings'`)
    expect(await run(deps, '12:14')).toEqual({ failed: 1 })
    expect(await listInForce(onThatDay('12:14'))).toHaveLength(11)
    expect(await dueAfter('12:14')).toEqual(reason === 'quota' ? new Date('2026-09-27T00:00:00+09:00') : onThatDay('12:24'))
    // The mark has not moved, so the news is read the next time.
    kma.news = until('12:00')
    await db.execute(`UPDATE weather_sources SET closed_until = NULL, next_read_at = NULL WHERE source = 'warnings'`)
    await run(deps, '12:24')
    expect(await listInForce(onThatDay('12:24'))).toEqual([])
  })

  it('without an answer of any kind changes nothing', async () => {
    const { kma, deps } = fakeKma()
    await foldWarnings(db, until('11:30').value)
    kma.status = NOTHING
    expect(await run(deps, '11:34')).toEqual({ failed: 1 })
    expect(await listInForce(onThatDay('11:34'))).toHaveLength(11)
  })

  it('W12: counts zones that nobody knows', async () => {
    const { kma, deps } = fakeKma()
    kma.status = status('11:30', 128, T6_128)
    kma.news = {
      outcome: 'answered',
      value: [...until('11:30').value, { ...recordedNotices[0]!, area_code: 'L9999999', area_name: '어딘가' }],
    }
    expect(await run(deps, '11:34')).toMatchObject({ unknown_zones: 1 })
  })

  it('forgets what has been over for ten days', async () => {
    const { kma, deps } = fakeKma()
    await foldWarnings(db, recordedNotices)
    const later = new Date(onThatDay('11:34').getTime() + 11 * 86_400_000)
    await wantWeather(later)
    kma.status = status('11:30', 128, 'o 없 음')
    await runTask(readWarningsOfKma, later, deps)
    const { rows } = await db.execute(`SELECT 1 FROM warnings_in_force WHERE issued_at < '${onThatDay('11:45').toISOString()}'`)
    expect(rows).toEqual([])
  })
})

describe('when it is due', () => {
  it('is never while nobody wants the weather', async () => {
    const { kma, deps } = fakeKma()
    await wantNothing()
    expect(await dueAfter('11:34')).toBeNull()
    expect(await run(deps, '11:34')).toEqual({})
    await wantWeather(new Date(onThatDay('11:34').getTime() - 27 * 3_600_000))
    expect(await dueAfter('11:34')).toBeNull()
    expect(kma.warningStatus).not.toHaveBeenCalled()
  })

  it('is at once when somebody wants it first, and not at night', async () => {
    const { kma, deps } = fakeKma()
    expect(await dueAfter('11:37')).toEqual(onThatDay('11:37'))
    expect(await dueAfter('02:00')).toEqual(onThatDay('05:00'))
    expect(await run(deps, '02:00')).toEqual({})
    expect(kma.warningStatus).not.toHaveBeenCalled()
  })

  it('is for one run at a time', async () => {
    const { kma, deps } = fakeKma()
    kma.status = status('11:30', 128, T6_128)
    const counts = await Promise.all([run(deps, '11:34'), run(deps, '11:34'), run(deps, '11:34')])
    expect(counts.filter((count) => Object.keys(count).length > 0)).toHaveLength(1)
    expect(kma.warningStatus).toHaveBeenCalledTimes(1)
  })
})

it('reads what the simulated KMA says', async () => {
  const call = (path: string, body: object) =>
    fetch(`${cloud.simulatorsUrl}/_sim/weather/${path}`, { method: 'POST', body: JSON.stringify(body) })
  const now = new Date()
  now.setUTCHours(3, 4, 0, 0)
  await wantWeather(now)
  try {
    const issued_at = new Date(Date.now() - 3_600_000).toISOString()
    expect(
      (await call('warnings', { areaCode: 'L1100200', areaName: '서울동북권', kind: 'heavy_snow', level: 'warning', issued_at })).status,
    ).toBe(201)
    await runTask(readWarningsOfKma, now, createTestDeps())
    expect(await listInForce(new Date())).toContain('서울동북권 heavy_snow경보')
  } finally {
    await fetch(`${cloud.simulatorsUrl}/_sim/weather`, { method: 'DELETE' })
  }
})

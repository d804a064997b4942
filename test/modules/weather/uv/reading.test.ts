import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { HOUR_MS } from '../../../../src/core/time.ts'
import { firstRow } from '../../../../src/db/client.ts'
import { readUv } from '../../../../src/modules/weather/uv/jobs.ts'
import { storeUv } from '../../../../src/modules/weather/uv/queries.ts'
import type { Kma } from '../../../../src/vendors/kma/kma.ts'
import { createTestDeps } from '../../../support/api.ts'
import { runTask } from '../../../support/tasks.ts'
import { forgetWarnings, onThatDay, wantNothing, wantWeather } from '../../../support/warnings.ts'

const { db } = createTestDeps()
const [GANGNAM, SEOUL, JEMULPO, YEONGJONG, INCHEON] = ['1168000000', '1100000000', '2812500000', '2815500000', '2800000000'] as const
beforeEach(async () => {
  await forgetWarnings()
  await wantNothing()
  await wantWeather(onThatDay('12:00'))
})

const hours = (...first: (number | null)[]) => [...first, ...Array.from({ length: 26 - first.length }, () => null)]
const row = (area_code: string, ...first: (number | null)[]) => ({ area_code, hours: hours(...first) })
/** As weather reads it: of the region, or of its sido. */
async function uvIn(region: string, time: Date): Promise<number | null> {
  const row = await firstRow<{ uv: number | null }>(
    db,
    sql`
    SELECT uv_indices.steps[floor(extract(epoch FROM ${time.toISOString()}::timestamptz - uv_indices.issued_at) / 10800)::int + 1]::int AS uv
    FROM regions
    JOIN uv_indices ON uv_indices.region_code IN (regions.code, regions.parent_code)
    WHERE regions.code = ${region}
    ORDER BY uv_indices.region_code = regions.code DESC
    LIMIT 1`,
  )
  return row?.uv ?? null
}

describe('the index of a region', () => {
  it('is that of the step of three hours', async () => {
    await storeUv(db, onThatDay('12:00'), [row(GANGNAM, 4, 3, 0)])
    const at = ['11:59', '12:00', '14:59', '15:00', '18:00', '21:00']
    expect(await Promise.all(at.map((time) => uvIn(GANGNAM, onThatDay(time))))).toEqual([null, 4, 4, 3, 0, null])
  })

  it('is that of its sido where nothing is forecast for it', async () => {
    await storeUv(db, onThatDay('12:00'), [row(SEOUL, 5, 1), row(GANGNAM, null, 2)])
    expect(await uvIn(GANGNAM, onThatDay('15:00'))).toBe(2)
    expect(await uvIn('1111000000', onThatDay('15:00'))).toBe(1)
    expect(await uvIn('2611000000', onThatDay('15:00'))).toBeNull()
    expect(await uvIn('9999999999', onThatDay('15:00'))).toBeNull()
  })

  it('is kept of sidos and sigungu alone, also under an old code', async () => {
    const kept = await storeUv(db, onThatDay('12:00'), [
      row('1168010100', 9),
      row('9900000000', 9),
      row('2811000000', 6),
      row(INCHEON, 3),
      row('4211000000', 7),
    ])
    expect(kept).toBe(3)
    expect(await uvIn(JEMULPO, onThatDay('12:00'))).toBe(6)
    expect(await uvIn(YEONGJONG, onThatDay('12:00'))).toBe(3)
    expect(await uvIn('5111000000', onThatDay('12:00'))).toBe(7)
    await storeUv(db, onThatDay('12:00'), [row('2811000000', 6), row(JEMULPO, 8)])
    expect(await uvIn(JEMULPO, onThatDay('12:00'))).toBe(8)
  })

  it('is not overwritten by an older one', async () => {
    await storeUv(db, onThatDay('12:00'), [row(GANGNAM, 4)])
    expect(await storeUv(db, onThatDay('09:00'), [row(GANGNAM, 1, 1)])).toBe(0)
    expect(await uvIn(GANGNAM, onThatDay('12:00'))).toBe(4)
  })
})

/** KMA with pages of one row each, and what it was asked. */
function fakeKma(pages: readonly (readonly ReturnType<typeof row>[])[], { missing = [] as string[], total = pages.length * 1_000 } = {}) {
  const uvIndices = vi.fn<Kma['uvIndices']>(async (base, page) => {
    const rows = pages[page - 1]
    return rows && !missing.includes(base.toISOString()) ? { outcome: 'answered', value: { rows, total } } : { outcome: 'nothing' }
  })
  return { uvIndices, deps: createTestDeps({ kma: { uvIndices } as unknown as Kma }) }
}
const dueAfter = async (time: string) => {
  const found = await firstRow<{ next: string | null }>(db, sql`SELECT to_json((${readUv.nextDue(onThatDay(time))})) AS next`)
  return found?.next && new Date(found.next)
}

describe('a reading', () => {
  it('goes page by page, each a part, and then waits for the next of four a day', async () => {
    const { uvIndices, deps } = fakeKma([[row(GANGNAM, 4)], [row(SEOUL, 3)]])
    const first = await readUv.run(deps, onThatDay('12:40'))
    expect(first).toEqual({ counts: { kept: 1 }, next: 'more' })
    expect(await dueAfter('12:40')).toEqual(onThatDay('12:40'))
    expect(await runTask(readUv, onThatDay('12:40'), deps)).toEqual({ kept: 1 })
    expect(uvIndices.mock.calls.map(([base, page]) => [base, page])).toEqual([
      [onThatDay('12:00'), 1],
      [onThatDay('12:00'), 2],
    ])
    expect(await dueAfter('12:41')).toEqual(onThatDay('15:40'))
    expect(await runTask(readUv, onThatDay('13:00'), deps)).toEqual({})
  })

  it('looks a step or two back when the newest is not out', async () => {
    const { uvIndices, deps } = fakeKma([[row(GANGNAM, 4)]], {
      missing: [onThatDay('12:00').toISOString(), onThatDay('09:00').toISOString()],
    })
    expect(await runTask(readUv, onThatDay('12:40'), deps)).toEqual({ kept: 1 })
    expect(uvIndices.mock.calls.map(([base]) => base)).toEqual([onThatDay('12:00'), onThatDay('09:00'), onThatDay('06:00')])
    expect(await dueAfter('12:41')).toEqual(onThatDay('15:40'))
  })

  it('does not read again what it has', async () => {
    await runTask(readUv, onThatDay('09:40'), fakeKma([[row(GANGNAM, 4)]]).deps)
    const { uvIndices, deps } = fakeKma([[row(GANGNAM, 9)]], { missing: [onThatDay('12:00').toISOString()] })
    expect(await runTask(readUv, onThatDay('12:40'), deps)).toEqual({ nothing: 1 })
    expect(uvIndices).toHaveBeenCalledTimes(1)
    expect(await uvIn(GANGNAM, onThatDay('12:00'))).toBeNull()
    expect(await uvIn(GANGNAM, onThatDay('09:00'))).toBe(4)
  })

  it('that fails changes nothing', async () => {
    await runTask(readUv, onThatDay('09:40'), fakeKma([[row(GANGNAM, 4, 4)]]).deps)
    const uvIndices = async () => ({ outcome: 'failed', reason: 'quota', code: '22' })
    const deps = createTestDeps({ kma: { uvIndices } as unknown as Kma })
    expect(await runTask(readUv, onThatDay('12:40'), deps)).toEqual({ failed: 1 })
    expect(await uvIn(GANGNAM, onThatDay('12:00'))).toBe(4)
    expect(await dueAfter('12:41')).toEqual(new Date('2026-09-27T00:00:00+09:00'))
  })

  it('is for somebody', async () => {
    await wantNothing()
    const { uvIndices, deps } = fakeKma([[row(GANGNAM, 4)]])
    expect(await runTask(readUv, onThatDay('12:40'), deps)).toEqual({})
    expect(await dueAfter('12:40')).toBeNull()
    expect(uvIndices).not.toHaveBeenCalled()
  })

  it('takes what the simulated KMA says', async () => {
    const now = new Date()
    await wantWeather(now)
    const noon = new Date(now)
    noon.setUTCHours(3, 40, 0, 0)
    // The simulator knows what was out within a day. Before noon that is yesterday's third reading.
    const at = noon < now ? noon : new Date(noon.getTime() - 21 * HOUR_MS)
    await wantWeather(at)
    expect((await runTask(readUv, at, createTestDeps({ now: () => at })))['kept']).toBeGreaterThan(200)
    expect(await uvIn(GANGNAM, at)).toEqual(expect.any(Number))
  })
})

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../../src/core/time.ts'
import type { KmaCell } from '../../../../src/core/kma-grid.ts'
import type { Deps } from '../../../../src/deps.ts'
import { purgeCells, purgeHours, readDueCells } from '../../../../src/modules/weather/cells/jobs.ts'
import { readCells } from '../../../../src/modules/weather/cells/service.ts'
import { createTestDeps } from '../../../support/api.ts'
import { injectFault } from '../../../support/faults.ts'
import { signUp } from '../../../support/login.ts'
import { listRows } from '../../../support/rows.ts'
import { runTask } from '../../../support/tasks.ts'
import { control, fakeAirKorea, fakeKma, forgetWeather, freshCell, seoul } from '../../../support/weather.ts'

beforeEach(forgetWeather)
afterEach(forgetWeather)

const at = (clock: string, date = '2026-10-02') => seoul(`${date} ${clock}`)

/** Somebody wants cells, the first the most. They are due at that time. */
async function want(cells: readonly KmaCell[], wantedAt: Date, dueAt: Date) {
  const rows = cells.map(({ nx, ny }, k) => ({ nx, ny, wants: cells.length - k }))
  await createTestDeps().db.execute(sql`
    INSERT INTO weather_cells (nx, ny, wanted_at, wants, next_read_at)
    SELECT nx, ny, ${wantedAt.toISOString()}, wants, ${dueAt.toISOString()} FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS given (nx smallint, ny smallint, wants int)`)
}

/** Runs the task. Answers the cells of each message that it has left. */
async function dispatch(now: Date): Promise<KmaCell[][]> {
  const ids: string[] = []
  const sendBatch = async (batch: { body: unknown }[]) =>
    void ids.push(...batch.map(({ body }) => (body as { outbox_id: string }).outbox_id))
  const counts = await runTask(readDueCells, now, createTestDeps({ now: () => now, jobs: { sendBatch } as unknown as Queue }))
  expect(counts).toEqual({ sent: ids.length })
  const rows = await listRows(
    sql`SELECT id, payload FROM outbox WHERE type = 'weather.read' AND id = ANY (${`{${ids.join(',')}}`}::uuid[])`,
  )
  return ids.map((id) => rows.find((row) => row.id === id).payload.cells)
}

async function nextDue(now: Date): Promise<string | null> {
  const [row] = await listRows(sql`SELECT to_json((${readDueCells.nextDue(now)})) AS next`)
  return row.next && new Date(row.next).toISOString()
}

const cellsOf = (count: number): KmaCell[] => Array.from({ length: count }, (_, k) => ({ nx: 10 + (k % 40), ny: 30 + Math.floor(k / 40) }))

describe('the task', () => {
  it('has nothing to do while nobody wants weather, or only wanted it before yesterday', async () => {
    expect(await nextDue(at('14:00'))).toBeNull()
    await want([freshCell()], new Date(at('14:00').getTime() - 26 * HOUR_MS), at('13:12'))
    expect(await nextDue(at('14:00'))).toBeNull()
    expect(await dispatch(at('14:12'))).toEqual([])
  })

  it('sends the cells that are wanted, fifteen a message, the most wanted first, and at most two hundred', async () => {
    const cells = cellsOf(230)
    await want(cells, at('13:30'), at('14:12'))
    expect(await nextDue(at('14:00'))).toBe(at('14:12').toISOString())
    const messages = await dispatch(at('14:12:00'))
    expect(messages.map(({ length }) => length).toSorted((a, b) => b - a)).toEqual([...Array.from({ length: 13 }, () => 15), 5])
    expect(messages.flat().toSorted((a, b) => a.ny - b.ny || a.nx - b.nx)).toEqual(cells.slice(0, 200))
    // All are due again an hour later, also those that were too many.
    expect((await nextDue(at('14:12')))!.slice(0, 15)).toBe(at('15:12').toISOString().slice(0, 15))
    expect(await dispatch(at('14:14'))).toEqual([])
  })

  it('takes what falls due in the next two minutes with it', async () => {
    await want(cellsOf(3), at('13:30'), at('14:13:50'))
    expect(await dispatch(at('14:12'))).toHaveLength(1)
  })

  it('sleeps at night, but for the base that tells the lowest temperature of the day', async () => {
    await want(cellsOf(2), at('23:30'), at('00:12', '2026-10-03'))
    expect(await dispatch(at('00:12', '2026-10-03'))).toEqual([])
    expect(await nextDue(at('00:13', '2026-10-03'))).toMatch(/^2026-10-02T17:1[23]/)
    expect(await dispatch(at('02:14', '2026-10-03'))).toHaveLength(1)
    expect(await nextDue(at('02:14', '2026-10-03'))).toMatch(/^2026-10-02T20:1[23]/)
    expect(await dispatch(at('05:14', '2026-10-03'))).toHaveLength(1)
  })

  it('two at once send each cell once', async () => {
    await want(cellsOf(40), at('13:30'), at('14:12'))
    const both = (await Promise.all([dispatch(at('14:12')), dispatch(at('14:12'))])).flat(2)
    expect(both).toHaveLength(40)
  })
})

describe('a request', () => {
  it('wants its cell once an hour, and has the alarm ring', async () => {
    const person = await signUp()
    const cell = freshCell()
    const wakes: string[] = []
    const get = (clock: string) =>
      person
        .with({
          now: () => at(clock),
          kma: fakeKma().kma,
          airKorea: fakeAirKorea().airKorea,
          wakeAt: async (when) => void wakes.push(when.toISOString()),
        })
        .get(`/weather?lat=${cell.lat}&lng=${cell.lng}`)
    const wants = async () => (await listRows(sql`SELECT wants FROM weather_cells WHERE nx = ${cell.nx} AND ny = ${cell.ny}`))[0].wants
    await get('14:05')
    await get('14:50')
    expect([await wants(), wakes.length]).toEqual([1, 1])
    expect(wakes[0]).toMatch(/^2026-10-02T05:1[23]/)
    await get('15:06')
    expect([await wants(), wakes.length]).toEqual([2, 2])
  })
})

/** Deps that count the calls to Postgres and to Redis. */
function counted(overrides: Partial<Deps>) {
  const trips = { postgres: 0, redis: 0 }
  const { db, cache } = createTestDeps()
  const execute = (...of: Parameters<typeof db.execute>) => {
    trips.postgres++
    return db.execute(...of)
  }
  const deps = createTestDeps({
    db: Object.create(db, { execute: { value: execute } }) as typeof db,
    cache: { ...cache, setAll: (entries) => (trips.redis++, cache.setAll(entries)) },
    ...overrides,
  })
  return { deps, trips }
}

describe('the job', () => {
  const clock = (now: Date, kma: ReturnType<typeof fakeKma>) => counted({ now: () => now, kma: kma.kma })

  it('reads fifteen cells with 45 calls, two trips to Postgres and one to Redis, so that requests find them fresh', async () => {
    const cells = Array.from({ length: 15 }, freshCell)
    await want(cells, at('13:30'), at('14:12'))
    const kma = fakeKma()
    const { deps, trips } = clock(at('14:12:40'), kma)
    expect(await readCells(deps, cells)).toEqual({ cells: 15, asked: 45, stored: 15, missing: 0, stale: 0, closed: 0, left: 0 })
    expect(trips).toEqual({ postgres: 2, redis: 1 })
    expect(kma.take().slice(0, 15)).toEqual(Array.from({ length: 15 }, () => 'observation 1400'))
    const person = await signUp()
    const { json } = await person
      .with({ now: () => at('14:20'), kma: kma.kma, airKorea: fakeAirKorea().airKorea })
      .get(`/weather?lat=${cells[7]!.lat}&lng=${cells[7]!.lng}`)
    expect(json).toMatchObject({ stale: false, observed_at: '2026-10-02T05:00:00.000Z' })
    expect(kma.take()).toEqual([])
    const hours = await listRows(sql`SELECT temp, pty, sky, is_final FROM weather_hours`)
    expect(hours).toEqual(Array.from({ length: 15 }, () => ({ temp: 18, pty: 'none', sky: 'clear', is_final: false })))
  })

  it('does nothing when it is repeated', async () => {
    const cells = [freshCell(), freshCell()]
    await want(cells, at('13:30'), at('14:12'))
    const kma = fakeKma()
    const { deps, trips } = clock(at('14:12:40'), kma)
    await readCells(deps, cells)
    const before = trips.postgres
    expect(await readCells(deps, cells)).toMatchObject({ asked: 0, stored: 0 })
    expect([kma.calls.length, trips.postgres - before]).toEqual([6, 1])
  })

  it('asks only for what is newer, and only for the days at night', async () => {
    const cells = [freshCell()]
    await want(cells, at('23:30', '2026-10-01'), at('02:12'))
    const kma = fakeKma()
    for (const [now, asked] of [
      ['02:13', ['days 0200']],
      ['05:13', ['days 0500', 'hours 0430', 'observation 0500']],
      ['06:13', ['hours 0530', 'observation 0600']],
      ['08:13', ['days 0800', 'hours 0730', 'observation 0800']],
    ] as const) {
      await readCells(clock(at(now), kma).deps, cells)
      expect([now, kma.take().toSorted()]).toEqual([now, asked])
    }
  })

  it('never overwrites what is good with a failure, counts what it could not read, and stops after five failures', async () => {
    const cells = Array.from({ length: 6 }, freshCell)
    await want(cells, at('13:30'), at('14:12'))
    await readCells(clock(at('14:12'), fakeKma()).deps, cells)
    const before = await listRows(sql`SELECT nx, ny, latest FROM weather_cells ORDER BY nx, ny`)
    const down = fakeKma(() => 'down')
    const counts = await readCells(clock(at('15:12:40'), down).deps, cells)
    expect(counts).toEqual({ cells: 6, asked: 5, stored: 0, missing: 0, stale: 5, closed: 7, left: 0 })
    expect(await listRows(sql`SELECT nx, ny, latest FROM weather_cells ORDER BY nx, ny`)).toEqual(before)
    const person = await signUp()
    const { json } = await person
      .with({ now: () => at('15:12:50'), kma: down.kma, airKorea: fakeAirKorea().airKorea })
      .get(`/weather?lat=${cells[0]!.lat}&lng=${cells[0]!.lng}`)
    expect(json).toMatchObject({ stale: true, observed_at: '2026-10-02T05:00:00.000Z', weather: { temp: 18 } })
  })

  it('keeps within the calls of one message when bases are late', async () => {
    const cells = Array.from({ length: 15 }, freshCell)
    await want(cells, at('13:30'), at('14:12'))
    const kma = fakeKma((product, base) => (product === 'observation' && base >= at('14:00') ? 'late' : 'well'))
    const counts = await readCells(clock(at('14:12'), kma).deps, cells)
    expect(counts).toMatchObject({ asked: 45, stored: 15 })
    expect(counts.left).toBeGreaterThan(0)
  })

  it('keeps the observation of what another product has lost, and notes the wetter of two readings', async () => {
    const cells = [freshCell()]
    await want(cells, at('13:30'), at('14:12'))
    await readCells(
      clock(
        at('14:12'),
        fakeKma((product) => (product === 'observation' ? 'well' : 'down'), { pty: 'rain' }),
      ).deps,
      cells,
    )
    expect(await listRows(sql`SELECT pty, sky, is_final FROM weather_hours`)).toEqual([{ pty: 'rain', sky: null, is_final: true }])
  })

  it('tries again after too many calls at once, and counts the tries', async () => {
    const now = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS + 5 * HOUR_MS + 20 * 60_000)
    const cell = freshCell()
    await want([cell], now, now)
    await control('POST', '/clock', { now: now.toISOString() })
    try {
      const fault = {
        host: 'apis.data.go.kr',
        path: '/1360000/VilageFcstInfoService_2.0/getUltraSrtNcst',
        status: 429,
        body: 'API rate limit exceeded',
      }
      await injectFault({ ...fault, times: 2 })
      const { deps } = counted({ now: () => now })
      expect(await readCells(deps, [cell])).toMatchObject({ asked: 5, stored: 1, stale: 0 })
      await forgetWeather()
      await want([cell], now, now)
      await injectFault({ ...fault, times: 3 })
      expect(await readCells(deps, [cell])).toMatchObject({ asked: 5, stored: 0, stale: 1 })
    } finally {
      await control('POST', '/clock', { now: new Date().toISOString() })
    }
  })

  it('may run twice at once', async () => {
    const cells = Array.from({ length: 4 }, freshCell)
    await want(cells, at('13:30'), at('14:12'))
    const kma = fakeKma()
    const { deps } = clock(at('14:12'), kma)
    await Promise.all([readCells(deps, cells), readCells(deps, cells.toReversed())])
    expect(await listRows(sql`SELECT 1 FROM weather_hours`)).toHaveLength(4)
  })
})

it('observations and forgotten cells are deleted after 35 days', async () => {
  const now = at('04:03')
  const old = new Date(now.getTime() - 35 * DAY_MS - 1)
  const young = new Date(now.getTime() - 35 * DAY_MS + 1)
  const [gone, kept] = [freshCell(), freshCell()]
  await want([gone], old, old)
  await want([kept], young, young)
  await createTestDeps().db.execute(sql`
    INSERT INTO weather_hours (nx, ny, hour, temp, is_final, fetched_at)
    VALUES (${gone.nx}, ${gone.ny}, ${old.toISOString()}, 1, true, now()), (${kept.nx}, ${kept.ny}, ${young.toISOString()}, 1, true, now())`)
  expect(await runTask(purgeHours, now)).toEqual({ purged: 1 })
  expect(await runTask(purgeCells, now)).toEqual({ purged: 1 })
  const left = [{ nx: kept.nx, ny: kept.ny }]
  expect(await listRows(sql`SELECT nx, ny FROM weather_hours`)).toEqual(left)
  expect(await listRows(sql`SELECT nx, ny FROM weather_cells`)).toEqual(left)
})

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { middleOf } from '../../../src/core/kma-grid.ts'
import { HOUR_MS } from '../../../src/core/time.ts'
import { runBatch } from '../../../src/db/client.ts'
import { fillWalkWeather } from '../../../src/modules/weather/walk-weather/jobs.ts'
import { giveWeather } from '../../../src/modules/weather/walk-weather/queries.ts'
import { fillWalks } from '../../../src/modules/weather/walk-weather/service.ts'
import type { Kma } from '../../../src/vendors/kma/kma.ts'
import type { PublicDataFailure } from '../../../src/vendors/public-data/outcome.ts'
import { createTestDeps } from '../../support/api.ts'
import { heldBy, trackFrom } from '../../support/facts.ts'
import { injectFault } from '../../support/faults.ts'
import { signUp } from '../../support/login.ts'
import { listRows } from '../../support/rows.ts'
import { addPet, completionBody } from '../../support/walks.ts'
import { control, failed, forgetWeather, seoul } from '../../support/weather.ts'

beforeEach(forgetWeather)
afterEach(forgetWeather)

const MINUTE_MS = 60_000
const hour = seoul('2026-10-02 14:00')
const at = (minutes: number) => new Date(hour.getTime() + minutes * MINUTE_MS)
const starts = (count: number) => Array.from({ length: count }, (_, k) => ({ nx: 60 + k, ny: 80, hour: hour.toISOString() }))

type Told = PublicDataFailure | { outcome: 'answered'; value: null } | { outcome: 'nothing' }
/** KMA that answers by the cell, `costs` calls a question. */
function kmaOf(tell: (nx: number) => Told, costs = 1) {
  const asked: number[] = []
  const observe = async ({ nx }: { nx: number }, _: Date, options: { takeCall?: () => boolean }) => {
    asked.push(nx)
    for (let more = 1; more < costs && options.takeCall?.(); more++) asked.push(nx)
    return tell(nx)
  }
  return { asked, kma: { observe } as unknown as Kma }
}
const fillAt = (kma: Kma, now: Date, of = starts(10)) => fillWalks(createTestDeps({ kma, now: () => now }), { starts: of })

describe('looking for the weather of walks', () => {
  it('asks no more until midnight once the calls of the day are used up', async () => {
    const spent = kmaOf(() => failed('quota'))
    await fillAt(spent.kma, at(30))
    expect(spent.asked).toHaveLength(1)
    await fillAt(spent.kma, at(40))
    await fillAt(spent.kma, seoul('2026-10-02 23:59:59'))
    expect(spent.asked).toHaveLength(1)
    await fillAt(spent.kma, seoul('2026-10-03 00:00:01'))
    expect(spent.asked).toHaveLength(2)
  })

  it('goes on after an hour that KMA refuses, and gives up when KMA is down, for a minute', async () => {
    const picky = kmaOf((nx) => (nx === 60 ? { ...failed('misconfigured'), code: '10' } : { outcome: 'answered', value: null }))
    await fillAt(picky.kma, at(30))
    expect(picky.asked).toEqual([60, 61, 62, 63, 64, 65, 66, 67, 68, 69])
    const down = kmaOf(() => failed())
    await fillAt(down.kma, at(40))
    await fillAt(down.kma, at(40.5))
    expect(down.asked).toHaveLength(5)
    await fillAt(down.kma, at(41.1))
    expect(down.asked).toHaveLength(6)
  })

  it('makes at most twenty calls in a message, with those that are made again', async () => {
    const slow = kmaOf((nx) => (nx % 2 ? failed('rate') : { outcome: 'nothing' }), 3)
    await fillAt(slow.kma, at(30))
    expect(slow.asked).toHaveLength(20)
  })
})

/** Places of which no other test knows the weather. */
let places = 0
const freshPlace = () => middleOf({ nx: 100 + (places++ % 8), ny: 88 + Math.floor(places / 8) })

async function startedWalk(place: { lat: number; lng: number }, when: Date) {
  const person = await signUp()
  const pet_id = await addPet(person)
  const { json, status } = await person.with({ now: () => when }).post('/walks', { pet_id, started_at: when.toISOString(), ...place })
  expect(status).toBe(201)
  const [row] = await listRows(sql`SELECT kma_nx AS nx, kma_ny AS ny FROM walks WHERE id = ${json.id}`)
  return { person, id: json.id as string, cell: row as { nx: number; ny: number } }
}
const walkRow = async (id: string) => (await listRows(sql`SELECT weather, weather_due_at, kma_nx FROM walks WHERE id = ${id}`))[0]

it('a walk is looked for every ten minutes in its first six hours, so that its badge comes within ten minutes of KMA', async () => {
  const { id, cell } = await startedWalk(freshPlace(), at(20))
  const given = [{ ...cell, hour: hour.toISOString() }]
  for (const [minutes, expected] of [
    [30, 10],
    [130, 10],
    [20 + 6 * 60, 10],
    [20 + 18 * 60, 30],
  ] as const) {
    await giveWeather(createTestDeps().db, given, { readings: [], changes: [] }, at(minutes))
    expect(Date.parse((await walkRow(id)).weather_due_at)).toBe(at(minutes + expected).getTime())
  }
})

it('a run asks KMA for forty hours, the newest ones, and gives out all that are known already', async () => {
  await listRows(sql`UPDATE walks SET weather_due_at = NULL WHERE weather_due_at IS NOT NULL`)
  const { user } = await signUp()
  // Of each cell from 1 on a walk an hour ago. What is odd is known.
  await listRows(sql`
    INSERT INTO walks (id, user_id, status, started_at, request_hash, created_at, kma_nx, kma_ny, weather_due_at)
    SELECT gen_random_uuid(), ${user.user_id}, 'ended', ${at(20).toISOString()}, 'x', ${at(20).toISOString()}, k, 3, ${at(60).toISOString()}
    FROM generate_series(1, 120) AS k`)
  await listRows(sql`
    INSERT INTO weather_hours (nx, ny, hour, temp, pty, is_final, fetched_at)
    SELECT k, 3, ${hour.toISOString()}, 8, 'none', true, ${at(75).toISOString()} FROM generate_series(1, 120, 2) AS k`)
  const sent: string[] = []
  const jobs = { sendBatch: async (batch: { body: { outbox_id: string } }[]) => void sent.push(...batch.map(({ body }) => body.outbox_id)) }
  const { asked, kma } = kmaOf(() => ({ outcome: 'answered', value: null }))
  const deps = createTestDeps({ now: () => at(90), kma, jobs: jobs as unknown as Queue, wakeAt: async () => {} })
  await fillWalkWeather.run(deps, at(90))
  const rows = await listRows(
    sql`SELECT payload FROM outbox WHERE type = 'weather.fill_walks' AND id::text = ANY (string_to_array(${sent.join()}, ','))`,
  )
  expect(rows.every(({ payload }) => payload.starts.length <= 10)).toBe(true)
  for (const { payload } of rows) await fillWalks(deps, payload)
  const [{ known }] = await listRows(
    sql`SELECT count(*)::int AS known FROM walks WHERE user_id = ${user.user_id} AND weather ->> 'pty' = 'none'`,
  )
  expect([known, asked.length, new Set(asked).size]).toEqual([60, 40, 40])
  await listRows(sql`DELETE FROM walks WHERE user_id = ${user.user_id}`)
})

it('the weather of where the phone claimed to be is not given to a walk that is completed elsewhere at the same moment', async () => {
  const { id, cell } = await startedWalk(freshPlace(), at(20))
  const { db } = createTestDeps()
  const reading = { ...cell, hour: hour.toISOString(), temp: 8, pty: 'none' }
  // A completion that moves the walk holds its row meanwhile.
  const completion = runBatch(db, {
    moved: sql`UPDATE walks SET kma_nx = ${cell.nx + 20} WHERE id = ${id}`,
    slow: sql`SELECT pg_sleep(0.6)::text`,
  })
  await new Promise((resolve) => setTimeout(resolve, 200))
  await giveWeather(db, [{ ...cell, hour: hour.toISOString() }], { readings: [reading], changes: [] }, at(90))
  await completion
  expect(await walkRow(id)).toMatchObject({ weather: null, kma_nx: cell.nx + 20, weather_due_at: expect.any(String) })
})

it('an hour of which nobody says whether it rained is looked for again, and its rain is found', async () => {
  const { id, cell } = await startedWalk(freshPlace(), at(20))
  const start = { ...cell, hour: hour.toISOString() }
  const give = (pty: string | null, minutes: number) =>
    giveWeather(createTestDeps().db, [start], { readings: [{ ...start, temp: 8, pty }], changes: [] }, at(minutes))
  await give(null, 90)
  expect(await walkRow(id)).toMatchObject({ weather: null, weather_due_at: expect.any(String) })
  await give('rain', 100)
  expect(await walkRow(id)).toMatchObject({ weather: { pty: 'rain', final: true }, weather_due_at: null })
})

it('rain that is read while the walk is completed and while two look for it earns one badge, also after deletion and return', async () => {
  const place = freshPlace()
  const { person, id, cell } = await startedWalk(place, at(20))
  const track = trackFrom(at(20), { origin: place })
  const end = new Date(Math.max(...track.time_ms) + MINUTE_MS)
  const value = { hour: hour.toISOString(), temp: 8, humidity: 90, rn1: 2, pty: 'rain' as const, wind_ms: 2 }
  const kma = { observe: async () => ({ outcome: 'answered', value }) } as unknown as Kma
  const deps = createTestDeps({ kma, now: () => end })
  const look = () => fillWalks(deps, { starts: [{ ...cell, hour: hour.toISOString() }] })
  const [, , completed] = await Promise.all([
    look(),
    look(),
    person.with({ now: () => end }).post(`/walks/${id}/complete`, completionBody(track)),
  ])
  expect(completed.status).toBe(200)
  await look()
  expect(await walkRow(id)).toMatchObject({ weather: { pty: 'rain', final: true }, weather_due_at: null })
  const told = () =>
    listRows(sql`
    SELECT 1 FROM notifications
    WHERE user_id = ${person.user.user_id} AND type = 'badge_earned' AND facts ->> 'metric' = 'rain_walks'`)
  expect([await heldBy(person), await told()]).toEqual([expect.arrayContaining(['sp_rain']), [expect.anything()]])

  const later = person.with({ now: () => at(120) })
  await later.delete(`/walks/${id}`)
  await look()
  expect((await later.post(`/walks/${id}/restore`)).status).toBe(200)
  await look()
  expect([await heldBy(person), await told()]).toEqual([expect.arrayContaining(['sp_rain']), [expect.anything()]])
})

it('heals once the simulated KMA is well again, over HTTP', async () => {
  const began = new Date(Math.floor(Date.now() / HOUR_MS - 1) * HOUR_MS + 20 * MINUTE_MS)
  const { lat, lng } = middleOf({ nx: 96, ny: 78 })
  const { person, id, cell } = await startedWalk({ lat, lng }, began)
  const track = trackFrom(began, { origin: { lat, lng } })
  const end = new Date(Math.max(...track.time_ms) + MINUTE_MS)
  await person.with({ now: () => end }).post(`/walks/${id}/complete`, completionBody(track))
  await control('POST', '/weather', { at: cell, pty: 'rain', rn1: 3 })
  await injectFault({ host: 'apis.data.go.kr', key: `nx=${cell.nx}&ny=${cell.ny}`, status: 500, body: 'Unexpected errors', times: 2 })
  const look = async (minutes: number) => {
    const now = new Date(Math.max(Date.now(), end.getTime()) + minutes * MINUTE_MS)
    const sent: string[] = []
    const jobs = {
      sendBatch: async (batch: { body: { outbox_id: string } }[]) => void sent.push(...batch.map(({ body }) => body.outbox_id)),
    }
    const deps = createTestDeps({ now: () => now, jobs: jobs as unknown as Queue, wakeAt: async () => {} })
    await fillWalkWeather.run(deps, now)
    for (const row of await listRows(
      sql`SELECT payload FROM outbox WHERE type = 'weather.fill_walks' AND id::text = ANY (string_to_array(${sent.join()}, ','))`,
    ))
      await fillWalks(deps, row.payload)
  }
  await listRows(sql`UPDATE walks SET weather_due_at = NULL WHERE id <> ${id}`)
  await look(6)
  expect(await walkRow(id)).toMatchObject({ weather: null })
  await look(17)
  expect(await walkRow(id)).toMatchObject({ weather: { pty: 'rain', final: true }, weather_due_at: null })
  expect(await heldBy(person)).toContain('sp_rain')
  await control('DELETE', '/weather')
})

it('a walk that is deleted while it waits is not looked for, and is once it is back', async () => {
  const { person, id } = await startedWalk(freshPlace(), at(20))
  const nextDue = async () =>
    (await listRows(sql`SELECT to_json((${fillWalkWeather.nextDue(at(60))})) AS next, count(*)::int FROM walks WHERE id = ${id}`))[0].next
  await listRows(sql`UPDATE walks SET weather_due_at = NULL WHERE id <> ${id}`)
  const owner = person.with({ now: () => at(60) })
  await owner.post(`/walks/${id}/complete`, completionBody(trackFrom(at(20), { origin: freshPlace() })))
  expect(await nextDue()).not.toBeNull()
  await owner.delete(`/walks/${id}`)
  expect(await nextDue()).toBeNull()
  await owner.post(`/walks/${id}/restore`)
  expect(await nextDue()).not.toBeNull()
})

it('walks that are long overdue do not make the alarm ring again at once', async () => {
  const { id } = await startedWalk(freshPlace(), at(20))
  await listRows(sql`UPDATE walks SET weather_due_at = '2020-01-01' WHERE id = ${id}`)
  const now = new Date(hour.getTime() + 30 * HOUR_MS)
  const deps = createTestDeps({ now: () => now, wakeAt: async () => {} })
  const overdue = () => listRows(sql`SELECT id FROM walks WHERE weather_due_at <= ${now.toISOString()} AND deleted_at IS NULL`)
  for (let rings = 0; rings < 20 && (await overdue()).length > 0; rings++) await fillWalkWeather.run(deps, now)
  expect(await overdue()).toEqual([])
  const [{ next }] = await listRows(sql`SELECT to_json((${fillWalkWeather.nextDue(now)})) AS next`)
  expect(Date.parse(next)).toBeGreaterThan(now.getTime())
})

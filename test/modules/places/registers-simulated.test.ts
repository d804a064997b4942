import { createExecutionContext } from 'cloudflare:test'
import { sql } from 'drizzle-orm'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createDeps, type Deps } from '../../../src/deps.ts'
import { geocodePlaces, importHospitals, importParks, importPharmacies } from '../../../src/modules/places/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { testEnv } from '../../support/env.ts'
import { signUp } from '../../support/login.ts'
import { runAsMessages, runTask } from '../../support/tasks.ts'
import { daysAfter, forgetImports, lastRun, licence, MONDAY, park, registers, SUNDAY } from './registers.ts'

const { db } = createTestDeps()
beforeEach(forgetImports)
afterAll(forgetImports)

it('a night brings vets, pharmacies and parks of the simulated registers, each where it is', async () => {
  await runAsMessages([importHospitals, importPharmacies, importParks, geocodePlaces], MONDAY)
  for (const source of ['hospitals', 'pharmacies', 'parks'])
    expect(await lastRun(source), source).toMatchObject({ kind: 'complete', state: 'done' })
  const { rows: runs } = await db.execute(sql`
    SELECT job FROM job_runs WHERE job LIKE 'places.%' AND scheduled_at = ${MONDAY.toISOString()} AND finished_at IS NOT NULL AND error IS NULL`)
  expect(runs).toHaveLength(4)
  const { rows } = await db.execute<{ kind: string; count: number }>(sql`
    SELECT kind, count(*)::int AS count FROM places
    WHERE is_open AND duplicate_of IS NULL AND ST_DWithin(location, ST_MakePoint(127, 37.55)::geography, 40000) AND source <> 'seed'
    GROUP BY kind`)
  expect(rows.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(300)
  const { rows: wrong } = await db.execute(sql`
    SELECT name FROM places WHERE source <> 'seed' AND location IS NOT NULL AND NOT ST_DWithin(location, (SELECT center FROM regions WHERE code = region_code), 60000)`)
  expect(wrong).toEqual([])
  const me = await signUp()
  const { items } = (await me.get('/places?lat=37.47927&lng=126.85812&category=hospital')).json
  expect(items).toContainEqual(expect.objectContaining({ name: '광명온동물병원', phone: '02-6951-1003', distance_m: 1 }))
  for (const [lat, lng] of [
    [33.4996, 126.5312],
    [33.2541, 126.5601],
  ])
    expect((await me.get(`/places?lat=${lat}&lng=${lng}&radius_m=5000&category=hospital`)).json).toMatchObject({
      radius_m_used: 5_000,
      items: expect.toSatisfy((list: unknown[]) => list.length >= 3),
    })
})

/** Counts trips to Postgres. */
function counting(given: Partial<Deps>) {
  const count = { trips: 0 }
  const deps = createDeps(testEnv, createExecutionContext(), { onTrip: () => count.trips++ })
  return { count, deps: Object.create(deps, Object.getOwnPropertyDescriptors(given)) as Deps }
}

describe('a night costs little', () => {
  it('on which nothing is new', async () => {
    const register = registers()
    register.hospitals = Array.from({ length: 30 }, (_, i) =>
      licence({ updated_at: i < 10 ? '2026-11-28T12:00:00.000Z' : '2026-10-01T00:00:00.000Z' }),
    )
    register.parks = [park()]
    const { licences, cityParks } = register.deps
    for (const task of [importHospitals, importPharmacies, importParks]) await runTask(task, MONDAY, register.deps)
    const { count, deps } = counting({ licences, cityParks })
    const trips: Record<string, number> = {}
    for (const task of [importHospitals, importPharmacies, importParks, geocodePlaces]) {
      count.trips = 0
      await runTask(task, daysAfter(MONDAY, 1), deps)
      trips[task.name] = count.trips
    }
    // Beginning, the rows of the days before that are read again, and the end. Nothing to read has no page to save.
    expect(trips).toEqual({ 'places.import_hospitals': 3, 'places.import_pharmacies': 2, 'places.import_parks': 1, 'places.geocode': 1 })
  })

  it('and a message stays within forty calls, of the fifty of the free plan', async () => {
    const register = registers()
    register.hospitals = Array.from({ length: 2_500 }, () => licence())
    const { count, deps } = counting({ licences: register.deps.licences })
    expect((await importHospitals.run(deps, SUNDAY)).next).not.toBeNull()
    // Three more are the consumer's own.
    expect(count.trips + register.asked.length + 3).toBeLessThanOrEqual(40)
  })
})

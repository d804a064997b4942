import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { importAll, importPart } from '../../../src/modules/places/import/service.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { daysAfter, DOWN, forgetImports, keptOf, lastRun, licence, MONDAY, park, registers, SUNDAY } from './registers.ts'

const { db } = createTestDeps()
beforeEach(forgetImports)

const hospitals = (count: number) => Array.from({ length: count }, () => licence())

describe('a register is read whole', () => {
  it('in pages, and a first run is complete on any day', async () => {
    const register = registers()
    register.hospitals = hospitals(250)
    expect(await importAll(register.deps, 'hospitals', MONDAY)).toEqual({
      read: 250,
      added: 250,
      changed: 0,
      failed_pages: 0,
      closed: 0,
      partial: 0,
    })
    expect(register.asked.map(({ page, changed_since, patient }) => [page, changed_since, patient])).toEqual(
      [1, 2, 3].map((page) => [page, undefined, true]),
    )
    expect(await lastRun('hospitals')).toEqual({
      kind: 'complete',
      state: 'done',
      reason: null,
      page: 3,
      rows: 250,
      total: 250,
      failed_pages: 0,
    })
    const kept = await keptOf('hospitals')
    expect(kept.size).toBe(250)
    expect([...kept.values()].every((place) => place.is_open && !place.counts_for_badges && place.kind === 'hospital')).toBe(true)
  })

  it('in messages of seventeen pages', async () => {
    const register = registers()
    register.hospitals = hospitals(2_050)
    const { next } = await importPart(register.deps, 'hospitals', MONDAY)
    expect(next).toEqual({ page: 17 })
    expect((await keptOf('hospitals')).size).toBe(1_700)
    expect((await importPart(register.deps, 'hospitals', MONDAY)).next).toBeNull()
    expect((await keptOf('hospitals')).size).toBe(2_050)
    expect(await lastRun('hospitals')).toMatchObject({ state: 'done', rows: 2_050, page: 21 })
  })

  it('again changes nothing', async () => {
    const register = registers()
    register.hospitals = hospitals(120)
    await importAll(register.deps, 'hospitals', MONDAY)
    const before = await keptOf('hospitals')
    expect(await importAll(register.deps, 'hospitals', SUNDAY)).toMatchObject({ read: 120, added: 0, changed: 0, closed: 0 })
    expect(await importAll(register.deps, 'hospitals', SUNDAY)).toEqual({})
    expect(await keptOf('hospitals')).toEqual(before)
  })

  it('on Sundays of Seoul, and on other days only what has changed since three days before the last run', async () => {
    const register = registers()
    register.hospitals = [licence({ updated_at: '2026-11-20T00:00:00.000Z' }), licence({ updated_at: '2026-11-27T00:00:00.000Z' })]
    await importAll(register.deps, 'hospitals', MONDAY)
    register.asked = []
    expect(await importAll(register.deps, 'hospitals', daysAfter(MONDAY, 1))).toMatchObject({ read: 1, added: 0, changed: 0 })
    expect(register.asked.map(({ changed_since }) => changed_since)).toEqual([daysAfter(MONDAY, -3)])
    // A night that fails is made up for.
    register.failing.set(1, DOWN)
    await importAll(register.deps, 'hospitals', daysAfter(MONDAY, 2))
    register.failing.clear()
    await importAll(register.deps, 'hospitals', daysAfter(MONDAY, 3))
    expect(register.asked.at(-1)?.changed_since).toEqual(daysAfter(MONDAY, -2))
    await importAll(register.deps, 'hospitals', SUNDAY)
    expect(register.asked.at(-1)?.changed_since).toBeUndefined()
    expect(await lastRun('hospitals')).toMatchObject({ kind: 'complete', state: 'done' })
  })

  it('of parks once a week, and on the night after a Sunday that failed', async () => {
    const register = registers()
    register.parks = Array.from({ length: 30 }, () => park())
    await importAll(register.deps, 'parks', MONDAY)
    expect((await keptOf('parks')).size).toBe(30)
    register.asked = []
    for (let days = 1; days < 6; days++) expect(await importAll(register.deps, 'parks', daysAfter(MONDAY, days))).toEqual({})
    expect(register.asked).toEqual([])
    register.failing.set(1, DOWN)
    expect(await importAll(register.deps, 'parks', SUNDAY)).toMatchObject({ failed: 1 })
    register.failing.clear()
    expect(await importAll(register.deps, 'parks', daysAfter(SUNDAY, 1))).toEqual({})
    expect(await importAll(register.deps, 'parks', daysAfter(SUNDAY, 2))).toMatchObject({ read: 30, changed: 0 })
  })
})

describe('P5: a place that closes is gone', () => {
  it.each([
    ['a status that is not 01', { status: 'closed' as const, closed_on: '2026-11-25' }],
    ['a suspended licence', { status: 'suspended' as const }],
    ['a deleted row', { status: 'removed' as const }],
    ['a day of closing beside status 01', { closed_on: '2026-11-25' }],
  ])('by %s, at the next import, and a favourite says so', async (_, change) => {
    const me = await signUp()
    const register = registers()
    const clinic = licence()
    register.hospitals = [clinic]
    await importAll(register.deps, 'hospitals', MONDAY)
    const { id } = (await keptOf('hospitals')).get(clinic.key)!
    expect((await me.put(`/places/${id}/favorite`)).status).toBe(204)
    const around = `/places?lat=${clinic.location!.lat}&lng=${clinic.location!.lng}&category=hospital`
    expect((await me.get(around)).json.items.map((place: { id: string }) => place.id)).toEqual([id])
    register.hospitals = [{ ...clinic, updated_at: '2026-11-29T12:00:00.000Z', ...change }]
    expect(await importAll(register.deps, 'hospitals', daysAfter(MONDAY, 1))).toMatchObject({ changed: 1 })
    expect((await me.get(around)).json.items).toEqual([])
    expect((await me.get('/places?favorite=true')).json.items).toMatchObject([{ id, status: 'closed', is_favorite: true }])
    expect((await me.get(`/places/${id}`)).json).toMatchObject({ status: 'closed' })
    // It may open again.
    register.hospitals = [{ ...clinic, updated_at: '2026-11-30T12:00:00.000Z' }]
    await importAll(register.deps, 'hospitals', daysAfter(MONDAY, 2))
    expect((await me.get(around)).json.items).toMatchObject([{ id, status: 'open' }])
  })

  it('an older message of it changes nothing', async () => {
    const register = registers()
    const clinic = licence({ status: 'closed', updated_at: '2026-11-29T12:00:00.000Z' })
    register.hospitals = [clinic]
    await importAll(register.deps, 'hospitals', MONDAY)
    register.hospitals = [{ ...clinic, status: 'open', updated_at: '2026-11-20T12:00:00.000Z' }]
    await importAll(register.deps, 'hospitals', SUNDAY)
    expect((await keptOf('hospitals')).get(clinic.key)).toMatchObject({ is_open: false })
  })
})

describe('P7: only a complete run closes what it has not seen', () => {
  async function after(count: number) {
    const register = registers()
    register.hospitals = hospitals(count)
    await importAll(register.deps, 'hospitals', MONDAY)
    return register
  }
  const openCount = async () => [...(await keptOf('hospitals')).values()].filter(({ is_open }) => is_open).length

  it('and then a row that left is closed', async () => {
    const register = await after(250)
    const [gone] = register.hospitals.splice(120, 1)
    expect(await importAll(register.deps, 'hospitals', SUNDAY)).toMatchObject({ closed: 1, partial: 0 })
    expect((await keptOf('hospitals')).get(gone!.key)).toMatchObject({ is_open: false })
    expect(await openCount()).toBe(249)
  })

  it.each(['unavailable', 'rate'] as const)(
    'a page that fails (%s) makes the run partial, and the pages after it are read',
    async (reason) => {
      const register = await after(450)
      register.hospitals.splice(0, 1)
      register.hospitals.push(licence())
      register.failing.set(2, { ...DOWN, reason })
      expect(await importAll(register.deps, 'hospitals', SUNDAY)).toMatchObject({ added: 1, failed_pages: 1, closed: 0, partial: 1 })
      expect(await lastRun('hospitals')).toMatchObject({ state: 'partial', reason: 'pages_failed', failed_pages: 1 })
      expect(await openCount()).toBe(451)
    },
  )

  it('a page that repeats another is a page that failed', async () => {
    const register = await after(450)
    register.repeating.set(4, 3)
    await importAll(register.deps, 'hospitals', SUNDAY)
    expect(await lastRun('hospitals')).toMatchObject({ state: 'partial', failed_pages: 1 })
    expect(await openCount()).toBe(450)
  })

  it('a register that changes while it is read may have moved rows over a page that was read, and closes nothing', async () => {
    const register = await after(350)
    register.before = async (page) => {
      // Row 101 is now row 100, which nobody asks for again.
      if (page === 2) register.hospitals.splice(0, 1)
    }
    expect(await importAll(register.deps, 'hospitals', SUNDAY)).toMatchObject({ closed: 0, partial: 1 })
    expect(await lastRun('hospitals')).toMatchObject({ state: 'partial', reason: 'pages_failed', rows: 349, total: 349 })
    expect(await openCount()).toBe(350)
  })

  it('a page that is short makes the run partial', async () => {
    const register = await after(250)
    register.hospitals.splice(200, 50)
    register.total = 250
    await importAll(register.deps, 'hospitals', SUNDAY)
    expect(await lastRun('hospitals')).toMatchObject({ state: 'partial' })
    expect(await openCount()).toBe(250)
  })

  it('a register that has shrunk by more than 5 % is not believed', async () => {
    const register = await after(200)
    register.hospitals.splice(0, 11)
    await importAll(register.deps, 'hospitals', SUNDAY)
    expect(await lastRun('hospitals')).toMatchObject({ state: 'partial', reason: 'shrunk' })
    expect(await openCount()).toBe(200)
  })

  it('somebody who has looked may trust it', async () => {
    const register = await after(200)
    register.hospitals.splice(0, 50)
    expect(await importAll(register.deps, 'hospitals', SUNDAY, { is_trusted: true })).toMatchObject({ closed: 50, partial: 0 })
  })

  it('5 % fewer are believed', async () => {
    const register = await after(200)
    register.hospitals.splice(0, 10)
    expect(await importAll(register.deps, 'hospitals', SUNDAY)).toMatchObject({ closed: 10, partial: 0 })
    expect(await openCount()).toBe(190)
  })

  it('as many rows, of which more than 5 % are others, close nothing', async () => {
    const register = await after(200)
    register.hospitals.splice(0, 11, ...hospitals(11))
    await importAll(register.deps, 'hospitals', SUNDAY)
    expect(await lastRun('hospitals')).toMatchObject({ state: 'partial', reason: 'too_many_missing' })
    expect(await openCount()).toBe(211)
  })

  it('an empty register is not believed, also the first time', async () => {
    await importAll(registers().deps, 'hospitals', MONDAY)
    expect(await lastRun('hospitals')).toMatchObject({ state: 'partial', reason: 'empty' })
  })

  it('an empty register closes nothing', async () => {
    const register = await after(20)
    register.hospitals = []
    await importAll(register.deps, 'hospitals', SUNDAY)
    expect(await lastRun('hospitals')).toMatchObject({ state: 'partial' })
    expect(await openCount()).toBe(20)
  })

  it('an incremental run closes nothing that it has not seen', async () => {
    const register = await after(20)
    register.hospitals.splice(0, 1)
    await importAll(register.deps, 'hospitals', daysAfter(MONDAY, 1))
    expect(await openCount()).toBe(20)
  })

  it.each(['unavailable', 'rate', 'quota', 'misconfigured'] as const)(
    'a vendor that is down (%s) leaves everything as it was',
    async (reason) => {
      const register = await after(120)
      const before = await keptOf('hospitals')
      for (const page of [1, 2]) register.failing.set(page, { ...DOWN, reason })
      expect(await importAll(register.deps, 'hospitals', SUNDAY)).toMatchObject({ read: 0, failed: 1 })
      expect(await lastRun('hospitals')).toMatchObject({ state: 'failed', reason })
      expect(await keptOf('hospitals')).toEqual(before)
    },
  )

  it('a vendor that goes down on the way is not asked page by page', async () => {
    const register = await after(900)
    register.asked = []
    for (let page = 3; page < 10; page++) register.failing.set(page, DOWN)
    await importAll(register.deps, 'hospitals', SUNDAY)
    expect(register.asked.map(({ page }) => page)).toEqual([1, 2, 3, 4, 5])
    expect(await lastRun('hospitals')).toMatchObject({ state: 'partial', failed_pages: 3 })
    expect(await openCount()).toBe(900)
  })

  it('a quota that ends on the way ends the run', async () => {
    const register = await after(500)
    register.asked = []
    register.failing.set(3, { ...DOWN, reason: 'quota' })
    await importAll(register.deps, 'hospitals', SUNDAY)
    expect(register.asked).toHaveLength(3)
    expect(await lastRun('hospitals')).toMatchObject({ state: 'failed', reason: 'quota' })
    expect(await openCount()).toBe(500)
  })
})

describe('runs that meet', () => {
  it('two runs of different times at once are as one after the other', async () => {
    const register = registers()
    register.hospitals = hospitals(550)
    await Promise.all([
      importAll(register.deps, 'hospitals', MONDAY),
      importAll(register.deps, 'hospitals', new Date(MONDAY.getTime() + 1)),
    ])
    const kept = await keptOf('hospitals')
    expect(kept.size).toBe(550)
    expect([...kept.values()].every(({ is_open, duplicate_of }) => is_open && duplicate_of === null)).toBe(true)
  })

  it('two messages of one run count each page once', async () => {
    const register = registers()
    register.hospitals = hospitals(550)
    await Promise.all([importPart(register.deps, 'hospitals', MONDAY), importPart(register.deps, 'hospitals', MONDAY)])
    expect(await lastRun('hospitals')).toMatchObject({ state: 'done', rows: 550, page: 6 })
    expect((await keptOf('hospitals')).size).toBe(550)
  })

  it('a run that died goes on where its rows are', async () => {
    const register = registers()
    register.hospitals = hospitals(450)
    register.before = async (page) => {
      if (page === 3) throw new Error('the Worker is gone')
    }
    await expect(importPart(register.deps, 'hospitals', MONDAY)).rejects.toThrow('gone')
    register.before = async () => {}
    register.asked = []
    await importAll(register.deps, 'hospitals', MONDAY)
    expect(register.asked.map(({ page }) => page)).toEqual([3, 4, 5])
    expect(await lastRun('hospitals')).toMatchObject({ state: 'done', rows: 450 })
  })
})

it('records of runs go after a year', async () => {
  await db.execute(
    sql`INSERT INTO place_imports (source, kind, started_at) VALUES ('hospitals', 'complete', ${daysAfter(MONDAY, -367).toISOString()})`,
  )
  await importAll(registers().deps, 'hospitals', MONDAY)
  const { rows } = await db.execute(sql`SELECT FROM place_imports WHERE source = 'hospitals'`)
  expect(rows).toHaveLength(1)
})

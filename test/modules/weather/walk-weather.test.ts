import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { toKmaCell } from '../../../src/core/kma-grid.ts'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import type { Observation } from '../../../src/core/weather.ts'
import { fillWalkWeather } from '../../../src/modules/weather/walk-weather/jobs.ts'
import { fillWalks } from '../../../src/modules/weather/walk-weather/service.ts'
import type { Kma } from '../../../src/vendors/kma/kma.ts'
import { createTestDeps, type Api } from '../../support/api.ts'
import { heldBy, trackFrom } from '../../support/facts.ts'
import { signUp } from '../../support/login.ts'
import { listRows } from '../../support/rows.ts'
import { addPet, completionBody } from '../../support/walks.ts'

const MINUTE_MS = 60_000

type Place = { lat: number; lng: number }

/** Each test has cells of its own, in an hour of its own. */
let cells = 0
const freshPlace = (): Place => ({ lat: 34.6 + 0.1 * (cells % 20), lng: 127 + 0.12 * (Math.floor(cells++ / 20) % 12) })
let hourMs = 0
beforeEach(async () => {
  // What other tests have left waiting would be asked for too, and five failures end a run.
  await listRows(sql`UPDATE walks SET weather_due_at = NULL WHERE weather_due_at IS NOT NULL`)
  await listRows(sql`DELETE FROM weather_sources`)
  hourMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - (30 + Math.floor(Math.random() * 400)) * HOUR_MS
})
const minute = (minutes: number) => new Date(hourMs + minutes * MINUTE_MS)
const named = (at: Date) => at.toISOString().replace('.000', '')

/** KMA as a test wants it: `tell` answers for the hour that is asked. */
function fakeKma(tell: (hour: Date) => Partial<Observation> | 'down' | 'sea') {
  const asked: string[] = []
  const observe: Kma['observe'] = async ({ nx, ny }, base) => {
    asked.push(`${nx},${ny} ${base.toISOString()}`)
    const told = tell(base)
    if (told === 'down') return { outcome: 'failed', reason: 'unavailable', code: null }
    if (told === 'sea') return { outcome: 'answered', value: null }
    const value = { hour: base.toISOString(), temp: 8, humidity: 70, rn1: 0, pty: 'none', wind_ms: 2, ...told } as const
    return { outcome: 'answered', value }
  }
  const askedAt = ({ lat, lng }: Place) =>
    asked.filter((one) => one.startsWith(`${toKmaCell({ lat, lng })!.nx},${toKmaCell({ lat, lng })!.ny} `))
  return { askedAt, kma: { observe } as unknown as Kma }
}

/** Runs the task, and each job that it has left `times` times at once. */
async function fill(kma: Kma, now: Date, { times = 1 } = {}) {
  const left: string[] = []
  const sendBatch = async (batch: { body: unknown }[]) =>
    void left.push(...batch.map(({ body }) => (body as { outbox_id: string }).outbox_id))
  const deps = createTestDeps({ kma, now: () => now, jobs: { sendBatch } as unknown as Queue, wakeAt: async () => {} })
  await fillWalkWeather.run(deps, now)
  for (const id of left) {
    const [row] = await listRows(sql`SELECT payload FROM outbox WHERE id = ${id}`)
    await Promise.all(Array.from({ length: times }, () => fillWalks(deps, row.payload)))
  }
}

async function owner() {
  const person = await signUp()
  return { ...person, pet: await addPet(person) }
}

async function start(person: Api & { pet: string }, at: Date, place = freshPlace(), more: object = {}) {
  const answer = await person
    .with({ now: () => at })
    .post('/walks', { pet_id: person.pet, started_at: at.toISOString(), ...place, ...more })
  expect(answer.status).toBe(201)
  return { id: answer.json.id as string, weather: answer.json.weather as unknown, place }
}

async function complete(person: Api, walk: { id: string; place: Place }, startsAt: Date, more: object = {}) {
  const track = trackFrom(startsAt, { origin: walk.place })
  const end = new Date(Math.max(...track.time_ms) + MINUTE_MS)
  const { json, status } = await person.with({ now: () => end }).post(`/walks/${walk.id}/complete`, completionBody(track, more))
  expect({ status, valid: json.valid }).toEqual({ status: 200, valid: true })
  return end
}

async function store(place: Place, at: Date, reading: object, readAt: Date) {
  const readings = [{ ...toKmaCell(place), hour: at.toISOString(), temp: 8, pty: 'none', ...reading }]
  await listRows(sql`SELECT store_observations(${JSON.stringify(readings)}::jsonb, ${readAt.toISOString()})`)
}
const weatherOf = async (id: string) => (await listRows(sql`SELECT weather, weather_due_at FROM walks WHERE id = ${id}`))[0]
const hasRainBadge = async (person: Api) => (await heldBy(person)).includes('sp_rain')

describe('POST /walks', () => {
  it('answers the weather that was read for the hour and the place, and ignores what the phone says of it', async () => {
    const place = freshPlace()
    await store(place, minute(0), { pty: 'rain', rn1: 1.5, sky: 'overcast', humidity: 92, wind_ms: 3.1 }, minute(12))
    const { weather } = await start(await owner(), minute(20), place, { weather: { pty: 'snow' } })
    const read = { temp: 8, humidity: 92, pty: 'rain', rn1: 1.5, wind_ms: 3.1, sky: 'overcast' }
    expect(weather).toEqual({ hour: named(minute(0)), ...read, source: 'ncst', final: true })
  })

  it('shows the last reading while that of the hour is not there, and stores it nowhere', async () => {
    const person = await owner()
    const place = freshPlace()
    await store(place, minute(-60), { pty: 'rain' }, minute(-40))
    const walk = await start(person, minute(5), place)
    expect(walk.weather).toMatchObject({ hour: named(minute(-60)), pty: 'rain', final: false })
    expect(await weatherOf(walk.id)).toMatchObject({ weather: null })
    await complete(person, walk, minute(5))
    expect(await hasRainBadge(person)).toBe(false)
  })

  it('has none without a place, and none where nothing was read', async () => {
    const person = await owner()
    const at = minute(20)
    const { json } = await person.with({ now: () => at }).post('/walks', { pet_id: person.pet })
    expect(json.weather).toBeNull()
    expect((await start(await owner(), at)).weather).toBeNull()
  })

  it('makes the cell wanted', async () => {
    const { place } = await start(await owner(), minute(20))
    const { nx, ny } = toKmaCell(place)!
    expect(await listRows(sql`SELECT wants FROM weather_cells WHERE nx = ${nx} AND ny = ${ny}`)).toHaveLength(1)
  })
})

describe('rain that is read later', () => {
  it('earns its badge once KMA is back, once, and tells of it with the walk', async () => {
    const person = await owner()
    const walk = await start(person, minute(20))
    const end = (await complete(person, walk, minute(20))).getTime()
    expect(await hasRainBadge(person)).toBe(false)
    const down = fakeKma(() => 'down')
    for (let minutes = 16; minutes <= 120; minutes += 10) await fill(down.kma, new Date(end + minutes * MINUTE_MS))
    expect(down.askedAt(walk.place).length).toBeGreaterThan(3)
    expect(await weatherOf(walk.id)).toMatchObject({ weather: null })
    const back = fakeKma(() => ({ pty: 'rain', rn1: 2 }))
    await fill(back.kma, new Date(end + 141 * MINUTE_MS), { times: 2 })
    expect(await hasRainBadge(person)).toBe(true)
    expect(await weatherOf(walk.id)).toMatchObject({ weather: { pty: 'rain', final: true }, weather_due_at: null })
    await fill(back.kma, new Date(end + 160 * MINUTE_MS))
    expect(back.askedAt(walk.place).length).toBeLessThanOrEqual(2)
    const told = await listRows(sql`
      SELECT user_badges.walk_id
      FROM notifications
      JOIN user_badges ON user_badges.user_id = notifications.user_id AND user_badges.badge_id::text = notifications.facts ->> 'badge_id'
      WHERE notifications.user_id = ${person.user.user_id} AND notifications.type = 'badge_earned' AND notifications.facts ->> 'metric' = 'rain_walks'`)
    expect(told).toEqual([{ walk_id: walk.id }])
  })

  it('comes of a dry hour that is read again after its end, because the wetter reading counts', async () => {
    const person = await owner()
    const walk = await start(person, minute(13))
    await store(walk.place, minute(0), { pty: 'none' }, minute(12))
    await complete(person, walk, minute(13))
    expect(await weatherOf(walk.id)).toMatchObject({ weather: null })
    const rained = fakeKma(() => ({ pty: 'drizzle' }))
    await fill(rained.kma, minute(50))
    expect(rained.askedAt(walk.place)).toEqual([])
    await fill(rained.kma, minute(80))
    expect(rained.askedAt(walk.place)).toHaveLength(1)
    expect(await hasRainBadge(person)).toBe(true)
  })

  it('stays, whatever is read afterwards', async () => {
    const place = freshPlace()
    await store(place, minute(0), { pty: 'rain', rn1: 3 }, minute(12))
    await store(place, minute(0), { pty: 'none', rn1: 0, humidity: null }, minute(80))
    const { nx, ny } = toKmaCell(place)!
    const rows = await listRows(
      sql`SELECT pty, rn1, is_final FROM weather_hours WHERE nx = ${nx} AND ny = ${ny} AND hour = ${minute(0).toISOString()}`,
    )
    expect(rows).toEqual([{ pty: 'rain', rn1: 3, is_final: true }])
  })
})

describe('a walk whose weather nobody knows', () => {
  it('is not dry at sea, where nothing is measured', async () => {
    const person = await owner()
    const walk = await start(person, minute(20))
    await complete(person, walk, minute(20))
    await fill(fakeKma(() => 'sea').kma, minute(90))
    expect(await weatherOf(walk.id)).toMatchObject({ weather: null })
    expect((await person.get(`/walks/${walk.id}`)).json.weather).toBeNull()
  })

  it('stays unknown after 26 hours, and is asked for no more', async () => {
    const person = await owner()
    const walk = await start(person, minute(20))
    await complete(person, walk, minute(20))
    const late = fakeKma(() => ({ pty: 'rain' }))
    await fill(late.kma, new Date(minute(20).getTime() + 27 * HOUR_MS))
    expect(late.askedAt(walk.place)).toEqual([])
    expect(await weatherOf(walk.id)).toEqual({ weather: { unknown: true }, weather_due_at: null })
    expect((await person.get(`/walks/${walk.id}`)).json.weather).toBeNull()
    expect(await hasRainBadge(person)).toBe(false)
  })

  it('has it when it comes days late and its cell was read then', async () => {
    const sync = async (person: Api & { pet: string }, origin: Place) => {
      const track = trackFrom(minute(15), { origin })
      const body = { id: crypto.randomUUID(), pet_id: person.pet, started_at: minute(15).toISOString(), ...completionBody(track) }
      const { json } = await person.with({ now: () => new Date(minute(15).getTime() + 4 * DAY_MS) }).post('/walks/sync', { walks: [body] })
      return json.results[0].completion.walk.weather
    }
    const [snowed, unread] = [freshPlace(), freshPlace()]
    await store(snowed, minute(0), { pty: 'snow', temp: -1 }, minute(12))
    const person = await owner()
    expect(await sync(person, snowed)).toMatchObject({ pty: 'snow', final: true })
    expect(await heldBy(person)).toContain('sp_snow')
    expect(await sync(await owner(), unread)).toBeNull()
  })
})

it('rain where the phone only claims to be gives nothing, because the track says where a walk began', async () => {
  const person = await owner()
  const [claimed, real] = [freshPlace(), freshPlace()]
  await store(claimed, minute(0), { pty: 'rain' }, minute(12))
  const walk = await start(person, minute(20), claimed)
  expect(walk.weather).toMatchObject({ pty: 'rain', final: true })
  await complete(person, { id: walk.id, place: real }, minute(20))
  expect(await hasRainBadge(person)).toBe(false)
  await fill(fakeKma(() => ({ pty: 'none' })).kma, minute(90))
  expect(await weatherOf(walk.id)).toMatchObject({ weather: { pty: 'none', final: true } })
})

it('a walk that is deleted before its weather is known gets none', async () => {
  const person = await owner()
  const walk = await start(person, minute(20))
  const end = await complete(person, walk, minute(20))
  await person.with({ now: () => end }).delete(`/walks/${walk.id}`)
  await fill(fakeKma(() => ({ pty: 'rain' })).kma, minute(90))
  expect(await weatherOf(walk.id)).toMatchObject({ weather: null })
  expect(await hasRainBadge(person)).toBe(false)
})

it('five minutes after midnight the hour is the first of the new day', async () => {
  const midnight = Date.UTC(2026, 9, 1, 15)
  const walk = await start(await owner(), new Date(midnight + 5 * MINUTE_MS))
  const asked = fakeKma(() => ({ pty: 'none' }))
  await fill(asked.kma, new Date(midnight + 90 * MINUTE_MS))
  expect(asked.askedAt(walk.place)).toEqual([expect.stringContaining(new Date(midnight).toISOString())])
})

it('others see no weather of a walk, because it tells the hour and the place', async () => {
  const [person, other] = [await owner(), await signUp()]
  const place = freshPlace()
  await store(place, minute(0), { pty: 'rain' }, minute(12))
  const walk = await start(person, minute(20), place)
  await complete(person, walk, minute(20), { shared_to_feed: true })
  expect((await person.get(`/walks/${walk.id}`)).json.weather).toMatchObject({ pty: 'rain' })
  expect((await other.get(`/walks/${walk.id}`)).json).toMatchObject({ id: walk.id, weather: null })
})

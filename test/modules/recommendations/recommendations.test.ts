import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import { type Api, createTestDeps } from '../../support/api.ts'
import { seoul } from '../../support/facts.ts'
import { signUp } from '../../support/login.ts'
import { giveHabit } from '../../support/recommendations.ts'
import { idOf } from '../../support/rooms.ts'
import { listRows } from '../../support/rows.ts'
import { makeDong, makeWalker, moveTo, type Walker } from '../../support/walkers.ts'
import { addPet } from '../../support/walks.ts'

const { db } = createTestDeps()

/** Twelve hours and more after each other, so that every one of them computes anew. */
const later = (days: number, hours = 0) => ({ now: () => new Date(Date.now() + days * DAY_MS + hours * HOUR_MS) })
const read = async (api: Api) => {
  const { status, json } = await api.get('/recommendations')
  expect(status).toBe(200)
  return json.items as any[]
}
const idsOf = async (api: Api): Promise<string[]> => (await read(api)).map(({ user }) => user.id)
const change = (id: string, set: ReturnType<typeof sql>) => db.execute(sql`UPDATE users SET ${set} WHERE id = ${id}`)

/** People of one dong of their own who walk at these hours. */
async function makeNeighbours(hours: readonly string[]): Promise<Walker[]> {
  const { dong } = await makeDong()
  const people: Walker[] = []
  for (const hour of hours) {
    const person = await makeWalker(dong)
    await giveHabit(idOf(person), [yesterday(hour)])
    people.push(person)
  }
  return people
}

/** Yesterday in Seoul at this time. */
const yesterday = (clock: string) => seoul(`${new Date(Date.now() + 9 * HOUR_MS - DAY_MS).toISOString().slice(0, 10)} ${clock}`)

it('is a card with the pet, the region that others may know, the part of the day and why, and no more', async () => {
  const [viewer, other] = (await makeNeighbours(['15:00:00', '15:30:00'])) as [Walker, Walker]
  const profile = (await viewer.get(`/users/${idOf(other)}`)).json
  await other.post(`/follows/${idOf(viewer)}`)
  const { json } = await viewer.get('/recommendations')
  expect(json).toEqual({
    items: [
      {
        user: { id: idOf(other), nickname: profile.nickname },
        pet: profile.pets[0],
        region: { sido: '서울특별시', sigungu: '시험구', dong: '시험동' },
        usual_time: 'afternoon',
        following: false,
        follows_me: true,
        // 0.40 + 0.25 × (1 − 0.5/12) + 0.20 × 0.7 + 0.15
        score: 0.93,
        reasons: ['same_dong', 'same_hours'],
      },
    ],
    next_cursor: null,
  })
})

it('nobody is recommended to whoever has no region, and nothing is stored for them', async () => {
  const lost = await signUp()
  expect(await read(lost)).toEqual([])
  const [viewer] = (await makeNeighbours(['15:00:00', '15:30:00'])) as [Walker, Walker]
  await moveTo(viewer, null)
  expect(await read(viewer)).toEqual([])
  expect(await listRows(sql`SELECT 1 FROM recommendation_runs WHERE user_id IN (${idOf(lost)}, ${idOf(viewer)})`)).toEqual([])
})

describe('hours are those of a clock without an end', () => {
  it.each([
    // The score without the hours is 0.40 + 0.20 × 0.7 + 0.15.
    ['23:00:00', '01:00:00', 0.69 + 0.25 * (1 - 2 / 12)],
    ['00:10:00', '23:50:00', 0.69 + 0.25 * (1 - 1 / 3 / 12)],
    ['06:00:00', '18:00:00', 0.69],
    ['05:00:00', '20:00:00', 0.69 + 0.25 * (1 - 9 / 12)],
  ])('%s and %s', async (mine, theirs, score) => {
    const [viewer, other] = (await makeNeighbours([mine, theirs])) as [Walker, Walker]
    expect(await idsOf(viewer)).toEqual([idOf(other)])
    const [row] = await listRows(sql`SELECT score FROM recommendations WHERE user_id = ${idOf(viewer)}`)
    expect(row!.score).toBeCloseTo(score, 9)
  })

  it('whoever walks around midnight walks at midnight, and not at noon', async () => {
    const [viewer, other] = (await makeNeighbours(['00:00:00', '12:00:00'])) as [Walker, Walker]
    await giveHabit(idOf(other), [seoul('2027-05-01 23:30:00'), seoul('2027-05-03 00:30:00')], seoul('2027-05-04 00:00:00'))
    const [habit] = await listRows(sql`SELECT mean_hour FROM walk_habits WHERE user_id = ${idOf(other)}`)
    expect(Math.min(habit!.mean_hour, 24 - habit!.mean_hour)).toBeCloseTo(0, 9)
    expect(await read(viewer)).toMatchObject([{ usual_time: 'night', reasons: ['same_dong', 'same_hours'] }])
  })

  it('whoever walks at all hours has no usual time, counts half, and is no reason', async () => {
    const [viewer, other] = (await makeNeighbours(['15:00:00', '15:00:00'])) as [Walker, Walker]
    await giveHabit(idOf(other), ['03:00:00', '09:00:00', '21:00:00'].map(yesterday), undefined, 0)
    expect(await read(viewer)).toMatchObject([{ usual_time: null, score: 0.82, reasons: ['same_dong', 'similar_distance'] }])
    const [row] = await listRows(sql`SELECT score FROM recommendations WHERE user_id = ${idOf(viewer)}`)
    expect(row!.score).toBeCloseTo(0.69 + 0.125, 9)
  })
})

describe('is missing at once, also from what is stored', () => {
  let viewer: Walker
  let other: Walker
  beforeAll(async () => {
    ;[viewer, other] = (await makeNeighbours(['15:00:00', '15:30:00'])) as [Walker, Walker]
    expect(await idsOf(viewer)).toEqual([idOf(other)])
    expect(await idsOf(other)).toEqual([idOf(viewer)])
  })
  const seen = () => idsOf(viewer)

  it('whom I follow', async () => {
    await viewer.post(`/follows/${idOf(other)}`)
    expect(await seen()).toEqual([])
    await viewer.delete(`/follows/${idOf(other)}`)
    expect(await seen()).toEqual([idOf(other)])
  })

  it.each(['viewer', 'other'])('who is blocked, by the %s', async (by) => {
    const [one, two] = by === 'viewer' ? [viewer, other] : [other, viewer]
    await one.post(`/blocks/${idOf(two)}`)
    expect(await seen()).toEqual([])
    expect(await idsOf(other)).toEqual([])
    await one.delete(`/blocks/${idOf(two)}`)
    expect(await seen()).toEqual([idOf(other)])
  })

  it('who switched it off', async () => {
    expect((await other.get('/users/me/settings')).json.recommendable).toBe(true)
    expect((await other.patch('/users/me/settings', { recommendable: false })).json.recommendable).toBe(false)
    expect(await seen()).toEqual([])
    // They themselves are still recommended others.
    expect(await idsOf(other)).toEqual([idOf(viewer)])
    await other.patch('/users/me/settings', { recommendable: true })
    expect(await seen()).toEqual([idOf(other)])
  })

  it('who is leaving or banned', async () => {
    await change(idOf(other), sql`deleted_at = now()`)
    expect(await seen()).toEqual([])
    await change(idOf(other), sql`deleted_at = NULL, banned_at = now()`)
    expect(await seen()).toEqual([])
    await change(idOf(other), sql`banned_at = NULL`)
    expect(await seen()).toEqual([idOf(other)])
  })

  it('whose only pet is a placeholder', async () => {
    await db.execute(sql`UPDATE pets SET is_placeholder = true WHERE user_id = ${idOf(other)}`)
    expect(await seen()).toEqual([])
    const second = await addPet(other, { name: '보리' })
    expect((await read(viewer)).map(({ pet }) => pet.id)).toEqual([second])
    await db.execute(sql`UPDATE pets SET is_placeholder = false WHERE user_id = ${idOf(other)}`)
    expect(await seen()).toEqual([idOf(other)])
  })

  it('who has moved away, and who moves to another dong is from the same dong no more', async () => {
    const { dong, sigungu } = await makeDong()
    const [{ region_code }] = (await listRows(sql`SELECT region_code FROM users WHERE id = ${idOf(other)}`)) as [{ region_code: string }]
    await moveTo(other, dong)
    expect(await seen()).toEqual([])
    const [{ parent_code }] = (await listRows(sql`SELECT parent_code FROM regions WHERE code = ${region_code}`)) as [
      { parent_code: string },
    ]
    expect(parent_code).not.toBe(sigungu)
    await moveTo(other, (await makeDong(parent_code)).dong)
    expect((await read(viewer))[0].reasons).toEqual(['same_hours'])
    await moveTo(other, region_code)
    expect(await seen()).toEqual([idOf(other)])
  })

  it('who has not walked for 28 days', async () => {
    const then = viewer.with({ now: () => new Date(yesterday('15:30:00').getTime() + 28 * DAY_MS + 1) })
    expect(await idsOf(then)).toEqual([])
    await db.execute(sql`DELETE FROM recommendation_runs WHERE user_id = ${idOf(viewer)}`)
    expect(await seen()).toEqual([idOf(other)])
  })
})

it('who is dismissed is missing for 180 days, also when everything is computed anew', async () => {
  const [viewer, other, third] = (await makeNeighbours(['15:00:00', '15:30:00', '17:00:00'])) as [Walker, Walker, Walker]
  expect(await idsOf(viewer)).toEqual([idOf(other), idOf(third)])
  for (let again = 0; again < 2; again++) expect((await viewer.post(`/recommendations/${idOf(other)}/dismiss`)).status).toBe(204)
  expect(await idsOf(viewer)).toEqual([idOf(third)])
  expect(await idsOf(viewer.with(later(0, 13)))).toEqual([idOf(third)])
  // To the others nothing has happened.
  expect(await idsOf(other)).toEqual([idOf(viewer), idOf(third)])
  for (const one of [other, third])
    await giveHabit(idOf(one), [new Date(yesterday('15:30:00').getTime() + 181 * DAY_MS)], new Date(Date.now() + 181 * DAY_MS))
  expect(await idsOf(viewer.with(later(179)))).toEqual([idOf(third)])
  expect((await idsOf(viewer.with(later(181)))).toSorted()).toEqual([idOf(other), idOf(third)].toSorted())
  expect(await listRows(sql`SELECT 1 FROM recommendation_dismissals WHERE user_id = ${idOf(viewer)}`)).toEqual([])
})

it('whoever is dismissed without being known, or is oneself, leaves nothing', async () => {
  const viewer = await signUp()
  for (const id of [crypto.randomUUID(), idOf(viewer)]) expect((await viewer.post(`/recommendations/${id}/dismiss`)).status).toBe(204)
  expect(await listRows(sql`SELECT 1 FROM recommendation_dismissals WHERE user_id = ${idOf(viewer)}`)).toEqual([])
})

describe('within twelve hours', () => {
  it('is read and not written, and computed anew after them', async () => {
    const [viewer, other] = (await makeNeighbours(['15:00:00', '15:30:00'])) as [Walker, Walker]
    const [start] = [Date.now()]
    const at = (hours: number) => viewer.with({ now: () => new Date(start + hours * HOUR_MS) })
    const versions = () =>
      listRows(sql`
        SELECT xmin::text AS version, made_at::text AS text FROM recommendation_runs WHERE user_id = ${idOf(viewer)}
        UNION ALL
        SELECT xmin::text, score::text FROM recommendations WHERE user_id = ${idOf(viewer)}
        ORDER BY 2`)
    expect(await idsOf(at(0))).toEqual([idOf(other)])
    const before = await versions()
    expect(before).toHaveLength(2)
    const newcomer = await makeWalker(null)
    await giveHabit(idOf(newcomer), [yesterday('15:00:00')])
    const [{ region_code }] = (await listRows(sql`SELECT region_code FROM users WHERE id = ${idOf(other)}`)) as [{ region_code: string }]
    await moveTo(newcomer, region_code)
    expect(await idsOf(at(11.99))).toEqual([idOf(other)])
    expect(await versions()).toEqual(before)
    // Postgres refuses whatever writes in such a transaction.
    const asked = sql`SELECT recommendations_page(${idOf(viewer)}, ${new Date(start + 11.99 * HOUR_MS).toISOString()})`
    await db.batch([db.execute(sql`SET TRANSACTION READ ONLY`), db.execute(asked)])
    expect(await idsOf(at(12))).toEqual([idOf(newcomer), idOf(other)])
    expect(await versions()).not.toEqual(before)
  })

  it('is one answer for all who ask at once', async () => {
    const [viewer, ...others] = (await makeNeighbours(['15:00:00', '15:30:00', '16:00:00'])) as [Walker, Walker, Walker]
    const answers = await Promise.all(Array.from({ length: 8 }, () => idsOf(viewer)))
    for (const answer of answers) expect(answer).toEqual(others.map(idOf))
    expect(await listRows(sql`SELECT 1 FROM recommendations WHERE user_id = ${idOf(viewer)}`)).toHaveLength(2)
  })

  it('is computed anew for whoever has moved', async () => {
    const [viewer] = (await makeNeighbours(['15:00:00', '15:30:00'])) as [Walker, Walker]
    const [, there] = (await makeNeighbours(['15:00:00', '15:30:00'])) as [Walker, Walker]
    expect(await idsOf(viewer)).toHaveLength(1)
    const [{ region_code }] = (await listRows(sql`SELECT region_code FROM users WHERE id = ${idOf(there)}`)) as [{ region_code: string }]
    await moveTo(viewer, region_code)
    expect(await idsOf(viewer)).toContain(idOf(there))
    expect(await idsOf(viewer)).toHaveLength(2)
  })
})

describe('privacy', () => {
  it('whoever hides the times of their walks is recommended without them', async () => {
    const [viewer, other] = (await makeNeighbours(['15:00:00', '15:30:00'])) as [Walker, Walker]
    expect((await read(viewer))[0]).toMatchObject({ usual_time: 'afternoon', reasons: ['same_dong', 'same_hours'] })
    await other.patch('/users/me/settings', { hide_walk_times: true })
    expect((await read(viewer))[0]).toMatchObject({ usual_time: null, reasons: ['same_dong'] })
  })

  it('nobody works out the hour of whoever hides it from a score, and they themselves are recommended by it', async () => {
    const [viewer, other] = (await makeNeighbours(['15:00:00', '15:00:00'])) as [Walker, Walker]
    const hide = (hide_walk_times: boolean) => other.patch('/users/me/settings', { hide_walk_times })
    // 0.40 + 0.25 × 0.5 + 0.20 × 0.7 + 0.15
    const unknown = [{ score: 0.82, usual_time: null, reasons: ['same_dong', 'similar_distance'] }]
    await hide(true)
    expect(await read(viewer)).toMatchObject(unknown)
    expect(await read(other)).toMatchObject([{ score: 0.94, usual_time: 'afternoon', reasons: ['same_dong', 'same_hours'] }])
    // A later walk tells nothing either.
    await giveHabit(idOf(other), [yesterday('16:00:00')])
    await db.execute(sql`DELETE FROM recommendation_runs WHERE user_id = ${idOf(viewer)}`)
    expect(await read(viewer)).toMatchObject([{ usual_time: null, reasons: ['same_dong', 'same_size'] }])
    await hide(false)
    expect(await read(viewer.with(later(0, 13)))).toMatchObject([{ usual_time: 'afternoon', reasons: ['same_dong', 'same_hours'] }])
  })

  it('in the country nobody learns who lives in the same village', async () => {
    const { dong } = await makeDong()
    await db.execute(sql`UPDATE regions SET dong = '시험면' WHERE code = ${dong}`)
    const [viewer, other] = [await makeWalker(dong), await makeWalker(dong)]
    for (const one of [viewer, other]) await giveHabit(idOf(one), [yesterday('15:00:00')])
    const [card] = await read(viewer)
    expect(card).toMatchObject({ region: { sigungu: '시험구', dong: '' }, reasons: ['same_hours', 'similar_distance'] })
    // 0.24 for the sigungu, as for everybody in it.
    expect(card.score).toBe(0.78)
  })

  it('tells no hour, no distance and no position', async () => {
    const [viewer] = (await makeNeighbours(['15:00:00', '15:30:00'])) as [Walker, Walker]
    const { json } = await viewer.get('/recommendations')
    expect(JSON.stringify(json)).not.toMatch(/hour"|_m"|_at"|lat|lng|code":"9/)
  })
})

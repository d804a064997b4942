import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { judgeWalk } from '../../../src/modules/walks/review/queries.ts'
import { createTestDeps } from '../../support/api.ts'
import { seoul, walkFrom } from '../../support/facts.ts'
import { idOf } from '../../support/rooms.ts'
import { listRows } from '../../support/rows.ts'
import { makeDong, makeWalker, moveTo, type Walker } from '../../support/walkers.ts'
import { addPet } from '../../support/walks.ts'

const { db } = createTestDeps()

const habitOf = async (person: Walker) =>
  (await listRows(sql`SELECT * FROM walk_habits WHERE user_id = ${idOf(person)}`))[0] as Record<string, any> | undefined
const at = (clock: string) => ({ now: () => seoul(clock) })

it('habits follow each walk: completed, deleted, restored, refused and raised again', async () => {
  const { dong, sigungu } = await makeDong()
  const person = await makeWalker(dong)
  expect(await habitOf(person)).toBeUndefined()
  const first = await walkFrom(person, [person.pet], seoul('2027-03-01 21:00:00'))
  const one = await habitOf(person)
  expect(one).toMatchObject({ dong_code: dong, sigungu_code: sigungu, size: 'small', breed_code: null })
  expect(one!.mean_hour).toBeCloseTo(21, 9)
  expect(one!.weekly_distance_m).toBe(Math.round(first.json.walk.distance_m / 4))
  expect(new Date(one!.last_walk_at)).toEqual(seoul('2027-03-01 21:00:00'))

  const second = await walkFrom(person, [person.pet], seoul('2027-03-02 23:00:00'))
  const both = await habitOf(person)
  expect(both!.mean_hour).toBeCloseTo(22, 9)
  expect(both!.weekly_distance_m).toBe(Math.round((first.json.walk.distance_m + second.json.walk.distance_m) / 4))

  await person.with(at('2027-03-03 10:00:00')).delete(`/walks/${second.id}`)
  expect(await habitOf(person)).toEqual(one)
  await person.with(at('2027-03-03 11:00:00')).post(`/walks/${second.id}/restore`)
  expect(await habitOf(person)).toEqual(both)
  await judgeWalk(
    db,
    second.id,
    { is_valid: false, reasons: [{ code: 'gps_spoofing', effect: 'refused', detail: '' }] },
    seoul('2027-03-03 12:00:00'),
  )
  expect(await habitOf(person)).toEqual(one)
  await judgeWalk(db, second.id, { is_valid: true, reasons: [] }, seoul('2027-03-03 13:00:00'))
  expect(await habitOf(person)).toEqual(both)
  for (const { id } of [first, second]) await person.with(at('2027-03-03 14:00:00')).delete(`/walks/${id}`)
  expect(await habitOf(person)).toBeUndefined()
})

it('walks of more than 28 days ago count no more', async () => {
  const person = await makeWalker((await makeDong()).dong)
  await walkFrom(person, [person.pet], seoul('2027-03-01 06:00:00'))
  const late = await walkFrom(person, [person.pet], seoul('2027-03-30 20:00:00'))
  expect(await habitOf(person)).toMatchObject({ weekly_distance_m: Math.round(late.json.walk.distance_m / 4) })
  expect((await habitOf(person))!.mean_hour).toBeCloseTo(20, 9)
})

it('home and pet are those of now, whoever changes them', async () => {
  const { dong, sigungu } = await makeDong()
  const person = await makeWalker(dong)
  await walkFrom(person, [person.pet], seoul('2027-03-01 21:00:00'))
  const moved = await person.put('/users/me/location', { region_code: sigungu })
  expect(moved.status).toBe(200)
  expect(await habitOf(person)).toMatchObject({ dong_code: null, sigungu_code: sigungu })
  await moveTo(person, dong)
  expect(await habitOf(person)).toMatchObject({ dong_code: dong, sigungu_code: sigungu })

  // The dong turns out to lie elsewhere, and to be a village.
  const other = await makeDong()
  await db.execute(sql`UPDATE regions SET parent_code = ${other.sigungu}, dong = '시험리' WHERE code = ${dong}`)
  expect(await habitOf(person)).toMatchObject({ dong_code: null, sigungu_code: other.sigungu })
  await moveTo(person, null)
  expect(await habitOf(person)).toMatchObject({ dong_code: null, sigungu_code: null })

  await person.patch(`/pets/${person.pet}`, { breed: '골든 리트리버' })
  const golden = await habitOf(person)
  expect(golden).toMatchObject({ size: 'large' })
  expect(golden!.breed_code).toBeTruthy()
  const second = await addPet(person, { name: '보리', weight_kg: 15 })
  expect(await habitOf(person)).toEqual(golden)
  await person.patch(`/pets/${second}`, { is_primary: true })
  expect(await habitOf(person)).toMatchObject({ size: 'medium', breed_code: null })
  await person.patch(`/pets/${second}`, { size: 'small' })
  expect(await habitOf(person)).toMatchObject({ size: 'small' })
  await person.delete(`/pets/${second}`)
  expect(await habitOf(person)).toEqual(golden)
})

it('those who had walked before have the habits that their walks give', async () => {
  const people: Walker[] = []
  for (const hour of ['07', '15', '22']) {
    const person = await makeWalker((await makeDong()).dong)
    await walkFrom(person, [person.pet], seoul(`2027-03-01 ${hour}:00:00`))
    people.push(person)
  }
  const before = await Promise.all(people.map(habitOf))
  await db.execute(sql`UPDATE walk_habits SET weekly_distance_m = 0 WHERE user_id = ${idOf(people[0]!)}`)
  await db.execute(sql`DELETE FROM walk_habits WHERE user_id = ${idOf(people[1]!)}`)
  // As migrations/after/0031_habits_of_earlier_walks.sql does, on that day.
  for (const person of people) await db.execute(sql`SELECT fold_habits(${idOf(person)}, ${seoul('2027-03-05 00:00:00').toISOString()})`)
  expect(await Promise.all(people.map(habitOf))).toEqual(before)
})

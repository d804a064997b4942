import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import { signUp } from '../../support/login.ts'
import { join, makeMeetup, seatsOf, walkersWithDogs } from '../../support/meetups.ts'
import { idOf, type Person } from '../../support/rooms.ts'
import { listRows } from '../../support/rows.ts'
import { at, datesOfMeetup, db, joinAt, partOf, toldOf, wrongSeats } from '../../support/series.ts'
import { addPet } from '../../support/walks.ts'

/** What becomes of a request that is sent again after something has changed, or that names no date. */

const refused = (status: number, code: string) => ({ status, json: { code } })
const before = (person: Person, { starts_at }: { starts_at: string }, ms: number) => person.with(at(Date.parse(starts_at) - ms)) as Person
const nicknameOf = async (person: Person) => (await person.get('/users/me')).json.nickname

describe('joining again', () => {
  it('takes a free seat once waiting is over, and not a second sooner', async () => {
    const [host, one, two, three] = (await walkersWithDogs(4)) as [Person, Person, Person, Person]
    const meetup = await makeMeetup(host, { max_participants: 2 })
    for (const person of [one, two, three]) await join(person, meetup)
    expect(await join(before(two, meetup, 2 * HOUR_MS), meetup)).toMatchObject({ status: 'waiting', position: 1, going: 2 })
    await before(one, meetup, 2 * HOUR_MS).delete(`/meetups/${meetup.id}/join`)
    expect((await partOf(two, meetup.date))!.status).toBe('waiting')
    // The one who waits behind is quicker.
    expect(await join(before(three, meetup, 2 * HOUR_MS), meetup)).toMatchObject({ status: 'going', position: null, going: 2 })
    expect(await join(before(two, meetup, HOUR_MS), meetup)).toMatchObject({ status: 'waiting', position: 1, going: 2 })
    const raised = await before(host, meetup, HOUR_MS).patch(`/meetups/${meetup.id}`, { max_participants: 3 })
    expect(raised.status).toBe(200)
    expect((await partOf(two, meetup.date))!.status).toBe('waiting')
    expect(await join(before(two, meetup, 1_000), meetup)).toMatchObject({ status: 'going', going: 3 })
    expect(await seatsOf(meetup.date)).toMatchObject({ going: 3, capacity: 3 })
    expect(await toldOf(two, meetup.id, 'meetup_promoted')).toEqual([])
    expect(await toldOf(host, meetup.id, 'meetup_joined')).toMatchObject([{ facts: { joined: [idOf(three), idOf(two)] } }])
    expect(await wrongSeats(meetup.id, new Date(meetup.starts_at))).toEqual([])
  })

  it('of who waited comes too late with the start, and is refused at a cancelled date', async () => {
    const [host, one, two] = (await walkersWithDogs(3)) as [Person, Person, Person]
    const meetup = await makeMeetup(host, { max_participants: 2 })
    for (const person of [one, two]) await join(person, meetup)
    await before(one, meetup, HOUR_MS).delete(`/meetups/${meetup.id}/join`)
    const same = { occurrence_id: meetup.date }
    expect(await join(before(two, meetup, 0), meetup, same)).toMatchObject({ status: 'waiting', going: 1 })
    await host.delete(`/meetups/${meetup.id}`)
    expect(await two.post(`/meetups/${meetup.id}/join`, same)).toMatchObject(refused(409, 'meetup_cancelled'))
    expect(await before(two, meetup, HOUR_MS).post(`/meetups/${meetup.id}/join`, same)).toMatchObject(refused(409, 'meetup_cancelled'))
  })
})

describe('a request that names no date', () => {
  it('leaves where somebody is in, not where the host has said no', async () => {
    const [host, one] = (await walkersWithDogs(2)) as [Person, Person]
    const meetup = await makeMeetup(host, { recurrence_rule: 'FREQ=WEEKLY', approval: 'manual' })
    const [first, second] = meetup.json.dates.map(({ occurrence_id }: any) => occurrence_id)
    for (const occurrence_id of [first, second]) await join(one, meetup, { occurrence_id })
    const said = (status: string, occurrence_id?: string) =>
      host.patch(`/meetups/${meetup.id}/participants/${idOf(one)}`, { status, ...(occurrence_id && { occurrence_id }) })
    expect((await said('declined', first)).status).toBe(200)
    expect((await said('going', second)).status).toBe(200)
    for (let n = 0; n < 2; n++) expect((await one.delete(`/meetups/${meetup.id}/join`)).status).toBe(204)
    expect((await partOf(one, first))!.status).toBe('declined')
    expect((await partOf(one, second))!.status).toBe('left')
  })

  it('answers where somebody has asked, not where they have left', async () => {
    const [host, one] = (await walkersWithDogs(2)) as [Person, Person]
    const meetup = await makeMeetup(host, { recurrence_rule: 'FREQ=WEEKLY', approval: 'manual' })
    const [first, second] = meetup.json.dates.map(({ occurrence_id }: any) => occurrence_id)
    for (const occurrence_id of [first, second]) await join(one, meetup, { occurrence_id })
    await one.delete(`/meetups/${meetup.id}/join?occurrence_id=${first}`)
    for (let n = 0; n < 2; n++)
      expect(await host.patch(`/meetups/${meetup.id}/participants/${idOf(one)}`, { status: 'going' })).toMatchObject({
        status: 200,
        json: { status: 'going' },
      })
    expect((await partOf(one, second))!.status).toBe('going')
  })

  it('for the next page of people stays with the date of the page before', async () => {
    const [host, one, two] = (await walkersWithDogs(3)) as [Person, Person, Person]
    const meetup = await makeMeetup(host, { recurrence_rule: 'FREQ=WEEKLY' })
    const [first, second] = meetup.json.dates.map(({ occurrence_id }: any) => occurrence_id)
    for (const person of [one, two]) await join(person, meetup, { occurrence_id: first })
    await join(two, meetup, { occurrence_id: second })
    const page = (await host.get(`/meetups/${meetup.id}/participants?limit=2`)).json
    expect(page.occurrence_id).toBe(first)
    // It has begun meanwhile.
    const next = await host
      .with(at(Date.parse(meetup.starts_at) + 60_000))
      .get(`/meetups/${meetup.id}/participants?limit=2&cursor=${page.next_cursor}`)
    expect(next.json).toMatchObject({ occurrence_id: first, items: [{ user: { id: idOf(two) } }], next_cursor: null })
  })
})

describe('what the host is told', () => {
  it('of several who come is one line, which counts who still goes, and is unread and on top again', async () => {
    const [host, one, two, three] = (await walkersWithDogs(4)) as [Person, Person, Person, Person]
    const meetup = await makeMeetup(host)
    const start = Date.now()
    const joinLater = (person: Person, minutes: number) => join(person.with(at(start + minutes * 60_000)) as Person, meetup)
    const centre = async (minutes: number) =>
      (await host.with(at(start + minutes * 60_000)).get('/notifications')).json.items.filter(({ type }: any) => type === 'meetup_joined')
    await joinLater(one, 0)
    await joinLater(two, 0.5)
    const [told] = await centre(1)
    expect(told).toMatchObject({ body: `${await nicknameOf(two)}님 외 1명이 ‘토요일 아침 산책’에 함께해요`, read_at: null })
    expect(Date.parse(told.created_at)).toBe(start)
    await host.with(at(start + 60_000)).patch(`/notifications/${told.id}/read`)
    await one.with(at(start + 2 * 60_000)).delete(`/meetups/${meetup.id}/join`)
    await joinLater(three, 3)
    const [again, ...none] = await centre(4)
    expect(none).toEqual([])
    expect(again).toMatchObject({ id: told.id, body: `${await nicknameOf(three)}님 외 1명이 ‘토요일 아침 산책’에 함께해요`, read_at: null })
    expect(Date.parse(again.created_at)).toBe(start + 3 * 60_000)
    await host.with(at(start + 4 * 60_000)).delete(`/notifications/${told.id}`)
    expect(await centre(5)).toEqual([])
    await joinLater(one, 6)
    expect(await centre(7)).toMatchObject([{ id: told.id, facts: { joined: [idOf(two), idOf(three), idOf(one)] } }])
  })

  it('of who asks, takes it back and asks again is one line that is unread again', async () => {
    const [host, one] = (await walkersWithDogs(2)) as [Person, Person]
    const meetup = await makeMeetup(host, { approval: 'manual' })
    const start = Date.now()
    const ask = (minutes: number) => join(one.with(at(start + minutes * 60_000)) as Person, meetup)
    const centre = async () =>
      (await host.with(at(start + DAY_MS / 2)).get('/notifications')).json.items.filter(({ type }: any) => type === 'meetup_request')
    await ask(0)
    const [told] = await centre()
    await host.patch(`/notifications/${told.id}/read`)
    await ask(1)
    expect((await centre())[0]).toMatchObject({ id: told.id, read_at: expect.any(String) })
    await one.with(at(start + 2 * 60_000)).delete(`/meetups/${meetup.id}/join`)
    await ask(3)
    const [again, ...none] = await centre()
    expect(none).toEqual([])
    expect(again).toMatchObject({ id: told.id, read_at: null })
    expect(Date.parse(again.created_at)).toBe(start + 3 * 60_000)
  })
})

describe('a push that has waited for the morning', () => {
  it('is not sent of a seat at a date that has begun, is cancelled, or was given back', async () => {
    const [host, one, two] = (await walkersWithDogs(3)) as [Person, Person, Person]
    const isVoid = async (person: Person, id: string, when: string) => {
      const [row] = await listRows<{ is_void: boolean }>(sql`
        SELECT is_push_void(type, user_id, topic, facts, ${when}) AS is_void
        FROM notifications
        WHERE user_id = ${idOf(person)} AND type = 'meetup_promoted' AND facts ->> 'meetup_id' = ${id}`)
      return row!.is_void
    }
    const promote = async () => {
      const meetup = await makeMeetup(host, { max_participants: 2 })
      for (const person of [one, two]) await join(person, meetup)
      await one.delete(`/meetups/${meetup.id}/join`)
      return meetup
    }
    const [begun, cancelled, left] = [await promote(), await promote(), await promote()]
    const early = (starts_at: string) => new Date(Date.parse(starts_at) - 1_000).toISOString()
    for (const meetup of [begun, cancelled, left]) expect(await isVoid(two, meetup.id, early(meetup.starts_at))).toBe(false)
    expect(await isVoid(two, begun.id, begun.starts_at)).toBe(true)
    await host.delete(`/meetups/${cancelled.id}`)
    await two.delete(`/meetups/${left.id}/join`)
    for (const meetup of [cancelled, left]) expect(await isVoid(two, meetup.id, early(meetup.starts_at))).toBe(true)
  })
})

it('whoever is leaving the service gets no seat from a host who takes a refusal back at the same moment', async () => {
  const host = await signUp()
  const guest = await signUp()
  await addPet(guest)
  const meetup = await makeMeetup(host, { approval: 'manual' })
  const [date] = await datesOfMeetup(meetup.id)
  await joinAt(guest, date!.id, new Date())
  await host.patch(`/meetups/${meetup.id}/participants/${idOf(guest)}`, { status: 'declined' })
  const taking = db.batch([
    db.execute(sql`SELECT answer_request(${date!.id}, ${idOf(host)}, ${idOf(guest)}, true, ${new Date().toISOString()})`),
    db.execute(sql`SELECT pg_sleep(0.8)`),
  ])
  await new Promise((resolve) => setTimeout(resolve, 300))
  await db.execute(sql`UPDATE users SET deleted_at = ${new Date().toISOString()} WHERE id = ${idOf(guest)}`)
  await taking
  expect((await partOf(guest, date!.id))!.status).toBe('left')
  expect(await seatsOf(date!.id)).toMatchObject({ going: 1 })
})

import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { join, makeMeetup, seatsOf, walkersWithDogs } from '../../support/meetups.ts'
import { idOf, inMinutes, type Person } from '../../support/rooms.ts'
import { addPet } from '../../support/walks.ts'

const { db } = createTestDeps()
const at = (instant: Date) => ({ now: () => instant })
const refused = (status: number, code: string) => ({ status, json: { code } })
const toldOf = async (person: Person, type: string) =>
  (await person.get('/notifications')).json.items.filter((item: any) => item.type === type)
const answer = (host: Person, meetup: { id: string }, person: Person, body: object) =>
  host.patch(`/meetups/${meetup.id}/participants/${idOf(person)}`, body)
const leave = (person: Person, meetup: { id: string }, query = '') => person.delete(`/meetups/${meetup.id}/join${query}`)

describe('joining', () => {
  it('gives a seat, then a place in the queue, and the one who has waited longest gets the next seat', async () => {
    const [host, one, two, three, four] = (await walkersWithDogs(5)) as [Person, Person, Person, Person, Person]
    const meetup = await makeMeetup(host, { max_participants: 2 })
    expect(await join(one, meetup)).toEqual({
      occurrence_id: meetup.date,
      starts_at: meetup.starts_at,
      status: 'going',
      position: null,
      going: 2,
      capacity: 2,
    })
    expect(await join(two, meetup)).toMatchObject({ status: 'waiting', position: 1, going: 2 })
    expect(await join(three, meetup)).toMatchObject({ status: 'waiting', position: 2 })
    expect(await join(three, meetup)).toMatchObject({ status: 'waiting', position: 2 })
    expect(await four.post(`/meetups/${meetup.id}/join?waitlist=false`)).toMatchObject(refused(409, 'meetup_full'))
    expect((await two.get(`/meetups/${meetup.id}`)).json.dates).toMatchObject([{ my_status: 'waiting', position: 1, going: 2 }])
    expect((await leave(one, meetup)).status).toBe(204)
    expect(await join(two, meetup)).toMatchObject({ status: 'going', position: null })
    expect(await join(three, meetup)).toMatchObject({ status: 'waiting', position: 1 })
    expect(await toldOf(two, 'meetup_promoted')).toMatchObject([
      { title: '모임에 자리가 났어요!', link: `withbowwow://meetups/${meetup.id}` },
    ])
    // Who comes back stands at the end.
    expect(await join(one, meetup)).toMatchObject({ status: 'waiting', position: 2 })
    expect(await toldOf(host, 'meetup_joined')).toHaveLength(1)
  })

  it('is the same with an empty body, none, and the date’s own id, and says so when it is sent again', async () => {
    const [host, one] = (await walkersWithDogs(2)) as [Person, Person]
    const meetup = await makeMeetup(host)
    const answers = await Promise.all([
      one.post(`/meetups/${meetup.id}/join`),
      one.post(`/meetups/${meetup.id}/join`, {}),
      one.post(`/meetups/${meetup.id}/join`, { occurrence_id: meetup.date }),
      one.post(`/meetups/${meetup.id}/join`, { occurrence_id: null }),
      one.post(`/meetups/${meetup.id}/join`, undefined, { raw: '', headers: { 'Content-Type': 'application/json' } }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(await seatsOf(meetup.date)).toMatchObject({ going: 2, rows: [{ status: 'going' }, { status: 'going' }] })
    expect(await join(host, meetup)).toMatchObject({ status: 'going', going: 2 })
  })

  it('is for pets of the size and breed alone, and a placeholder is none', async () => {
    const [host, small, large, none] = await Promise.all([signUp(), signUp(), signUp(), signUp()])
    await addPet(small, { weight_kg: 4, breed: '말티즈' })
    await addPet(large, { weight_kg: 30 })
    await addPet(none, { name: '초코', is_placeholder: true })
    const meetup = await makeMeetup(host, { category: 'small' })
    expect(await join(small, meetup)).toMatchObject({ status: 'going' })
    for (const person of [large, none])
      expect(await person.post(`/meetups/${meetup.id}/join`)).toMatchObject(refused(409, 'pet_does_not_fit'))
    const maltese = await makeMeetup(host, { category: 'breed', breed: '말티즈' })
    expect(await join(small, maltese)).toMatchObject({ status: 'going' })
    expect(await large.post(`/meetups/${maltese.id}/join`)).toMatchObject(refused(409, 'pet_does_not_fit'))
  })

  it('is refused of what nobody knows, of a date of another meetup, and of what has begun', async () => {
    const [host, one] = (await walkersWithDogs(2)) as [Person, Person]
    const [meetup, other] = [await makeMeetup(host, { scheduled_at: inMinutes(60) }), await makeMeetup(host)]
    expect(await one.post(`/meetups/${crypto.randomUUID()}/join`)).toMatchObject(refused(404, 'meetup_not_found'))
    expect(await one.post(`/meetups/${meetup.id}/join`, { occurrence_id: other.date })).toMatchObject(refused(404, 'meetup_not_found'))
    expect(await one.post(`/meetups/${meetup.id}/join`, { occurrence_id: 'x' })).toMatchObject(refused(422, 'validation_failed'))
    const late = one.with(at(new Date(meetup.starts_at)))
    expect(await late.post(`/meetups/${meetup.id}/join`)).toMatchObject(refused(409, 'meetup_over'))
    expect(await late.post(`/meetups/${meetup.id}/join`, { occurrence_id: meetup.date })).toMatchObject(refused(409, 'meetup_over'))
    expect((await one.with(at(new Date(Date.parse(meetup.starts_at) - 1_000))).post(`/meetups/${meetup.id}/join`)).status).toBe(200)
  })

  it('knows no waiting from two hours before the start: what comes free then is first come', async () => {
    const [host, one, two, three, four] = (await walkersWithDogs(5)) as [Person, Person, Person, Person, Person]
    const meetup = await makeMeetup(host, { max_participants: 2 })
    const before = (ms: number) => at(new Date(Date.parse(meetup.starts_at) - ms))
    await join(one, meetup)
    expect(await join(two.with(before(2 * HOUR_MS + 1_000)) as Person, meetup)).toMatchObject({ status: 'waiting' })
    expect(await three.with(before(2 * HOUR_MS)).post(`/meetups/${meetup.id}/join`)).toMatchObject(refused(409, 'meetup_full'))
    expect(await three.with(before(2 * HOUR_MS - 1_000)).post(`/meetups/${meetup.id}/join`)).toMatchObject(refused(409, 'meetup_full'))
    await leave(one.with(before(2 * HOUR_MS)) as Person, meetup)
    // Nobody was called, and who waits has no better right.
    expect(await toldOf(two, 'meetup_promoted')).toEqual([])
    expect(await seatsOf(meetup.date)).toMatchObject({ going: 1 })
    expect(await join(four.with(before(HOUR_MS)) as Person, meetup)).toMatchObject({ status: 'going', going: 2 })
    expect(await join(two.with(before(HOUR_MS)) as Person, meetup)).toMatchObject({ status: 'waiting', position: 1 })
    expect((await one.get('/meetups/standing')).json.strikes).toHaveLength(0)
    expect((await one.with(before(0)).get('/meetups/standing')).json.strikes).toMatchObject([{ reason: 'left_late' }])
  })

  it('a second before that, a seat that comes free goes to who waits', async () => {
    const [host, one, two] = (await walkersWithDogs(3)) as [Person, Person, Person]
    const meetup = await makeMeetup(host, { max_participants: 2 })
    const almost = at(new Date(Date.parse(meetup.starts_at) - 2 * HOUR_MS - 1_000))
    await join(one, meetup)
    await join(two, meetup)
    await leave(one.with(almost) as Person, meetup)
    expect(await seatsOf(meetup.date)).toMatchObject({ going: 2 })
    expect(await join(two, meetup)).toMatchObject({ status: 'going' })
    expect((await one.with(at(new Date(meetup.starts_at))).get('/meetups/standing')).json).toEqual({
      strikes: [],
      strikes_max: 3,
      needs_approval_until: null,
    })
  })

  it('is nothing for somebody who is suspended, who may still leave', async () => {
    const [host, one] = (await walkersWithDogs(2)) as [Person, Person]
    const [meetup, other] = [await makeMeetup(host), await makeMeetup(host)]
    await join(one, meetup)
    await db.execute(`UPDATE users SET suspended_until = now() + interval '1 day' WHERE id = '${idOf(one)}'`)
    expect(await one.post(`/meetups/${other.id}/join`)).toMatchObject(refused(403, 'account_suspended'))
    expect((await one.get(`/meetups/${meetup.id}`)).json.dates).toMatchObject([{ my_status: 'going' }])
    expect((await leave(one, meetup)).status).toBe(204)
    await db.execute(`UPDATE users SET suspended_until = now() + interval '1 day' WHERE id = '${idOf(host)}'`)
    expect(
      await host.post('/meetups', {
        title: '산책',
        category: 'all',
        location_name: '공원',
        lat: 37.5,
        lng: 127,
        scheduled_at: inMinutes(120),
      }),
    ).toMatchObject(refused(403, 'account_suspended'))
  })
})

describe('leaving', () => {
  it('is no matter for who was not in, and nothing for the host', async () => {
    const [host, one, two] = (await walkersWithDogs(3)) as [Person, Person, Person]
    const meetup = await makeMeetup(host)
    expect((await leave(one, meetup)).status).toBe(204)
    await join(one, meetup)
    for (let n = 0; n < 2; n++) expect((await leave(one, meetup)).status).toBe(204)
    expect(await seatsOf(meetup.date)).toMatchObject({ going: 1, rows: [{ status: 'going' }, { status: 'left' }] })
    expect(await leave(host, meetup)).toMatchObject(refused(409, 'host_cannot_leave'))
    expect(await leave(one, { id: crypto.randomUUID() })).toMatchObject(refused(404, 'meetup_not_found'))
    expect(await leave(one, meetup, `?occurrence_id=${crypto.randomUUID()}`)).toMatchObject(refused(404, 'meetup_not_found'))
    await join(two, meetup)
    const late = at(new Date(meetup.starts_at))
    expect(await leave(two.with(late) as Person, meetup, `?occurrence_id=${meetup.date}`)).toMatchObject(refused(409, 'meetup_over'))
    expect(await leave(two.with(late) as Person, meetup)).toMatchObject(refused(409, 'meetup_over'))
    // The answer may have been lost before the start.
    expect((await leave(one.with(late) as Person, meetup, `?occurrence_id=${meetup.date}`)).status).toBe(204)
  })

  it('of a series is of the next date at which one is known, and again of the same one', async () => {
    const [host, one] = (await walkersWithDogs(2)) as [Person, Person]
    const meetup = await makeMeetup(host, { recurrence_rule: 'FREQ=WEEKLY' })
    const [, second, third] = meetup.json.dates.map(({ occurrence_id }: any) => occurrence_id)
    for (const occurrence_id of [second, third]) await join(one, meetup, { occurrence_id })
    for (let n = 0; n < 2; n++) {
      await leave(one, meetup)
      expect((await one.get(`/meetups/${meetup.id}`)).json.dates.map(({ my_status }: any) => my_status)).toEqual([
        null,
        'left',
        'going',
        null,
      ])
    }
  })

  it('late three times in sixty days asks every host first, for fourteen days', async () => {
    const host = await signUp()
    const one = await signUp()
    await addPet(one)
    const start = Date.now()
    for (let n = 0; n < 3; n++) {
      const meetup = await makeMeetup(host, { scheduled_at: new Date(start + (n + 1) * DAY_MS).toISOString() })
      await join(one, meetup)
      expect((await one.get('/meetups/standing')).json.needs_approval_until).toBeNull()
      await leave(one.with(at(new Date(Date.parse(meetup.starts_at) - HOUR_MS))) as Person, meetup)
    }
    const then = (days: number) => at(new Date(start + days * DAY_MS))
    const standing = (await one.with(then(3)).get('/meetups/standing')).json
    expect(standing.strikes.map(({ reason }: any) => reason)).toEqual(['left_late', 'left_late', 'left_late'])
    const last = Date.parse(standing.strikes[0].happened_at)
    expect(Date.parse(standing.needs_approval_until)).toBe(last + 14 * DAY_MS)
    const next = await makeMeetup(host, { scheduled_at: new Date(start + 40 * DAY_MS).toISOString() })
    expect(await join(one.with(at(new Date(last + 14 * DAY_MS - 1_000))) as Person, next)).toMatchObject({ status: 'requested' })
    await leave(one.with(then(10)) as Person, next)
    expect(await join(one.with(at(new Date(last + 14 * DAY_MS))) as Person, next)).toMatchObject({ status: 'going' })
  })
})

describe('asking the host', () => {
  it('is answered by the host, who may take a refusal back', async () => {
    const [host, one, two, stranger] = (await walkersWithDogs(4)) as [Person, Person, Person, Person]
    const meetup = await makeMeetup(host, { approval: 'manual', max_participants: 2 })
    expect(await join(one, meetup)).toMatchObject({ status: 'requested', position: null, going: 1 })
    expect(await join(two, meetup)).toMatchObject({ status: 'requested' })
    expect(await toldOf(host, 'meetup_request')).toHaveLength(2)
    expect(await answer(stranger, meetup, one, { status: 'going' })).toMatchObject(refused(403, 'not_host'))
    expect(await answer(host, meetup, stranger, { status: 'going' })).toMatchObject(refused(404, 'participant_not_found'))
    expect(await answer(host, { id: crypto.randomUUID() }, one, { status: 'going' })).toMatchObject(refused(404, 'meetup_not_found'))
    for (let n = 0; n < 2; n++)
      expect(await answer(host, meetup, one, { status: 'going' })).toMatchObject({
        status: 200,
        json: { user: { id: idOf(one) }, status: 'going', position: null, attended: null },
      })
    expect(await answer(host, meetup, one, { status: 'declined' })).toMatchObject(refused(409, 'meetup_request_answered'))
    expect((await answer(host, meetup, two, { status: 'declined' })).json).toMatchObject({ status: 'declined' })
    expect(await two.post(`/meetups/${meetup.id}/join`)).toMatchObject(refused(409, 'meetup_request_declined'))
    // There is no seat left, so they wait.
    expect((await answer(host, meetup, two, { status: 'going' })).json).toMatchObject({ status: 'waiting', position: 1 })
    expect((await toldOf(one, 'meetup_answered')).map(({ facts }: any) => facts.status)).toEqual(['going'])
    expect((await toldOf(two, 'meetup_answered')).map(({ facts }: any) => facts.status).toSorted()).toEqual(['declined', 'waiting'])
    await leave(one, meetup)
    expect(await join(two, meetup)).toMatchObject({ status: 'going' })
    expect(await seatsOf(meetup.date)).toMatchObject({ going: 2 })
  })

  it('comes too late once it has begun, is full at the last minute, and is over when it is cancelled', async () => {
    const [host, one, two] = (await walkersWithDogs(3)) as [Person, Person, Person]
    const meetup = await makeMeetup(host, { approval: 'manual', max_participants: 2 })
    for (const person of [one, two]) await join(person, meetup)
    await answer(host, meetup, one, { status: 'going' })
    const then = (ms: number) => host.with(at(new Date(Date.parse(meetup.starts_at) - ms))) as Person
    expect(await answer(then(2 * HOUR_MS), meetup, two, { status: 'going' })).toMatchObject(refused(409, 'meetup_full'))
    expect(await answer(then(0), meetup, two, { status: 'going' })).toMatchObject(refused(409, 'meetup_over'))
    expect(await answer(then(0), meetup, two, { status: 'going', occurrence_id: meetup.date } as object)).toMatchObject(
      refused(409, 'meetup_over'),
    )
    await host.delete(`/meetups/${meetup.id}`)
    expect(await answer(host, meetup, two, { status: 'going', occurrence_id: meetup.date } as object)).toMatchObject(
      refused(409, 'meetup_cancelled'),
    )
  })

  it('takes one answer or one word of attendance, and no other', async () => {
    const [host, one] = (await walkersWithDogs(2)) as [Person, Person]
    const meetup = await makeMeetup(host)
    for (const body of [
      {},
      { status: 'waiting' },
      { status: 'going', attended: true },
      { attended: 'yes' },
      { status: 'going', position: 1 },
    ])
      expect(await answer(host, meetup, one, body)).toMatchObject(refused(422, 'validation_failed'))
  })
})

describe('the list of participants', () => {
  it('shows the host everything, and others who goes, in the order of joining', async () => {
    const [host, one, two, three] = (await walkersWithDogs(4)) as [Person, Person, Person, Person]
    const meetup = await makeMeetup(host, { max_participants: 3 })
    for (const person of [one, two, three]) await join(person, meetup)
    const list = async (reader: Person, query = '') => (await reader.get(`/meetups/${meetup.id}/participants${query}`)).json
    const seen = await list(host)
    expect(seen.occurrence_id).toBe(meetup.date)
    expect(seen.items.map(({ user, status, position }: any) => [user.id, status, position])).toEqual([
      [idOf(host), 'going', null],
      [idOf(one), 'going', null],
      [idOf(two), 'going', null],
      [idOf(three), 'waiting', 1],
    ])
    expect(seen.items[1].joined_at).toEqual(expect.any(String))
    const others = await list(three)
    expect(others.items.map(({ user, joined_at, attended }: any) => [user.id, joined_at, attended])).toEqual(
      [host, one, two].map((person) => [idOf(person), null, null]),
    )
    expect(others.items[1].pet).toMatchObject({ species: 'dog' })
    const first = await list(host, '?limit=3')
    const second = await list(host, `?limit=3&cursor=${first.next_cursor}`)
    expect([...first.items, ...second.items]).toEqual(seen.items)
    expect(second.next_cursor).toBeNull()
    expect(await two.get(`/meetups/${meetup.id}/participants?cursor=${first.next_cursor}`)).toMatchObject(refused(422, 'invalid_cursor'))
    expect(await one.get(`/meetups/${crypto.randomUUID()}/participants`)).toMatchObject(refused(404, 'meetup_not_found'))
    expect(await one.get(`/meetups/${meetup.id}/participants?occurrence_id=${crypto.randomUUID()}`)).toMatchObject(
      refused(404, 'meetup_not_found'),
    )
    await one.post(`/blocks/${idOf(two)}`)
    expect((await list(one)).items.map(({ user }: any) => user.id)).toEqual([idOf(host), idOf(one)])
    expect((await list(two)).items.map(({ user }: any) => user.id)).toEqual([idOf(host), idOf(two)])
    expect((await one.get(`/meetups/${meetup.id}`)).json.dates).toMatchObject([{ going: 3, pets: [{}] }])
    expect((await three.get(`/meetups/${meetup.id}`)).json.dates[0].pets).toHaveLength(2)
    expect((await list(host)).items).toHaveLength(4)
    // After the start the last date is meant.
    const later = await host.with(at(new Date(Date.parse(meetup.starts_at) + DAY_MS))).get(`/meetups/${meetup.id}/participants`)
    expect(later.json.occurrence_id).toBe(meetup.date)
  })
})

describe('removing', () => {
  it('is for good, from all dates ahead, and gives the seats to who waits', async () => {
    const [host, one, two] = (await walkersWithDogs(3)) as [Person, Person, Person]
    const meetup = await makeMeetup(host, { max_participants: 2, recurrence_rule: 'FREQ=WEEKLY' })
    const [first, second, third] = meetup.json.dates.map(({ occurrence_id }: any) => occurrence_id)
    for (const occurrence_id of [first, second]) for (const person of [one, two]) await join(person, meetup, { occurrence_id })
    const remove = (by: Person, person: Person) => by.delete(`/meetups/${meetup.id}/participants/${idOf(person)}`)
    expect(await remove(two, one)).toMatchObject(refused(403, 'not_host'))
    expect(await remove(host, host)).toMatchObject(refused(409, 'host_cannot_leave'))
    expect(await remove(host, await signUp())).toMatchObject(refused(404, 'participant_not_found'))
    for (let n = 0; n < 2; n++) expect((await remove(host, one)).status).toBe(204)
    for (const occurrence_id of [first, second, third])
      expect(await one.post(`/meetups/${meetup.id}/join`, { occurrence_id })).toMatchObject(refused(409, 'removed_from_meetup'))
    for (const date of [first, second])
      expect(await seatsOf(date)).toMatchObject({ going: 2, rows: [{ status: 'going' }, { status: 'removed' }, { status: 'going' }] })
    expect(await toldOf(two, 'meetup_promoted')).toHaveLength(2)
    expect((await leave(one, meetup)).status).toBe(204)
    expect(await answer(host, meetup, one, { status: 'going' })).toMatchObject(refused(404, 'participant_not_found'))
  })
})

describe('attendance', () => {
  it('is said by the host from the start on for two days, and what a walk has proved stays', async () => {
    const [host, one, two, three] = (await walkersWithDogs(4)) as [Person, Person, Person, Person]
    const meetup = await makeMeetup(host, { max_participants: 3 })
    for (const person of [one, two, three]) await join(person, meetup)
    const then = (ms: number) => host.with(at(new Date(Date.parse(meetup.starts_at) + ms))) as Person
    expect(await answer(host, meetup, one, { attended: true, occurrence_id: meetup.date })).toMatchObject(refused(409, 'attendance_closed'))
    expect(await answer(host, meetup, one, { attended: true })).toMatchObject(refused(409, 'meetup_over'))
    expect((await answer(then(0), meetup, one, { attended: true })).json).toMatchObject({ attended: true })
    expect((await answer(then(48 * HOUR_MS), meetup, one, { attended: false })).json).toMatchObject({ attended: false })
    expect(await answer(then(48 * HOUR_MS + 1), meetup, one, { attended: true })).toMatchObject(refused(409, 'attendance_closed'))
    expect(await answer(then(1), meetup, three, { attended: true })).toMatchObject(refused(404, 'participant_not_found'))
    expect(await answer(one.with(at(new Date(meetup.starts_at))) as Person, meetup, two, { attended: true })).toMatchObject(
      refused(403, 'not_host'),
    )
    await db.execute(
      `UPDATE meetup_participants SET attended = true, attended_by = 'walk' WHERE occurrence_id = '${meetup.date}' AND user_id = '${idOf(two)}'`,
    )
    expect((await answer(then(1), meetup, two, { attended: false })).json).toMatchObject({ attended: true })
    expect((await one.with(at(new Date(Date.parse(meetup.starts_at) + DAY_MS))).get('/meetups/standing')).json.strikes).toMatchObject([
      { occurrence_id: meetup.date, title: '토요일 아침 산책', reason: 'absent' },
    ])
  })
})

import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../src/core/time.ts'
import { makeDates } from '../../../src/modules/meetups/series/jobs.ts'
import { signUp } from '../../support/login.ts'
import { makeMeetup, walkersWithDogs } from '../../support/meetups.ts'
import { idOf } from '../../support/rooms.ts'
import { at, datesOfMeetup, days, db, joinAt, partOf, toldOf, wrongSeats } from '../../support/series.ts'
import { runTask } from '../../support/tasks.ts'

const MADE = Date.parse('2026-12-01T00:00:00Z')
const FIRST = Date.parse('2026-12-05T01:00:00Z')
const refused = (status: number, code: string) => ({ status, json: { code } })
const iso = (instant: number) => new Date(instant).toISOString()

async function makeWeekly(more: object = {}, { rule = 'FREQ=WEEKLY' as string | null } = {}) {
  const host = await signUp()
  const { id } = await makeMeetup(host.with(at(MADE)), { scheduled_at: iso(FIRST), recurrence_rule: rule, ...more })
  return { host, id, dates: await datesOfMeetup(id) }
}

describe('one date', () => {
  it('gets its own time, place and seats, and no change of the series touches it', async () => {
    const { host, id, dates } = await makeWeekly({ max_participants: 5 })
    const [guest] = await walkersWithDogs(1)
    await joinAt(guest!, dates[1]!.id, iso(MADE))
    const then = host.with(at(MADE + HOUR_MS))
    const starts_at = iso(FIRST + days(8) + HOUR_MS)
    const change = { scheduled_at: starts_at, location_name: '뚝섬', lat: 37.53, lng: 127.06, max_participants: 7 }
    expect((await then.patch(`/meetups/${id}?scope=one&occurrence_id=${dates[1]!.id}`, change)).status).toBe(200)
    const own = { starts_at, location_name: '뚝섬', capacity: 7, is_own: true, slot_at: dates[1]!.slot_at }
    expect((await datesOfMeetup(id))[1]).toMatchObject(own)
    expect(await toldOf(guest!, id, 'meetup_changed')).toMatchObject([
      { facts: { before: { location_name: '서울숲' }, after: { location_name: '뚝섬' }, dates: 1 } },
    ])
    expect(await partOf(guest!, dates[1]!.id)).toMatchObject({ status: 'going', is_excused: true })
    await then.patch(`/meetups/${id}`, { location_name: '잠실', max_participants: 9 })
    const after = await datesOfMeetup(id)
    expect(after[1]).toMatchObject(own)
    expect(after.filter(({ is_own }) => !is_own).every((date) => date.location_name === '잠실' && date.capacity === 9)).toBe(true)
  })

  it('may be changed at the last minute while its time is sent again as it is', async () => {
    for (const rule of ['FREQ=WEEKLY', null]) {
      const { host, id, dates } = await makeWeekly({}, { rule })
      const then = host.with(at(FIRST - 600_000))
      const one = `/meetups/${id}?scope=one&occurrence_id=${dates[0]!.id}`
      expect((await then.patch(one, { scheduled_at: iso(FIRST), location_name: '뚝섬' })).status).toBe(200)
      expect((await datesOfMeetup(id))[0]).toMatchObject({ starts_at: iso(FIRST), location_name: '뚝섬' })
      expect(await then.patch(one, { scheduled_at: iso(FIRST + 60_000) })).toMatchObject(refused(422, 'meetup_time_invalid'))
    }
  })

  it('that somebody leaves late after a change lets nobody down', async () => {
    const { host, id, dates } = await makeWeekly()
    const [told, alike] = await walkersWithDogs(2)
    for (const guest of [told!, alike!]) await joinAt(guest, dates[0]!.id, iso(MADE))
    await joinAt(alike!, dates[1]!.id, iso(MADE))
    await host.with(at(MADE)).patch(`/meetups/${id}?scope=one&occurrence_id=${dates[0]!.id}`, { location_name: '뚝섬' })
    const late = at(FIRST - HOUR_MS)
    await told!.with(late).delete(`/meetups/${id}/join?occurrence_id=${dates[0]!.id}`)
    expect(await partOf(told!, dates[0]!.id)).toMatchObject({ status: 'left', is_late: false })
    await alike!.with(at(FIRST + days(7) - HOUR_MS)).delete(`/meetups/${id}/join?occurrence_id=${dates[1]!.id}`)
    expect(await partOf(alike!, dates[1]!.id)).toMatchObject({ status: 'left', is_late: true })
  })

  it('has no title or rule of its own, and must be named', async () => {
    const { host, id, dates } = await makeWeekly()
    const then = host.with(at(MADE))
    const one = `/meetups/${id}?scope=one&occurrence_id=${dates[0]!.id}`
    for (const field of [
      { title: '새 이름' },
      { recurrence_rule: null },
      { approval: 'manual' },
      { size_filter: 'small' },
      { description: null },
    ])
      expect(await then.patch(one, field)).toMatchObject(refused(422, 'not_of_one_date'))
    expect(await then.patch(`/meetups/${id}?scope=one`, { location_name: '뚝섬' })).toMatchObject(refused(422, 'validation_failed'))
    expect(await then.patch(one, { lat: 37 })).toMatchObject(refused(422, 'validation_failed'))
    for (const scheduled_at of [iso(MADE + 20 * 60_000), iso(MADE + days(61))])
      expect(await then.patch(one, { scheduled_at })).toMatchObject(refused(422, 'meetup_time_invalid'))
    expect(await datesOfMeetup(id)).toEqual(dates)
  })
})

describe('seats', () => {
  it('go to who waits at once when there are more, in the order of joining, and cannot be fewer than people', async () => {
    const { host, id, dates } = await makeWeekly({ max_participants: 2 })
    const guests = await walkersWithDogs(4)
    for (const guest of guests) await joinAt(guest, dates[0]!.id, iso(MADE))
    await joinAt(guests[3]!, dates[1]!.id, iso(MADE))
    const then = host.with(at(MADE + 1_000))
    expect((await then.patch(`/meetups/${id}`, { max_participants: 4 })).json.dates[0]).toMatchObject({ going: 4, capacity: 4 })
    const statuses = await Promise.all(guests.map(async (guest) => (await partOf(guest, dates[0]!.id))!.status))
    expect(statuses).toEqual(['going', 'going', 'going', 'waiting'])
    expect(await toldOf(guests[1]!, id)).toMatchObject([{ type: 'meetup_promoted' }])
    expect(await toldOf(guests[0]!, id)).toEqual([])
    expect(await wrongSeats(id, new Date(MADE))).toEqual([])

    const before = await datesOfMeetup(id)
    expect(await then.patch(`/meetups/${id}`, { max_participants: 3, title: '작은 모임' })).toMatchObject({
      ...refused(409, 'capacity_below_going'),
      json: { occurrence_ids: [dates[0]!.id] },
    })
    expect(await then.patch(`/meetups/${id}?scope=one&occurrence_id=${dates[0]!.id}`, { max_participants: 3 })).toMatchObject(
      refused(409, 'capacity_below_going'),
    )
    expect(await datesOfMeetup(id)).toEqual(before)
    expect((await then.get(`/meetups/${id}`)).json.title).toBe('토요일 아침 산책')
    expect((await then.patch(`/meetups/${id}?occurrence_id=${dates[1]!.id}`, { max_participants: 2 })).status).toBe(200)
    expect((await datesOfMeetup(id)).map(({ capacity }) => capacity)).toEqual([4, ...dates.slice(1).map(() => 2)])
  })

  it('are filled when a date within its last two hours is put off', async () => {
    const { host, id, dates } = await makeWeekly({ max_participants: 2 })
    const [first, second] = await walkersWithDogs(2)
    for (const guest of [first!, second!]) await joinAt(guest, dates[0]!.id, iso(MADE))
    const late = at(FIRST - HOUR_MS)
    await first!.with(late).delete(`/meetups/${id}/join?occurrence_id=${dates[0]!.id}`)
    expect(await partOf(second!, dates[0]!.id)).toMatchObject({ status: 'waiting' })
    await host.with(late).patch(`/meetups/${id}?scope=one&occurrence_id=${dates[0]!.id}`, { scheduled_at: iso(FIRST + days(1)) })
    expect(await partOf(second!, dates[0]!.id)).toMatchObject({ status: 'going' })
  })
})

describe('a series', () => {
  it('follows its only weekday, and asks for the days where there are several', async () => {
    const sunday = { scheduled_at: iso(FIRST + days(1)) }
    const one = await makeWeekly({}, { rule: 'FREQ=WEEKLY;BYDAY=SA;UNTIL=20261219' })
    const moved = await one.host.with(at(MADE)).patch(`/meetups/${one.id}`, sunday)
    expect(moved.json.recurrence_rule).toBe('FREQ=WEEKLY;BYDAY=SU;UNTIL=20261220')
    expect((await datesOfMeetup(one.id)).map(({ starts_at }) => starts_at)).toEqual([0, 7, 14].map((day) => iso(FIRST + days(day + 1))))
    const two = await makeWeekly({}, { rule: 'FREQ=WEEKLY;BYDAY=WE,SA' })
    const then = two.host.with(at(MADE))
    expect(await then.patch(`/meetups/${two.id}`, sunday)).toMatchObject(refused(422, 'unsupported_recurrence'))
    expect((await then.patch(`/meetups/${two.id}`, { ...sunday, recurrence_rule: 'FREQ=WEEKLY;BYDAY=TH,SU' })).status).toBe(200)
    expect((await datesOfMeetup(two.id)).slice(0, 3).map(({ starts_at }) => starts_at)).toEqual(
      [1, 5, 8].map((day) => iso(FIRST + days(day))),
    )
  })

  it('refuses a rule that is not supported, a time before the date before it, and changes nothing then', async () => {
    const { host, id, dates } = await makeWeekly()
    const then = host.with(at(MADE))
    expect(await then.patch(`/meetups/${id}`, { recurrence_rule: 'FREQ=DAILY' })).toMatchObject(refused(422, 'unsupported_recurrence'))
    expect(await then.patch(`/meetups/${id}`, { recurrence_rule: 'FREQ=WEEKLY;BYDAY=MO' })).toMatchObject(
      refused(422, 'unsupported_recurrence'),
    )
    const second = `/meetups/${id}?occurrence_id=${dates[1]!.id}`
    for (const scheduled_at of [iso(FIRST), iso(FIRST - days(1)), iso(MADE + 60_000), iso(MADE + days(61))])
      expect(await then.patch(second, { scheduled_at })).toMatchObject(refused(422, 'meetup_time_invalid'))
    expect(await datesOfMeetup(id)).toEqual(dates)
  })

  it('becomes a single meetup, and a single one becomes a series', async () => {
    const { host, id, dates } = await makeWeekly()
    const then = host.with(at(MADE))
    expect((await then.patch(`/meetups/${id}?occurrence_id=${dates[1]!.id}`, { recurrence_rule: null })).json.recurrence_rule).toBeNull()
    expect((await datesOfMeetup(id)).map(({ is_cancelled }) => is_cancelled)).toEqual([false, false, ...dates.slice(2).map(() => true)])
    expect((await then.patch(`/meetups/${id}?occurrence_id=${dates[1]!.id}`, { recurrence_rule: 'FREQ=WEEKLY;COUNT=4' })).status).toBe(200)
    const again = (await datesOfMeetup(id)).filter(({ is_cancelled }) => !is_cancelled)
    expect(again.map(({ starts_at }) => starts_at)).toEqual([0, 7, 14, 21, 28].map((day) => iso(FIRST + days(day))))
    expect(again.every(({ going }) => going === 1)).toBe(true)
  })

  it('about which the host is asked is asked about no more once it is single, and is made when it becomes a series again', async () => {
    const { host, id } = await makeWeekly()
    await db.execute(sql`UPDATE meetups SET asked_at = ${iso(MADE)}, renewed_at = ${iso(MADE - days(90))} WHERE id = ${id}`)
    const then = host.with(at(MADE))
    expect((await then.patch(`/meetups/${id}`, { recurrence_rule: null })).json.is_renewal_asked).toBe(false)
    const { json } = await then.patch(`/meetups/${id}`, { recurrence_rule: 'FREQ=WEEKLY;COUNT=3' })
    expect(json.dates.filter(({ is_cancelled }: any) => !is_cancelled)).toHaveLength(3)
    await runTask(makeDates, new Date(MADE + days(1)))
    expect(await toldOf(host, id, 'meetup_renewal')).toEqual([])
  })

  it('that is single is changed itself by either scope', async () => {
    const { host, id, dates } = await makeWeekly({}, { rule: null })
    const then = host.with(at(MADE))
    const one = `/meetups/${id}?scope=one&occurrence_id=${dates[0]!.id}`
    const moved = await then.patch(one, { scheduled_at: iso(FIRST + HOUR_MS), location_name: '뚝섬', max_participants: 4 })
    expect(moved.json).toMatchObject({
      location_name: '뚝섬',
      max_participants: 4,
      dates: [{ starts_at: '2026-12-05T02:00:00+00:00', capacity: 4 }],
    })
    await then.patch(`/meetups/${id}`, { scheduled_at: iso(FIRST + 2 * HOUR_MS), category: 'small' })
    expect(await datesOfMeetup(id)).toMatchObject([{ starts_at: iso(FIRST + 2 * HOUR_MS), is_own: false }])
    expect((await then.get(`/meetups/${id}`)).json).toMatchObject({ category: 'small', size_filter: 'small' })
  })

  it('is changed by its host alone, while it is ahead and stands', async () => {
    const { host, id, dates } = await makeWeekly({}, { rule: null })
    const other = await signUp()
    const change = { location_name: '뚝섬' }
    expect(await other.with(at(MADE)).patch(`/meetups/${id}`, change)).toMatchObject(refused(403, 'not_host'))
    expect(await other.patch(`/meetups/${id}`, { scheduled_at: iso(FIRST + HOUR_MS) })).toMatchObject(refused(403, 'not_host'))
    for (const body of [change, { scheduled_at: iso(FIRST + HOUR_MS) }]) {
      expect(await host.patch(`/meetups/${crypto.randomUUID()}`, body)).toMatchObject(refused(404, 'meetup_not_found'))
      expect(await host.patch(`/meetups/${id}?occurrence_id=${crypto.randomUUID()}`, body)).toMatchObject(refused(404, 'meetup_not_found'))
      expect(await host.with(at(FIRST)).patch(`/meetups/${id}`, body)).toMatchObject(refused(409, 'meetup_over'))
    }
    await db.execute(sql`UPDATE users SET suspended_until = '2027-01-01', suspended_reason = 'spam' WHERE id = ${idOf(host)}`)
    expect(await host.with(at(MADE)).patch(`/meetups/${id}`, change)).toMatchObject(refused(403, 'account_suspended'))
    await db.execute(sql`UPDATE users SET suspended_until = NULL, suspended_reason = NULL WHERE id = ${idOf(host)}`)
    await host.with(at(MADE)).delete(`/meetups/${id}`)
    expect(await host.with(at(MADE)).patch(`/meetups/${id}`, change)).toMatchObject(refused(409, 'meetup_cancelled'))
    expect((await datesOfMeetup(id))[0]).toMatchObject({ id: dates[0]!.id, location_name: '서울숲' })
  })

  it('refuses abuse, and a breed that is not known', async () => {
    const { host, id } = await makeWeekly()
    const then = host.with(at(MADE))
    expect((await then.patch(`/meetups/${id}`, { title: '시발 모임' })).status).toBe(422)
    expect(await then.patch(`/meetups/${id}`, { category: 'breed' })).toMatchObject(refused(422, 'validation_failed'))
    expect(await then.patch(`/meetups/${id}`, { category: 'breed', breed: '용' })).toMatchObject(refused(422, 'unknown_breed'))
    const bred = await then.patch(`/meetups/${id}`, { category: 'breed', breed: '말티즈' })
    expect(bred.json.breed).toMatchObject({ name: '말티즈' })
    expect((await then.patch(`/meetups/${id}`, { category: 'all' })).json).toMatchObject({ breed: null, size_filter: null })
    expect((await then.patch(`/meetups/${id}`, {})).status).toBe(200)
  })
})

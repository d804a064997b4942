import { expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import { judgeDates, remindOfDates } from '../../../src/modules/meetups/attendance/jobs.ts'
import { makeDates } from '../../../src/modules/meetups/series/jobs.ts'
import { signUp } from '../../support/login.ts'
import { meetupBody, walkersWithDogs } from '../../support/meetups.ts'
import type { Person } from '../../support/rooms.ts'
import { at, datesOfMeetup, toldOf, wrongSeats } from '../../support/series.ts'
import { runTask } from '../../support/tasks.ts'

/** Instants of Seoul's wall clock. */
const seoul = (wall: string) => Date.parse(`${wall.replace(' ', 'T')}:00+09:00`)
const iso = (instant: number) => new Date(instant).toISOString()
const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']
const midnight = (instant: number) => Math.floor((instant + 9 * HOUR_MS) / DAY_MS) * DAY_MS - 9 * HOUR_MS
const dayOf = (instant: number) => DAYS[new Date(instant + 9 * HOUR_MS).getUTCDay()]!

interface Rule {
  readonly interval?: number
  readonly days?: readonly string[]
  readonly count?: number
  /** The last instant. */
  readonly until?: number
}

/** The dates of a series day by day: weeks begin on Monday. */
function slotsOf(first: number, { interval = 1, days = [dayOf(first)], count = Infinity, until = Infinity }: Rule, last: number): number[] {
  const monday = midnight(first) - ((DAYS.indexOf(dayOf(first)) + 6) % 7) * DAY_MS
  const slots: number[] = []
  for (let each = first; each < last && each <= until && slots.length < count; each += DAY_MS)
    if (Math.floor((each - monday) / (7 * DAY_MS)) % interval === 0 && days.includes(dayOf(each))) slots.push(each)
  return slots
}

/** What the series should be by now, one entry a date. */
interface Expected {
  readonly starts: number
  readonly place: string
  readonly capacity: number
  readonly is_cancelled: boolean
}
const expected = (starts: number, { place = '서울숲', capacity = 15, is_cancelled = false } = {}): Expected => ({
  starts,
  place,
  capacity,
  is_cancelled,
})
const inOrder = (dates: readonly Expected[]) =>
  dates.toSorted((a, b) => a.starts - b.starts || Number(a.is_cancelled) - Number(b.is_cancelled))
const standing = async (id: string) =>
  inOrder(
    (await datesOfMeetup(id)).map((row) =>
      expected(Date.parse(row.starts_at), { place: row.location_name, capacity: row.capacity, is_cancelled: row.is_cancelled }),
    ),
  )

/** Everything that runs by itself in a day that begins then in Seoul. */
async function passDay(day: number): Promise<void> {
  await runTask(makeDates, new Date(day + 4 * HOUR_MS + 3 * 60_000))
  for (let hour = 5; hour < 24; hour += 6) await runTask(judgeDates, new Date(day + hour * HOUR_MS))
  for (let hour = 0; hour < 24; hour += 2) await runTask(remindOfDates, new Date(day + hour * HOUR_MS))
}

async function makeSeries(host: Person, made: number, first: number, recurrence_rule: string | null): Promise<string> {
  const { status, json } = await host
    .with(at(made))
    .post('/meetups', meetupBody({ scheduled_at: iso(first), ...(recurrence_rule !== null && { recurrence_rule }) }))
  expect([status, json]).toEqual([201, expect.anything()])
  return json.id
}

it.each<[rule: string, first: string, Rule]>([
  ['FREQ=WEEKLY', '2026-11-21 10:00', {}],
  ['FREQ=WEEKLY;INTERVAL=2', '2026-11-18 07:30', { interval: 2 }],
  ['FREQ=WEEKLY;INTERVAL=3', '2026-11-22 23:30', { interval: 3 }],
  ['FREQ=WEEKLY;INTERVAL=4', '2026-11-23 00:00', { interval: 4 }],
  ['FREQ=WEEKLY;BYDAY=MO,WE,FR', '2026-11-18 06:00', { days: ['MO', 'WE', 'FR'] }],
  // Sunday belongs to the week of the Monday before it.
  ['FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO', '2026-11-22 09:00', { interval: 2, days: ['SU', 'MO'] }],
  ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU', '2026-11-23 09:00', { interval: 2, days: ['SU', 'MO'] }],
  ['FREQ=WEEKLY;COUNT=11', '2026-11-21 10:00', { count: 11 }],
  ['FREQ=WEEKLY;UNTIL=20270101;BYDAY=FR', '2026-11-20 00:30', { until: seoul('2027-01-01 23:59') }],
  ['FREQ=WEEKLY;UNTIL=20261231T150000Z;BYDAY=FR', '2026-11-20 00:00', { until: seoul('2027-01-01 00:00') }],
  ['FREQ=WEEKLY;UNTIL=20261231T145959Z;BYDAY=FR', '2026-11-20 00:00', { until: seoul('2026-12-31 23:59') }],
  ['FREQ=WEEKLY;UNTIL=20270101T003000;BYDAY=FR', '2026-11-20 00:30', { until: seoul('2027-01-01 00:30') }],
  ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;INTERVAL=4', '2026-12-28 10:00', { interval: 4, days: DAYS }],
])('%s from %s stands day by day as the calendar says, and the detail shows the next four', async (rule, first, plain) => {
  const host = await signUp()
  const made = seoul('2026-11-17 12:00')
  const id = await makeSeries(host, made, seoul(first), rule)
  for (let day = midnight(made), n = 0; day < seoul('2027-02-14 00:00'); day += DAY_MS, n++) {
    // The first night is before the meetup.
    if (day > made) await runTask(makeDates, new Date(day + 4 * HOUR_MS + 3 * 60_000))
    // Twelve weeks on the host is asked and does not answer.
    const grownOn = Math.min(day, midnight(made + 84 * DAY_MS))
    const slots = slotsOf(seoul(first), plain, grownOn + 57 * DAY_MS)
    if (n % 4 > 0 && n < 80) continue
    expect(await standing(id)).toEqual(slots.map((slot) => expected(slot)))
    const now = day + 12 * HOUR_MS
    const { json } = await host.with(at(now)).get(`/meetups/${id}`)
    expect(json.dates.map((date: any) => Date.parse(date.starts_at))).toEqual(slots.filter((slot) => slot + 6 * HOUR_MS > now).slice(0, 4))
  }
})

const SATURDAYS = Array.from({ length: 14 }, (_, week) => seoul('2026-11-28 10:00') + week * 7 * DAY_MS)
const MADE = seoul('2026-11-24 12:00')

/** A series from 28 November on, with two people: one at all of its dates, and one at every other. */
async function makeWalked(rule: string) {
  const [host, all, some] = (await walkersWithDogs(3)) as [Person, Person, Person]
  const id = await makeSeries(host, MADE, SATURDAYS[0]!, rule)
  const dates = await datesOfMeetup(id)
  const join = async (guest: Person, index: number, now = MADE) =>
    expect((await guest.with(at(now)).post(`/meetups/${id}/join`, { occurrence_id: dates[index]!.id })).json.status).toBe('going')
  for (const index of dates.keys()) {
    await join(all, index)
    if (index % 2 === 0) await join(some, index)
  }
  const edit = async (now: number, query: string, body: object) => {
    const answer = await host.with(at(now)).patch(`/meetups/${id}${query}`, body)
    expect([answer.status, answer.json]).toEqual([200, expect.anything()])
    expect(await wrongSeats(id, new Date(now))).toEqual([])
    return answer.json
  }
  const from = (index: number) => `?occurrence_id=${dates[index]!.id}`
  const one = (index: number) => `?scope=one&occurrence_id=${dates[index]!.id}`
  const told = async (guest: Person, type: string, now: number) =>
    (await toldOf(guest, id, type)).filter(({ created_at }) => Date.parse(created_at) === now).map(({ facts }) => facts)
  /** Where somebody has a seat, as the dates are now. */
  const seatsOf = async (guest: Person, now: number) => {
    const { json } = await guest.with(at(now)).get(`/meetups?mine=going&limit=50`)
    return json.items.map((item: any) => Date.parse(item.starts_at))
  }
  return { host, all, some, id, dates, edit, from, one, told, seatsOf }
}
const at9 = (slot: number) => slot - HOUR_MS
const at11 = (slot: number) => slot + HOUR_MS

it('eight weeks with edits in the middle, over New Year', async () => {
  const { host, all, some, id, dates, edit, from, one, told, seatsOf } = await makeWalked('FREQ=WEEKLY;COUNT=8')
  const model: Expected[] = SATURDAYS.slice(0, 8).map((slot) => expected(slot))
  const holds = async () => expect(await standing(id)).toEqual(inOrder(model))
  const set = (index: number, change: Partial<Expected>) => (model[index] = { ...model[index]!, ...change })
  await holds()

  // One date is moved to the Sunday. What is sent again as it is makes nothing a date's own.
  await edit(MADE, one(2), { scheduled_at: iso(SATURDAYS[2]! + DAY_MS), location_name: '뚝섬' })
  await edit(MADE, one(3), {})
  await edit(MADE, one(3), { scheduled_at: iso(SATURDAYS[3]!), location_name: '서울숲', max_participants: 15 })
  set(2, { starts: SATURDAYS[2]! + DAY_MS, place: '뚝섬' })
  await holds()
  expect(await told(all, 'meetup_changed', MADE)).toMatchObject([
    {
      before: { location_name: '서울숲' },
      after: { location_name: '뚝섬', starts_at: iso(SATURDAYS[2]! + DAY_MS).replace('.000', '') },
      dates: 1,
    },
  ])

  // The sixth and all after it are an hour later, then the second and all after it an hour earlier.
  await edit(MADE + 1, from(5), { scheduled_at: iso(at11(SATURDAYS[5]!)) })
  for (const index of [5, 6, 7]) set(index, { starts: at11(SATURDAYS[index]!) })
  await holds()
  expect(await host.with(at(MADE + 2)).delete(`/meetups/${id}${from(4)}`)).toMatchObject({ status: 204 })
  set(4, { is_cancelled: true })
  const earlier = await edit(MADE + 3, from(1), { scheduled_at: iso(at9(SATURDAYS[1]!)) })
  expect(earlier.recurrence_rule).toBe('FREQ=WEEKLY;COUNT=3')
  for (const index of [1, 3, 5, 6, 7]) set(index, { starts: at9(SATURDAYS[index]!) })
  await holds()
  expect(await told(all, 'meetup_changed', MADE + 3)).toMatchObject([
    { before: { starts_at: '2026-12-05T01:00:00Z' }, after: { starts_at: '2026-12-05T00:00:00Z' }, dates: 5 },
  ])
  expect(await told(some, 'meetup_changed', MADE + 3)).toMatchObject([
    { before: { starts_at: '2027-01-09T02:00:00Z' }, after: { starts_at: '2027-01-09T00:00:00Z' }, dates: 1 },
  ])

  // Nights pass, and nothing is made of a series that has its eight dates.
  for (let day = midnight(MADE) + DAY_MS; day < seoul('2026-12-21 00:00'); day += DAY_MS) await passDay(day)
  await holds()
  expect((await toldOf(all, id, 'meetup_reminder')).map(({ facts }) => facts.starts_at)).toEqual(
    [0, 1, 2, 3].map((index) => iso(model[index]!.starts).replace('.000', '')),
  )

  // It ends sooner, and then later. The cancelled one is not made again.
  const december = seoul('2026-12-21 12:00')
  await edit(december, '', { recurrence_rule: 'FREQ=WEEKLY;COUNT=2' })
  set(7, { is_cancelled: true })
  await holds()
  expect(await told(all, 'meetup_cancelled', december)).toMatchObject([{ starts_at: '2027-01-16T00:00:00Z', dates: 1 }])
  expect(await told(all, 'meetup_changed', december)).toEqual([])
  await edit(december + 1, '', { recurrence_rule: 'FREQ=WEEKLY;COUNT=4' })
  model.push(expected(at9(SATURDAYS[7]!)), expected(at9(SATURDAYS[8]!)))
  await holds()
  expect(await seatsOf(all, december + 1)).toEqual([5, 6].map((index) => at9(SATURDAYS[index]!)))
  expect((await all.with(at(december + 1)).post(`/meetups/${id}/join`)).json).toMatchObject({
    occurrence_id: dates[5]!.id,
    status: 'going',
  })

  // It ends with the seventh. Changes of the sixth alone and of all from the sixth on leave the seventh where it is.
  await edit(december + 2, from(6), { recurrence_rule: null })
  for (const index of [8, 9]) set(index, { is_cancelled: true })
  await holds()
  await edit(december + 3, one(5), { location_name: '올림픽공원' })
  set(5, { place: '올림픽공원' })
  await holds()
  await edit(december + 4, from(6), { scheduled_at: iso(SATURDAYS[6]! + DAY_MS) })
  set(6, { starts: SATURDAYS[6]! + DAY_MS })
  await holds()
  for (let day = midnight(december) + DAY_MS; day < seoul('2027-01-20 00:00'); day += DAY_MS) await passDay(day)
  await holds()
  expect((await host.with(at(seoul('2027-01-20 12:00'))).get(`/meetups/${id}`)).json.dates).toMatchObject([{ is_cancelled: true }])
})

it('what is left of a series that was cut short moves as a whole', async () => {
  const { all, id, edit, from, one, seatsOf } = await makeWalked('FREQ=WEEKLY')
  await edit(MADE + 1, from(3), { recurrence_rule: null })
  await edit(MADE + 2, from(1), { scheduled_at: iso(at11(SATURDAYS[1]! + DAY_MS)) })
  const left = [SATURDAYS[0]!, ...[1, 2, 3].map((index) => at11(SATURDAYS[index]! + DAY_MS))]
  expect((await standing(id)).filter(({ is_cancelled }) => !is_cancelled)).toEqual(left.map((starts) => expected(starts)))
  expect(await seatsOf(all, MADE + 2)).toEqual(left)
  // Of the last one that is left either scope changes the meetup.
  const late = left[2]! + HOUR_MS
  const { location_name } = await edit(late, one(3), { location_name: '뚝섬' })
  expect(location_name).toBe('뚝섬')
})

it.each<[name: string, rule: string, body: object, stay: (slot: number) => boolean]>([
  ['fewer weeks', 'FREQ=WEEKLY', { recurrence_rule: 'FREQ=WEEKLY;INTERVAL=2' }, (slot) => (slot - SATURDAYS[1]!) % (14 * DAY_MS) === 0],
  ['more weeks', 'FREQ=WEEKLY;INTERVAL=2', { recurrence_rule: 'FREQ=WEEKLY' }, () => true],
  ['more days', 'FREQ=WEEKLY', { recurrence_rule: 'FREQ=WEEKLY;BYDAY=WE,SA' }, () => true],
])('who comes on a day that a rule of %s still has comes on that day', async (_, rule, body, stay) => {
  const { all, dates, edit, from, told, seatsOf } = await makeWalked(rule)
  const before = dates.map(({ starts_at }) => Date.parse(starts_at))
  await edit(MADE + 1, from(1), body)
  expect(await seatsOf(all, MADE + 1)).toEqual(before.filter((slot, index) => index === 0 || stay(slot)))
  expect(await told(all, 'meetup_changed', MADE + 1)).toEqual([])
})

it('dates from before a change of the rule keep their steps when all move', async () => {
  const { id, edit, from } = await makeWalked('FREQ=WEEKLY')
  await edit(MADE + 1, from(3), { recurrence_rule: 'FREQ=WEEKLY;INTERVAL=2' })
  await edit(MADE + 2, from(1), { scheduled_at: iso(at11(SATURDAYS[1]!)) })
  const stands = (await standing(id)).filter(({ is_cancelled }) => !is_cancelled).map(({ starts }) => starts)
  expect(stands).toEqual([SATURDAYS[0], ...[1, 2, 3, 5, 7].map((index) => at11(SATURDAYS[index]!))])
  await runTask(makeDates, new Date(MADE + 20 * DAY_MS))
  expect((await standing(id)).slice(-1)).toEqual([expected(at11(SATURDAYS[9]!))])
})

it('a series that is put off past midnight moves to the next day, and a rule of several days must name them', async () => {
  const { host, id, edit, from } = await makeWalked('FREQ=WEEKLY;BYDAY=SA')
  const { recurrence_rule } = await edit(MADE + 1, from(0), { scheduled_at: '2026-11-29T00:30:00+09:00' })
  expect(recurrence_rule).toBe('FREQ=WEEKLY;BYDAY=SU')
  expect((await standing(id)).map(({ starts }) => starts)).toEqual(SATURDAYS.slice(0, 8).map((slot) => slot + 14.5 * HOUR_MS))
  const change = { scheduled_at: '2026-11-29T23:30:00+09:00' }
  const two = await makeWalked('FREQ=WEEKLY;BYDAY=SA,WE')
  expect(await two.host.with(at(MADE + 1)).patch(`/meetups/${two.id}${two.from(0)}`, change)).toMatchObject({
    status: 422,
    json: { code: 'unsupported_recurrence' },
  })
  expect((await host.with(at(MADE + 2)).patch(`/meetups/${id}${from(0)}`, change)).status).toBe(200)
})

it('two changes in one moment are told each', async () => {
  const { all, edit, from, told } = await makeWalked('FREQ=WEEKLY;COUNT=3')
  await edit(MADE + 1, from(0), { scheduled_at: iso(at11(SATURDAYS[0]!)) })
  await edit(MADE + 1, from(0), { location_name: '뚝섬' })
  expect((await told(all, 'meetup_changed', MADE + 1)).map(({ after }) => after.location_name).toSorted()).toEqual(['뚝섬', '서울숲'])
})

it('a series that is changed while its host is asked grows after the answer without a gap', async () => {
  const { host, id, edit } = await makeWalked('FREQ=WEEKLY')
  const asked = MADE + 84 * DAY_MS
  for (const day of [0, 20, 40, 60, 80, 84, 100]) await runTask(makeDates, new Date(MADE + day * DAY_MS))
  const before = await standing(id)
  expect(before.at(-1)!.starts).toBeLessThan(asked + 57 * DAY_MS)
  const changed = asked + 30 * DAY_MS
  const next = before.find(({ starts }) => starts > changed)!.starts
  await edit(changed, '', { scheduled_at: iso(at11(next)) })
  expect(await standing(id)).toEqual(before.map((date) => (date.starts < next ? date : { ...date, starts: at11(date.starts) })))
  expect((await host.with(at(changed + HOUR_MS)).post(`/meetups/${id}/renew`)).status).toBe(200)
  await runTask(makeDates, new Date(changed + DAY_MS))
  const slots = slotsOf(SATURDAYS[0]!, {}, midnight(changed + DAY_MS) + 57 * DAY_MS)
  expect(await standing(id)).toEqual(slots.map((slot) => expected(slot < next ? slot : at11(slot))))
})

it('a date that was moved beyond the next ones costs the series none', async () => {
  const { id, edit, one } = await makeWalked('FREQ=WEEKLY')
  await edit(MADE, one(1), { scheduled_at: iso(SATURDAYS[4]! + 3 * HOUR_MS) })
  // The third is over, and the second is still ahead.
  const now = SATURDAYS[2]! + HOUR_MS
  await edit(now, one(1), { location_name: '뚝섬' })
  await edit(now, '', { scheduled_at: iso(at11(SATURDAYS[3]!)) })
  const starts = (await standing(id)).filter(({ place }) => place === '서울숲').map((date) => date.starts)
  expect(starts.slice(0, 3)).toEqual([SATURDAYS[0], SATURDAYS[2], at11(SATURDAYS[3]!)])
})

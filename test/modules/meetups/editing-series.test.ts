import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../src/core/time.ts'
import { signUp } from '../../support/login.ts'
import { makeMeetup, walkersWithDogs } from '../../support/meetups.ts'
import type { Person } from '../../support/rooms.ts'
import { at, type DateRow, datesOfMeetup, days, joinAt, partOf, toldOf, wrongSeats } from '../../support/series.ts'

/** Eight Saturdays at ten in Seoul, over New Year. */
const MADE = Date.parse('2026-12-01T00:00:00Z')
const FIRST = Date.parse('2026-12-05T01:00:00Z')
const WEEK = days(7)
/** One date that the host has cancelled, and one that has a place of its own. */
const CANCELLED = 2
const OWN = 5

const changes = {
  'the time': { body: (base: number) => ({ scheduled_at: new Date(base + HOUR_MS).toISOString() }), shift: HOUR_MS },
  'the weekday': { body: (base: number) => ({ scheduled_at: new Date(base + days(1)).toISOString() }), shift: days(1) },
  'the place': { body: () => ({ location_name: '한강공원', lat: 37.52, lng: 126.93 }), place: '한강공원' },
  'the seats': { body: () => ({ max_participants: 20 }), capacity: 20 },
  'the rule': { body: () => ({ recurrence_rule: 'FREQ=WEEKLY;INTERVAL=2' }), step: 2 * WEEK },
  'the words': { body: () => ({ title: '토요일 오전 산책', approval: 'manual' }) },
} as const
type Change = { shift?: number; place?: string; capacity?: number; step?: number }

interface ModelDate {
  starts: number
  place: string
  capacity: number
  is_own: boolean
  is_cancelled: boolean
}

/** The rule said plainly: date by date, in the order of the series. */
function model(dates: readonly ModelDate[], base: number, now: number, { shift = 0, place, capacity, step }: Change): ModelDate[] {
  const slot = (index: number) => FIRST + index * WEEK
  const isReslotted = shift !== 0 || step !== undefined
  // Eight weeks ahead, and the date itself at least. A series that moves is made until later.
  const today = Math.floor((now + 9 * HOUR_MS) / days(1)) * days(1)
  const madeUntil = Math.max(today + days(57) - 9 * HOUR_MS, slot(base))
  const slots: number[] = []
  for (
    let each = slot(base) + shift;
    slots.length < (step === undefined ? 8 - base : 100) && (each < madeUntil + shift || slots.length === 0);
    each += step ?? WEEK
  )
    slots.push(each)
  // Each stays with its day, and those without one go in order to the days that are left.
  const placed = new Map<number, number>()
  const isFixed = (index: number) => dates[index]!.starts <= now || dates[index]!.is_cancelled || dates[index]!.is_own
  for (let index = base; index < dates.length; index++) if (slots.includes(slot(index) + shift)) placed.set(index, slot(index) + shift)
  const left = slots.filter((each) => ![...placed.values()].includes(each))
  for (let index = base; index < dates.length; index++)
    if (!placed.has(index) && !isFixed(index) && left.length > 0) placed.set(index, left.shift()!)
  const known = dates.map((date, index) => {
    if (index < base || isFixed(index)) return date
    if (isReslotted && !placed.has(index)) return { ...date, is_cancelled: true }
    return {
      ...date,
      starts: isReslotted ? placed.get(index)! : date.starts,
      place: place ?? date.place,
      capacity: capacity ?? date.capacity,
    }
  })
  const missing = isReslotted ? left : []
  return [...known, ...missing.map((starts) => ({ starts, place: '서울숲', capacity: 15, is_own: false, is_cancelled: false }))]
}

const asModel = (row: DateRow): ModelDate => ({
  starts: Date.parse(row.starts_at),
  place: row.location_name,
  capacity: row.capacity,
  is_own: row.is_own,
  is_cancelled: row.is_cancelled,
})
const inOrder = (dates: readonly ModelDate[]) =>
  dates.toSorted((a, b) => a.starts - b.starts || Number(a.is_cancelled) - Number(b.is_cancelled) || Number(a.is_own) - Number(b.is_own))

async function makeSeries(host: Person, guests: readonly Person[]) {
  const then = host.with(at(MADE))
  const { id } = await makeMeetup(then, { scheduled_at: new Date(FIRST).toISOString(), recurrence_rule: 'FREQ=WEEKLY;COUNT=8' })
  const dates = await datesOfMeetup(id)
  for (const [which, guest] of guests.entries())
    for (const [index, date] of dates.entries()) if (which === 0 || index % 2 === 1) await joinAt(guest, date.id, new Date(MADE))
  await then.delete(`/meetups/${id}?occurrence_id=${dates[CANCELLED]!.id}`)
  const own = await then.patch(`/meetups/${id}?scope=one&occurrence_id=${dates[OWN]!.id}`, { location_name: '올림픽공원' })
  expect(own.status).toBe(200)
  const before = await datesOfMeetup(id)
  expect(before.map(asModel)).toEqual(
    Array.from({ length: 8 }, (_, index) => ({
      starts: FIRST + index * WEEK,
      place: index === OWN ? '올림픽공원' : '서울숲',
      capacity: 15,
      is_own: index === OWN,
      is_cancelled: index === CANCELLED,
    })),
  )
  return { id, dates: before }
}

describe.each(Object.entries(changes))('a change of %s from one date on', (_, { body, ...change }) => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])('at position %i', async (position) => {
    const [everywhere, sometimes] = await walkersWithDogs(2)
    const host = await signUp()
    const { id, dates } = await makeSeries(host, [everywhere!, sometimes!])
    // Named ahead of time at even positions, and otherwise as the next one, when all before it are over.
    const isNamed = position % 2 === 0
    const now = isNamed ? MADE + HOUR_MS : FIRST + (position - 1) * WEEK + HOUR_MS
    const query = isNamed ? `?occurrence_id=${dates[position]!.id}` : ''
    const answer = await host.with(at(now)).patch(`/meetups/${id}${query}`, body(FIRST + position * WEEK))
    if (position === CANCELLED) {
      expect(answer).toMatchObject({ status: 409, json: { code: 'meetup_cancelled' } })
      expect(await datesOfMeetup(id)).toEqual(dates)
      return
    }
    expect(answer.status).toBe(200)
    const after = await datesOfMeetup(id)
    const expected = model(dates.map(asModel), position, now, change)
    expect(inOrder(after.map(asModel))).toEqual(inOrder(expected))
    expect(await wrongSeats(id, new Date(now))).toEqual([])
    for (const [guest, isIn] of [
      [everywhere!, () => true],
      [sometimes!, (index: number) => index % 2 === 1],
    ] as const) {
      const moved = dates.flatMap((date, index) =>
        isIn(index) &&
        !expected[index]!.is_cancelled &&
        (expected[index]!.starts !== Date.parse(date.starts_at) || expected[index]!.place !== date.location_name)
          ? [{ date, index }]
          : [],
      )
      const told = (await toldOf(guest, id, 'meetup_changed')).filter((row) => Date.parse(row.created_at) === now)
      expect(told.map(({ facts }) => [facts.before, facts.after, facts.dates])).toEqual(
        moved
          .slice(0, 1)
          .map(({ date, index }) => [
            { starts_at: date.starts_at.replace('.000', ''), location_name: date.location_name },
            { starts_at: new Date(expected[index]!.starts).toISOString().replace('.000', ''), location_name: expected[index]!.place },
            moved.length,
          ]),
      )
      for (const [index, date] of dates.entries())
        if (isIn(index) && index !== OWN)
          expect(await partOf(guest, date.id)).toMatchObject({ status: 'going', is_excused: moved.some((one) => one.index === index) })
      const gone = dates.filter((_, index) => isIn(index) && expected[index]!.is_cancelled && index !== CANCELLED).length
      const cancelled = (await toldOf(guest, id, 'meetup_cancelled')).filter((row) => Date.parse(row.created_at) === now)
      expect(cancelled.map(({ facts }) => facts.dates)).toEqual(gone > 0 ? [gone] : [])
    }
    // The host is told nothing of their own doing.
    expect(await toldOf(host, id, 'meetup_changed')).toEqual([])
  })
})

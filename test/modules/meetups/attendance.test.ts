import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../src/core/time.ts'
import { judgeDates, remindOfDates } from '../../../src/modules/meetups/attendance/jobs.ts'
import { makeDates } from '../../../src/modules/meetups/series/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { DOOR, giveWalks, walkFrom } from '../../support/facts.ts'
import { signUp } from '../../support/login.ts'
import { makeMeetup } from '../../support/meetups.ts'
import { idOf, type Person } from '../../support/rooms.ts'
import { listRows } from '../../support/rows.ts'
import { at, datesOfMeetup, days, db, joinAt, partOf, toldOf } from '../../support/series.ts'
import { runTask } from '../../support/tasks.ts'
import { addPet } from '../../support/walks.ts'

const MINUTE_MS = 60_000
const MADE = Date.parse('2026-11-20T00:00:00Z')
const FIRST = Date.parse('2026-11-21T01:00:00Z')
const iso = (instant: number) => new Date(instant).toISOString()
const judgeAt = (instant: number) => runTask(judgeDates, new Date(instant))
const north = (metres: number) => ({ lat: DOOR.lat + metres / 111_000, lng: DOOR.lng })

async function walker(): Promise<Person & { pet: string }> {
  const person = await signUp()
  return { ...person, pet: await addPet(person) }
}

async function makeDate(guests: readonly Person[], more: object = {}) {
  const host = await signUp()
  const { id, date } = await makeMeetup(host.with(at(MADE)), { scheduled_at: iso(FIRST), ...DOOR, ...more })
  for (const guest of guests) await joinAt(guest, date, iso(MADE))
  return { host, id, date }
}

const came = { attended: true, attended_by: 'walk' }
const unknown = { attended: null, attended_by: null }
const absent = { attended: false, attended_by: 'nobody' }

describe('a walk proves that somebody came', () => {
  it.each([
    ['at the start', 0, 0, came],
    ['an hour before', -60, 0, came],
    ['an hour after', 60, 0, came],
    ['more than an hour before', -61, 0, unknown],
    ['more than an hour after', 61, 0, unknown],
    ['from two kilometres away', 0, 2_000, unknown],
  ] as const)('when it begins %s', async (_, minutes, metres, expected) => {
    const guest = await walker()
    const { date } = await makeDate([guest], north(metres))
    await walkFrom(guest, [guest.pet], new Date(FIRST + minutes * MINUTE_MS))
    expect(await partOf(guest, date)).toMatchObject(expected)
  })

  it('within 300 m of the place, measured along the way', async () => {
    const [near, far] = [await walker(), await walker()]
    for (const [guest, metres, expected] of [
      [near, -295, came],
      [far, -305, unknown],
    ] as const) {
      const { date } = await makeDate([guest], north(metres))
      await giveWalks(guest, [{ started_at: new Date(FIRST), ...DOOR }], [guest.pet])
      await db.execute(sql`SELECT prove_attendance(id) FROM walks WHERE user_id = ${idOf(guest)}`)
      expect(await partOf(guest, date)).toMatchObject(expected)
    }
  })

  it('but not of who only waited or has left, and not at a cancelled date', async () => {
    const [waiting, left, seated] = [await walker(), await walker(), await walker()]
    const { date } = await makeDate([left, waiting], { max_participants: 2 })
    await db.execute(sql`UPDATE meetup_participants SET status = 'left' WHERE occurrence_id = ${date} AND user_id = ${idOf(left)}`)
    const other = await makeDate([seated])
    await other.host.with(at(MADE)).delete(`/meetups/${other.id}`)
    for (const guest of [waiting, left, seated]) await walkFrom(guest, [guest.pet], new Date(FIRST))
    for (const guest of [waiting, left]) expect(await partOf(guest, date)).toMatchObject(unknown)
    expect(await partOf(seated, other.date)).toMatchObject(unknown)
  })

  it('until it is deleted, unless another walk or the host says so', async () => {
    const [alone, twice, marked] = [await walker(), await walker(), await walker()]
    const { date } = await makeDate([alone, twice, marked])
    const walks = []
    for (const guest of [alone, twice, marked]) walks.push(await walkFrom(guest, [guest.pet], new Date(FIRST)))
    await giveWalks(twice, [{ started_at: new Date(FIRST - 50 * MINUTE_MS), ...DOOR }], [twice.pet])
    await db.execute(sql`UPDATE meetup_participants SET attended_by = 'host' WHERE occurrence_id = ${date} AND user_id = ${idOf(marked)}`)
    for (const [index, guest] of [alone, twice, marked].entries()) {
      const [row] = await listRows(sql`SELECT id FROM walks WHERE user_id = ${idOf(guest)} ORDER BY started_at DESC LIMIT 1`)
      expect((await guest.delete(`/walks/${row!.id}`)).status, String(index)).toBeLessThan(300)
    }
    expect(await partOf(alone, date)).toMatchObject(unknown)
    expect(await partOf(twice, date)).toMatchObject(came)
    expect(await partOf(marked, date)).toMatchObject({ attended: true, attended_by: 'host' })
  })

  it('against the word of a host that they did not, which was said before it was completed', async () => {
    const [walked, stayed] = [await walker(), await walker()]
    const { id, date, host } = await makeDate([walked, stayed])
    const mark = (guest: Person, attended: boolean) =>
      host.with(at(FIRST + MINUTE_MS)).patch(`/meetups/${id}/participants/${idOf(guest)}`, { attended, occurrence_id: date })
    for (const guest of [walked, stayed]) expect((await mark(guest, false)).json).toMatchObject({ attended: false })
    await walkFrom(walked, [walked.pet], new Date(FIRST))
    expect(await partOf(walked, date)).toMatchObject(came)
    expect((await mark(walked, false)).json).toMatchObject({ attended: true })
    await judgeAt(FIRST + days(2))
    expect(await partOf(walked, date)).toMatchObject(came)
    expect(await partOf(stayed, date)).toMatchObject({ attended: false, attended_by: 'host' })
  })

  it('wherever on the globe a host puts the place', async () => {
    // For the third there is no point in the plane of Korea.
    for (const place of [
      { lat: -90, lng: 180 },
      { lat: 90, lng: -180 },
      { lat: 0, lng: 37.5 },
    ]) {
      const guest = await walker()
      const { date } = await makeDate([guest], place)
      await walkFrom(guest, [guest.pet], new Date(FIRST))
      await judgeAt(FIRST + days(2))
      expect(await partOf(guest, date), JSON.stringify(place)).toMatchObject(absent)
    }
  })

  it('also after it was decided that they did not come', async () => {
    const guest = await walker()
    const { date } = await makeDate([guest])
    await judgeAt(FIRST + days(2))
    expect(await partOf(guest, date)).toMatchObject(absent)
    await walkFrom(guest, [guest.pet], new Date(FIRST))
    expect(await partOf(guest, date)).toMatchObject(came)
    const [row] = await listRows(sql`SELECT id FROM walks WHERE user_id = ${idOf(guest)}`)
    await guest.delete(`/walks/${row!.id}`)
    expect(await partOf(guest, date)).toMatchObject(absent)
  })
})

describe('two days after a date', () => {
  it('whoever had a seat and is proved by nothing did not come; a walk that came meanwhile and the host’s word count', async () => {
    const [walked, marked, nobody, left, waiting] = [await walker(), await walker(), await walker(), await walker(), await walker()]
    const { id, date, host } = await makeDate([walked, marked, nobody, left, waiting], { max_participants: 5 })
    await giveWalks(walked, [{ started_at: new Date(FIRST), ...DOOR }], [walked.pet])
    await db.execute(sql`
      UPDATE meetup_participants SET attended = false, attended_by = 'host' WHERE occurrence_id = ${date} AND user_id = ${idOf(marked)}`)
    await left.with(at(FIRST - 3 * HOUR_MS)).delete(`/meetups/${id}/join?occurrence_id=${date}`)
    await judgeAt(FIRST + days(2) - 1_000)
    expect(await partOf(nobody, date)).toMatchObject(unknown)
    await judgeAt(FIRST + days(2))
    expect(await partOf(walked, date)).toMatchObject(came)
    expect(await partOf(marked, date)).toMatchObject({ attended: false, attended_by: 'host' })
    expect(await partOf(nobody, date)).toMatchObject(absent)
    expect(await partOf(left, date)).toMatchObject({ status: 'left', ...unknown })
    expect(await partOf(waiting, date)).toMatchObject({ status: 'going', ...absent })
    expect((await partOf(host, date))!.attended).toBe(false)
  })

  it('a cancelled date is not judged', async () => {
    const guest = await walker()
    const { id, date, host } = await makeDate([guest])
    await host.with(at(MADE)).delete(`/meetups/${id}`)
    await judgeAt(FIRST + days(2))
    expect(await partOf(guest, date)).toMatchObject(unknown)
  })
})

describe('letting others down', () => {
  /** Dates of one meetup, two days apart, at which somebody has a seat. */
  async function makeSeries(guest: Person, count: number) {
    const host = await signUp()
    const { id } = await makeMeetup(host.with(at(MADE)), { scheduled_at: iso(FIRST), recurrence_rule: `FREQ=WEEKLY;COUNT=${count}` })
    await runTask(makeDates, new Date(FIRST))
    const dates = await datesOfMeetup(id)
    for (const date of dates) await joinAt(guest, date.id, iso(MADE))
    return { id, host, dates }
  }
  const strikesOf = async (person: Person, when: number) =>
    (await listRows<{ count: number }>(sql`SELECT count(*)::int AS count FROM meetup_strikes(${idOf(person)}, ${iso(when)})`))[0]!.count
  const approvalUntil = async (person: Person, when: number) => {
    const [row] = await listRows<{ until: string | null }>(sql`SELECT needs_approval_until(${idOf(person)}, ${iso(when)}) AS until`)
    return row!.until && Date.parse(row!.until)
  }

  it('is not to come, and to leave within two hours, but not once place or time has changed, and not at a cancelled date', async () => {
    const guest = await walker()
    const { id, host, dates } = await makeSeries(guest, 6)
    const leave = (index: number, beforeMs: number) =>
      guest.with(at(FIRST + days(7 * index) - beforeMs)).delete(`/meetups/${id}/join?occurrence_id=${dates[index]!.id}`)
    await leave(1, 2 * HOUR_MS + 1_000)
    await leave(2, 2 * HOUR_MS)
    await host.with(at(MADE)).patch(`/meetups/${id}?scope=one&occurrence_id=${dates[3]!.id}`, { location_name: '뚝섬' })
    await leave(3, HOUR_MS)
    await leave(4, HOUR_MS)
    await db.execute(sql`UPDATE meetup_occurrences SET cancelled_at = now() WHERE id = ${dates[4]!.id}`)
    await judgeAt(FIRST + days(60))
    // Not there at the first and at the last, and late at the third.
    expect(await strikesOf(guest, FIRST + days(40))).toBe(3)
    expect(await approvalUntil(guest, FIRST + days(40))).toBe(FIRST + days(35 + 14))
    // The host was not proved to be there either. Nobody can say so.
    expect(await strikesOf(host, FIRST + days(40))).toBe(0)
  })

  it('is not to stay away from a date that was moved since they joined, or that they could not see', async () => {
    const [guest, reporter] = [await walker(), await walker()]
    const { id, host, dates } = await makeSeries(guest, 3)
    await host.with(at(MADE)).patch(`/meetups/${id}?scope=one&occurrence_id=${dates[0]!.id}`, { scheduled_at: iso(FIRST + HOUR_MS) })
    const hidden = await makeDate([guest, reporter])
    await db.execute(sql`
      INSERT INTO report_hides (user_id, target_type, target_id, created_at) VALUES (${idOf(reporter)}, 'meetup', ${hidden.id}, ${iso(MADE)})`)
    const leftLate = await makeDate([guest])
    for (const meetup of [hidden, leftLate])
      await db.execute(sql`
        INSERT INTO moderation_cases (target_type, target_id, author_id, snapshot, opened_at, hidden_at)
        VALUES ('meetup', ${meetup.id}, ${idOf(meetup.host)}, '{}', ${iso(MADE)}, ${iso(MADE)})`)
    await guest.with(at(FIRST - HOUR_MS)).delete(`/meetups/${leftLate.id}/join?occurrence_id=${leftLate.date}`)
    await judgeAt(FIRST + days(2) + HOUR_MS)
    expect(await partOf(guest, dates[0]!.id)).toMatchObject({ attended: false, is_excused: true })
    for (const person of [guest, reporter]) expect(await partOf(person, hidden.date)).toMatchObject(unknown)
    expect(await partOf(guest, leftLate.date)).toMatchObject({ status: 'left', is_late: false })
    for (const person of [guest, reporter]) expect(await strikesOf(person, FIRST + days(3))).toBe(0)
    // A walk elsewhere at that time changes nothing of it, and once it is shown again it is not judged again.
    await giveWalks(guest, [{ started_at: new Date(FIRST), lat: 35.1, lng: 129.05 }], [guest.pet])
    await db.execute(sql`SELECT prove_attendance(id) FROM walks WHERE user_id = ${idOf(guest)}`)
    expect(await partOf(guest, hidden.date)).toMatchObject(unknown)
    await judgeAt(FIRST + days(60))
    expect(await strikesOf(guest, FIRST + days(59))).toBe(2)
  })

  it('three times within sixty days counts for two weeks, also when the first is older by then', async () => {
    const guest = await walker()
    const { dates } = await makeSeries(guest, 9)
    await judgeAt(FIRST + days(60))
    const keep = async (...weeks: number[]) => {
      const kept = weeks.map((week) => dates[week]!.id)
      await db.execute(sql`
        UPDATE meetup_participants SET attended = occurrence_id <> ALL (${`{${kept.join(',')}}`}::uuid[]) WHERE user_id = ${idOf(guest)}`)
    }
    await keep(0, 1, 8)
    const last = FIRST + days(56)
    for (const later of [0, 3, 5, 13.9]) expect(await approvalUntil(guest, last + days(later)), String(later)).toBe(last + days(14))
    expect(await approvalUntil(guest, last + days(14))).toBeNull()
    expect(await strikesOf(guest, last + days(5))).toBe(2)
    await keep(0, 8)
    expect(await approvalUntil(guest, last)).toBeNull()
  })
})

describe('a reminder', () => {
  const remindAt = (instant: number) => runTask(remindOfDates, new Date(instant))

  it('is sent once to all who have a seat, two hours before', async () => {
    const [going, waiting] = [await walker(), await walker()]
    const { id, host } = await makeDate([going, waiting], { max_participants: 2 })
    await remindAt(FIRST - 2 * HOUR_MS - 1_000)
    expect(await toldOf(going, id, 'meetup_reminder')).toEqual([])
    await Promise.all([remindAt(FIRST - 2 * HOUR_MS), remindAt(FIRST - 2 * HOUR_MS)])
    await remindAt(FIRST - HOUR_MS)
    for (const person of [going, host])
      expect(await toldOf(person, id, 'meetup_reminder')).toMatchObject([{ facts: { starts_at: '2026-11-21T01:00:00Z' } }])
    expect(await toldOf(waiting, id, 'meetup_reminder')).toEqual([])
  })

  it('does not remind who has reported the meetup, nor anybody of one that moderation has closed', async () => {
    const [going, reporter] = [await walker(), await walker()]
    const open = await makeDate([going, reporter])
    await reporter.post('/reports', { target_type: 'meetup', target_id: open.id, reason: 'spam' })
    const closed = await makeDate([going])
    await reporter.post('/reports', { target_type: 'meetup', target_id: closed.id, reason: 'harassment' })
    await remindAt(FIRST - 2 * HOUR_MS)
    expect(await toldOf(going, open.id, 'meetup_reminder')).toHaveLength(1)
    expect(await toldOf(reporter, open.id, 'meetup_reminder')).toEqual([])
    expect(await toldOf(going, closed.id, 'meetup_reminder')).toEqual([])
  })

  it('is sent again for another time, never after the start, not of a cancelled date, and not of one that is made within two hours', async () => {
    const guest = await walker()
    const moved = await makeDate([guest])
    await remindAt(FIRST - HOUR_MS)
    await moved.host.with(at(FIRST - HOUR_MS)).patch(`/meetups/${moved.id}`, { scheduled_at: iso(FIRST + days(1)) })
    await remindAt(FIRST + days(1) - 2 * HOUR_MS)
    expect(await toldOf(guest, moved.id, 'meetup_reminder')).toHaveLength(2)
    await moved.host.with(at(FIRST + days(1) - HOUR_MS)).patch(`/meetups/${moved.id}`, { scheduled_at: iso(FIRST + days(1) + MINUTE_MS) })
    await remindAt(FIRST + days(1) - HOUR_MS)
    expect(await toldOf(guest, moved.id, 'meetup_reminder')).toHaveLength(2)

    const cancelled = await makeDate([guest])
    await cancelled.host.with(at(MADE)).delete(`/meetups/${cancelled.id}`)
    const over = await makeDate([guest])
    await remindAt(FIRST)
    const host = await signUp()
    const soon = await makeMeetup(host.with(at(FIRST - HOUR_MS)), { scheduled_at: iso(FIRST) })
    await remindAt(FIRST - HOUR_MS / 2)
    expect(await toldOf(guest, cancelled.id, 'meetup_reminder')).toEqual([])
    expect(await toldOf(guest, over.id, 'meetup_reminder')).toHaveLength(1)
    expect(await toldOf(host, soon.id, 'meetup_reminder')).toEqual([])
  })

  it('wakes the alarm from the making and from a change on, and nothing wakes it when nothing is due', async () => {
    const wakes: number[] = []
    const host = await signUp()
    const noting = (instant: number) => host.with({ ...at(instant), wakeAt: async (when) => void wakes.push(when.getTime()) })
    const { id } = await makeMeetup(noting(MADE), { scheduled_at: iso(FIRST) })
    expect(wakes).toEqual([FIRST - 2 * HOUR_MS])
    await noting(MADE).patch(`/meetups/${id}`, { scheduled_at: iso(FIRST + days(1)) })
    expect(wakes.at(-1)).toBe(FIRST + days(1) - 2 * HOUR_MS)
    const [due] = await createTestDeps()
      .db.execute<{ next: string | null }>(sql`SELECT (${remindOfDates.nextDue(new Date('2200-01-01'))}) AS next`)
      .then(({ rows }) => rows)
    expect(due!.next).toBeNull()
  })
})

import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { makeDates, purgeMeetups } from '../../../src/modules/meetups/series/jobs.ts'
import { judgeDates } from '../../../src/modules/meetups/attendance/jobs.ts'
import { signUp } from '../../support/login.ts'
import { makeMeetup, walkersWithDogs } from '../../support/meetups.ts'
import { idOf } from '../../support/rooms.ts'
import { listRows } from '../../support/rows.ts'
import { at, datesOfMeetup, days, db, joinAt, toldOf } from '../../support/series.ts'
import { runAsMessages, runTask } from '../../support/tasks.ts'

const MADE = Date.parse('2026-12-01T00:00:00Z')
const FIRST = Date.parse('2026-12-05T01:00:00Z')
const iso = (instant: number) => new Date(instant).toISOString()
/** The nightly tasks of so many days later, at 04:03 in Seoul. */
const night = (day: number) => new Date(Date.parse('2026-12-01T19:03:00Z') + days(day))

async function makeWeekly(rule: string, more: object = {}) {
  const host = await signUp()
  const { id } = await makeMeetup(host.with(at(MADE)), { scheduled_at: iso(FIRST), recurrence_rule: rule, ...more })
  return { host, id }
}
const startsOf = async (id: string) => (await datesOfMeetup(id)).map(({ starts_at }) => starts_at)
const saturdays = (count: number, step = 7) => Array.from({ length: count }, (_, week) => iso(FIRST + days(step * week)))

describe('every night', () => {
  it('a series stands eight weeks ahead, over New Year, each date with the seat of its host', async () => {
    const weekly = await makeWeekly('FREQ=WEEKLY')
    const fortnightly = await makeWeekly('FREQ=WEEKLY;INTERVAL=2')
    expect(await startsOf(weekly.id)).toEqual(saturdays(8))
    await runAsMessages([makeDates], night(0))
    expect(await startsOf(weekly.id)).toEqual(saturdays(8))
    for (let day = 1; day <= 60; day++) {
      await runTask(makeDates, night(day))
      const today = night(day).getTime() + 9 * 3_600_000
      const until = Math.floor(today / days(1)) * days(1) + days(57) - 9 * 3_600_000
      const expected = (step: number) =>
        saturdays(30, step).filter((start, index) => Date.parse(start) < until || index < (step === 7 ? 8 : 4))
      expect(await startsOf(weekly.id)).toEqual(expected(7))
      expect(await startsOf(fortnightly.id)).toEqual(expected(14))
    }
    const rows = await datesOfMeetup(weekly.id)
    expect(rows.every(({ going, capacity }) => going === 1 && capacity === 15)).toBe(true)
    const seats = await listRows(sql`
      SELECT part.user_id, part.status
      FROM meetup_participants part
      JOIN meetup_occurrences occurrence ON occurrence.id = part.occurrence_id
      WHERE occurrence.meetup_id = ${weekly.id}`)
    expect(seats).toEqual(rows.map(() => ({ user_id: idOf(weekly.host), status: 'going' })))
  })

  it('an ended series is left alone, and a night that runs twice makes nothing twice', async () => {
    const counted = await makeWeekly('FREQ=WEEKLY;COUNT=11')
    const until = await makeWeekly('FREQ=WEEKLY;UNTIL=20270206')
    for (const day of [20, 20, 40]) await Promise.all([runTask(makeDates, night(day)), runTask(makeDates, night(day))])
    expect(await startsOf(counted.id)).toEqual(saturdays(11))
    expect(await startsOf(until.id)).toEqual(saturdays(10))
    const [row] = await listRows(sql`SELECT made_until::text FROM meetups WHERE id = ${counted.id}`)
    expect(row).toEqual({ made_until: '9999-12-31' })
    // Nobody is asked about it either.
    await runTask(makeDates, night(100))
    expect(await toldOf(counted.host, counted.id, 'meetup_renewal')).toEqual([])
  })

  it('a date that was cancelled or moved is not made again, and a changed series grows by its new rule', async () => {
    const { host, id } = await makeWeekly('FREQ=WEEKLY')
    const dates = await datesOfMeetup(id)
    const then = host.with(at(MADE))
    await then.delete(`/meetups/${id}?occurrence_id=${dates[6]!.id}`)
    await then.patch(`/meetups/${id}?scope=one&occurrence_id=${dates[5]!.id}`, { scheduled_at: iso(FIRST + days(36)) })
    await host.with(at(MADE + days(3))).patch(`/meetups/${id}?occurrence_id=${dates[7]!.id}`, { scheduled_at: iso(FIRST + days(50)) })
    await runTask(makeDates, night(21))
    const starts = (await datesOfMeetup(id)).filter(({ is_cancelled }) => !is_cancelled).map(({ starts_at }) => starts_at)
    expect(starts).toEqual([0, 7, 14, 21, 28, 36, 50, 57, 64, 71].map((day) => iso(FIRST + days(day))))
  })

  it('a cancelled series and that of a suspended host do not grow', async () => {
    const cancelled = await makeWeekly('FREQ=WEEKLY')
    await cancelled.host.with(at(MADE)).delete(`/meetups/${cancelled.id}`)
    const suspended = await makeWeekly('FREQ=WEEKLY')
    await db.execute(sql`UPDATE users SET suspended_until = ${iso(night(15).getTime())} WHERE id = ${idOf(suspended.host)}`)
    await runTask(makeDates, night(14))
    for (const { id } of [cancelled, suspended]) expect(await startsOf(id)).toEqual(saturdays(8))
    await runTask(makeDates, night(18))
    expect(await startsOf(suspended.id)).toEqual(saturdays(11))
    expect(await startsOf(cancelled.id)).toEqual(saturdays(8))
  })

  it('dates are forgotten a year after they were', async () => {
    const { id } = await makeWeekly('FREQ=WEEKLY;COUNT=2')
    await runTask(makeDates, night(5))
    await runTask(purgeMeetups, new Date(FIRST + days(365) + 1_000))
    expect(await startsOf(id)).toEqual(saturdays(2).slice(1))
    await runTask(purgeMeetups, new Date(FIRST + days(372) + 1_000))
    expect(await listRows(sql`SELECT 1 FROM meetups WHERE id = ${id}`)).toEqual([])
  })
})

describe('a host is asked whether a series goes on', () => {
  it('after twelve weeks, gets no further dates meanwhile, and the night after the answer all that are missing', async () => {
    const { host, id } = await makeWeekly('FREQ=WEEKLY')
    const twelveWeeks = MADE + days(84)
    for (const day of [20, 40, 60, 80]) await runTask(makeDates, night(day))
    await runTask(makeDates, new Date(twelveWeeks - 1_000))
    expect(await toldOf(host, id, 'meetup_renewal')).toEqual([])
    const before = await startsOf(id)
    await runTask(makeDates, new Date(twelveWeeks))
    await runTask(makeDates, new Date(twelveWeeks + days(20)))
    expect(await toldOf(host, id, 'meetup_renewal')).toHaveLength(1)
    expect(await startsOf(id)).toEqual(before)
    expect((await host.with(at(twelveWeeks)).get(`/meetups/${id}`)).json.is_renewal_asked).toBe(true)

    const answered = twelveWeeks + days(20)
    expect((await host.with(at(answered)).post(`/meetups/${id}/renew`)).json.is_renewal_asked).toBe(false)
    await runTask(makeDates, new Date(answered + days(1)))
    const until = answered + days(1) + days(57)
    expect(await startsOf(id)).toEqual(saturdays(40).filter((start) => Date.parse(start) < until - 9 * 3_600_000))
    await runTask(makeDates, new Date(answered + days(84)))
    expect(await toldOf(host, id, 'meetup_renewal')).toHaveLength(2)
  })

  it('after three dates in a row to which nobody else came', async () => {
    const { host, id } = await makeWeekly('FREQ=WEEKLY')
    const [guest] = await walkersWithDogs(1)
    const dates = await datesOfMeetup(id)
    // Somebody came to the second. Somebody had a seat at the fourth and did not come.
    for (const index of [1, 3]) await joinAt(guest!, dates[index]!.id, iso(MADE))
    const second = FIRST + days(7)
    expect(
      (
        await host
          .with(at(second + 3_600_000))
          .patch(`/meetups/${id}/participants/${idOf(guest!)}/attendance?occurrence_id=${dates[1]!.id}`, { attended: true })
      ).status,
    ).toBeLessThan(500)
    await db.execute(sql`
      UPDATE meetup_participants SET attended = true, attended_by = 'host' WHERE occurrence_id = ${dates[1]!.id} AND user_id = ${idOf(guest!)}`)
    const judge = (week: number) => runTask(judgeDates, new Date(FIRST + days(7 * week + 2)))
    for (const week of [0, 1, 2, 3]) await judge(week)
    expect(await toldOf(host, id, 'meetup_renewal')).toEqual([])
    await judge(4)
    expect(await toldOf(host, id, 'meetup_renewal')).toHaveLength(1)
    // The same three do not ask again after the answer.
    await host.with(at(FIRST + days(31))).post(`/meetups/${id}/renew`)
    await judge(5)
    await judge(6)
    expect(await toldOf(host, id, 'meetup_renewal')).toHaveLength(1)
    await judge(7)
    expect(await toldOf(host, id, 'meetup_renewal')).toHaveLength(2)
  })
})

import * as fc from 'fast-check'
import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import { makeDates } from '../../../src/modules/meetups/series/jobs.ts'
import { datesOf, readRecurrence, slotOf } from '../../../src/modules/meetups/series/recurrence.ts'
import { histories } from '../../support/histories.ts'
import { makeMeetup, walkersWithDogs } from '../../support/meetups.ts'
import type { Person } from '../../support/rooms.ts'
import { listRows } from '../../support/rows.ts'
import { at, type DateRow, datesOfMeetup, joinAt, partOf, wrongSeats } from '../../support/series.ts'
import { runTask } from '../../support/tasks.ts'

const MADE = Date.parse('2026-11-17T03:00:00Z')
const FIRST = Date.parse('2026-11-21T01:00:00Z')
const RULES = [null, '', ';INTERVAL=2', ';INTERVAL=3', ';COUNT=3', ';COUNT=9', ';UNTIL=20270131']

type Step =
  | { readonly do: 'night'; readonly days: number }
  | { readonly do: 'cancel' | 'renew'; readonly nth: number }
  | { readonly do: 'one'; readonly nth: number; readonly hours: number }
  | { readonly do: 'following'; readonly nth: number; readonly hours: number; readonly rule: string | null | undefined }

const nth = fc.nat(7)
const hours = fc.constantFrom(0, 0, 1, -1, 24, -24, 48, 15, 7 * 24)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('night' as const), days: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ do: fc.constantFrom('cancel' as const, 'renew' as const), nth }),
  fc.record({ do: fc.constant('one' as const), nth, hours }),
  fc.record({ do: fc.constant('following' as const), nth, hours, rule: fc.option(fc.constantFrom(...RULES), { nil: undefined }) }),
  fc.record({ do: fc.constant('following' as const), nth, hours, rule: fc.constant(undefined) }),
)

interface SeriesRow {
  readonly starts_on: string
  readonly starts_time: string
  readonly recurrence_rule: string | null
  readonly made_until: string | null
  readonly is_asked: boolean
}

const seoulDay = (instant: number) => new Date(instant + 9 * HOUR_MS).toISOString().slice(0, 10)
const isRegular = (date: DateRow) => !date.is_own && !date.is_cancelled
const startOf = (date: DateRow) => Date.parse(date.starts_at)

/** What the rule says there is from now on, without what was cancelled or moved by itself. */
async function holdsRule(id: string, now: number): Promise<void> {
  const [row] = await listRows<SeriesRow>(sql`
    SELECT starts_on::text, starts_time::text, recurrence_rule, made_until::text, asked_at IS NOT NULL AS is_asked FROM meetups WHERE id = ${id}`)
  const { starts_on, starts_time, recurrence_rule, made_until } = row!
  if (recurrence_rule === null) return
  const dates = await datesOfMeetup(id)
  const until = made_until === '9999-12-31' ? '2028-01-01' : made_until!
  const taken = new Set(dates.filter((date) => !isRegular(date)).map(({ slot_at }) => slot_at))
  const wanted = datesOf(readRecurrence(recurrence_rule, starts_on, starts_time)!, starts_on, starts_on, until)
    .map((date) => slotOf(date, starts_time))
    .filter((slot) => Date.parse(slot) > now && !taken.has(slot))
  const from = Date.parse(slotOf(starts_on, starts_time))
  const stands = dates.filter((date) => isRegular(date) && startOf(date) > now && startOf(date) >= from).map(({ starts_at }) => starts_at)
  // Who waits for an answer has no more than is made.
  expect(stands.filter((start) => seoulDay(Date.parse(start)) <= until)).toEqual(wanted)
  if (!row!.is_asked) expect(stands).toEqual(wanted)
}

async function play(steps: readonly Step[], rule: string): Promise<void> {
  const [host, guest] = (await walkersWithDogs(2)) as [Person, Person]
  let now = MADE
  const { id } = await makeMeetup(host.with(at(now)), { scheduled_at: new Date(FIRST).toISOString(), recurrence_rule: rule })
  for (const date of await datesOfMeetup(id)) await joinAt(guest, date.id, new Date(now))
  for (const each of steps) {
    const before = await datesOfMeetup(id)
    if (each.do === 'night') {
      for (let day = 0; day < each.days; day++) {
        now += DAY_MS
        await runTask(makeDates, new Date(now))
      }
    } else {
      now += 60_000
      const then = host.with(at(now))
      const ahead = before.filter((date) => startOf(date) > now && !date.is_cancelled)
      const chosen = ahead[each.nth % Math.max(ahead.length, 1)]
      if (!chosen) continue
      const one = `occurrence_id=${chosen.id}`
      const answer =
        each.do === 'renew'
          ? await then.post(`/meetups/${id}/renew`)
          : each.do === 'cancel'
            ? await then.delete(`/meetups/${id}?${one}`)
            : await then.patch(`/meetups/${id}?scope=${each.do}&${one}`, {
                scheduled_at: new Date(startOf(chosen) + ('hours' in each ? each.hours : 0) * HOUR_MS).toISOString(),
                ...(each.do === 'following' &&
                  each.rule !== undefined && { recurrence_rule: each.rule === null ? null : `FREQ=WEEKLY${each.rule}` }),
              })
      expect([200, 204, 409, 422]).toContain(answer.status)
      const after = new Map((await datesOfMeetup(id)).map((date) => [date.id, date]))
      for (const date of before) {
        const stands = after.get(date.id)!
        if (answer.status > 204) expect(stands).toEqual(date)
        // What is over, was cancelled or changed by itself stays, unless it is what is changed.
        if (date.id === chosen.id) continue
        const isKept = startOf(date) <= now || date.is_cancelled || date.is_own || each.do !== 'following'
        if (isKept) expect({ ...stands, slot_at: null }).toEqual({ ...date, slot_at: null })
        // What only moves loses no date.
        if (each.do === 'following' && each.rule === undefined) expect(stands.is_cancelled).toBe(date.is_cancelled)
        if (stands.is_cancelled) continue
        const part = await partOf(guest, date.id)
        if (part && startOf(date) > now) expect(part).toMatchObject({ status: 'going' })
        // Whose day and time stay is not excused anew, and whose day has gone is.
        if (part && stands.starts_at !== date.starts_at) expect(part.is_excused).toBe(true)
      }
    }
    expect(await wrongSeats(id, new Date(now))).toEqual([])
    await holdsRule(id, now)
  }
}

it('whatever a host changes, a series is what its rule says, and what is over, cancelled or changed by itself stays', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 3, maxLength: 10 }),
      fc.constantFrom('FREQ=WEEKLY', 'FREQ=WEEKLY;COUNT=8', 'FREQ=WEEKLY;BYDAY=SA;INTERVAL=2'),
      play,
    ),
    { numRuns: histories(25), endOnFailure: true },
  )
}, 600_000)

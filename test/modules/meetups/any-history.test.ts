import { type SQL, sql } from 'drizzle-orm'
import * as fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { asArray } from '../../../src/db/array.ts'
import { createTestDeps } from '../../support/api.ts'
import { histories } from '../../support/histories.ts'
import { signUp } from '../../support/login.ts'
import { HOST, MeetupModel, type Setting } from '../../support/meetup-model.ts'
import { idOf } from '../../support/rooms.ts'
import { addPet } from '../../support/walks.ts'

const SLICES = 4
const RUNS = Math.ceil(histories(2_000) / SLICES)
const GUESTS = 7
/** Their dogs are large. */
const LARGE = [6, 7]
const HOUR_MS = 3_600_000
const START = Date.UTC(2100, 0, 1)
const { db } = createTestDeps()
const users: string[] = []

beforeAll(async () => {
  const people = await Promise.all(Array.from({ length: GUESTS + 1 }, () => signUp()))
  users.push(...people.map(idOf))
  for (const [n, person] of people.entries()) await addPet(person, { weight_kg: LARGE.includes(n) ? 30 : 5 })
})

/** Two guests and the first date are drawn more often, so that much happens to the same seat. Every outcome then comes about a dozen times in 500 histories. */
const guest = fc.oneof(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: GUESTS }))
const date = fc.oneof(fc.constant(0), fc.nat(3))
const acts = fc.oneof(
  { weight: 12, arbitrary: fc.record({ act: fc.constant('join' as const), user: guest, date, takesWaiting: fc.constant(true) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('join' as const), user: guest, date, takesWaiting: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('leave' as const), user: guest, date }) },
  { weight: 12, arbitrary: fc.record({ act: fc.constant('answer' as const), user: guest, date, isWelcome: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('remove' as const), user: guest }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('block' as const), user: guest, byHost: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('unblock' as const), user: guest }) },
  { weight: 7, arbitrary: fc.record({ act: fc.constant('capacity' as const), date, capacity: fc.integer({ min: 2, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('cancel' as const), date: fc.option(date) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('go' as const), user: fc.nat(GUESTS), isBanned: fc.boolean() }) },
)
type Act = typeof acts extends fc.Arbitrary<infer T> ? T : never

/** How much later the next thing happens: so many seconds, or at the nth moment from now on at which a rule changes. */
const pause = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 1, 600).map((sec) => ({ sec, edge: null })) },
  { weight: 1, arbitrary: fc.nat(3).map((edge) => ({ sec: 0, edge })) },
)

const history = fc.record({
  dates: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 4 })),
  capacity: fc.integer({ min: 2, max: 4 }),
  is_manual: fc.boolean(),
  is_for_small: fc.boolean(),
  steps: fc.array(fc.record({ act: acts, pause }), { minLength: 5, maxLength: 24, size: 'max' }),
})

const iso = (ms: number) => new Date(ms).toISOString()

/** What the tables say, in the form of the model. */
const stateOf = (meetup: string) => sql`
  SELECT json_build_object('is_cancelled', meetups.cancelled_at IS NOT NULL, 'dates', (
    SELECT json_agg(json_build_object(
      'capacity', occurrence.capacity, 'going', occurrence.going, 'is_cancelled', occurrence.cancelled_at IS NOT NULL, 'parts', (
        SELECT json_agg(json_build_array(array_position(${asArray(users)}::uuid[], part.user_id) - 1, part.status) ORDER BY part.queue_no)
        FROM meetup_participants part
        WHERE part.occurrence_id = occurrence.id
      )
    ) ORDER BY occurrence.slot_at)
    FROM meetup_occurrences occurrence
    WHERE occurrence.meetup_id = meetups.id
  )) AS state
  FROM meetups
  WHERE meetups.id = ${meetup}`

interface Step {
  readonly statement: SQL
  readonly expected: string | null
  readonly state: MeetupModel['state']
}

const said = (call: SQL) => sql`SELECT concat_ws(' ', said ->> 'outcome', said ->> 'status') AS outcome FROM (SELECT ${call} AS said) AS it`

/** What somebody does to the model, and the statement that does the same to the tables. Null for what nobody can do any more. */
function play(model: MeetupModel, meetup: string, act: Act, atMs: number): Step | null {
  const at = iso(atMs)
  const nth = 'date' in act && act.date !== null ? act.date % model.dates.length : null
  const dateId = sql`(SELECT id FROM meetup_occurrences WHERE meetup_id = ${meetup} ORDER BY slot_at OFFSET ${nth ?? 0} LIMIT 1)`
  const host = users[HOST]!
  const user = 'user' in act ? users[act.user]! : host
  const by = act.act === 'join' || act.act === 'leave' || act.act === 'go' ? (act as { user: number }).user : HOST
  if (model.gone.has(by)) return null
  const [expected, statement] = ((): [string | null, SQL] => {
    switch (act.act) {
      case 'join':
        return [model.join(act.user, nth!, act.takesWaiting, atMs), said(sql`join_meetup(${dateId}, ${user}, ${act.takesWaiting}, ${at})`)]
      case 'leave':
        return [model.leave(act.user, nth!, atMs), said(sql`leave_meetup(${dateId}, ${user}, ${at})`)]
      case 'answer':
        return [
          model.answer(act.user, nth!, act.isWelcome, atMs),
          said(sql`answer_request(${dateId}, ${host}, ${user}, ${act.isWelcome}, ${at})`),
        ]
      case 'remove':
        return [model.remove(act.user, atMs), said(sql`remove_participant(${meetup}, ${host}, ${user}, ${at})`)]
      case 'block': {
        model.block(act.user, atMs)
        const [one, other] = act.byHost ? [host, user] : [user, host]
        return [
          null,
          sql`
            WITH made AS (INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES (${one}, ${other}, ${at}) ON CONFLICT DO NOTHING)
            SELECT part_meetups(${one}, ${other}, ${at})`,
        ]
      }
      case 'unblock':
        model.unblock(act.user)
        return [null, sql`DELETE FROM blocks WHERE (blocker_id, blocked_id) IN ((${host}, ${user}), (${user}, ${host}))`]
      case 'capacity':
        return [
          model.setCapacity(nth!, act.capacity, atMs),
          said(sql`edit_date(${meetup}, ${dateId}, ${host}, jsonb_build_object('capacity', ${act.capacity}::int), ${at})`),
        ]
      case 'cancel':
        return [
          model.cancel(nth, atMs),
          sql`SELECT cancel_meetup(${meetup}, ${host}, ${nth === null ? sql`NULL` : dateId}, ${at}) AS outcome`,
        ]
      case 'go':
        model.go(act.user, atMs)
        return [null, sql`UPDATE users SET ${sql.raw(act.isBanned ? 'banned_at' : 'deleted_at')} = ${at} WHERE id = ${user}`]
    }
  })()
  return { statement, expected, state: model.state }
}

/** When the clock moves on: by seconds, or to a moment around which what is allowed changes. */
function later({ sec, edge }: { sec: number; edge: number | null }, starts: readonly number[], atMs: number): number {
  if (edge === null) return atMs + sec * 1_000
  const edges = starts
    .flatMap((start) => [start - 2 * HOUR_MS - 1_000, start - 2 * HOUR_MS, start - 2 * HOUR_MS + 1_000, start - 1_000, start])
    .filter((ms) => ms > atMs)
    .toSorted((a, b) => a - b)
  return edges[edge % Math.max(1, edges.length)] ?? atMs
}

/** Runs a history in one transaction, and takes it back. */
async function run({ dates, capacity, is_manual, is_for_small, steps }: typeof history extends fc.Arbitrary<infer T> ? T : never) {
  const meetup = crypto.randomUUID()
  const starts = Array.from({ length: dates }, (_, n) => START + (5 + n) * HOUR_MS)
  const setting: Setting = { starts, capacity, is_manual, misfits: is_for_small ? LARGE : [] }
  const model = new MeetupModel(setting)
  const played: Step[] = []
  let at = START
  for (const step of steps) {
    at = later(step.pause, starts, at)
    const one = play(model, meetup, step.act, at)
    if (one) played.push(one)
  }
  const results = await db.batch([
    db.execute(sql`
      INSERT INTO meetups (id, request_hash, host_id, created_at, title, category, size_filter, location_name, location, starts_on, starts_time, recurrence_rule, capacity,
                           approval, renewed_at)
      VALUES (${meetup}, '', ${users[HOST]}, ${iso(START)}, '산책', 'all', ${is_for_small ? 'small' : null}, '공원', 'POINT(127 37.5)', '2100-01-01', '14:00',
              ${dates > 1 ? 'FREQ=WEEKLY' : null}, ${capacity}, ${is_manual ? 'manual' : 'auto'}, ${iso(START)})`),
    db.execute(sql`SELECT make_dates(${meetup}, ${asArray(starts.map(iso))}::timestamptz[], ${iso(START)})`),
    ...played.flatMap(({ statement }) => [db.execute(statement), db.execute(stateOf(meetup))]),
    db.execute(sql`DELETE FROM meetups WHERE id = ${meetup}`),
    db.execute(sql`DELETE FROM blocks WHERE blocker_id = ANY (${asArray(users)}::uuid[])`),
    db.execute(sql`DELETE FROM notifications WHERE user_id = ANY (${asArray(users)}::uuid[])`),
    db.execute(
      sql`UPDATE users SET deleted_at = NULL, banned_at = NULL WHERE id = ANY (${asArray(users)}::uuid[]) AND coalesce(deleted_at, banned_at) IS NOT NULL`,
    ),
  ])
  for (const [n, { expected, state }] of played.entries()) {
    const [did, stands] = results.slice(2 + 2 * n, 4 + 2 * n)
    if (expected !== null) expect(did?.rows, `step ${n}`).toEqual([{ outcome: expected }])
    expect(stands?.rows, `step ${n}`).toEqual([{ state }])
  }
  return played
}

const outcomes = new Map<string, number>()

it.each(Array.from({ length: SLICES }, (_, n) => n + 1))(
  `any of ${RUNS} histories of seats comes to what a plain model says (slice %i of ${SLICES})`,
  { timeout: 300_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(history, async (it) => {
        for (const { expected } of await run(it)) if (expected) outcomes.set(expected, (outcomes.get(expected) ?? 0) + 1)
      }),
      { numRuns: RUNS },
    )
  },
)

it('the histories came to every outcome there is', () => {
  const each =
    'unknown|cancelled|over|declined|removed|no_fit|full|in going|in waiting|in requested|in declined|out|nobody|answered|below_going|changed|done'
  expect(each.split('|').filter((outcome) => !outcomes.has(outcome))).toEqual([])
})

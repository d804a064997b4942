import { expect, it } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { injectFault } from '../../support/faults.ts'
import { signUp } from '../../support/login.ts'
import { eachAtOnce, faultsOf, join, makeCrowdWithDogs, makeMeetup, seatsOf } from '../../support/meetups.ts'
import { idOf, type Person } from '../../support/rooms.ts'

const { db } = createTestDeps()
const AT_ONCE = 50

/** Asks until there is an answer, as a phone does. */
async function persist(ask: () => ReturnType<Person['post']>) {
  for (let n = 0; ; n++) {
    const answer = await ask()
    if ((answer.status !== 503 && answer.status !== 429) || n > 20) return answer
  }
}

it(
  'five hundred people at once for fifteen seats, of whom half lose their answer, are given them in the order of joining',
  { timeout: 300_000 },
  async () => {
    const host = await signUp()
    const meetup = await makeMeetup(host)
    const crowd = await makeCrowdWithDogs(500)
    for (const [n, person] of crowd.entries())
      if (n % 2 === 0) await injectFault({ host: 'neon', cut: 'after', key: idOf(person), match: 'join_meetup(' })
    const lost = new Set<string>()
    const answers = await eachAtOnce(crowd, AT_ONCE, (person) =>
      persist(async () => {
        const answer = await person.post(`/meetups/${meetup.id}/join`)
        if (answer.status === 503) lost.add(idOf(person))
        return answer
      }),
    )
    expect(lost.size).toBe(250)
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
    const { going, capacity, rows } = await seatsOf(meetup.date)
    expect([going, capacity, rows.length]).toEqual([15, 15, 501])
    // In the order of joining: fifteen who go, and then everybody else.
    expect(rows.map(({ status }) => status)).toEqual([...Array(15).fill('going'), ...Array(486).fill('waiting')])
    expect(rows[0]!.user_id).toBe(idOf(host))
    expect(await faultsOf(meetup.id, new Date())).toEqual([])
    // What each was told is what stands.
    for (const [n, person] of crowd.entries()) {
      const place = rows.findIndex(({ user_id }) => user_id === idOf(person))
      expect(answers[n]!.json).toMatchObject(place < 15 ? { status: 'going', position: null } : { status: 'waiting', position: place - 14 })
    }
    // All of them once more change nothing, and are told the same.
    const again = await eachAtOnce(crowd, AT_ONCE, (person) => persist(() => person.post(`/meetups/${meetup.id}/join`)))
    const placeOf = ({ status, json }: { status: number; json: any }) => [status, json.status, json.position]
    expect(again.map(placeOf)).toEqual(answers.map(placeOf))
    expect(await seatsOf(meetup.date)).toEqual({ going, capacity, rows })
    // The host was told once, of fourteen.
    const told = (await host.get('/notifications')).json.items
    expect(told).toMatchObject([{ type: 'meetup_joined', body: expect.stringContaining(' 외 13명이') }])

    // Ten of them leave at once, some of whom lose that answer too, and the next ten get the seats.
    const leaving = rows.slice(1, 11).map(({ user_id }) => crowd.find((person) => idOf(person) === user_id)!)
    for (const person of leaving.slice(0, 5)) await injectFault({ host: 'neon', cut: 'after', key: idOf(person), match: 'leave_meetup(' })
    const left = await Promise.all(leaving.map((person) => persist(() => person.delete(`/meetups/${meetup.id}/join`))))
    expect(left.map(({ status }) => status)).toEqual(Array(10).fill(204))
    const after = await seatsOf(meetup.date)
    expect(after.going).toBe(15)
    expect(after.rows.map(({ status }) => status)).toEqual([
      'going',
      ...Array(10).fill('left'),
      ...Array(14).fill('going'),
      ...Array(476).fill('waiting'),
    ])
    const promoted = after.rows.slice(15, 25).map(({ user_id }) => `'${user_id}'`)
    const { rows: count } = await db.execute(
      `SELECT count(*)::int AS n FROM notifications WHERE type = 'meetup_promoted' AND user_id IN (${promoted.join()})`,
    )
    expect(count).toEqual([{ n: 10 }])
  },
)

it(
  'people who join, leave, are answered, removed and blocked all at once leave seats that are as they must be',
  { timeout: 300_000 },
  async () => {
    const host = await signUp()
    const crowd = await makeCrowdWithDogs(60)
    const meetup = await makeMeetup(host, { max_participants: 4, recurrence_rule: 'FREQ=WEEKLY;COUNT=3' })
    const dates: string[] = meetup.json.dates.map(({ occurrence_id }: any) => occurrence_id)
    const statuses = new Map<number, number>()
    const any = <T>(of: readonly T[]): T => of[Math.floor(Math.random() * of.length)]!
    const act = (person: Person, occurrence_id: string) => {
      const chance = Math.random()
      const of = `/meetups/${meetup.id}`
      if (chance < 0.5) return person.post(`${of}/join`, { occurrence_id })
      if (chance < 0.7) return person.delete(`${of}/join?occurrence_id=${occurrence_id}`)
      if (chance < 0.74) return person.post(`/blocks/${idOf(host)}`)
      if (chance < 0.78) return person.delete(`/blocks/${idOf(host)}`)
      if (chance < 0.8) return host.post(`/blocks/${idOf(person)}`)
      if (chance < 0.83) return host.delete(`/blocks/${idOf(person)}`)
      if (chance < 0.85) return host.delete(`${of}/participants/${idOf(person)}`)
      if (chance < 0.91) return host.patch(`${of}/participants/${idOf(person)}`, { status: any(['going', 'declined']), occurrence_id })
      if (chance < 0.97) return host.patch(`${of}?scope=one&occurrence_id=${occurrence_id}`, { max_participants: any([3, 4, 5, 6]) })
      return person.get(of)
    }
    for (let round = 0; round < 6; round++) {
      await eachAtOnce(Array(150).fill(0), AT_ONCE, async () => {
        const { status, text } = await act(any(crowd), any(dates))
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        // Nothing waits in a circle, and nothing breaks a rule of the tables.
        expect(status, text).toBeLessThan(500)
      })
      expect(await faultsOf(meetup.id, new Date())).toEqual([])
      // Nobody who must not meet the host is in.
      const { rows } = await db.execute(`
      SELECT part.user_id
      FROM meetup_participants part
      JOIN meetup_occurrences occurrence ON occurrence.id = part.occurrence_id
      WHERE occurrence.meetup_id = '${meetup.id}'
        AND part.status IN ('going', 'waiting', 'requested')
        AND (is_blocked(part.user_id, '${idOf(host)}') OR part.user_id IN (SELECT user_id FROM meetup_removals WHERE meetup_id = '${meetup.id}'))`)
      expect(rows).toEqual([])
    }
    expect(statuses.get(200) ?? 0).toBeGreaterThan(200)
    // Half of them leave the service at once, among others’ joining.
    const leavers = crowd.slice(0, 12)
    await Promise.all([
      ...leavers.map((person) => person.delete('/users/me')),
      ...crowd.slice(12).flatMap((person) => dates.map((occurrence_id) => person.post(`/meetups/${meetup.id}/join`, { occurrence_id }))),
    ])
    expect(await faultsOf(meetup.id, new Date())).toEqual([])
    for (const date of dates) {
      const { rows } = await seatsOf(date)
      const inside = rows.filter(({ status }) => ['going', 'waiting', 'requested'].includes(status)).map(({ user_id }) => user_id)
      expect(inside.filter((id) => leavers.some((person) => idOf(person) === id))).toEqual([])
    }
    // Cancelling among joins leaves nobody in a date that is not cancelled.
    await Promise.all([host.delete(`/meetups/${meetup.id}`), ...crowd.slice(12).map((person) => join(person, meetup).catch(() => null))])
    const { rows } = await db.execute(`SELECT id FROM meetup_occurrences WHERE meetup_id = '${meetup.id}' AND cancelled_at IS NULL`)
    expect(rows).toEqual([])
    expect(await faultsOf(meetup.id, new Date())).toEqual([])
  },
)

import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { HOUR_MS } from '../../../src/core/time.ts'
import { deleteUser } from '../../../src/modules/users/purge.queries.ts'
import { signUpAdmin } from '../../support/moderation.ts'
import { eachAtOnce, makeCrowdWithDogs, makeMeetup } from '../../support/meetups.ts'
import { idOf, inMinutes, type Person } from '../../support/rooms.ts'
import { listRows } from '../../support/rows.ts'
import { db, wrongSeats } from '../../support/series.ts'

const AT_ONCE = 50
const ROUNDS = 5
const any = <T>(of: readonly T[]): T => of[Math.floor(Math.random() * of.length)]!

it(
  'whatever hosts, guests and moderators do to several meetups at once, in any order, leaves seats that are as they must be',
  { timeout: 300_000 },
  async () => {
    const [admin, crowd] = [await signUpAdmin(), await makeCrowdWithDogs(40)]
    // Hosts are guests of each other, so that locks are taken in every order.
    const hosts = crowd.slice(0, 6)
    const meetups: { id: string; host: Person; dates: string[] }[] = []
    for (const [n, host] of hosts.entries())
      for (const more of [
        { recurrence_rule: 'FREQ=WEEKLY;COUNT=3', approval: n % 2 ? 'manual' : 'auto', max_participants: 4 },
        { max_participants: 3 },
      ]) {
        const { id, json } = await makeMeetup(host, { scheduled_at: inMinutes(60 * (4 + n)), ...more })
        meetups.push({ id, host, dates: json.dates.map(({ occurrence_id }: any) => occurrence_id) })
      }
    const statuses = new Map<string, number>()
    const act = (chance: number): ReturnType<Person['post']> => {
      const [person, { id, host, dates }] = [any(crowd), any(meetups)]
      const [of, occurrence_id] = [`/meetups/${id}`, any(dates)]
      // A few of the clocks are beyond the line of two hours.
      const as = (one: Person) => (Math.random() < 0.1 ? (one.with({ now: () => new Date(Date.now() + 3 * HOUR_MS) }) as Person) : one)
      if (chance < 0.4) return as(person).post(`${of}/join?waitlist=${any(['true', 'true', 'false'])}`, { occurrence_id })
      if (chance < 0.53) return as(person).delete(`${of}/join?occurrence_id=${occurrence_id}`)
      if (chance < 0.65)
        return host.patch(`${of}/participants/${idOf(person)}`, { status: any(['going', 'going', 'declined']), occurrence_id })
      if (chance < 0.68) return person.post(`/blocks/${idOf(any(crowd))}`)
      if (chance < 0.73) return person.delete(`/blocks/${idOf(any(crowd))}`)
      if (chance < 0.75) return host.delete(`${of}/participants/${idOf(person)}`)
      if (chance < 0.84) return host.patch(`${of}?scope=one&occurrence_id=${occurrence_id}`, { max_participants: any([2, 3, 4, 5, 6]) })
      if (chance < 0.88) return host.patch(`${of}?scope=following`, { max_participants: any([3, 4, 5, 6]), lat: 37.5, lng: 127.1 })
      if (chance < 0.91)
        return host.patch(`${of}?scope=one&occurrence_id=${occurrence_id}`, { scheduled_at: inMinutes(any([45, 90, 300, 600])) })
      if (chance < 0.93) return host.patch(of, { scheduled_at: inMinutes(any([150, 300, 400])) })
      if (chance < 0.94) return host.delete(`${of}?occurrence_id=${occurrence_id}`)
      if (chance < 0.945) return host.delete(of)
      if (chance < 0.96) return person.post('/reports', { target_type: 'meetup', target_id: id, reason: 'spam', also_block: true })
      if (chance < 0.965) return any(crowd.slice(20)).delete('/users/me')
      if (chance < 0.97) return admin.patch(`/admin/reports/meetup/${id}`, { action: any(['dismiss', 'suspend']), note: '확인', days: 1 })
      return person.get(of)
    }
    const check = async () => {
      for (const { id } of meetups) expect(await wrongSeats(id, new Date(Date.now() + 3 * HOUR_MS))).toEqual([])
      // Nobody is in who is gone, who was removed, or whom the host must not meet.
      expect(
        await listRows(sql`
          SELECT part.user_id, part.status
          FROM meetup_participants part
          JOIN meetup_occurrences occurrence ON occurrence.id = part.occurrence_id
          JOIN meetups ON meetups.id = occurrence.meetup_id
          JOIN users ON users.id = part.user_id
          WHERE meetups.id = ANY (${`{${meetups.map(({ id }) => id).join(',')}}`}::uuid[])
            AND part.status IN ('going', 'waiting', 'requested') AND part.user_id <> meetups.host_id
            AND (
              users.deleted_at IS NOT NULL OR users.banned_at IS NOT NULL OR is_blocked(part.user_id, meetups.host_id)
              OR EXISTS (SELECT 1 FROM meetup_removals gone WHERE gone.meetup_id = meetups.id AND gone.user_id = part.user_id)
            )
            AND occurrence.cancelled_at IS NULL`),
      ).toEqual([])
    }
    for (let round = 0; round < ROUNDS; round++) {
      await eachAtOnce(Array(200).fill(0), AT_ONCE, async () => {
        const { status, json, text } = await act(Math.random())
        const said = `${status} ${json?.code ?? ''}`
        statuses.set(said, (statuses.get(said) ?? 0) + 1)
        expect(status, text).not.toBe(500)
      })
      await check()
    }
    if (process.env['TELL']) console.log(Object.fromEntries(statuses))
    // Nobody waits in a circle. What was refused with a 503 could be sent again, and none should be.
    expect([...statuses.keys()].filter((said) => said.startsWith('503'))).toEqual([])
    expect(statuses.get('200 ') ?? 0).toBeGreaterThan(200)
    // All hosts leave, or are banned, while the others go on, and some accounts are destroyed.
    await Promise.all([
      ...hosts.slice(0, 3).map((host) => host.delete('/users/me')),
      ...hosts.slice(3).map((host) => db.execute(sql`UPDATE users SET banned_at = ${new Date().toISOString()} WHERE id = ${idOf(host)}`)),
      ...Array.from({ length: 80 }, () => act(Math.random() * 0.65).then(({ status, text }) => expect(status, text).toBeLessThan(500))),
    ])
    await check()
    const open = await listRows(sql`
      SELECT occurrence.id
      FROM meetup_occurrences occurrence
      WHERE occurrence.meetup_id = ANY (${`{${meetups.map(({ id }) => id).join(',')}}`}::uuid[]) AND occurrence.cancelled_at IS NULL
        AND occurrence.starts_at > now()`)
    expect(open).toEqual([])
    for (const host of hosts.slice(0, 3)) await deleteUser(db, idOf(host), new Date(Date.now() + 1_000))
    await check()
  },
)

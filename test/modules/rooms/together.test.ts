import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { consume } from '../../../src/queues.ts'
import type { RoomKind } from '../../../src/modules/rooms/room-state.ts'
import { saveRecord } from '../../../src/modules/rooms/service.ts'
import { createTestDeps } from '../../support/api.ts'
import { passTime } from '../../support/clock.ts'
import { makeDate } from '../../support/meetup-rooms.ts'
import { enterAll, idOf, makeRoom, type Person, spot, stubOf } from '../../support/rooms.ts'
import { changeWalk, daysBefore, giveWalks, heldBy } from '../../support/facts.ts'
import { rowsOf } from '../../support/pushes.ts'
import { givePremium } from '../../support/walkers.ts'
import { addPet, completionBody, freshTrack, startWalk } from '../../support/walks.ts'

const { db } = createTestDeps()
const MINUTE = 60_000

/** Runs the work of the outbox that concerns these people, as the queue would bring it. */
async function runJobs(people: readonly Person[], times = 1): Promise<number> {
  const ids = people.map((person) => `'${idOf(person)}'`).join(', ')
  const { rows } = await db.execute<{ id: string }>(
    `SELECT id FROM outbox WHERE type = 'walks.find_company' AND payload ->> 'user_id' IN (${ids})`,
  )
  const messages = rows.flatMap(({ id }) =>
    Array.from({ length: times }, () => ({
      id: crypto.randomUUID(),
      timestamp: new Date(),
      attempts: 1,
      body: { outbox_id: id },
      ack: () => {},
      retry: () => {
        throw new Error('the job failed')
      },
    })),
  )
  await consume({ queue: 'jobs', messages } as unknown as MessageBatch, createTestDeps())
  return rows.length
}

async function walkOf(person: Person, more: Parameters<typeof freshTrack>[0] = {}) {
  const track = freshTrack({ length_m: 1_300, ...more })
  const startedAt = Math.min(...track.time_ms)
  const id = await startWalk(person, [await addPet(person)], { started_at: new Date(startedAt).toISOString() })
  const complete = async () => (await person.post(`/walks/${id}/complete`, completionBody(track))).json
  return { id, startedAt, endedAt: Math.max(...track.time_ms), complete }
}
type Walk = Awaited<ReturnType<typeof walkOf>>

/** Records that two people were side by side for so many minutes from `startMs` on. */
const record = (id: string, [a, b]: readonly Person[], startMs: number, minutes: number, kind: RoomKind = 'invitation') => {
  const [one_id, other_id] = [idOf(a!), idOf(b!)].toSorted() as [string, string]
  const span = [new Date(startMs).toISOString(), new Date(startMs + minutes * MINUTE).toISOString()] as const
  return saveRecord(createTestDeps(), { kind, id }, { encounters: [{ one_id, other_id, spans: [span] }], provisions: [] })
}

const companyOf = async (person: Person, { id }: Walk) => (await person.get(`/walks/${id}`)).json.company.map((it: { id: string }) => it.id)
const togetherWalksOf = async (person: Person): Promise<number> => {
  const { rows } = await db.execute<{ value: string }>(
    `SELECT coalesce(sum(value), 0) AS value FROM metric_totals WHERE user_id = '${idOf(person)}' AND metric = 'together_walks'`,
  )
  return Number(rows[0]!.value)
}

async function walkTogether() {
  const { id, host, guests } = await makeRoom()
  const guest = guests[0]
  const [mine, theirs] = await Promise.all([walkOf(host), walkOf(guest)])
  return { id, host, guest, mine, theirs, startMs: Math.max(mine.startedAt, theirs.startedAt) }
}

describe('two who have walked side by side', () => {
  it('see each other on their walks, by the room’s own record, and the badge moves', async () => {
    const { id, host, guests } = await makeRoom()
    const guest = guests[0]
    const [a, b] = await enterAll(id, [host, guest])
    for (let second = 0; second <= 11 * 60; second += 15) {
      a!.say(spot(second))
      b!.say(spot(second + 50))
      await Promise.all([a!.next('location'), b!.next('location')])
      // The room may sleep, and be moved, at any time.
      if (second % 120 === 0) await evictDurableObject(stubOf(id))
      passTime(15_000)
    }
    a!.say({ type: 'end' })
    b!.say({ type: 'end' })
    await Promise.all([a!.closing(), b!.closing()])
    passTime(MINUTE)
    await runDurableObjectAlarm(stubOf(id))
    const [mine, theirs] = await Promise.all([walkOf(host), walkOf(guest)])
    expect(await mine.complete()).toMatchObject({ valid: true, walk: { company: [] } })
    const completion = await theirs.complete()
    expect(completion.walk.company).toEqual([{ id: idOf(host), nickname: expect.any(String) }])
    expect(await runJobs([host, guest])).toBeGreaterThan(0)
    expect(await companyOf(host, mine)).toEqual([idOf(guest)])
    expect([await togetherWalksOf(host), await togetherWalksOf(guest)]).toEqual([1, 1])
    // Only the owner of a walk sees with whom it was walked.
    await host.patch(`/walks/${mine.id}`, { shared_to_feed: true })
    expect((await guest.get(`/walks/${mine.id}`)).json.company).toEqual([])
  })

  const events = ['host', 'guest', 'record'] as const
  const orders = events.flatMap((one) =>
    events.flatMap((two) => events.filter((three) => new Set([one, two, three]).size === 3).map((three) => [one, two, three] as const)),
  )
  it.each(orders)('are found once, whatever comes first: %s, %s, %s', async (...order) => {
    const { id, host, guest, mine, theirs, startMs } = await walkTogether()
    const act = { host: mine.complete, guest: theirs.complete, record: () => record(id, [host, guest], startMs, 11) }
    for (const event of order) {
      await act[event]()
      await runJobs([host, guest])
    }
    const jobs = await runJobs([host, guest], 2)
    await record(id, [host, guest], startMs, 11)
    expect(await runJobs([host, guest])).toBe(jobs)
    expect(await companyOf(host, mine)).toEqual([idOf(guest)])
    expect(await companyOf(guest, theirs)).toEqual([idOf(host)])
    expect([await togetherWalksOf(host), await togetherWalksOf(guest)]).toEqual([1, 1])
  })

  it('are found although both walks and the record come at the same instant', async () => {
    for (let n = 0; n < 6; n++) {
      const { id, host, guest, mine, theirs, startMs } = await walkTogether()
      if (n % 2) await record(id, [host, guest], startMs, 11)
      await Promise.all([mine.complete(), theirs.complete(), ...(n % 2 ? [] : [record(id, [host, guest], startMs, 11)])])
      await runJobs([host, guest])
      expect([await companyOf(host, mine), await companyOf(guest, theirs)]).toEqual([[idOf(guest)], [idOf(host)]])
    }
  })

  it('are found when a walk was recorded offline and comes days later', async () => {
    const { id, host, guests } = await makeRoom()
    const guest = guests[0]
    const mine = await walkOf(host)
    const track = freshTrack({ length_m: 1_300 })
    const startedAt = Math.min(...track.time_ms)
    // Both walks last longer than that, at any pace.
    await record(id, [host, guest], Math.max(mine.startedAt, startedAt), 12)
    await mine.complete()
    const walk = {
      id: crypto.randomUUID(),
      pet_id: await addPet(guest),
      started_at: new Date(startedAt).toISOString(),
      ...completionBody(track),
    }
    const { json } = await guest.with({ now: () => new Date(Date.now() + 3 * 86_400_000) }).post('/walks/sync', { walks: [walk] })
    expect(json.results[0].completion.walk.company).toMatchObject([{ id: idOf(host) }])
    await runJobs([host, guest])
    expect(await companyOf(host, mine)).toEqual([idOf(guest)])
  })

  it('keep their company when the other deletes their walk or account, and get it back with a restored walk', async () => {
    const { id, host, guest, mine, theirs, startMs } = await walkTogether()
    await record(id, [host, guest], startMs, 11)
    await Promise.all([mine.complete(), theirs.complete()])
    await runJobs([host, guest])
    await guest.delete(`/walks/${theirs.id}`)
    expect([await togetherWalksOf(host), await togetherWalksOf(guest)]).toEqual([1, 0])
    await guest.post(`/walks/${theirs.id}/restore`)
    expect(await togetherWalksOf(guest)).toBe(1)
    await guest.delete('/users/me')
    expect(await togetherWalksOf(host)).toBe(1)
    expect((await host.get(`/walks/${mine.id}`)).json.company).toEqual([])
  })

  it('earn 소셜 워커 with the fifth such walk, and are told', async () => {
    const { id, host, guest, mine, theirs, startMs } = await walkTogether()
    await givePremium(host)
    const earlier = await giveWalks(
      host,
      [1, 2, 3, 4].map((days) => ({ started_at: daysBefore(new Date(), days) })),
    )
    for (const walkId of earlier) await changeWalk(host, walkId, { together_with: `{${crypto.randomUUID()}}`, photo_count: 0 }, new Date())
    await record(id, [host, guest], startMs, 11)
    await mine.complete()
    expect(await heldBy(host)).not.toContain('sp_social5')
    await theirs.complete()
    await runJobs([host, guest])
    expect(await heldBy(host)).toContain('sp_social5')
    expect((await rowsOf(host)).filter(({ type }) => type === 'badge_earned').map(({ facts }) => facts.badge)).toContain('소셜 워커')
  })
})

describe('nobody counts as company', () => {
  it.each<[string, (of: Awaited<ReturnType<typeof walkTogether>>) => Promise<unknown>]>([
    ['who was near for less than ten minutes', ({ id, host, guest, startMs }) => record(id, [host, guest], startMs, 9.9)],
    ['who was near long before', ({ id, host, guest, startMs }) => record(id, [host, guest], startMs - 60 * MINUTE, 40)],
    ['who was in no room', async () => {}],
  ])('%s', async (_, meet) => {
    const together = await walkTogether()
    const { host, guest, mine, theirs } = together
    await meet(together)
    await mine.complete()
    await theirs.complete()
    await runJobs([host, guest])
    expect([await companyOf(host, mine), await companyOf(guest, theirs)]).toEqual([[], []])
    expect(await togetherWalksOf(host)).toBe(0)
  })

  it('whose walk began more than half an hour apart, or was refused', async () => {
    const { id, host, guests } = await makeRoom(2)
    const [early, refused] = guests
    const mine = await walkOf(host)
    const before = await walkOf(early, { agoMs: 40 * MINUTE })
    const short = await walkOf(refused!, { length_m: 120 })
    await record(id, [host, early], before.startedAt, 90)
    await record(id, [host, refused!], mine.startedAt - 5 * MINUTE, 30)
    expect((await before.complete()).valid).toBe(true)
    expect((await short.complete()).valid).toBe(false)
    await mine.complete()
    await runJobs([host, ...guests])
    expect(mine.startedAt - before.startedAt).toBeGreaterThan(30 * MINUTE)
    expect(await companyOf(host, mine)).toEqual([])
  })

  it('of an hour together counts for the walks of that hour alone', async () => {
    const { id, host, guests } = await makeRoom()
    const guest = guests[0]
    const first = await walkOf(host, { agoMs: 90 * MINUTE })
    const theirs = await walkOf(guest, { agoMs: 90 * MINUTE })
    await record(id, [host, guest], first.startedAt, 12)
    for (const walk of [first, theirs]) await walk.complete()
    const second = await walkOf(host)
    const again = await walkOf(guest)
    await second.complete()
    await again.complete()
    await runJobs([host, guest])
    expect(await companyOf(host, first)).toEqual([idOf(guest)])
    expect(await companyOf(host, second)).toEqual([])
  })
})

it('three who walk together each have the two others', async () => {
  const { id, host, guests } = await makeRoom(2)
  const people = [host, ...guests]
  const walks = await Promise.all(people.map((person) => walkOf(person)))
  const startMs = Math.max(...walks.map(({ startedAt }) => startedAt))
  for (const [one, other] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const)
    await record(id, [people[one]!, people[other]!], startMs, 11)
  await Promise.all(walks.map(({ complete }) => complete()))
  await runJobs(people)
  for (const [k, person] of people.entries()) {
    const others = people.filter((it) => it !== person).map(idOf)
    expect((await companyOf(person, walks[k]!)).toSorted()).toEqual(others.toSorted())
  }
})

it('strangers who walk side by side at a meetup are company as well, and time in both kinds of rooms is not counted twice', async () => {
  const { id, host, guest, mine, theirs, startMs } = await walkTogether()
  const { id: date } = await makeDate(host, [guest])
  await record(date, [host, guest], startMs, 6, 'meetup')
  await mine.complete()
  await theirs.complete()
  await runJobs([host, guest])
  expect(await companyOf(host, mine)).toEqual([])
  // Six minutes in one room and six in another are not ten beside each other in one.
  await record(id, [host, guest], startMs, 6)
  await runJobs([host, guest])
  expect(await companyOf(host, mine)).toEqual([])
  await record(date, [host, guest], startMs, 11, 'meetup')
  await runJobs([host, guest])
  expect([await companyOf(host, mine), await companyOf(guest, theirs)]).toEqual([[idOf(guest)], [idOf(host)]])
  expect([await togetherWalksOf(host), await togetherWalksOf(guest)]).toEqual([1, 1])
})

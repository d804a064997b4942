import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { deleteUser } from '../../../src/modules/users/purge.queries.ts'
import { join, makeMeetup, seatsOf, walkersWithDogs } from '../../support/meetups.ts'
import { signUpAdmin } from '../../support/moderation.ts'
import { idOf, type Person } from '../../support/rooms.ts'
import { listRows } from '../../support/rows.ts'
import { datesOfMeetup, db, partOf, toldOf, wrongSeats } from '../../support/series.ts'

/** A meetup of `host` with two seats, one of them taken by the first, and the others waiting. */
async function makeFull(host: Person, guests: readonly Person[]) {
  const { id, date } = await makeMeetup(host, { max_participants: 2 })
  for (const guest of guests) await join(guest, { id })
  return { id, date }
}
const statusOf = async (person: Person, date: string) => (await partOf(person, date))?.status
const typesOf = async (person: Person, id: string) => (await toldOf(person, id)).map(({ type }) => type)

/** Pushes that somebody's request has sent to the queue. */
function noting() {
  const ids: string[] = []
  const pushes = {
    sendBatch: async (messages: { body: { notification_ids: string[] } }[]) =>
      void ids.push(...messages.flatMap(({ body }) => body.notification_ids)),
  } as unknown as Queue
  return { ids, deps: { pushes } }
}
const idsOf = async (person: Person, id: string, type: string) =>
  (
    await listRows<{ id: string }>(sql`
      SELECT id FROM notifications WHERE user_id = ${idOf(person)} AND type::text = ${type} AND facts ->> 'meetup_id' = ${id}`)
  ).map((row) => row.id)

describe('a block', () => {
  it.each(['host', 'guest'] as const)('by the %s parts host and guest, and the seat goes to who waits', async (who) => {
    const [host, guest, next] = await walkersWithDogs(3)
    const { id, date } = await makeFull(host!, [guest!, next!])
    const other = await makeMeetup(guest!, {})
    await join(host!, other)
    const queue = noting()
    const [blocker, blocked] = who === 'host' ? [host!, guest!] : [guest!, host!]
    expect((await blocker.with(queue.deps).post(`/blocks/${idOf(blocked)}`)).status).toBe(204)
    expect(await statusOf(guest!, date)).toBe('left')
    expect(await partOf(guest!, date)).toMatchObject({ is_late: false })
    expect(await statusOf(next!, date)).toBe('going')
    expect(await statusOf(host!, other.date)).toBe('left')
    expect(queue.ids).toEqual(await idsOf(next!, id, 'meetup_promoted'))
    expect(queue.ids).toHaveLength(1)
    expect(await wrongSeats(id, new Date())).toEqual([])
    expect((await guest!.post(`/meetups/${id}/join`, {})).status).toBe(404)
  })

  it('between two guests takes nobody’s seat, and a report may block too', async () => {
    const [host, one, two] = await walkersWithDogs(3)
    const { id, date } = await makeMeetup(host!)
    for (const guest of [one!, two!]) await join(guest, { id })
    await one!.post(`/blocks/${idOf(two!)}`)
    for (const guest of [one!, two!]) expect(await statusOf(guest, date)).toBe('going')
    const report = { target_type: 'meetup', target_id: id, reason: 'spam', also_block: true }
    expect((await one!.post('/reports', report)).status).toBe(200)
    expect(await statusOf(one!, date)).toBe('left')
    expect(await seatsOf(date)).toMatchObject({ going: 2 })
  })
})

describe('whoever leaves the service', () => {
  it('gives their seats to who waits', async () => {
    const [host, guest, next] = await walkersWithDogs(3)
    const { id, date } = await makeFull(host!, [guest!, next!])
    const queue = noting()
    expect((await guest!.with(queue.deps).delete('/users/me')).status).toBeLessThan(300)
    expect(await statusOf(guest!, date)).toBe('left')
    expect(await statusOf(next!, date)).toBe('going')
    expect(queue.ids).toEqual(await idsOf(next!, id, 'meetup_promoted'))
    expect(await wrongSeats(id, new Date())).toEqual([])
  })

  it('cancels their meetups that are ahead, and all who were in are told once', async () => {
    const [host, going, waiting] = await walkersWithDogs(3)
    const weekly = await makeMeetup(host!, { recurrence_rule: 'FREQ=WEEKLY;COUNT=3', max_participants: 2 })
    for (const { id: occurrence_id } of await datesOfMeetup(weekly.id))
      for (const guest of [going!, waiting!]) await join(guest, weekly, { occurrence_id })
    const queue = noting()
    await host!.with(queue.deps).delete('/users/me')
    expect((await datesOfMeetup(weekly.id)).every(({ is_cancelled }) => is_cancelled)).toBe(true)
    for (const guest of [going!, waiting!])
      expect(await toldOf(guest, weekly.id, 'meetup_cancelled')).toMatchObject([{ facts: { dates: 3 } }])
    expect(queue.ids.toSorted()).toEqual(
      [...(await idsOf(going!, weekly.id, 'meetup_cancelled')), ...(await idsOf(waiting!, weekly.id, 'meetup_cancelled'))].toSorted(),
    )
    // Asked again it does nothing more.
    await host!.delete('/users/me')
    expect(await typesOf(going!, weekly.id)).toEqual(['meetup_cancelled'])
    expect((await going!.get(`/meetups/${weekly.id}`)).status).toBe(404)
  })

  it('leaves dates that are over as they were, until the account is destroyed: then seats are counted without it', async () => {
    const [host, guest, stays] = await walkersWithDogs(3)
    const { id, date } = await makeMeetup(host!)
    for (const person of [guest!, stays!]) await join(person, { id })
    await db.execute(
      sql`UPDATE meetup_occurrences SET starts_at = now() - interval '1 day', ends_at = now() - interval '18 hours' WHERE id = ${date}`,
    )
    await guest!.delete('/users/me')
    expect(await statusOf(guest!, date)).toBe('going')
    expect(await deleteUser(db, idOf(guest!), new Date(Date.now() + 1_000))).toMatchObject({ is_gone: true })
    expect(await seatsOf(date)).toMatchObject({ going: 2 })
    expect(await wrongSeats(id, new Date())).toEqual([])
    await host!.delete('/users/me')
    expect(await deleteUser(db, idOf(host!), new Date(Date.now() + 1_000))).toMatchObject({ is_gone: true })
    expect(await listRows(sql`SELECT 1 FROM meetups WHERE id = ${id}`)).toEqual([])
  })
})

describe('moderation of meetups', () => {
  const report = (person: Person, id: string, reason = 'spam') => person.post('/reports', { target_type: 'meetup', target_id: id, reason })
  const decide = (admin: Person, id: string, body: object) => admin.patch(`/admin/reports/meetup/${id}`, body)

  it('hides it for whoever reports it, shows it to admins, and closes it at once for harassment', async () => {
    const [host, going, reporter, other] = await walkersWithDogs(4)
    const admin = await signUpAdmin()
    const { id, date } = await makeMeetup(host!, { description: '함께 걸어요' })
    await join(going!, { id })
    expect((await report(host!, id)).json.code).toBe('own_content')
    expect((await report(reporter!, id)).status).toBe(200)
    expect((await reporter!.get(`/meetups/${id}`)).status).toBe(404)
    expect((await reporter!.post(`/meetups/${id}/join`, {})).status).toBe(404)
    expect((await other!.get(`/meetups/${id}`)).status).toBe(200)
    const shown = await admin.get(`/admin/reports/meetup/${id}`)
    expect(shown.json).toMatchObject({
      author: { id: idOf(host!) },
      snapshot: { text: '토요일 아침 산책\n함께 걸어요\n서울숲', photos: [] },
      current: { text: '토요일 아침 산책\n함께 걸어요\n서울숲' },
    })
    await report(going!, id, 'harassment')
    expect((await other!.get(`/meetups/${id}`)).status).toBe(404)
    expect((await other!.post(`/meetups/${id}/join`, {})).status).toBe(404)
    expect((await host!.get(`/meetups/${id}`)).status).toBe(200)
    expect((await decide(admin, id, { action: 'dismiss' })).status).toBe(200)
    expect((await other!.get(`/meetups/${id}`)).status).toBe(200)
    expect(await datesOfMeetup(id)).toMatchObject([{ id: date, is_cancelled: false }])
  })

  it.each(['remove', 'ban'] as const)('that ends in a %s cancels all dates, tells those who were in, and is not undone', async (action) => {
    const [host, going, reporter] = await walkersWithDogs(3)
    const admin = await signUpAdmin()
    const { id } = await makeMeetup(host!, { recurrence_rule: 'FREQ=WEEKLY' })
    const second = await makeMeetup(host!)
    for (const meetup of [{ id }, second]) await join(going!, meetup)
    await report(reporter!, id)
    const queue = noting()
    expect((await decide(admin.with(queue.deps) as Person, id, { action })).status).toBe(200)
    expect((await datesOfMeetup(id)).every(({ is_cancelled }) => is_cancelled)).toBe(true)
    expect((await datesOfMeetup(second.id)).every(({ is_cancelled }) => is_cancelled)).toBe(action === 'ban')
    expect(queue.ids).toEqual(expect.arrayContaining(await idsOf(going!, id, 'meetup_cancelled')))
    expect(await idsOf(going!, second.id, 'meetup_cancelled')).toHaveLength(action === 'ban' ? 1 : 0)
    expect((await decide(admin, id, { action: 'restore' })).status).toBe(200)
    expect((await datesOfMeetup(id)).every(({ is_cancelled }) => is_cancelled)).toBe(true)
  })

  it('a ban frees the seats that its person has', async () => {
    const [host, guest, next, reporter] = await walkersWithDogs(4)
    const admin = await signUpAdmin()
    const { id, date } = await makeFull(host!, [guest!, next!])
    await reporter!.post('/reports', { target_type: 'user', target_id: idOf(guest!), reason: 'harassment' })
    expect((await admin.patch(`/admin/reports/user/${idOf(guest!)}`, { action: 'ban' })).status).toBe(200)
    expect([await statusOf(guest!, date), await statusOf(next!, date)]).toEqual(['left', 'going'])
    expect(await wrongSeats(id, new Date())).toEqual([])
  })

  it('a demand closes it by its address for thirty days', async () => {
    const [host, other] = await walkersWithDogs(2)
    const admin = await signUpAdmin()
    const { id } = await makeMeetup(host!)
    const body = {
      claimant_name: '김보호',
      contact: 'a@example.com',
      url: `https://withbowwow.example/meetups/${id}`,
      ground: 'privacy',
      statement: '제 집이에요',
    }
    const { case_number } = (await other!.post('/takedowns', body)).json
    const [asked] = await listRows(sql`SELECT id, target_type, target_id FROM takedowns WHERE case_number = ${case_number}`)
    expect(asked).toMatchObject({ target_type: 'meetup', target_id: id })
    expect((await admin.patch(`/admin/takedowns/${asked!.id}`, { decision: 'close' })).json).toMatchObject({ state: 'closed' })
    expect((await other!.get(`/meetups/${id}`)).status).toBe(404)
    expect((await admin.patch(`/admin/takedowns/${asked!.id}`, { decision: 'restore' })).status).toBe(200)
    expect((await other!.get(`/meetups/${id}`)).status).toBe(200)
  })
})

it('somebody who is suspended keeps what stands, and cannot join or make', async () => {
  const [host, guest] = await walkersWithDogs(2)
  const [first, second] = [await makeMeetup(host!), await makeMeetup(host!)]
  await join(guest!, first)
  await db.execute(
    sql`UPDATE users SET suspended_until = now() + interval '1 day', suspended_reason = 'spam' WHERE id IN (${idOf(guest!)}, ${idOf(host!)})`,
  )
  expect((await guest!.post(`/meetups/${second.id}/join`, {})).json.code).toBe('account_suspended')
  expect(
    (
      await guest!.post('/meetups', {
        title: '모임',
        category: 'all',
        location_name: '서울숲',
        lat: 37.5,
        lng: 127,
        scheduled_at: new Date(Date.now() + 7_200_000).toISOString(),
      })
    ).json.code,
  ).toBe('account_suspended')
  expect(await statusOf(guest!, first.date)).toBe('going')
  expect(await datesOfMeetup(first.id)).toMatchObject([{ is_cancelled: false }])
})

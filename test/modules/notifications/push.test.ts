import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import { workerVars } from '../../../dev/credentials.ts'
import { createDb } from '../../../src/db/client.ts'
import type { Deps } from '../../../src/deps.ts'
import { consume } from '../../../src/queues.ts'
import { sweepPushes } from '../../../src/modules/notifications/jobs.ts'
import { createFcm } from '../../../src/vendors/google/fcm.ts'
import { createTestDeps } from '../../support/api.ts'
import { injectFault } from '../../support/faults.ts'
import { logIn, signUp } from '../../support/login.ts'
import { addDevice, deliver, pushedTo, rowsOf, seoulTime, setDevice, tell, withdrawAccessTokens } from '../../support/pushes.ts'
import { cloud } from '../../support/cloud.ts'

const FCM = 'fcm.googleapis.com'
const ACCOUNT = JSON.parse(workerVars.FCM_SERVICE_ACCOUNT) as Parameters<typeof createFcm>[0]['account']
const noon = seoulTime(12)
const clock = (at: Date) => ({ now: () => at })

async function makePerson(platform: 'ios' | 'android' = 'android') {
  const person = await signUp()
  return { ...person, token: await addDevice(person, platform) }
}
const agree = (person: { post: any }, ...documents: string[]) =>
  person.post(
    '/users/me/consents',
    documents.map((document) => ({ document, version: '2026-01-01', agreed: true })),
  )
/** FCM breaks the connections of a device, before it has the message or after. */
const cutting = (cut: 'before' | 'after') => async (key: string) => {
  await injectFault({ host: FCM, cut, key, times: 2 })
  return {}
}
const stateOf = async (person: Parameters<typeof rowsOf>[0]) =>
  (await rowsOf(person)).map(({ push_state, push_reason }) => [push_state, push_reason])

describe('a push', () => {
  it('reaches each device of its person once, with title, words, link and the number at the icon', async () => {
    const person = await makePerson('ios')
    const second = await addDevice(person)
    const [id] = await tell(person, 'ranking_up', noon)
    await tell(person, 'badge_earned', noon)
    expect(await deliver([[id!]], clock(noon))).toEqual({ retried: [], acked: 1 })
    for (const token of [person.token, second]) {
      const messages = await pushedTo(token)
      expect(messages).toHaveLength(1)
      expect(messages[0]!.message).toMatchObject({
        notification: { title: '축하해요!', body: '동네 랭킹 2위로 올라갔어요!' },
        data: { notification_id: id, type: 'ranking_up', link: 'withbowwow://ranking' },
        android: { priority: 'NORMAL', ttl: '86400s', notification: { tag: id, channel_id: 'ranking' } },
        apns: { headers: { 'apns-collapse-id': id }, payload: { aps: { badge: 2 } } },
      })
    }
    expect(await stateOf(person)).toContainEqual(['pushed', null])
  })

  it('is sent once however often, and by however many at once, its message comes', async () => {
    const person = await makePerson()
    const ids = await tell(person, 'comment', noon, { count: 3 })
    const messages = [...ids, ...ids.toReversed()].map((id) => [id])
    const results = await Promise.all([1, 2, 3, 4].map(() => deliver(messages, clock(noon))))
    // Whoever found somebody else at it asks again.
    for (let again = 0; again < 3; again++) await deliver(messages, clock(noon))
    expect(results.every(({ retried, acked }) => retried.length + acked === messages.length)).toBe(true)
    const sent = (await pushedTo(person.token)).map(({ message }) => message.data['notification_id'])
    expect(sent.toSorted()).toEqual(ids.toSorted())
  })

  it('takes two trips to Postgres a batch, however many it holds', async () => {
    const people = await Promise.all(Array.from({ length: 4 }, () => makePerson()))
    const ids = (await Promise.all(people.map((person) => tell(person, 'comment', noon, { count: 2 })))).flat()
    let trips = 0
    const db = createDb('postgres://app:app@db.localtest.me/app', { endpoint: cloud.neonEndpoint, onTrip: () => trips++ })
    expect((await deliver([ids.slice(0, 4), ids.slice(4)], { ...clock(noon), db })).acked).toBe(2)
    expect(trips).toBe(2)
    for (const { token } of people) expect(await pushedTo(token)).toHaveLength(2)
  })

  it('goes to sessions that stand, and to phones that were heard of lately', async () => {
    const person = await makePerson()
    const elsewhere = await logIn(person.kakao_id)
    const lost = await addDevice(elsewhere)
    const { items } = (await person.get('/auth/sessions')).json
    await person.delete(`/auth/sessions/${items.find((it: any) => !it.is_current).id}`)
    await deliver([await tell(person, 'comment', noon)], clock(noon))
    expect(await pushedTo(lost)).toEqual([])
    expect(await pushedTo(person.token)).toHaveLength(1)

    const later = new Date(noon.getTime() + 61 * DAY_MS)
    await deliver([await tell(person, 'comment', later)], clock(later))
    expect(await pushedTo(person.token)).toHaveLength(1)
    expect(await stateOf(person)).toContainEqual(['withheld', 'no_device'])
  })

  it('is not made for who left, nor in the name of who did, nor of what was deleted', async () => {
    const [left, told, deleter] = await Promise.all([makePerson(), makePerson(), makePerson()])
    const leaver = await signUp()
    const ids = [
      ...(await tell(left, 'comment', noon)),
      ...(await tell(told, 'ranking_down', noon, { sender: leaver.user })),
      ...(await tell(deleter, 'comment', noon)),
    ]
    await left.delete('/users/me')
    await leaver.delete('/users/me')
    await deleter.delete(`/notifications/${ids[2]}`)
    await deliver([ids], clock(noon))
    for (const { token } of [left, told, deleter]) expect(await pushedTo(token)).toEqual([])
    expect(await stateOf(told)).toEqual([['withheld', 'unreachable']])
  })
})

describe('what FCM answers', () => {
  it.each(['unregistered', 'sender_id_mismatch', 'invalid', 'apns_unregistered'])('%s forgets the device, and no other', async (state) => {
    const person = await makePerson()
    const second = await addDevice(person)
    await setDevice(person.token, state)
    await deliver([await tell(person, 'comment', noon)], clock(noon))
    await deliver([await tell(person, 'comment', noon)], clock(noon))
    expect(await pushedTo(second)).toHaveLength(2)
    const { rows } = await createTestDeps().db.execute(`SELECT token FROM push_tokens WHERE user_id = '${person.user.user_id}'`)
    expect(rows).toEqual([{ token: second }])
    expect(await stateOf(person)).toEqual([
      ['pushed', null],
      ['pushed', null],
    ])
  })

  it.each(['quota', 'unavailable', 'internal'])('%s waits, and sends to that device again, to the other not', async (state) => {
    const person = await makePerson()
    const second = await addDevice(person)
    await setDevice(person.token, state)
    const ids = await tell(person, 'comment', noon)
    const { retried } = await deliver([ids], clock(noon))
    expect(retried).toHaveLength(1)
    expect(retried[0]).toBeGreaterThanOrEqual(state === 'quota' ? 60 : 10)
    // Too early, and twice: nothing.
    await deliver([ids], clock(new Date(noon.getTime() + 5_000)))
    await setDevice(person.token, 'ok')
    const later = new Date(noon.getTime() + 2 * 60_000)
    expect(await deliver([ids], clock(later))).toEqual({ retried: [], acked: 1 })
    await deliver([ids], clock(later))
    expect(await pushedTo(person.token)).toHaveLength(1)
    expect(await pushedTo(second)).toHaveLength(1)
  })

  it('Retry-After is honoured', async () => {
    const person = await makePerson()
    await injectFault({ host: FCM, status: 429, headers: { 'Retry-After': '137' }, key: person.token } as never)
    const ids = await tell(person, 'comment', noon)
    const { retried } = await deliver([ids], clock(noon))
    expect(retried[0]).toBeGreaterThanOrEqual(137)
    expect(retried[0]).toBeLessThanOrEqual(148)
  })

  it('an access token that is good no longer is replaced', async () => {
    const person = await makePerson()
    await deliver([await tell(person, 'comment', noon)], clock(noon))
    await withdrawAccessTokens()
    await deliver([await tell(person, 'comment', noon)], clock(noon))
    expect(await pushedTo(person.token)).toHaveLength(2)
  })

  it('a wrong project or a missing right costs nobody their device', async () => {
    const person = await makePerson()
    const ids = await tell(person, 'comment', noon)
    await injectFault({ host: FCM, status: 404, body: { error: { code: 404, status: 'NOT_FOUND' } }, key: person.token })
    expect((await deliver([ids], clock(noon))).retried).toHaveLength(1)
    await injectFault({ host: FCM, status: 403, body: { error: { code: 403, status: 'PERMISSION_DENIED' } }, key: person.token })
    const later = new Date(noon.getTime() + HOUR_MS)
    expect((await deliver([ids], clock(later))).retried).toHaveLength(1)
    await deliver([ids], clock(new Date(later.getTime() + HOUR_MS)))
    expect(await pushedTo(person.token)).toHaveLength(1)
  })

  it('no answer in time, or a connection that breaks, is taken for yes, but where somebody waits', async () => {
    const silence: Partial<Deps> = { fcm: { send: async () => ({ outcome: 'unknown', error: 'silence' }) } }
    const faults = [async () => silence, cutting('after'), cutting('before')]
    for (const fault of faults) {
      const person = await makePerson()
      const comment = await tell(person, 'comment', noon)
      const invitation = await tell(person, 'invitation', noon)
      const { retried } = await deliver([comment, invitation], { ...clock(noon), ...(await fault(person.token)) })
      expect(retried).toHaveLength(1)
      await deliver([comment, invitation], clock(new Date(noon.getTime() + HOUR_MS / 2)))
      const pushed = (await pushedTo(person.token)).map(({ message }) => message.data['notification_id'])
      // The phone shows the repeat once, because it has the same id.
      expect(new Set(pushed.filter((id) => id === invitation[0])).size).toBe(1)
      expect(pushed.filter((id) => id === comment[0]).length).toBe(fault === faults[1] ? 1 : 0)
      expect(await stateOf(person)).toEqual([
        ['pushed', null],
        ['pushed', null],
      ])
    }
  })

  it('without an access token FCM was not asked, so everything goes again', async () => {
    const person = await makePerson()
    const fetch = (answer: () => Promise<Response>) => createFcm({ fetch: answer, now: () => noon, account: { ...ACCOUNT } })
    const away = fetch(() => Promise.reject(new TypeError('Network connection lost.')))
    const comment = await tell(person, 'comment', noon)
    expect((await deliver([comment], { ...clock(noon), fcm: away })).retried).toHaveLength(1)
    await deliver([comment], clock(new Date(noon.getTime() + HOUR_MS / 2)))
    expect(await pushedTo(person.token)).toHaveLength(1)
  })
})

describe('faults', () => {
  it.each([
    ['the claim', 'UPDATE notifications\n    SET push_state', 'before'],
    ['the claim', 'UPDATE notifications\n    SET push_state', 'after'],
    ['what came of it', 'jsonb_to_recordset', 'before'],
    ['what came of it', 'jsonb_to_recordset', 'after'],
  ] as const)('Postgres cut off around %s (%s, %s): sent once', async (_, match, cut) => {
    const person = await makePerson()
    const ids = await tell(person, 'comment', noon)
    await injectFault({ host: 'neon', match, cut, key: ids[0]!, times: 2 })
    await deliver([ids], clock(noon))
    await deliver([ids], clock(noon))
    expect(await pushedTo(person.token)).toHaveLength(1)
    expect(await stateOf(person)).toEqual([['pushed', null]])
  })

  it('Postgres away for good: the messages come back later and later, and nothing is sent until then', async () => {
    const person = await makePerson()
    const ids = await tell(person, 'comment', noon)
    const db = { batch: () => Promise.reject(new Error('away')), execute: async () => ({ rows: [] }) } as unknown as Deps['db']
    expect(await deliver([ids], { ...clock(noon), db })).toEqual({ retried: [2], acked: 0 })
    expect(await pushedTo(person.token)).toEqual([])
    await deliver([ids], clock(noon))
    expect(await pushedTo(person.token)).toHaveLength(1)
  }, 30_000)

  /** A consumer whose process ends while it sends, after so many calls; FCM heard of none that came then. */
  async function dieAfter(sends: number, ids: string[], at: Date): Promise<void> {
    let calls = 0
    const fcm = {
      send: (message: any) => (++calls > sends ? new Promise<never>(() => {}) : createTestDeps().fcm.send(message)),
    }
    void consume({ queue: 'pushes', messages: [{ body: { notification_ids: ids } }] } as never, createTestDeps({ ...clock(at), fcm }))
    await expect.poll(() => calls, { timeout: 10_000 }).toBeGreaterThan(sends)
  }

  it('a consumer that dies amid a batch: what it sent is not sent twice, what it had not begun is sent, and the budget holds', async () => {
    const person = await makePerson()
    const ids = await tell(person, 'comment', noon, { count: 9 })
    await dieAfter(2, ids, new Date(noon.getTime() + 1_000))
    // While it may live nobody else is at it.
    await deliver([ids], clock(new Date(noon.getTime() + 60_000)))
    expect(await pushedTo(person.token)).toHaveLength(2)
    const later = new Date(noon.getTime() + 6 * 60_000)
    await Promise.all([1, 2, 3].map(() => deliver([ids], clock(later))))
    await deliver([ids], clock(later))
    // Six were under way, of which two had arrived; three had not begun.
    const sent = (await pushedTo(person.token)).map(({ message }) => message.data['notification_id'])
    expect(sent).toHaveLength(2 + 3)
    expect(new Set(sent).size).toBe(sent.length)
    expect((await stateOf(person)).every(([state]) => state === 'pushed')).toBe(true)
    await deliver([await tell(person, 'comment', later, { count: 4 })], clock(later))
    expect(await pushedTo(person.token)).toHaveLength(5 + 1)
  })

  it('what somebody waits for goes again where a consumer died while it sent that', async () => {
    const person = await makePerson()
    const ids = await tell(person, 'invitation', noon)
    await dieAfter(0, ids, noon)
    const later = new Date(noon.getTime() + 6 * 60_000)
    const { retried } = await deliver([ids], clock(later))
    expect(retried).toHaveLength(1)
    const again = clock(new Date(later.getTime() + 60_000))
    await deliver([ids], again)
    await deliver([ids], again)
    expect(await pushedTo(person.token)).toHaveLength(1)
  })

  it('without Redis everything is sent, once', async () => {
    const person = await makePerson()
    const ids = await tell(person, 'comment', noon, { count: 2 })
    await injectFault({ host: 'redis', status: 500, key: ids[0]!, times: 4 })
    await deliver([ids], clock(noon))
    await deliver([ids], clock(noon))
    expect(await pushedTo(person.token)).toHaveLength(2)
  })

  it('a batch that FCM makes too long leaves the rest for another', async () => {
    const person = await makePerson()
    const ids = await tell(person, 'comment', noon, { count: 8 })
    let at = noon.getTime() + 1_000
    const slow = {
      now: () => new Date(at),
      fcm: {
        send: async (message: any) => {
          at += 60_000
          return createTestDeps().fcm.send(message)
        },
      },
    }
    expect((await deliver([ids.slice(0, 6), ids.slice(6)], slow)).retried).toHaveLength(1)
    expect(await pushedTo(person.token)).toHaveLength(6)
    await deliver([ids], clock(new Date(at + 60_000)))
    expect(await pushedTo(person.token)).toHaveLength(8)
  })

  it('a notification that says nothing holds up no other', async () => {
    const person = await makePerson()
    const [broken] = await tell(person, 'comment', noon, { facts: { preview: 5 } })
    const [good] = await tell(person, 'comment', noon)
    await deliver([[broken!, good!]], clock(noon))
    expect((await pushedTo(person.token)).map(({ message }) => message.data['notification_id'])).toEqual([good])
    const past = new Date(Date.now() - 60_000)
    const reader = await signUp()
    await tell(reader, 'comment', past, { facts: {} })
    await tell(reader, 'ranking_up', past)
    expect((await reader.get('/notifications')).json.items.map(({ type }: any) => type)).toEqual(['ranking_up'])
  })

  it('FCM away for an hour: everything comes afterwards, once, within caps', async () => {
    const people = await Promise.all(Array.from({ length: 5 }, () => makePerson()))
    const ids = (await Promise.all(people.map((person) => tell(person, 'comment', noon, { count: 3 })))).flat()
    for (const { token } of people) await setDevice(token, 'unavailable')
    let now = noon.getTime()
    let waiting: { ids: string[]; at: number }[] = ids.map((id) => ({ ids: [id], at: now }))
    for (let step = 0; step < 400 && waiting.length > 0; step++) {
      now = Math.min(...waiting.map(({ at }) => at))
      if (now > noon.getTime() + HOUR_MS) for (const { token } of people) await setDevice(token, 'ok')
      const due = waiting.filter(({ at }) => at <= now)
      waiting = waiting.filter(({ at }) => at > now)
      const { retried } = await deliver(
        due.map((one) => one.ids),
        clock(new Date(now)),
      )
      const delay = Math.max(0, ...retried)
      if (retried.length > 0) waiting.push({ ids: due.flatMap((one) => one.ids), at: now + delay * 1_000 })
    }
    expect(waiting).toEqual([])
    for (const { token } of people) expect(await pushedTo(token)).toHaveLength(3)
  }, 60_000)

  it('what the queue lost the sweeper finds', async () => {
    const person = await makePerson()
    const [lost] = await tell(person, 'comment', noon)
    const announced: string[] = []
    const pushes = { sendBatch: async (messages: any[]) => void announced.push(...messages.flatMap(({ body }) => body.notification_ids)) }
    const sweep = (at: Date) => sweepPushes.run(createTestDeps({ pushes: pushes as never }), at)
    await sweep(new Date(noon.getTime() - 60_000))
    expect(announced).not.toContain(lost)
    await sweep(new Date(noon.getTime() + 2 * 60_000))
    expect(announced.filter((id) => id === lost)).toHaveLength(1)
    await sweep(new Date(noon.getTime() + 3 * 60_000))
    expect(announced.filter((id) => id === lost)).toHaveLength(1)
  })

  it('the sweeper gets past claims that were abandoned, however many there are, and to each of them again', async () => {
    const person = await signUp()
    const { db } = createTestDeps()
    const at = new Date(Date.UTC(2001, 0, 1) + Math.floor(Math.random() * 1e11))
    const before = (ms: number) => `'${new Date(at.getTime() - ms).toISOString()}'`
    const add = (count: number, state: string, due: string) =>
      db.execute<{ id: string }>(`
        INSERT INTO notifications (user_id, type, topic, facts, created_at, push_at, sweep_at, push_state, claim, claimed_until)
        SELECT '${person.user.user_id}', 'comment', gen_random_uuid()::text, '{}', ${due}, ${due}, ${due}, '${state}',
               CASE WHEN '${state}' = 'claimed' THEN gen_random_uuid() END, CASE WHEN '${state}' = 'claimed' THEN ${due}::timestamptz END
        FROM generate_series(1, ${count})
        RETURNING id`)
    // More than a slice, and they have been due for longer.
    const abandoned = (await add(5_001, 'claimed', before(60_000))).rows.map(({ id }) => id)
    const [waiting] = (await add(1, 'waiting', before(1_000))).rows.map(({ id }) => id)
    const sweep = async (ms: number) => {
      const announced: string[] = []
      const pushes = { sendBatch: async (messages: any[]) => void announced.push(...messages.flatMap(({ body }) => body.notification_ids)) }
      await sweepPushes.run(createTestDeps({ pushes: pushes as never }), new Date(at.getTime() + ms))
      return announced
    }
    const announced = await sweep(0)
    expect(announced).toContain(waiting)
    expect(announced.toSorted()).toEqual([...abandoned, waiting!].toSorted())
    expect(await sweep(60_000)).toEqual([])
    expect((await sweep(11 * 60_000)).length).toBe(announced.length)
    await db.execute(`DELETE FROM notifications WHERE user_id = '${person.user.user_id}'`)
  })

  it('what the queue has given up on rests, says so, and lives again when an admin sends it', async () => {
    const person = await makePerson()
    const admin = await signUp()
    await createTestDeps().db.execute(`UPDATE users SET role = 'admin' WHERE id = '${admin.user.user_id}'`)
    const ids = await tell(person, 'comment', noon)
    const id = crypto.randomUUID()
    await consume(
      { queue: 'pushes-dead', messages: [{ id, body: { notification_ids: ids }, attempts: 1, ack() {}, retry() {} }] } as never,
      createTestDeps(),
    )
    expect(await stateOf(person)).toEqual([['failed', 'dead_letter']])
    await deliver([ids], clock(noon))
    expect(await pushedTo(person.token)).toEqual([])
    const { items } = (await admin.get('/admin/dead-letters?limit=50')).json
    expect(items.find((it: any) => it.id === id)).toMatchObject({ queue: 'pushes-dead', body: { notification_ids: ids }, retried_at: null })
    const again = await admin.with(clock(noon)).post(`/admin/dead-letters/${id}/retry`)
    expect(again.json.retried_at).not.toBeNull()
    await deliver([ids], clock(noon))
    expect(await pushedTo(person.token)).toHaveLength(1)
    expect((await admin.post(`/admin/dead-letters/${crypto.randomUUID()}/retry`)).status).toBe(404)
    expect((await person.post(`/admin/dead-letters/${id}/retry`)).status).toBe(403)
  })
})

it('a night, hour by hour: quiet hours hold, nothing is dropped but likes, and the morning brings ten', async () => {
  const person = await makePerson()
  await agree(person, 'marketing')
  const evening = seoulTime(18)
  const ids: string[] = []
  const perHour: Record<number, number> = {}
  for (let hour = 0; hour <= 15; hour++) {
    const now = new Date(evening.getTime() + hour * HOUR_MS)
    ids.push(...(await tell(person, 'comment', now)))
    if (hour === 4) ids.push(...(await tell(person, 'invitation', now)), ...(await tell(person, 'like', now)))
    if (hour === 3) ids.push(...(await tell(person, 'system', now)))
    const before = (await pushedTo(person.token)).length
    await deliver(
      ids.map((id) => [id]),
      clock(now),
    )
    perHour[(18 + hour) % 24] = (await pushedTo(person.token)).length - before
  }
  // 18 to 21: a comment an hour; 22: the invitation alone; 8: all that waited, up to the day's ten.
  expect(perHour).toEqual({ 18: 1, 19: 1, 20: 1, 21: 1, 22: 1, 23: 0, 0: 0, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0, 8: 10, 9: 0 })
  const rows = await rowsOf(person)
  expect(rows.find(({ type }) => type === 'like')).toMatchObject({ push_state: 'withheld', push_reason: 'quiet_hours' })
  const announcement = (await pushedTo(person.token)).find(({ message }) => message.data['type'] === 'system')
  expect(announcement?.message.notification.title).toBe('(광고) 공지')
  expect(rows.filter(({ push_state }) => push_state === 'waiting')).toEqual([])
}, 60_000)

it('advertising goes to those who agreed, and settings are heard', async () => {
  const [consenting, silent, tired] = await Promise.all([makePerson(), makePerson(), makePerson()])
  await agree(consenting, 'marketing')
  await tired.patch('/users/me/settings', { notifications: { comment: false } })
  const people = [consenting, silent]
  await deliver([(await Promise.all(people.map((person) => tell(person, 'weekly_reset', noon)))).flat()], clock(noon))
  expect((await pushedTo(consenting.token)).map(({ message }) => message.notification.title)).toEqual(['(광고) 새 주 시작!'])
  expect(await pushedTo(silent.token)).toEqual([])
  expect(await stateOf(silent)).toEqual([['withheld', 'no_consent']])
  await deliver([await tell(tired, 'comment', noon), await tell(tired, 'follow', noon)], clock(noon))
  expect((await pushedTo(tired.token)).map(({ message }) => message.data['type'])).toEqual(['follow'])
})

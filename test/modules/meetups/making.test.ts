import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { makeMeetup, meetupBody, join, walkersWithDogs } from '../../support/meetups.ts'
import { idOf, inMinutes } from '../../support/rooms.ts'
import { addPet } from '../../support/walks.ts'

const at = (instant: Date) => ({ now: () => instant })
const refused = (status: number, code: string) => ({ status, json: { code } })

describe('making a meetup', () => {
  it('gives the host a seat, and shows what was asked for', async () => {
    const host = await signUp()
    await addPet(host, { name: '초코' })
    const { status, json } = await host.post('/meetups', {
      ...meetupBody(),
      title: ' 소형견 모임 ',
      description: '천천히 걸어요\n물 챙겨 오세요',
      category: 'small',
      location_name: ' 서울숲 2번 출입구 ',
      lat: 37.5444,
      lng: 127.0374,
      scheduled_at: new Date(Math.ceil(Date.now() / HOUR_MS) * HOUR_MS + 5 * HOUR_MS).toISOString(),
      approval: 'manual',
      max_participants: 8,
    })
    expect(status).toBe(201)
    expect(json).toMatchObject({
      title: '소형견 모임',
      description: '천천히 걸어요\n물 챙겨 오세요',
      category: 'small',
      size_filter: 'small',
      breed: null,
      location_name: '서울숲 2번 출입구',
      lat: 37.5444,
      lng: 127.0374,
      max_participants: 8,
      approval: 'manual',
      recurrence_rule: null,
      is_host: true,
      is_renewal_asked: false,
      cancelled_at: null,
      past_dates: [],
      host: { id: idOf(host), pet: { name: '초코' } },
    })
    expect(json.dates).toMatchObject([{ going: 1, capacity: 8, my_status: 'going', position: null, is_cancelled: false, pets: [] }])
    expect(Date.parse(json.dates[0].ends_at) - Date.parse(json.dates[0].starts_at)).toBe(6 * HOUR_MS)
    expect((await host.get(`/meetups/${json.id}`)).json).toEqual(json)
    const other = await signUp()
    expect((await other.get(`/meetups/${json.id}`)).json).toMatchObject({ is_host: false, dates: [{ going: 1, my_status: null }] })
  })

  it('has fifteen seats, approves by itself and repeats nothing unless it is told to', async () => {
    const { json } = await makeMeetup(await signUp())
    expect(json).toMatchObject({ max_participants: 15, approval: 'auto', recurrence_rule: null, description: null, size_filter: null })
    const nulls = {
      description: null,
      size_filter: null,
      breed: null,
      recurrence_rule: null,
      max_participants: null,
      approval: null,
      id: null,
    }
    expect((await makeMeetup(await signUp(), nulls)).json).toMatchObject({ max_participants: 15, approval: 'auto' })
  })

  it('is for pets of a size or a breed', async () => {
    const host = await signUp()
    expect((await makeMeetup(host, { category: 'large' })).json).toMatchObject({ size_filter: 'large' })
    expect((await makeMeetup(host, { category: 'small', size_filter: 'medium' })).json).toMatchObject({ size_filter: 'medium' })
    expect((await makeMeetup(host, { category: 'breed', breed: '말티즈' })).json).toMatchObject({
      size_filter: null,
      breed: { code: 'dog_maltese', name: '말티즈' },
    })
    expect((await makeMeetup(host, { category: 'breed', breed: 'dog_maltese' })).json.breed.name).toBe('말티즈')
    expect(await host.post('/meetups', meetupBody({ category: 'breed' }))).toMatchObject(refused(422, 'validation_failed'))
    expect(await host.post('/meetups', meetupBody({ category: 'breed', breed: '용' }))).toMatchObject(refused(422, 'unknown_breed'))
  })

  it('begins half an hour to sixty days ahead', async () => {
    const host = await signUp()
    const now = new Date('2026-12-01T03:00:00Z')
    const then = host.with(at(now))
    const making = (aheadMs: number) => then.post('/meetups', meetupBody({ scheduled_at: new Date(now.getTime() + aheadMs).toISOString() }))
    expect((await making(30 * 60_000)).status).toBe(201)
    expect((await making(29 * 60_000)).status).toBe(201)
    expect((await making(60 * DAY_MS)).status).toBe(201)
    expect(await making(29 * 60_000 - 1_000)).toMatchObject(refused(422, 'meetup_time_invalid'))
    expect(await making(60 * DAY_MS + 1_000)).toMatchObject(refused(422, 'meetup_time_invalid'))
    expect(await making(-DAY_MS)).toMatchObject(refused(422, 'meetup_time_invalid'))
    for (const scheduled_at of ['9999-12-31T23:59:00Z', '0000-01-01T00:00:00Z'])
      expect(await then.post('/meetups', meetupBody({ scheduled_at, recurrence_rule: 'FREQ=WEEKLY' }))).toMatchObject(
        refused(422, 'meetup_time_invalid'),
      )
  })

  it('is refused with a body that says nothing sensible', async () => {
    const host = await signUp()
    for (const more of [
      { title: '' },
      { title: '가'.repeat(41) },
      { description: '가'.repeat(1_001) },
      { location_name: undefined },
      { lat: undefined },
      { lat: 91 },
      { lng: 'x' },
      { scheduled_at: '내일' },
      { category: 'puppies' },
      { size_filter: 'huge' },
      { max_participants: 1 },
      { max_participants: 51 },
      { approval: 'maybe' },
      { host_id: crypto.randomUUID() },
    ])
      expect(await host.post('/meetups', meetupBody(more)), JSON.stringify(more)).toMatchObject(refused(422, 'validation_failed'))
    for (const recurrence_rule of ['FREQ=DAILY', 'FREQ=WEEKLY;INTERVAL=5', 'RRULE:FREQ=WEEKLY', '', 'x'.repeat(5_000)])
      expect(await host.post('/meetups', meetupBody({ recurrence_rule }))).toMatchObject(refused(422, 'unsupported_recurrence'))
    expect((await host.get('/meetups?mine=hosting')).json.items).toEqual([])
  })

  it('takes no words that nobody should have to read', async () => {
    const host = await signUp()
    for (const more of [{ title: '병신들 모임' }, { description: '안 오면 죽여버린다 병신아' }, { location_name: '씨발공원' }])
      expect(await host.post('/meetups', meetupBody(more))).toMatchObject(refused(422, 'objectionable_text'))
    expect(await host.post('/meetups', meetupBody({ description: '010-1234-5678로 연락 주세요' }))).toMatchObject(
      refused(422, 'personal_data'),
    )
  })

  it('every week stands eight weeks ahead, each date with its own seats', async () => {
    const [host, guest] = await walkersWithDogs(2)
    // A Saturday, and over New Year.
    const now = new Date('2026-12-01T00:00:00Z')
    const made = await host!
      .with(at(now))
      .post('/meetups', meetupBody({ scheduled_at: '2026-12-05T10:00:30+09:00', recurrence_rule: 'FREQ=WEEKLY;BYDAY=SA' }))
    expect(made.json.dates.map(({ starts_at }: any) => starts_at)).toEqual(
      ['2026-12-05', '2026-12-12', '2026-12-19', '2026-12-26'].map((date) => `${date}T01:00:00+00:00`),
    )
    const { rows } = await createTestDeps().db.execute<{ slot_at: string }>(
      `SELECT to_json(slot_at) #>> '{}' AS slot_at FROM meetup_occurrences WHERE meetup_id = '${made.json.id}' ORDER BY slot_at`,
    )
    expect(rows).toHaveLength(8)
    expect(rows.at(-1)!.slot_at).toContain('2027-01-23T01:00:00')
    const second = made.json.dates[1].occurrence_id
    await guest!.with(at(now)).post(`/meetups/${made.json.id}/join`, { occurrence_id: second })
    const { dates } = (await guest!.with(at(now)).get(`/meetups/${made.json.id}`)).json
    expect(dates.map(({ going, my_status }: any) => [going, my_status])).toEqual([
      [1, null],
      [2, 'going'],
      [1, null],
      [1, null],
    ])
    const later = at(new Date('2026-12-12T08:00:00Z'))
    const after = (await guest!.with(later).get(`/meetups/${made.json.id}`)).json
    expect(after.dates[0].starts_at).toContain('2026-12-19')
    expect(after.past_dates).toMatchObject([{ occurrence_id: second, my_status: 'going', attended: null }])
    expect((await (await signUp()).with(later).get(`/meetups/${made.json.id}`)).json.past_dates).toEqual([])
  })

  it('is the same meetup when it is sent again, also when its time has come too near meanwhile', async () => {
    const [host, other] = await Promise.all([signUp(), signUp()])
    const body = meetupBody({ id: crypto.randomUUID(), scheduled_at: inMinutes(40) })
    const [first, second] = await Promise.all([host.post('/meetups', body), host.post('/meetups', body)])
    expect(first.json).toEqual(second.json)
    const late = await host.with(at(new Date(Date.now() + 20 * 60_000))).post('/meetups', body)
    expect(late).toMatchObject({ status: 201, json: { id: body.id, created_at: first.json.created_at } })
    expect(late.json.dates).toHaveLength(1)
    expect(await host.post('/meetups', { ...body, title: '다른 모임' })).toMatchObject(refused(409, 'idempotency_conflict'))
    expect(await other.post('/meetups', body)).toMatchObject(refused(409, 'idempotency_conflict'))
    const keyed = { headers: { 'Idempotency-Key': 'once' } }
    const { id: _, ...keyless } = body
    const ids = [await host.post('/meetups', keyless, keyed), await host.post('/meetups', keyless, keyed)].map(({ json }) => json.id)
    expect(ids[0]).toBe(ids[1])
    expect((await host.get('/meetups?mine=hosting')).json.items).toHaveLength(2)
  })

  it('is possible five times a day, and ten times at once', async () => {
    const host = await signUp()
    const start = Date.now()
    const made: string[] = []
    const days = (n: number) => host.with(at(new Date(start + n * DAY_MS + n * 1_000)))
    const inDays = (n: number) => meetupBody({ scheduled_at: new Date(start + n * DAY_MS).toISOString() })
    for (let n = 0; n < 5; n++) made.push((await makeMeetup(host, inDays(30))).id)
    const sixth = await host.post('/meetups', inDays(30))
    expect(sixth).toMatchObject(refused(429, 'too_many_meetups'))
    expect(sixth.headers.get('Retry-After')).toBe('3600')
    for (let n = 0; n < 5; n++) made.push((await makeMeetup(days(1.1), inDays(30))).id)
    expect(await days(2.2).post('/meetups', inDays(30))).toMatchObject(refused(429, 'too_many_meetups'))
    await days(2.2).delete(`/meetups/${made[0]}`)
    expect((await days(2.2).post('/meetups', inDays(30))).status).toBe(201)
  })

  it('several at once never exceeds the five', async () => {
    const host = await signUp()
    const answers = await Promise.all(Array.from({ length: 9 }, () => host.post('/meetups', meetupBody())))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 201, 201, 201, 201, 429, 429, 429, 429])
  })
})

describe('cancelling', () => {
  it('is the host’s alone, tells all who were in, and once more changes nothing', async () => {
    const [host, one, other, stranger] = await walkersWithDogs(4)
    const meetup = await makeMeetup(host!, { max_participants: 2 })
    await join(one!, meetup)
    await join(other!, meetup)
    expect(await stranger!.delete(`/meetups/${meetup.id}`)).toMatchObject(refused(403, 'not_host'))
    expect(await host!.delete(`/meetups/${crypto.randomUUID()}`)).toMatchObject(refused(404, 'meetup_not_found'))
    for (let n = 0; n < 2; n++) expect((await host!.delete(`/meetups/${meetup.id}`)).status).toBe(204)
    for (const guest of [one!, other!])
      expect((await guest.get('/notifications')).json.items.filter(({ type }: any) => type === 'meetup_cancelled')).toHaveLength(1)
    expect((await host!.get('/notifications')).json.items.filter(({ type }: any) => type === 'meetup_cancelled')).toHaveLength(0)
    expect((await one!.get(`/meetups/${meetup.id}`)).json).toMatchObject({
      cancelled_at: expect.any(String),
      dates: [{ is_cancelled: true, my_status: 'going' }],
    })
    expect(await stranger!.post(`/meetups/${meetup.id}/join`)).toMatchObject(refused(409, 'meetup_cancelled'))
    expect(await stranger!.post(`/meetups/${meetup.id}/join`, { occurrence_id: meetup.date })).toMatchObject(
      refused(409, 'meetup_cancelled'),
    )
    expect((await one!.delete(`/meetups/${meetup.id}/join?occurrence_id=${meetup.date}`)).status).toBe(204)
    expect((await host!.get(`/meetups?mine=hosting`)).json.items).toEqual([])
  })

  it('takes one date of a series, and its others stay', async () => {
    const [host, guest] = await walkersWithDogs(2)
    const meetup = await makeMeetup(host!, { recurrence_rule: 'FREQ=WEEKLY' })
    const [first, second] = meetup.json.dates
    await join(guest!, meetup)
    await join(guest!, meetup, { occurrence_id: second.occurrence_id })
    expect((await host!.delete(`/meetups/${meetup.id}?occurrence_id=${first.occurrence_id}`)).status).toBe(204)
    expect(await host!.delete(`/meetups/${meetup.id}?occurrence_id=${crypto.randomUUID()}`)).toMatchObject(refused(404, 'meetup_not_found'))
    const seen = (await guest!.get(`/meetups/${meetup.id}`)).json
    expect(seen).toMatchObject({ cancelled_at: null, dates: [{ is_cancelled: true }, { is_cancelled: false }, {}, {}, {}] })
    // Who was not in sees the next four that stand.
    expect((await (await signUp()).get(`/meetups/${meetup.id}`)).json.dates).toMatchObject(
      Array.from({ length: 4 }, () => ({ is_cancelled: false })),
    )
    expect(await join(guest!, meetup)).toMatchObject({ occurrence_id: second.occurrence_id, status: 'going' })
    await host!.delete(`/meetups/${meetup.id}`)
    expect((await guest!.get(`/meetups/${meetup.id}`)).json.dates.map(({ is_cancelled }: any) => is_cancelled)).toEqual([true, true])
    const told = (await guest!.get('/notifications')).json.items.filter(({ type }: any) => type === 'meetup_cancelled')
    expect(told.map(({ facts }: any) => facts.occurrence_id)).toEqual([second.occurrence_id, first.occurrence_id])
  })

  it('comes too late for what has begun', async () => {
    const host = await signUp()
    const meetup = await makeMeetup(host, { scheduled_at: inMinutes(60) })
    const later = host.with(at(new Date(Date.now() + 61 * 60_000)))
    expect(await later.delete(`/meetups/${meetup.id}`)).toMatchObject(refused(409, 'meetup_over'))
    expect(await later.delete(`/meetups/${meetup.id}?occurrence_id=${meetup.date}`)).toMatchObject(refused(409, 'meetup_over'))
  })
})

describe('renewing', () => {
  it('is for the host of a weekly meetup', async () => {
    const [host, other] = await Promise.all([signUp(), signUp()])
    const weekly = await makeMeetup(host, { recurrence_rule: 'FREQ=WEEKLY' })
    const single = await makeMeetup(host)
    await createTestDeps().db.execute(`UPDATE meetups SET asked_at = now() WHERE id = '${weekly.id}'`)
    expect((await host.get(`/meetups/${weekly.id}`)).json.is_renewal_asked).toBe(true)
    expect((await other.get(`/meetups/${weekly.id}`)).json.is_renewal_asked).toBe(false)
    expect(await host.post(`/meetups/${weekly.id}/renew`)).toMatchObject({ status: 200, json: { is_renewal_asked: false } })
    expect((await host.post(`/meetups/${weekly.id}/renew`)).status).toBe(200)
    expect(await other.post(`/meetups/${weekly.id}/renew`)).toMatchObject(refused(403, 'not_host'))
    expect(await host.post(`/meetups/${single.id}/renew`)).toMatchObject(refused(409, 'meetup_does_not_repeat'))
    expect(await host.post(`/meetups/${crypto.randomUUID()}/renew`)).toMatchObject(refused(404, 'meetup_not_found'))
    await host.delete(`/meetups/${weekly.id}`)
    expect(await host.post(`/meetups/${weekly.id}/renew`)).toMatchObject(refused(409, 'meetup_cancelled'))
  })
})

import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../../../src/core/time.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { join, makeMeetup, quietPlace, walkersWithDogs } from '../../support/meetups.ts'
import { idOf, inMinutes, type Person } from '../../support/rooms.ts'
import { addPet } from '../../support/walks.ts'

const { db } = createTestDeps()
const refused = (status: number, code: string) => ({ status, json: { code } })
const north = ({ lat, lng }: { lat: number; lng: number }, m: number) => ({ lat: lat + m / 111_000, lng })
const idsOf = ({ json }: { json: any }) => json.items.map(({ meetup }: any) => meetup.id)

describe('the list of meetups', () => {
  it('has the soonest first, within the radius, with host, pets and my place', async () => {
    const place = quietPlace()
    const [host, one, two, blocked] = (await walkersWithDogs(4)) as [Person, Person, Person, Person]
    const reader = await signUp()
    const late = await makeMeetup(host, { ...place, scheduled_at: inMinutes(3 * 24 * 60), title: '나중 모임' })
    const near = await makeMeetup(host, { ...north(place, 3_000), scheduled_at: inMinutes(2 * 24 * 60), max_participants: 4 })
    const far = await makeMeetup(one, { ...north(place, 9_000), scheduled_at: inMinutes(60) })
    for (const person of [one, two, blocked]) await join(person, near)
    const list = (query: string, as: Person = reader) => as.get(`/meetups?lat=${place.lat}&lng=${place.lng}${query}`)
    const { json } = await list('')
    expect(idsOf({ json })).toEqual([near.id, late.id])
    expect(json.items[0]).toMatchObject({
      occurrence_id: near.date,
      going: 4,
      capacity: 4,
      my_status: null,
      position: null,
      is_cancelled: false,
      meetup: { title: '토요일 아침 산책', category: 'all', approval: 'auto' },
      host: { id: idOf(host), pet: { species: 'dog' } },
    })
    expect(Math.abs(json.items[0].distance_m - 3_000)).toBeLessThan(20)
    expect(json.items[0].pets).toHaveLength(3)
    expect(idsOf(await list('&radius_m=1000'))).toEqual([late.id])
    expect(idsOf(await list('&radius_m=20000'))).toEqual([far.id, near.id, late.id])
    await reader.post(`/blocks/${idOf(blocked)}`)
    await one.post(`/blocks/${idOf(reader)}`)
    expect(idsOf(await list('&radius_m=20000'))).toEqual([near.id, late.id])
    expect((await list('')).json.items[0].pets).toHaveLength(1)
    expect(await reader.get(`/meetups/${far.id}`)).toMatchObject(refused(404, 'meetup_not_found'))
    expect(await reader.post(`/meetups/${far.id}/join`)).toMatchObject(refused(404, 'meetup_not_found'))
    expect(await reader.get(`/meetups/${far.id}/participants`)).toMatchObject(refused(404, 'meetup_not_found'))
    expect(await reader.delete(`/meetups/${far.id}`)).toMatchObject(refused(404, 'meetup_not_found'))
    await addPet(reader)
    expect(await join(reader, near)).toMatchObject({ status: 'waiting' })
    expect((await list('')).json.items[0]).toMatchObject({ my_status: 'waiting', position: 1 })
    expect(idsOf(await list('', host))).toEqual([near.id, late.id])
    await host.delete(`/meetups/${near.id}`)
    expect(idsOf(await list(''))).toEqual([late.id])
    await host.delete('/users/me')
    expect(idsOf(await list(''))).toEqual([])
  })

  it('is of a category, of what is open to a size, and between two times', async () => {
    const place = quietPlace()
    const host = await signUp()
    const small = await makeMeetup(host, { ...place, category: 'small', scheduled_at: inMinutes(100) })
    const large = await makeMeetup(host, { ...place, category: 'large', scheduled_at: inMinutes(200) })
    const all = await makeMeetup(host, { ...place, scheduled_at: inMinutes(300) })
    const list = async (query: string) => idsOf(await host.get(`/meetups?lat=${place.lat}&lng=${place.lng}${query}`))
    expect(await list('&category=large')).toEqual([large.id])
    expect(await list('&category=breed')).toEqual([])
    expect(await list('&size=small')).toEqual([small.id, all.id])
    expect(await list(`&from=${inMinutes(150)}`)).toEqual([large.id, all.id])
    expect(await list(`&from=${inMinutes(150)}&to=${inMinutes(250)}`)).toEqual([large.id])
    expect(await list(`&to=${large.starts_at.replace('+', '%2B')}`)).toEqual([small.id])
    for (const query of ['&radius_m=20001', '&radius_m=0', '&category=x', '&size=x', '&from=x', '&mine=x', '&limit=51'])
      expect(await host.get(`/meetups?lat=37&lng=127${query}`), query).toMatchObject(refused(422, 'validation_failed'))
    for (const query of [
      'lat=37',
      'lat=&lng=',
      'lat=NaN&lng=127',
      'lat=Infinity&lng=127',
      'lat=0x25&lng=127',
      'lat=91&lng=127',
      'lat=37&lng=127&radius_m=1e3',
    ])
      expect(await host.get(`/meetups?${query}`), query).toMatchObject(refused(422, 'validation_failed'))
  })

  it('finds every date ahead of a meetup that has become one for others', async () => {
    const place = quietPlace()
    const host = await signUp()
    const { id, json } = await makeMeetup(host, { ...place, category: 'small', recurrence_rule: 'FREQ=WEEKLY;COUNT=3' })
    const dates: string[] = json.dates.map(({ occurrence_id }: any) => occurrence_id)
    // One was changed by itself, and the change begins with the last.
    await host.patch(`/meetups/${id}?scope=one&occurrence_id=${dates[1]}`, { max_participants: 5 })
    const list = async (query: string) =>
      (await host.get(`/meetups?lat=${place.lat}&lng=${place.lng}${query}`)).json.items.map((item: any) => item.occurrence_id)
    expect(await list('&category=small')).toEqual(dates)
    expect((await host.patch(`/meetups/${id}?occurrence_id=${dates[2]}`, { category: 'large' })).status).toBe(200)
    expect([await list('&category=small'), await list('&category=large'), await list('&size=small')]).toEqual([[], dates, []])
    expect((await host.patch(`/meetups/${id}`, { size_filter: null })).status).toBe(200)
    expect([await list('&category=large'), await list('&category=large&size=small'), await list('&size=small')]).toEqual([
      dates,
      dates,
      dates,
    ])
  })

  it('has every date once over its pages, and takes no cursor of another list', async () => {
    const place = quietPlace()
    const [host, other] = await Promise.all([signUp(), signUp()])
    const scheduled_at = inMinutes(24 * 60)
    for (let n = 0; n < 3; n++) await makeMeetup(host, { ...place, scheduled_at, recurrence_rule: 'FREQ=WEEKLY' })
    const query = `lat=${place.lat}&lng=${place.lng}`
    const seen: any[] = []
    let cursor = ''
    do {
      const { json, status } = await other.get(`/meetups?${query}&limit=4${cursor && `&cursor=${cursor}`}`)
      expect(status).toBe(200)
      seen.push(...json.items)
      cursor = json.next_cursor
    } while (cursor)
    const whole = (await other.get(`/meetups?${query}&limit=50`)).json.items
    expect(whole.length).toBeGreaterThanOrEqual(24)
    expect(seen).toEqual(whole)
    expect(whole.map(({ starts_at }: any) => starts_at)).toEqual(whole.map(({ starts_at }: any) => starts_at).toSorted())
    const { next_cursor } = (await other.get(`/meetups?${query}&limit=4`)).json
    for (const [reader, more] of [
      [host, ''],
      [other, '&category=all'],
      [other, '&radius_m=6000'],
    ] as const)
      expect(await reader.get(`/meetups?${query}&limit=4${more}&cursor=${next_cursor}`)).toMatchObject(refused(422, 'invalid_cursor'))
  })

  it('looks around the middle of my region where no place is named', async () => {
    const [host, reader] = await Promise.all([signUp(), signUp()])
    expect(await reader.get('/meetups')).toMatchObject(refused(409, 'region_not_set'))
    expect(await reader.put('/users/me/location', { lat: 37.5006, lng: 127.0364 })).toMatchObject({ status: 200 })
    const { rows } = await db.execute<{ lat: number; lng: number }>(`
      SELECT ST_Y(center::geometry) AS lat, ST_X(center::geometry) AS lng
      FROM regions JOIN users ON users.region_code = regions.code WHERE users.id = '${idOf(reader)}'`)
    const meetup = await makeMeetup(host, { ...rows[0], scheduled_at: inMinutes(45) })
    const { json } = await reader.get(`/meetups?limit=50&from=${encodeURIComponent(meetup.starts_at)}`)
    expect(json.items.find((item: any) => item.meetup.id === meetup.id)).toMatchObject({ distance_m: 0 })
  })

  it('is of what I host or go to, wherever that is, also while it runs', async () => {
    const [host, one] = (await walkersWithDogs(2)) as [Person, Person]
    const hosted = await makeMeetup(one, { scheduled_at: inMinutes(60) })
    const joined = await makeMeetup(host, { scheduled_at: inMinutes(120) })
    const asked = await makeMeetup(host, { approval: 'manual', scheduled_at: inMinutes(180) })
    const left = await makeMeetup(host, { scheduled_at: inMinutes(240) })
    for (const meetup of [joined, asked, left]) await join(one, meetup)
    await one.delete(`/meetups/${left.id}/join`)
    expect(idsOf(await one.get('/meetups?mine=hosting'))).toEqual([hosted.id])
    const going = await one.get('/meetups?mine=going')
    expect(idsOf(going)).toEqual([joined.id, asked.id])
    expect(going.json.items[0]).toMatchObject({ my_status: 'going', distance_m: null })
    const first = await one.get('/meetups?mine=going&limit=1')
    expect(idsOf(await one.get(`/meetups?mine=going&limit=1&cursor=${first.json.next_cursor}`))).toEqual([asked.id])
    const running = one.with({ now: () => new Date(Date.parse(joined.starts_at) + 60_000) })
    expect(idsOf(await running.get('/meetups?mine=going'))).toEqual([joined.id, asked.id])
    const later = one.with({ now: () => new Date(Date.parse(joined.starts_at) + DAY_MS) })
    expect(idsOf(await later.get('/meetups?mine=going'))).toEqual([])
    expect(idsOf(await later.get(`/meetups?mine=going&from=${inMinutes(0)}`))).toEqual([joined.id, asked.id])
  })

  it('leaves out what moderation has closed, except of the host', async () => {
    const place = quietPlace()
    const [host, other] = await Promise.all([signUp(), signUp()])
    const meetup = await makeMeetup(host, place)
    await db.execute(`
      INSERT INTO moderation_cases (target_type, target_id, author_id, snapshot, opened_at, hidden_at)
      VALUES ('meetup', '${meetup.id}', '${idOf(host)}', '{}', now(), now())`)
    expect((await other.get(`/meetups?lat=${place.lat}&lng=${place.lng}`)).json.items).toEqual([])
    expect(await other.get(`/meetups/${meetup.id}`)).toMatchObject(refused(404, 'meetup_not_found'))
    expect(idsOf(await host.get(`/meetups?lat=${place.lat}&lng=${place.lng}`))).toEqual([meetup.id])
  })
})

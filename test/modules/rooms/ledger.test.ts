import { runDurableObjectAlarm } from 'cloudflare:test'
import { describe, expect, it, vi } from 'vitest'
import { purgeLedger } from '../../../src/modules/rooms/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { passTime } from '../../support/clock.ts'
import { enterAll, idOf, makeRoom, type Person, spot, stubOf } from '../../support/rooms.ts'
import { runTask } from '../../support/tasks.ts'

const { db } = createTestDeps()

const ledgerOf = async (person: Person) => (await person.get('/users/me/location-ledger')).json.items

/** Two people. The first one has shown a position, and the room has recorded it. */
async function showOnce() {
  const { id, host, guests } = await makeRoom()
  const [a, b] = await enterAll(id, [host, guests[0]])
  a!.say(spot())
  await b!.next('location')
  passTime(1_500)
  await runDurableObjectAlarm(stubOf(id))
  return { id, host, guest: guests[0], a: a!, b: b! }
}

describe('the ledger', () => {
  it('holds a row for each person who was shown my position, with the first and the last time', async () => {
    const { id, host, guest, a, b } = await showOnce()
    const [row] = await ledgerOf(host)
    expect(row).toEqual({
      invitation_id: id,
      occurrence_id: null,
      viewer: { id: idOf(guest), nickname: expect.any(String) },
      first_at: expect.any(String),
      last_at: row.first_at,
    })
    expect(await ledgerOf(guest)).toEqual([])
    passTime(90_000)
    a.say(spot(10))
    await b.next('location')
    b.say(spot(20))
    await a.next('location')
    a.close()
    await b.next('presence')
    passTime(2_000)
    await runDurableObjectAlarm(stubOf(id))
    const rows = await ledgerOf(host)
    expect(rows).toMatchObject([{ first_at: row.first_at }])
    expect(Date.parse(rows[0].last_at) - Date.parse(row.first_at)).toBeGreaterThanOrEqual(91_000)
    expect(await ledgerOf(guest)).toMatchObject([{ viewer: { id: idOf(host) } }])
  })

  it('holds positions that a newcomer was shown on entering, and nothing that was only “near home”', async () => {
    const { id, host, guests } = await makeRoom()
    await guests[0].put('/users/me/privacy-zone', { lat: 37.5, lng: 127.03, radius_m: 300 })
    const [a] = await enterAll(id, [host])
    a!.say(spot())
    await a!.settle()
    const [b] = await enterAll(id, guests)
    b!.say(spot(10))
    await a!.next('near_home')
    passTime(1_500)
    await runDurableObjectAlarm(stubOf(id))
    expect(await ledgerOf(host)).toMatchObject([{ viewer: { id: idOf(guests[0]) } }])
    expect(await ledgerOf(guests[0])).toEqual([])
  })

  it('names everybody in a larger room, and nobody who has blocked me', async () => {
    const { id, host, guests } = await makeRoom(3)
    await guests[0].post(`/blocks/${idOf(guests[1]!)}`)
    const clients = await enterAll(id, [host, ...guests])
    clients[1]!.say(spot())
    await clients[0]!.next('locations')
    await clients[3]!.next('locations')
    passTime(1_500)
    await runDurableObjectAlarm(stubOf(id))
    const viewers = (await ledgerOf(guests[0])).map(({ viewer }: { viewer: { id: string } }) => viewer.id)
    expect(viewers.toSorted()).toEqual([idOf(host), idOf(guests[2]!)].toSorted())
  })

  it('still names somebody who is blocked later, has no name for somebody who left, and outlives the meeting', async () => {
    const { id, host, guest } = await showOnce()
    await host.post(`/blocks/${idOf(guest)}`)
    expect(await ledgerOf(host)).toMatchObject([{ viewer: { id: idOf(guest), nickname: expect.any(String) } }])
    await db.execute(`DELETE FROM invitations WHERE id = '${id}'`)
    await guest.delete('/users/me')
    expect(await ledgerOf(host)).toMatchObject([{ invitation_id: id, viewer: { id: idOf(guest), nickname: null } }])
  })

  it('comes in pages, the newest first', async () => {
    const { host } = await showOnce()
    await db.execute(`
      INSERT INTO location_provisions (subject_id, invitation_id, viewer_id, first_at, last_at)
      SELECT '${idOf(host)}', gen_random_uuid(), gen_random_uuid(), now() - n * interval '1 day', now() - n * interval '1 day' FROM generate_series(1, 4) AS n`)
    const times: string[] = []
    for (let cursor = ''; ;) {
      const { json } = await host.get(`/users/me/location-ledger?limit=2${cursor && `&cursor=${cursor}`}`)
      times.push(...json.items.map(({ first_at }: { first_at: string }) => first_at))
      if (!json.next_cursor) break
      cursor = json.next_cursor
    }
    expect(times).toHaveLength(5)
    expect(times.map(Date.parse)).toEqual(times.map(Date.parse).toSorted((a, b) => b - a))
    expect(await host.get('/users/me/location-ledger?cursor=x')).toMatchObject({ status: 422 })
  })

  it('keeps a row for six months', async () => {
    const { host } = await showOnce()
    const keep = async (days: number) => {
      await db.execute(`UPDATE location_provisions SET last_at = now() - interval '${days} days' WHERE subject_id = '${idOf(host)}'`)
      vi.useRealTimers()
      await runTask(purgeLedger, new Date())
      return (await ledgerOf(host)).length
    }
    expect([await keep(183), await keep(185)]).toEqual([1, 0])
  })
})

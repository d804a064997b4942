import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { addDevice, deliver, pushedTo, rowsOf } from '../../support/pushes.ts'
import { accept, idOf, inMinutes, invite, type Person } from '../../support/rooms.ts'
import { addPet } from '../../support/walks.ts'

const at = (instant: Date) => ({ now: () => instant })
const afterMinutes = (minutes: number) => at(new Date(Date.now() + minutes * 60_000))
const answer = (guest: Pick<Person, 'patch'>, id: string, status: 'accepted' | 'declined') => guest.patch(`/invitations/${id}`, { status })

describe('inviting', () => {
  it('asks several at once, shows whom and where, and tells an acquaintance even at night', async () => {
    const [host, one, other] = await Promise.all([signUp(), signUp(), signUp()])
    await addPet(host, { name: '초코' })
    const device = await addDevice(one)
    await one.post('/invitations', { invitee_ids: [idOf(host)], scheduled_at: inMinutes(300) })
    const { json, status } = await host.post('/invitations', {
      invitee_ids: [idOf(one), idOf(other)],
      scheduled_at: inMinutes(2 * 24 * 60),
      location_name: ' 서울숲 ',
      lat: 37.5444,
      lng: 127.0374,
      message: '같이 걸어요',
    })
    expect(status).toBe(201)
    expect(json).toMatchObject({
      box: 'sent',
      status: 'pending',
      location_name: '서울숲',
      lat: 37.5444,
      lng: 127.0374,
      message: '같이 걸어요',
      is_read: true,
    })
    expect(json.inviter.pet.name).toBe('초코')
    expect(json.invitees.map(({ id }: { id: string }) => id).toSorted()).toEqual([idOf(one), idOf(other)].toSorted())
    expect(json.room.is_open).toBe(false)
    for (const guest of [one, other]) {
      expect((await guest.get('/notifications')).json.items).toMatchObject([
        { type: 'invitation', title: '산책 초대!', link: `withbowwow://invitations/${json.id}`, sender: { id: idOf(host) } },
      ])
    }
    const [row] = await rowsOf(one)
    // Three o'clock in the coming night.
    await deliver([[row!.id]], { now: () => new Date(Math.ceil((Date.now() - 18 * HOUR_MS) / DAY_MS) * DAY_MS + 18 * HOUR_MS) })
    expect((await pushedTo(device)).map(({ message }) => message.notification.title)).toEqual(['산책 초대!'])
  })

  it('expires half an hour before the time, or halfway where that is nearer than an hour', async () => {
    const [host, guest] = await Promise.all([signUp(), signUp()])
    const now = new Date('2026-12-01T03:00:00Z')
    const then = host.with(at(now))
    const expiryOf = async (scheduled_at: string) =>
      (await then.post('/invitations', { invitee_ids: [idOf(guest)], scheduled_at })).json.expires_at
    expect(new Date(await expiryOf('2026-12-01T06:00:00Z'))).toEqual(new Date('2026-12-01T05:30:00Z'))
    expect(new Date(await expiryOf('2026-12-01T04:00:00Z'))).toEqual(new Date('2026-12-01T03:30:00Z'))
    expect(new Date(await expiryOf('2026-12-01T03:59:00Z'))).toEqual(new Date('2026-12-01T03:29:30Z'))
    expect(new Date(await expiryOf('2026-12-01T03:10:00Z'))).toEqual(new Date('2026-12-01T03:05:00Z'))
    expect(new Date(await expiryOf('2026-12-01T03:09:00Z'))).toEqual(new Date('2026-12-01T03:04:30Z'))
    for (const scheduled_at of ['2026-12-01T03:08:59Z', '2026-11-30T03:00:00Z', '2027-12-02T03:00:00Z'])
      expect(await then.post('/invitations', { invitee_ids: [idOf(guest)], scheduled_at })).toMatchObject({
        status: 422,
        json: { code: 'invitation_too_soon' },
      })
  })

  it('takes no message or place that nobody should have to read, and tells nobody', async () => {
    const [host, guest] = await Promise.all([signUp(), signUp()])
    const inviting = (body: object) => host.post('/invitations', { invitee_ids: [idOf(guest)], scheduled_at: inMinutes(60), ...body })
    expect(await inviting({ message: '안 오면 죽여버린다 병신아' })).toMatchObject({
      status: 422,
      json: { code: 'objectionable_text', errors: [{ path: 'body.message' }] },
    })
    expect(await inviting({ location_name: '씨발공원', message: '같이 걸어요' })).toMatchObject({
      status: 422,
      json: { code: 'objectionable_text', errors: [{ path: 'body.location_name' }] },
    })
    expect(await inviting({ message: '늦으면 010-1234-5678로 전화 주세요' })).toMatchObject({
      status: 422,
      json: { code: 'personal_data', errors: [{ path: 'body.message' }] },
    })
    expect((await guest.get('/notifications')).json.items).toEqual([])
    expect((await guest.get('/invitations')).json.items).toEqual([])
    expect((await inviting({ location_name: '서울숲 2번 출입구', message: '강아지 새끼도 데려와요! 18:30, 5.2km' })).status).toBe(201)
  })

  it('refuses oneself, nobody, somebody twice, somebody unknown, half a place, and then invites none of the others', async () => {
    const [host, guest, gone] = await Promise.all([signUp(), signUp(), signUp()])
    await gone.delete('/users/me')
    const refused = async (body: object, status: number, code: string) =>
      expect(await host.post('/invitations', { invitee_ids: [idOf(guest)], scheduled_at: inMinutes(60), ...body })).toMatchObject({
        status,
        json: { code },
      })
    await refused({ invitee_ids: [idOf(guest), idOf(host)] }, 422, 'cannot_invite_self')
    await refused({ invitee_ids: [] }, 422, 'validation_failed')
    await refused({ invitee_ids: [idOf(guest), idOf(guest)] }, 422, 'validation_failed')
    await refused({ invitee_ids: Array.from({ length: 50 }, () => crypto.randomUUID()) }, 422, 'validation_failed')
    await refused({ invitee_ids: [idOf(guest), crypto.randomUUID()] }, 404, 'user_not_found')
    await refused({ invitee_ids: [idOf(guest), idOf(gone)] }, 404, 'user_not_found')
    await refused({ lat: 37.5 }, 422, 'validation_failed')
    await refused({ message: '가'.repeat(201) }, 422, 'validation_failed')
    await refused({ scheduled_at: '내일' }, 422, 'validation_failed')
    expect((await guest.get('/invitations')).json).toEqual({ items: [], next_cursor: null, unread_count: 0 })
    expect((await guest.get('/notifications')).json.items).toEqual([])
  })

  it('is the same invitation when it is sent again, also when the time has come too near meanwhile', async () => {
    const [host, guest, other] = await Promise.all([signUp(), signUp(), signUp()])
    const body = { id: crypto.randomUUID(), invitee_ids: [idOf(guest)], scheduled_at: inMinutes(15) }
    const first = await host.post('/invitations', body)
    expect(await host.with(afterMinutes(8)).post('/invitations', body)).toMatchObject({
      status: 201,
      json: { id: body.id, created_at: first.json.created_at },
    })
    expect(await host.post('/invitations', { ...body, invitee_ids: [idOf(other)] })).toMatchObject({
      status: 409,
      json: { code: 'idempotency_conflict' },
    })
    expect(await other.post('/invitations', { ...body, invitee_ids: [idOf(guest)] })).toMatchObject({ status: 409 })
    expect((await other.get('/invitations')).json.items).toEqual([])
    expect((await guest.get('/notifications')).json.items).toHaveLength(1)
  })

  it('is possible thirty times a day', async () => {
    const [host, guest] = await Promise.all([signUp(), signUp()])
    for (let n = 0; n < 30; n++) await invite(host, [guest])
    const body = { invitee_ids: [idOf(guest)], scheduled_at: inMinutes(60 * 48) }
    const refused = await host.post('/invitations', body)
    expect(refused).toMatchObject({ status: 429, json: { code: 'invitation_limit_reached' } })
    expect(refused.headers.get('Retry-After')).toBe('3600')
    expect((await host.with(afterMinutes(24 * 60 + 1)).post('/invitations', body)).status).toBe(201)
  })
})

describe('answering', () => {
  it('is each guest’s own: one acceptance makes it accepted for the inviter', async () => {
    const [host, one, other] = await Promise.all([signUp(), signUp(), signUp()])
    const id = await invite(host, [one, other])
    expect(await answer(one, id, 'declined')).toMatchObject({ status: 200, json: { status: 'declined', room: { is_open: false } } })
    expect((await host.get(`/invitations/${id}`)).json.status).toBe('pending')
    expect(await answer(other, id, 'accepted')).toMatchObject({ status: 200, json: { status: 'accepted', room: { is_open: true } } })
    const sent = (await host.get(`/invitations/${id}`)).json
    expect(sent).toMatchObject({ status: 'accepted', room: { is_open: true } })
    expect(sent.invitees.map(({ status }: { status: string }) => status).toSorted()).toEqual(['accepted', 'declined'])
    expect((await one.get(`/invitations/${id}`)).json).toMatchObject({ status: 'declined', room: { is_open: false } })
  })

  it('twice, or twice at once, is one answer', async () => {
    const [host, guest] = await Promise.all([signUp(), signUp()])
    const id = await invite(host, [guest])
    const answers = await Promise.all(Array.from({ length: 6 }, () => answer(guest, id, 'accepted')))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
    const times = new Set(answers.map(({ json }) => json.invitees[0].answered_at))
    expect(times.size).toBe(1)
  })

  it('may change: an acceptance can be withdrawn, a refusal taken back while it is open', async () => {
    const [host, guest] = await Promise.all([signUp(), signUp()])
    const id = await invite(host, [guest], { scheduled_at: inMinutes(30) })
    for (const status of ['declined', 'accepted', 'declined', 'accepted'] as const)
      expect((await answer(guest, id, status)).json.status).toBe(status)
    // Fifteen minutes later it has expired for somebody who has not accepted yet.
    expect((await answer(guest.with(afterMinutes(16)), id, 'declined')).json.status).toBe('declined')
    expect(await answer(guest.with(afterMinutes(16)), id, 'accepted')).toMatchObject({ status: 409, json: { code: 'invitation_expired' } })
  })

  it('comes too late once it has expired, although no cron has said so, and keeps being late after it has', async () => {
    const [host, guest, quick] = await Promise.all([signUp(), signUp(), signUp()])
    const id = await invite(host, [guest, quick], { scheduled_at: inMinutes(30) })
    await accept(quick, id)
    const late = guest.with(afterMinutes(16))
    for (const status of ['accepted', 'declined'] as const)
      expect(await answer(late, id, status)).toMatchObject({ status: 409, json: { code: 'invitation_expired' } })
    expect((await late.get(`/invitations/${id}`)).json.status).toBe('expired')
    await createTestDeps().db.execute(`UPDATE invitees SET answer = 'expired' WHERE invitation_id = '${id}' AND answer = 'pending'`)
    expect(await answer(guest, id, 'accepted')).toMatchObject({ status: 409, json: { code: 'invitation_expired' } })
    expect((await quick.with(afterMinutes(16)).get(`/invitations/${id}`)).json).toMatchObject({
      status: 'accepted',
      room: { is_open: true },
    })
  })

  it('is refused of a cancelled one, of one that is over, of the inviter, of strangers', async () => {
    const [host, guest, stranger] = await Promise.all([signUp(), signUp(), signUp()])
    const id = await invite(host, [guest])
    expect(await answer(host, id, 'accepted')).toMatchObject({ status: 403, json: { code: 'not_invitee' } })
    expect(await answer(stranger, id, 'accepted')).toMatchObject({ status: 404, json: { code: 'invitation_not_found' } })
    await host.delete(`/invitations/${id}`)
    for (const status of ['accepted', 'declined'] as const)
      expect(await answer(guest, id, status)).toMatchObject({ status: 409, json: { code: 'invitation_cancelled' } })
    const other = await invite(host, [guest])
    await accept(guest, other)
    await createTestDeps().db.execute(`
      UPDATE invitations
      SET created_at = created_at - interval '8 hours', expires_at = expires_at - interval '8 hours', scheduled_at = scheduled_at - interval '8 hours',
          ends_at = ends_at - interval '8 hours'
      WHERE id = '${other}'`)
    expect(await answer(guest, other, 'declined')).toMatchObject({ status: 409, json: { code: 'invitation_over' } })
    expect(await host.delete(`/invitations/${other}`)).toMatchObject({ status: 409, json: { code: 'invitation_over' } })
    expect((await guest.get(`/invitations/${other}`)).json).toMatchObject({ status: 'accepted', room: { is_open: false } })
  })

  it('and a cancellation at the same time leave it cancelled, whichever came first', async () => {
    for (let n = 0; n < 5; n++) {
      const [host, guest] = await Promise.all([signUp(), signUp()])
      const id = await invite(host, [guest])
      const [accepted, cancelled] = await Promise.all([answer(guest, id, 'accepted'), host.delete(`/invitations/${id}`)])
      expect(cancelled.status).toBe(204)
      expect([200, 409]).toContain(accepted.status)
      expect((await guest.get(`/invitations/${id}`)).json).toMatchObject({ status: 'cancelled', room: { is_open: false } })
      expect(await guest.post('/ws/tickets', { invitation_id: id })).toMatchObject({ status: 409, json: { code: 'invitation_over' } })
    }
  })
})

describe('cancelling', () => {
  it('is the inviter’s alone, and once more changes nothing', async () => {
    const [host, guest, stranger] = await Promise.all([signUp(), signUp(), signUp()])
    const id = await invite(host, [guest])
    expect(await guest.delete(`/invitations/${id}`)).toMatchObject({ status: 403, json: { code: 'not_host' } })
    expect(await stranger.delete(`/invitations/${id}`)).toMatchObject({ status: 404 })
    expect((await host.delete(`/invitations/${id}`)).status).toBe(204)
    expect((await host.delete(`/invitations/${id}`)).status).toBe(204)
    expect((await guest.get(`/invitations/${id}`)).json.status).toBe('cancelled')
  })
})

describe('the inbox', () => {
  it('counts what waits to be read and answered, and pages each box and status', async () => {
    const [host, guest] = await Promise.all([signUp(), signUp()])
    const ids: string[] = []
    for (let n = 0; n < 5; n++) ids.push(await invite(host, [guest]))
    const sent = await invite(guest, [host])
    const inbox = async (query: string) => {
      const { json } = await guest.get(`/invitations?${query}`)
      return { ids: json.items.map(({ id }: { id: string }) => id), next: json.next_cursor, unread: json.unread_count }
    }
    expect(await inbox('box=received')).toEqual({ ids: ids.toReversed(), next: null, unread: 5 })
    expect(await inbox('box=sent')).toMatchObject({ ids: [sent] })
    expect((await inbox('')).ids).toEqual([sent, ...ids.toReversed()])

    const pages: string[] = []
    for (let cursor = ''; ;) {
      const page = await inbox(`box=received&limit=2${cursor && `&cursor=${cursor}`}`)
      pages.push(...page.ids)
      if (!page.next) break
      cursor = page.next
    }
    expect(pages).toEqual(ids.toReversed())
    expect(await guest.get('/invitations?cursor=x')).toMatchObject({ status: 422, json: { code: 'invalid_cursor' } })

    expect((await guest.get(`/invitations/${ids[0]}`)).json.is_read).toBe(true)
    await answer(guest, ids[1]!, 'accepted')
    await answer(guest, ids[2]!, 'declined')
    await host.delete(`/invitations/${ids[3]}`)
    expect(await inbox('box=received&status=accepted')).toEqual({ ids: [ids[1]], next: null, unread: 1 })
    expect((await inbox('box=received&status=pending')).ids).toEqual([ids[4], ids[0]])
    expect((await inbox('box=received&status=cancelled')).ids).toEqual([ids[3]])
    const { json } = await guest.with(afterMinutes(15)).get('/invitations?box=received&status=expired')
    expect(json.items.map(({ id }: { id: string }) => id)).toEqual([ids[4], ids[0]])
    expect(json.unread_count).toBe(0)
    // Opening a sent invitation marks nothing for the guests.
    await guest.get(`/invitations/${sent}`)
    expect((await host.get('/invitations?box=received')).json).toMatchObject({ items: [{ id: sent, is_read: false }], unread_count: 1 })
  })

  it('shows none of whoever has left, and again when they come back', async () => {
    const [host, guest] = await Promise.all([signUp(), signUp()])
    const id = await invite(host, [guest])
    await createTestDeps().db.execute(`UPDATE users SET deleted_at = now() WHERE id = '${idOf(host)}'`)
    expect((await guest.get('/invitations')).json).toMatchObject({ items: [], unread_count: 0 })
    expect(await answer(guest, id, 'accepted')).toMatchObject({ status: 404 })
    await createTestDeps().db.execute(`UPDATE users SET deleted_at = NULL WHERE id = '${idOf(host)}'`)
    expect((await guest.get('/invitations')).json.items).toMatchObject([{ id }])
  })
})

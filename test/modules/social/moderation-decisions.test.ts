import { describe, expect, it } from 'vitest'
import { purgeUsers } from '../../../src/modules/users/jobs.ts'
import { purgeModeration } from '../../../src/modules/social/moderation/jobs.ts'
import { createApi, createTestDeps, type Api } from '../../support/api.ts'
import { logIn, signUp, signUpWithKakao } from '../../support/login.ts'
import { addComment, reportWalk, shareWalk, signUpAdmin, warn } from '../../support/moderation.ts'
import { freshPhoto } from '../../support/photos.ts'
import { enterAll, idOf, makeRoom } from '../../support/rooms.ts'
import { runTask } from '../../support/tasks.ts'
import { addPet, walk } from '../../support/walks.ts'

const { db } = createTestDeps()
const DAY_MS = 86_400_000
const people = (count: number) => Promise.all(Array.from({ length: count }, () => signUp()))
const decide = (admin: Api, id: string, action: string, more: object = {}, type = 'walk') =>
  admin.patch(`/admin/reports/${type}/${id}`, { action, ...more })
const isSeen = async (by: Api, walkId: string) => (await by.get(`/walks/${walkId}`)).status === 200
const later = (ms: number) => ({ now: () => new Date(Date.now() + ms) })
const inFuture = (api: Api, ms: number) => createApi({ user: api.user, deps: later(ms) })
const toldOf = async (by: Api) =>
  (await by.get('/notifications?type=moderation')).json.items.map(({ facts }: { facts: { action: string } }) => facts.action)

describe('a decision', () => {
  it('dismisses: what was hidden comes back, and only then is its author told', async () => {
    const [author, other] = await people(2)
    const admin = await signUpAdmin()
    const [quiet, hidden] = [await reportWalk(author!), await reportWalk(author!, 'harassment')]
    expect(await decide(admin, quiet, 'dismiss')).toMatchObject({
      status: 200,
      json: { decision: 'dismiss', due_at: null, is_hidden: false },
    })
    expect(await toldOf(author!)).toEqual([])
    expect((await author!.get('/users/me/moderation')).json.items).toEqual([])
    await decide(admin, hidden, 'dismiss')
    expect(await isSeen(other!, hidden)).toBe(true)
    expect(await toldOf(author!)).toEqual(['dismiss'])
  })

  it('removes for everybody else, tells what and why and not who, and can be restored', async () => {
    const [author, other] = await people(2)
    const admin = await signUpAdmin()
    const id = await reportWalk(author!, 'spam')
    expect(await decide(admin, id, 'remove', { note: '광고' })).toMatchObject({
      status: 200,
      json: {
        is_removed: true,
        decision: 'remove',
        reports: [{ outcome: 'upheld' }],
        history: [{ action: 'remove', note: '광고', reason: 'spam', admin: { id: idOf(admin) } }],
      },
    })
    expect(await isSeen(other!, id)).toBe(false)
    expect((await author!.get(`/walks/${id}`)).json.post.is_hidden).toBe(true)
    const [told] = (await author!.get('/notifications?type=moderation')).json.items
    expect(told).toMatchObject({ tab: 'system', title: '산책 게시물이 삭제됐어요', sender: null })
    expect(told.body).toContain('스팸·광고')
    expect(JSON.stringify(told)).not.toContain(idOf(admin))
    const mine = await author!.get('/users/me/moderation')
    expect(mine.json.items).toMatchObject([{ action: 'remove', reason: 'spam', target_id: id, is_undone: false, appeal: null }])
    expect(mine.text).not.toContain('광고"')
    expect(mine.text).not.toContain(idOf(admin))
    expect(await decide(admin, id, 'restore')).toMatchObject({
      status: 200,
      json: { is_removed: false, reports: [{ outcome: 'rejected' }] },
    })
    expect(await isSeen(other!, id)).toBe(true)
  })

  it('removes a comment and a photo, and counts stay true', async () => {
    const [author, reporter] = await people(2)
    const admin = await signUpAdmin()
    const walkId = await shareWalk(author!)
    const comment = await addComment(author!, walkId)
    const photo = (await author!.post(`/upload/walk-photo/${walkId}`, await freshPhoto())).json.id
    for (const [type, id] of [
      ['comment', comment],
      ['photo', photo],
    ] as const) {
      await reporter!.post('/reports', { target_type: type, target_id: id, reason: 'inappropriate' })
      expect((await decide(admin, id, 'remove', {}, type)).status).toBe(200)
    }
    const [other] = await people(1)
    expect((await other!.get(`/walks/${walkId}`)).json).toMatchObject({ photos: [], post: { comments: 0 } })
    for (const [type, id] of [
      ['comment', comment],
      ['photo', photo],
    ] as const)
      expect((await decide(admin, id, 'restore', {}, type)).status).toBe(200)
    expect((await other!.get(`/walks/${walkId}`)).json).toMatchObject({ photos: [{ id: photo }], post: { comments: 1 } })
  })

  it('is one, sent twice, at once, by one admin or by two', async () => {
    const [author] = await people(1)
    const [one, two] = [await signUpAdmin(), await signUpAdmin()]
    const id = await reportWalk(author!)
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, () => decide(one, id, 'warn')),
      ...Array.from({ length: 5 }, () => decide(two, id, 'remove')),
    ])
    const statuses = answers.map(({ status }) => status).toSorted()
    expect(statuses).toEqual([200, 200, 200, 200, 200, 409, 409, 409, 409, 409])
    const refused = answers.find(({ status }) => status === 409)!
    expect(refused.json).toMatchObject({ code: 'already_decided', decided: { action: answers[0]!.status === 200 ? 'warn' : 'remove' } })
    expect((await db.execute(`SELECT 1 FROM moderation_actions WHERE target_id = '${id}'`)).rows).toHaveLength(1)
    expect(await toldOf(author!)).toHaveLength(1)
  })

  it('does not fit everything', async () => {
    const [author, reporter] = await people(2)
    const admin = await signUpAdmin()
    await reporter!.post('/reports', { target_type: 'user', target_id: idOf(author!), reason: 'spam' })
    expect(await decide(admin, idOf(author!), 'remove', {}, 'user')).toMatchObject({ status: 422, json: { code: 'action_not_possible' } })
    expect(await decide(admin, crypto.randomUUID(), 'remove')).toMatchObject({ status: 404, json: { code: 'case_not_found' } })
    expect(await decide(admin, idOf(author!), 'restore', {}, 'user')).toMatchObject({ status: 409 })
    const own = await reportWalk(admin)
    expect(await decide(admin, own, 'dismiss')).toMatchObject({ status: 409, json: { code: 'same_admin' } })
    expect(await decide(admin, own, 'close')).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
    expect(await decide(admin, own, 'suspend', { days: 3 })).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
  })

  it('is written down for good', async () => {
    const [author] = await people(1)
    const id = await warn(author!)
    for (const statement of [
      `UPDATE moderation_actions SET note = 'x' WHERE id = '${id}'`,
      `UPDATE moderation_actions SET admin_id = NULL WHERE id = '${id}'`,
      `DELETE FROM moderation_actions WHERE id = '${id}'`,
      'TRUNCATE moderation_actions CASCADE',
    ])
      await expect(db.execute(statement), statement).rejects.toMatchObject({ cause: { message: expect.stringContaining('append-only') } })
    expect((await author!.get('/users/me/moderation')).json.items).toHaveLength(1)
  })
})

describe('whoever is suspended', () => {
  it('for one day, then seven, then thirty, reads and walks and writes nothing that others read', async () => {
    const [author, other] = await people(2)
    const admin = await signUpAdmin()
    const pet = await addPet(author!)
    const days: number[] = []
    const walks = [
      await reportWalk(author!, 'harassment'),
      await reportWalk(author!, 'harassment'),
      await reportWalk(author!, 'harassment'),
    ]
    for (const id of walks) {
      const { json } = await decide(admin, id, 'suspend')
      days.push(json.history[0].days)
    }
    expect(days).toEqual([1, 7, 30])
    const me = (await author!.get('/users/me')).json
    expect(me.suspended_reason).toBe('harassment')
    expect(Date.parse(me.suspended_until) - Date.now()).toBeGreaterThan(29.9 * DAY_MS)
    const refused = {
      status: 403,
      json: { code: 'account_suspended', until: new Date(me.suspended_until).toISOString(), reason: 'harassment' },
    }
    const scheduled_at = new Date(Date.now() + 3_600_000).toISOString()
    expect(await author!.post('/invitations', { invitee_ids: [idOf(other!)], scheduled_at })).toMatchObject(refused)
    expect((await other!.get('/notifications')).json.items).toEqual([])
    expect(await author!.patch('/users/me', { nickname: '새이름' })).toMatchObject(refused)
    expect(await author!.patch(`/pets/${pet}`, { name: '새이름' })).toMatchObject(refused)
    expect((await author!.get(`/pets/${pet}`)).json.name).not.toBe('새이름')
    expect(await author!.post(`/upload/pet-profile/${pet}`, await freshPhoto())).toMatchObject(refused)
    expect(await author!.patch('/users/me', { weekly_goal_km: 9 })).toMatchObject({ status: 200 })
    expect(await author!.patch(`/pets/${pet}`, { weight_kg: 7 })).toMatchObject({ status: 200 })
    const { id } = await walk(author!, [pet], { more: { shared_to_feed: true } })
    expect(await isSeen(other!, id)).toBe(false)
    expect((await author!.get(`/walks/${id}`)).status).toBe(200)
    expect((await author!.post(`/upload/walk-photo/${id}`, await freshPhoto())).status).toBe(201)
    expect(await author!.patch(`/walks/${id}`, { shared_to_feed: true })).toMatchObject(refused)
    const after = inFuture(author!, 0)
    await db.execute(`UPDATE users SET suspended_until = now() - interval '1 second' WHERE id = '${idOf(author!)}'`)
    expect(await after.patch(`/walks/${id}`, { shared_to_feed: true })).toMatchObject({ status: 200 })
    expect((await author!.get('/users/me')).json.suspended_until).toBeNull()
  })
})

describe('whoever is banned', () => {
  it('is out at once, nowhere to be seen, and may take their data with them for 30 days', async () => {
    const author = await signUpWithKakao()
    const admin = await signUpAdmin()
    const [other] = await people(1)
    const open = await shareWalk(author)
    const { json } = await decide(admin, await reportWalk(author, 'animal_abuse'), 'ban')
    expect(json.banned_at).toEqual(expect.any(String))
    expect(await author.get('/users/me')).toMatchObject({ status: 401 })
    expect(await createApi().post('/auth/refresh', { refresh_token: author.user.refresh_token })).toMatchObject({ status: 401 })
    expect(await isSeen(other!, open)).toBe(false)
    expect((await other!.get(`/users/${idOf(author)}`)).status).toBe(404)

    const back = await logIn(author.kakao_id)
    expect((await back.get('/users/me')).json.banned_at).toBe(json.banned_at)
    for (const path of ['/pets', '/walks', `/walks/${open}`, '/users/me/consents', '/users/me/moderation'])
      expect((await back.get(path)).status, path).toBe(200)
    const banned = { status: 403, json: { code: 'account_banned' } }
    for (const path of ['/rankings/me', '/notifications', '/blocks', `/users/${idOf(other!)}`, '/users/me/settings', '/invitations'])
      expect(await back.get(path), path).toMatchObject(banned)
    expect(await back.post('/reports', { target_type: 'user', target_id: idOf(other!), reason: 'spam' })).toMatchObject(banned)
    const renewed = await createApi().post('/auth/refresh', { refresh_token: back.user.refresh_token })
    const user = { ...back.user, access_token: renewed.json.access_token }
    expect(await createApi({ user }).get('/blocks')).toMatchObject(banned)
    expect(await createApi({ user }).get('/walks')).toMatchObject({ status: 200 })

    await db.execute(`UPDATE users SET banned_at = banned_at - interval '31 days' WHERE id = '${idOf(author)}'`)
    await expect(logIn(author.kakao_id)).rejects.toThrow('403')
    expect(await createApi().post('/auth/refresh', { refresh_token: renewed.json.refresh_token })).toMatchObject({ status: 401 })
  })

  it('is put out of live rooms before the admin has an answer', async () => {
    const { id, host, guests } = await makeRoom()
    const [, b] = await enterAll(id, [host, guests[0]])
    await decide(await signUpAdmin(), await reportWalk(guests[0]), 'ban')
    expect(await b!.closing()).toBeGreaterThanOrEqual(4000)
  })

  it('stands on no board, and is back on it when the ban is lifted', async () => {
    const [author] = await people(1)
    await author!.put('/users/me/location', { lat: 37.5006, lng: 127.0364 })
    const admin = await signUpAdmin()
    const id = await reportWalk(author!)
    const standings = async () =>
      (await db.execute(`SELECT 1 FROM rankings WHERE user_id = '${idOf(author!)}' AND standing > 0`)).rows.length
    const before = await standings()
    expect(before).toBeGreaterThan(0)
    await decide(admin, id, 'ban')
    expect(await standings()).toBe(0)
    await decide(admin, id, 'restore')
    expect(await standings()).toBe(before)
  })
})

describe('an appeal', () => {
  it('is made once within 30 days, and another admin decides', async () => {
    const [author, other] = await people(2)
    const [one, two] = [await signUpAdmin(), await signUpAdmin()]
    const walkId = await reportWalk(author!)
    const { json } = await decide(one, walkId, 'suspend')
    const action_id = json.history[0].id
    const first = await author!.post('/appeals', { action_id, text: '오해예요' })
    expect(first).toMatchObject({ status: 201, json: { action_id, decision: null } })
    expect(await author!.post('/appeals', { action_id, text: '다른 말' })).toMatchObject({
      status: 201,
      json: { ...first.json, text: '오해예요' },
    })
    expect(await other!.post('/appeals', { action_id, text: '남의 일' })).toMatchObject({ status: 404, json: { code: 'action_not_found' } })
    const path = `/admin/appeals/${first.json.id}`
    const open = (await one.get('/admin/appeals?limit=50')).json.items.find(({ id }: { id: string }) => id === first.json.id)
    expect(open).toMatchObject({ may_decide: false, text: '오해예요', action: { action: 'suspend' } })
    expect(await one.patch(path, { decision: 'reject' })).toMatchObject({ status: 409, json: { code: 'same_admin' } })
    const decided = await Promise.all([two.patch(path, { decision: 'uphold', note: '맞아요' }), two.patch(path, { decision: 'uphold' })])
    expect(decided.map(({ status }) => status)).toEqual([200, 200])
    expect(await two.patch(path, { decision: 'reject' })).toMatchObject({
      status: 409,
      json: { code: 'already_decided', decided: { decision: 'uphold' } },
    })
    expect((await author!.get('/users/me')).json.suspended_until).toBeNull()
    expect(await isSeen(other!, walkId)).toBe(true)
    const { items } = (await author!.get('/users/me/moderation')).json
    expect(items).toMatchObject([{ action: 'restore' }, { action: 'suspend', is_undone: true, appeal: { decision: 'uphold' } }])
    expect((await toldOf(author!)).toSorted()).toEqual(['appeal_upheld', 'suspend'])
    expect(await author!.post('/appeals', { action_id: items[0].id, text: '더' })).toMatchObject({ status: 404 })
  })

  it('that is rejected changes nothing, and one that comes late is refused', async () => {
    const [author] = await people(1)
    const [one, two] = [await signUpAdmin(), await signUpAdmin()]
    const action_id = await warn(author!, one)
    const { json } = await author!.post('/appeals', { action_id, text: '오해예요' })
    expect(await two.patch(`/admin/appeals/${json.id}`, { decision: 'reject' })).toMatchObject({
      status: 200,
      json: { decision: 'reject' },
    })
    expect((await author!.get('/users/me/moderation')).json.items).toMatchObject([{ is_undone: false, appealable_until: null }])
    const late = await warn(author!, one)
    await db.execute(`ALTER TABLE moderation_actions DISABLE TRIGGER moderation_actions_kept`)
    await db.execute(`UPDATE moderation_actions SET created_at = created_at - interval '31 days' WHERE id = '${late}'`)
    await db.execute(`ALTER TABLE moderation_actions ENABLE TRIGGER moderation_actions_kept`)
    expect(await author!.post('/appeals', { action_id: late, text: '늦었어요' })).toMatchObject({
      status: 409,
      json: { code: 'appeal_too_late' },
    })
  })

  it('lifts a ban when it is upheld', async () => {
    const author = await signUpWithKakao()
    const [one, two] = [await signUpAdmin(), await signUpAdmin()]
    const { json } = await decide(one, await reportWalk(author), 'ban')
    const back = await logIn(author.kakao_id)
    const made = await back.post('/appeals', { action_id: json.history[0].id, text: '오해예요' })
    expect(made.status).toBe(201)
    await two.patch(`/admin/appeals/${made.json.id}`, { decision: 'uphold' })
    const { json: tokens } = await createApi().post('/auth/refresh', { refresh_token: back.user.refresh_token })
    expect((await createApi({ user: { ...back.user, access_token: tokens.access_token } }).get('/blocks')).status).toBe(200)
  })
})

describe('what is kept', () => {
  it('is gone 90 days after the decision, or three years after it for evidence; the removed thing stays removed', async () => {
    const [author, other] = await people(2)
    const admin = await signUpAdmin()
    const [removed, dismissed, evidence] = [await reportWalk(author!), await reportWalk(author!), await reportWalk(author!, 'animal_abuse')]
    await decide(admin, removed, 'remove')
    await decide(admin, dismissed, 'dismiss')
    await decide(admin, evidence, 'remove')
    const kept = async () =>
      (
        await db.execute<{ target_id: string }>(
          `SELECT target_id FROM moderation_cases WHERE author_id = '${idOf(author!)}' AND snapshot IS NOT NULL`,
        )
      ).rows.map((it) => it.target_id)
    await runTask(purgeModeration, new Date(Date.now() + 89 * DAY_MS))
    expect(await kept()).toHaveLength(3)
    await runTask(purgeModeration, new Date(Date.now() + 91 * DAY_MS))
    expect(await kept()).toEqual([evidence])
    expect(await isSeen(other!, removed)).toBe(false)
    expect((await db.execute(`SELECT 1 FROM reports WHERE target_id IN ('${removed}', '${dismissed}')`)).rows).toEqual([])
    await runTask(purgeModeration, new Date(Date.now() + 1_097 * DAY_MS))
    expect(await kept()).toEqual([])
  })

  it('of a person goes with the account, but for evidence; reports stay without who made them', async () => {
    const [author, reporter, other] = await people(3)
    const admin = await signUpAdmin()
    const [plain, abuse, open] = [
      await reportWalk(author!, 'spam', reporter!),
      await reportWalk(author!, 'animal_abuse', reporter!),
      await shareWalk(other!),
    ]
    await reporter!.post('/reports', { target_type: 'walk', target_id: open, reason: 'spam', description: '제 번호는 비밀' })
    await author!.post('/reports', { target_type: 'user', target_id: idOf(reporter!), reason: 'spam' })
    const { json } = await decide(admin, plain, 'warn')
    await author!.post('/appeals', { action_id: json.history[0].id, text: '오해예요' })
    await decide(admin, abuse, 'remove')
    const ids = [idOf(author!), idOf(reporter!), idOf(admin)]
    await db.execute(`UPDATE users SET deleted_at = now() - interval '40 days' WHERE id IN ('${ids.join("', '")}')`)
    await runTask(purgeUsers, new Date())
    const left = async (table: string) =>
      (await db.execute<{ row: string }>(`SELECT t::text AS row FROM ${table} t`)).rows
        .map(({ row }) => row)
        .filter((row) => ids.some((id) => row.includes(id)))
    for (const table of ['reports', 'report_hides', 'moderation_actions', 'appeals', 'takedowns', 'notifications'])
      expect(await left(table), table).toEqual([])
    // Evidence is kept because the law wants it, and names the photos of its author.
    expect(
      (
        await db.execute<{ target_id: string }>(
          `SELECT target_id FROM moderation_cases WHERE target_id IN ('${plain}', '${abuse}', '${open}') ORDER BY opened_at`,
        )
      ).rows.map((it) => it.target_id),
    ).toEqual([abuse, open])
    expect((await db.execute(`SELECT reporter_id, description FROM reports WHERE target_id = '${open}'`)).rows).toEqual([
      { reporter_id: null, description: null },
    ])
  })
})

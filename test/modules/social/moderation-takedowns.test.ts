import { describe, expect, it } from 'vitest'
import { endTakedowns, purgeModeration } from '../../../src/modules/social/moderation/jobs.ts'
import { createApi, createTestDeps, type Api } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { DEMAND, demand, shareWalk, signUpAdmin } from '../../support/moderation.ts'
import { freshPhoto } from '../../support/photos.ts'
import { idOf } from '../../support/rooms.ts'
import { runTask } from '../../support/tasks.ts'

const { db } = createTestDeps()
const DAY_MS = 86_400_000
const people = (count: number) => Promise.all(Array.from({ length: count }, () => signUp()))
const judge = (admin: Api, id: string, decision: string, more: object = {}) => admin.patch(`/admin/takedowns/${id}`, { decision, ...more })
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS)
const stateOf = async (id: string) => (await db.execute<{ state: string }>(`SELECT state FROM takedowns WHERE id = '${id}'`)).rows[0]?.state

/** A walk that an admin has closed, with everybody concerned. */
async function closed() {
  const [author, other] = await people(2)
  const admin = await signUpAdmin()
  const walkId = await shareWalk(author!)
  const made = await demand(walkId)
  expect((await judge(admin, made.id, 'close')).status).toBe(200)
  return { author: author!, other: other!, admin, walkId, ...made }
}

describe('a demand', () => {
  it('needs no account, is one case within a day, also twice at once, and tells nobody whether the thing is there', async () => {
    const target = { ...DEMAND, target_type: 'walk', target_id: crypto.randomUUID() }
    const answers = await Promise.all(Array.from({ length: 4 }, () => createApi().post('/takedowns', target)))
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202])
    expect(new Set(answers.map(({ json }) => json.case_number)).size).toBe(1)
    const tomorrow = createApi({ deps: { now: () => inDays(1.01) } })
    expect((await tomorrow.post('/takedowns', target)).json.case_number).not.toBe(answers[0]!.json.case_number)
    expect(await createApi().post('/takedowns', DEMAND)).toMatchObject({ status: 422 })
    expect(await createApi().post('/takedowns', { ...DEMAND, target_type: 'walk' })).toMatchObject({ status: 422 })
  })

  it('finds what an address shows', async () => {
    const [author] = await people(1)
    const walkId = await shareWalk(author!)
    const { photo_url, id: photoId, thumbnail_url } = (await author!.post(`/upload/walk-photo/${walkId}`, await freshPhoto())).json
    const share = (await author!.post(`/walks/${walkId}/share-link`, {})).json
    const targetOf = async (url: string) => {
      const { json } = await createApi().post('/takedowns', { ...DEMAND, url })
      return (await db.execute(`SELECT target_type, target_id FROM takedowns WHERE case_number = '${json.case_number}'`)).rows[0]
    }
    expect(await targetOf(`withbowwow://walks/${walkId}`)).toEqual({ target_type: 'walk', target_id: walkId })
    expect(await targetOf(`https://app.example/walks/${walkId}?a=b`)).toEqual({ target_type: 'walk', target_id: walkId })
    expect(await targetOf(`https://app.example${photo_url}`)).toEqual({ target_type: 'photo', target_id: photoId })
    expect(await targetOf(`https://app.example${thumbnail_url}`)).toEqual({ target_type: 'photo', target_id: photoId })
    if (share?.url) expect(await targetOf(share.url)).toEqual({ target_type: 'walk', target_id: walkId })
    expect(await targetOf('그 산책이요')).toEqual({ target_type: null, target_id: null })
  })
})

describe('a temporary measure', () => {
  it('closes the thing, tells whoever could see it otherwise so (451), and nobody else', async () => {
    const { author, other, admin, walkId, case_number } = await closed()
    expect(await other.get(`/walks/${walkId}`)).toMatchObject({ status: 451, json: { code: 'temporarily_blocked' } })
    expect((await author.get(`/walks/${walkId}`)).json.post.is_hidden).toBe(true)
    expect((await admin.get(`/walks/${walkId}`)).status).toBe(200)
    const [blocked] = await people(1)
    await author.post(`/blocks/${idOf(blocked!)}`)
    expect((await blocked!.get(`/walks/${walkId}`)).status).toBe(404)
    await author.patch(`/walks/${walkId}`, { audience: 'followers' })
    expect((await other.get(`/walks/${walkId}`)).status).toBe(404)
    await author.patch(`/walks/${walkId}`, { audience: 'everyone', shared_to_feed: false })
    expect((await other.get(`/walks/${walkId}`)).status).toBe(404)
    const [told] = (await author.get('/notifications?type=moderation')).json.items
    expect(told.title).toBe('산책 게시물이 임시로 가려졌어요')
    expect((await author.get('/users/me/moderation')).json.items).toMatchObject([{ action: 'close', case_number, appealable_until: null }])
  })

  it('ends after 30 days: removed when nobody objected, open again when nobody decided about an objection', async () => {
    const [silent, objecting, kept] = [await closed(), await closed(), await closed()]
    for (const it of [objecting, kept]) {
      const first = await it.author.post(`/takedowns/${it.case_number}/objection`, { text: '제 사진이에요' })
      expect(first).toMatchObject({ status: 200, json: { text: '제 사진이에요' } })
      expect(await it.author.post(`/takedowns/${it.case_number}/objection`, { text: '다른 말' })).toMatchObject({
        status: 200,
        json: first.json,
      })
      expect((await it.other.post(`/takedowns/${it.case_number}/objection`, { text: '남의 일' })).status).toBe(404)
    }
    expect(await judge(silent.admin, silent.id, 'keep')).toMatchObject({ status: 422, json: { code: 'action_not_possible' } })
    expect(await judge(kept.admin, kept.id, 'keep')).toMatchObject({ status: 200, json: { is_kept: true, state: 'closed' } })
    await runTask(endTakedowns, inDays(29.9))
    for (const it of [silent, objecting, kept]) expect(await stateOf(it.id)).toBe('closed')
    await runTask(endTakedowns, inDays(30.1))
    await runTask(endTakedowns, inDays(30.1))
    expect(await Promise.all([silent, objecting, kept].map((it) => stateOf(it.id)))).toEqual(['removed', 'restored', 'removed'])
    expect((await silent.other.get(`/walks/${silent.walkId}`)).status).toBe(404)
    expect((await kept.other.get(`/walks/${kept.walkId}`)).status).toBe(404)
    expect((await objecting.other.get(`/walks/${objecting.walkId}`)).status).toBe(200)
    expect(await silent.author.post(`/takedowns/${silent.case_number}/objection`, { text: '늦었어요' })).toMatchObject({
      status: 409,
      json: { code: 'takedown_over' },
    })
    const actions = async (it: typeof silent) =>
      (await it.author.get('/users/me/moderation')).json.items.map(({ action }: { action: string }) => action)
    expect(await actions(silent)).toEqual(['remove', 'close'])
    expect(await actions(objecting)).toEqual(['restore', 'close'])
  })

  it('is decided once, restored by an admin, and rejected ones close nothing', async () => {
    const { other, admin, walkId, id } = await closed()
    expect(await judge(admin, id, 'close')).toMatchObject({ status: 200 })
    expect(await judge(await signUpAdmin(), id, 'close')).toMatchObject({ status: 409, json: { code: 'already_decided' } })
    expect(await judge(admin, id, 'reject')).toMatchObject({ status: 422 })
    expect(await judge(admin, id, 'restore')).toMatchObject({ status: 200, json: { state: 'restored' } })
    expect((await other.get(`/walks/${walkId}`)).status).toBe(200)
    const again = await demand(walkId, { statement: '다시 요청해요' })
    expect(await judge(admin, again.id, 'reject')).toMatchObject({ status: 200, json: { state: 'rejected' } })
    expect((await other.get(`/walks/${walkId}`)).status).toBe(200)
    expect(await judge(admin, crypto.randomUUID(), 'reject')).toMatchObject({ status: 404, json: { code: 'takedown_not_found' } })
    const nothing = await demand(crypto.randomUUID())
    expect(await judge(admin, nothing.id, 'close')).toMatchObject({ status: 422, json: { code: 'action_not_possible' } })
    expect(await judge(admin, nothing.id, 'close', { target_type: 'walk', target_id: walkId })).toMatchObject({
      status: 200,
      json: { target_id: walkId },
    })
  })

  it('of two demands stays until the last is over', async () => {
    const { other, admin, walkId, id } = await closed()
    const second = await demand(walkId, { claimant_name: '박보호' })
    await judge(admin, second.id, 'close')
    await judge(admin, id, 'restore')
    expect((await other.get(`/walks/${walkId}`)).status).toBe(451)
    await judge(admin, second.id, 'restore')
    expect((await other.get(`/walks/${walkId}`)).status).toBe(200)
  })

  it('and who demanded it are forgotten after a year', async () => {
    const { id } = await demand(crypto.randomUUID())
    await runTask(purgeModeration, inDays(364))
    expect(await stateOf(id)).toBe('received')
    await runTask(purgeModeration, inDays(366))
    expect(await stateOf(id)).toBeUndefined()
  })
})

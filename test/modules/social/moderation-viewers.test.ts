import { expect, it } from 'vitest'
import { createApi, createTestDeps, type Api } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { addComment, shareWalk, signUpAdmin } from '../../support/moderation.ts'
import { idOf } from '../../support/rooms.ts'

const { db } = createTestDeps()

it.each(['open', 'for followers', 'hidden', 'taken down', 'not shared'] as const)(
  'nine kinds of viewers report a walk and its comment only where they see them: %s',
  async (state) => {
    const [author, stranger, follower, former, blocking, blocked, leaving, suspended] = await Promise.all(
      Array.from({ length: 8 }, () => signUp()),
    )
    const admin = await signUpAdmin()
    const walkId = await shareWalk(author!, { audience: state === 'for followers' ? 'followers' : 'everyone' })
    const comment = await addComment(author!, walkId)
    for (const it of [follower!, former!, blocking!, blocked!])
      await db.execute(`INSERT INTO follows (follower_id, followee_id, created_at) VALUES ('${idOf(it)}', '${idOf(author!)}', now())`)
    await db.execute(`DELETE FROM follows WHERE follower_id = '${idOf(former!)}'`)
    await blocking!.post(`/blocks/${idOf(author!)}`)
    await author!.post(`/blocks/${idOf(blocked!)}`)
    await db.execute(`UPDATE users SET suspended_until = now() + interval '1 day' WHERE id = '${idOf(suspended!)}'`)
    await leaving!.delete('/users/me')
    if (state === 'hidden') await (await signUp()).post('/reports', { target_type: 'walk', target_id: walkId, reason: 'privacy' })
    if (state === 'taken down') {
      await db.execute(`
        INSERT INTO moderation_cases (target_type, target_id, author_id, snapshot, opened_at, closed_until)
        VALUES ('walk', '${walkId}', '${idOf(author!)}', '{}', now(), now() + interval '30 days')`)
      await db.execute(`SELECT fold_post('${walkId}')`)
    }
    if (state === 'not shared') await author!.patch(`/walks/${walkId}`, { shared_to_feed: false })

    const seesAll = state === 'open' ? 200 : 404
    const seesAsFollower = state === 'for followers' ? 200 : seesAll
    // Whoever is suspended may still report what harms others.
    const expected: [kind: string, by: Api, status: number][] = [
      ['author', author!, 422],
      ['stranger', stranger!, seesAll],
      ['follower', follower!, seesAsFollower],
      ['former follower', former!, seesAll],
      ['whoever blocks the author', blocking!, 404],
      ['whoever the author blocks', blocked!, 404],
      ['suspended', suspended!, seesAll],
      ['leaving', leaving!, 401],
      ['nobody', createApi(), 401],
      ['admin', admin, seesAll],
    ]
    for (const [kind, by, status] of expected) {
      for (const [target_type, target_id] of [
        ['comment', comment],
        ['walk', walkId],
      ] as const)
        expect((await by.post('/reports', { target_type, target_id, reason: 'animal_abuse' })).status, `${kind}, ${target_type}`).toBe(
          status,
        )
    }
  },
)

it('nobody but an admin reads or decides what was reported, whatever it is', async () => {
  const [author, other] = await Promise.all([signUp(), signUp()])
  const target_id = await shareWalk(author)
  await other.post('/reports', { target_type: 'walk', target_id, reason: 'spam' })
  for (const by of [author, other]) {
    for (const path of [
      '/admin/reports',
      '/admin/reports/overdue-count',
      `/admin/reports/walk/${target_id}`,
      '/admin/appeals',
      '/admin/takedowns',
    ])
      expect(await by.get(path), path).toMatchObject({ status: 403, json: { code: 'admin_required' } })
    expect((await by.patch(`/admin/reports/walk/${target_id}`, { action: 'ban' })).status).toBe(403)
    expect((await by.patch(`/admin/appeals/${target_id}`, { decision: 'uphold' })).status).toBe(403)
    expect((await by.patch(`/admin/takedowns/${target_id}`, { decision: 'close' })).status).toBe(403)
  }
  expect((await db.execute(`SELECT 1 FROM moderation_actions WHERE target_id = '${target_id}'`)).rows).toEqual([])
})

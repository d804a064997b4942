import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createTestDeps, type Api } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { addComment, reportWalk, runEvidenceJobs, signUpAdmin } from '../../support/moderation.ts'
import { shareWalk } from '../../support/shared-walks.ts'
import { freshPhoto } from '../../support/photos.ts'
import { enterAll, idOf, makeRoom } from '../../support/rooms.ts'

const { db } = createTestDeps()
const people = (count: number) => Promise.all(Array.from({ length: count }, () => signUp()))
const report = (by: Api, target_type: string, target_id: string, reason = 'inappropriate', more: object = {}) =>
  by.post('/reports', { target_type, target_id, reason, ...more })
const isSeen = async (by: Api, walkId: string) => (await by.get(`/walks/${walkId}`)).status === 200
const caseOf = async (type: string, id: string) => (await (await signUpAdmin()).get(`/admin/reports/${type}/${id}`)).json
const isHeld = async (id: string) => (await db.execute(`SELECT held_at FROM comments WHERE id = '${id}'`)).rows[0]?.held_at !== null

/** Somebody whose reports were all found wrong. */
async function crier(): Promise<Api> {
  const [cry, admin] = [await signUp(), await signUpAdmin()]
  for (let n = 0; n < 3; n++) {
    const id = await reportWalk(await signUp(), 'inappropriate', cry)
    expect((await admin.patch(`/admin/reports/walk/${id}`, { action: 'dismiss' })).status).toBe(200)
  }
  return cry
}

describe('a report', () => {
  it('is made once, and its reporter sees the thing no more, whatever comes of it', async () => {
    const [author, reporter, other] = await people(3)
    const id = await shareWalk(author!)
    const first = await report(reporter!, 'walk', id, 'inappropriate', { description: '불쾌해요' })
    expect(first).toMatchObject({ status: 200, json: { target_type: 'walk', target_id: id } })
    expect(await report(reporter!, 'walk', id, 'spam')).toMatchObject({ status: 200, json: first.json })
    expect(await isSeen(reporter!, id)).toBe(false)
    expect(await isSeen(other!, id)).toBe(true)
    const admin = await signUpAdmin()
    expect(await admin.patch(`/admin/reports/walk/${id}`, { action: 'dismiss' })).toMatchObject({ status: 200 })
    expect(await isSeen(reporter!, id)).toBe(false)
    expect((await db.execute(`SELECT 1 FROM feed_hides WHERE walk_id = '${id}'`)).rows).toHaveLength(1)
    expect((await caseOf('walk', id)).reports).toMatchObject([
      { reporter_id: idOf(reporter!), reason: 'inappropriate', description: '불쾌해요' },
    ])
  })

  it('of what one may not see is a 404, exactly as of what is not there; of what is one’s own it is a 422', async () => {
    const [author, stranger, blocked] = await people(3)
    const [open, closed] = [await shareWalk(author!), await shareWalk(author!, 'followers')]
    const comment = await addComment(author!, open)
    const held = await addComment(author!, open)
    await db.execute(`UPDATE comments SET held_at = now() WHERE id = '${held}'`)
    await author!.post(`/blocks/${idOf(blocked!)}`)
    const missing = (await report(stranger!, 'walk', crypto.randomUUID())).json
    for (const [by, type, id] of [
      [stranger!, 'walk', closed],
      [stranger!, 'comment', held],
      [stranger!, 'meetup', open],
      [stranger!, 'photo', open],
      [blocked!, 'walk', open],
      [blocked!, 'comment', comment],
      [blocked!, 'user', idOf(author!)],
    ] as const) {
      const hidden = await report(by, type, id)
      expect(hidden.status, `${type} ${id}`).toBe(404)
      expect({ ...hidden.json, request_id: '' }).toEqual({ ...missing, request_id: '' })
    }
    for (const [type, id] of [
      ['walk', open],
      ['walk', closed],
      ['comment', comment],
      ['comment', held],
      ['user', idOf(author!)],
    ] as const)
      expect(await report(author!, type, id), type).toMatchObject({ status: 422, json: { code: 'own_content' } })
    expect((await db.execute(`SELECT 1 FROM moderation_cases WHERE author_id = '${idOf(author!)}'`)).rows).toEqual([])
  })

  it('can be made twenty times a day', async () => {
    const [reporter, ...authors] = await people(22)
    for (const author of authors.slice(0, 20)) expect((await report(reporter!, 'user', idOf(author))).status).toBe(200)
    const refused = await report(reporter!, 'user', idOf(authors[20]!))
    expect(refused).toMatchObject({ status: 429, json: { code: 'too_many_reports' } })
    expect(refused.headers.get('Retry-After')).toBe('3600')
    expect((await report(reporter!, 'user', idOf(authors[0]!))).status).toBe(200)
  })

  it('may block the author as well, at once or with a second report, as a block does', async () => {
    const { id: room, host, guests } = await makeRoom()
    const [, b] = await enterAll(room, [host, guests[0]])
    const walkId = await shareWalk(host)
    expect((await report(guests[0], 'walk', walkId)).status).toBe(200)
    expect((await guests[0].get('/blocks')).json.items).toEqual([])
    expect((await report(guests[0], 'walk', walkId, 'spam', { also_block: true })).status).toBe(200)
    expect((await guests[0].get('/blocks')).json.items).toMatchObject([{ user: { id: idOf(host) } }])
    expect(await b!.closing()).toBe(4003)
    // What somebody cannot see blocks nobody.
    const [stranger] = await people(1)
    expect((await report(stranger!, 'walk', await shareWalk(guests[0], 'followers'), 'spam', { also_block: true })).status).toBe(404)
    expect((await stranger!.get('/blocks')).json.items).toEqual([])
  })

  it('of a photo hides it from its reporter, and its copy outlives it', async () => {
    const [author, reporter, other] = await people(3)
    const walkId = await shareWalk(author!)
    const photo = await author!.post(`/upload/walk-photo/${walkId}`, await freshPhoto())
    const photos = async (by: Api) => (await by.get(`/walks/${walkId}`)).json.photos
    expect((await report(reporter!, 'photo', photo.json.id)).status).toBe(200)
    expect(await photos(reporter!)).toEqual([])
    expect(await photos(other!)).toHaveLength(1)
    await runEvidenceJobs(photo.json.id)
    await author!.delete(`/walks/${walkId}/photos/${photo.json.id}`)
    const detail = await caseOf('photo', photo.json.id)
    expect(detail).toMatchObject({ current: null, snapshot: { walk_id: walkId, photos: [{ id: photo.json.id }] } })
    const copy = await other!.get(detail.snapshot.photos[0].photo_url)
    expect(copy.status).toBe(200)
    expect((await other!.get(detail.snapshot.photos[0].photo_url.replace(/signature=.{5}/, 'signature=AAAAA'))).status).toBe(404)
  })
})

describe('at once', () => {
  it.each(['harassment', 'privacy'])('%s hides a walk, a comment and a photo from all but the author and admins', async (reason) => {
    const [author, reporter, other] = await people(3)
    const admin = await signUpAdmin()
    const [walkId, base] = [await shareWalk(author!), await shareWalk(author!)]
    const comment = await addComment(author!, base)
    const photo = (await author!.post(`/upload/walk-photo/${base}`, await freshPhoto())).json
    await db.execute(`UPDATE posts SET comment_count = comment_count WHERE walk_id = '${base}'`)
    for (const [type, id] of [
      ['walk', walkId],
      ['comment', comment],
      ['photo', photo.id],
    ] as const)
      expect((await report(reporter!, type, id, reason)).status).toBe(200)
    expect(await isSeen(other!, walkId)).toBe(false)
    expect((await author!.get(`/walks/${walkId}`)).json).toMatchObject({ post: { is_hidden: true } })
    expect(await isSeen(admin, walkId)).toBe(true)
    expect(await isHeld(comment)).toBe(true)
    expect((await other!.get(`/walks/${base}`)).json).toMatchObject({ photos: [], post: { comments: 0 } })
    expect((await author!.get(`/walks/${base}`)).json.photos).toHaveLength(1)
    for (const [type, id] of [
      ['walk', walkId],
      ['comment', comment],
      ['photo', photo.id],
    ] as const)
      expect((await admin.patch(`/admin/reports/${type}/${id}`, { action: 'dismiss' })).status).toBe(200)
    expect(await isSeen(other!, walkId)).toBe(true)
    expect(await isHeld(comment)).toBe(false)
    expect((await other!.get(`/walks/${base}`)).json).toMatchObject({ photos: [{ id: photo.id }], post: { comments: 1 } })
  })

  it.each(['inappropriate', 'spam'])('%s hides at the third report of people whose reports are usually upheld', async (reason) => {
    const [author, a, b, c, other] = await people(5)
    const id = await shareWalk(author!)
    for (const by of [await crier(), a!, b!]) expect((await report(by, 'walk', id, reason)).status).toBe(200)
    expect(await isSeen(other!, id)).toBe(true)
    expect((await report(c!, 'walk', id, reason)).status).toBe(200)
    expect(await isSeen(other!, id)).toBe(false)
    expect(await caseOf('walk', id)).toMatchObject({ report_count: 4, is_hidden: true, reasons: { [reason]: 4 } })
  })

  it('who reports many innocent things does not count among three, and harassment hides whoever reports it', async () => {
    const [author, other, one, two] = await people(4)
    const id = await shareWalk(author!)
    const unreliable = await crier()
    for (const reporter of [unreliable, one!, two!]) expect((await report(reporter, 'walk', id, 'spam')).status).toBe(200)
    expect(await isSeen(other!, id)).toBe(true)
    const detail = await caseOf('walk', id)
    expect(detail).toMatchObject({ is_hidden: false, report_count: 3 })
    expect(detail.reports.map(({ is_reliable }: { is_reliable: boolean }) => is_reliable).toSorted()).toEqual([false, true, true])
    const harassing = await shareWalk(author!)
    expect((await report(unreliable, 'walk', harassing, 'harassment')).status).toBe(200)
    expect(await isSeen(other!, harassing)).toBe(false)
    expect(Date.parse(detail.due_at) - Date.parse(detail.opened_at)).toBe(24 * 3_600_000)
  })

  it('animal abuse hides nothing, is due in four hours and stands on top of the queue', async () => {
    const [author, reporter, other] = await people(3)
    const [old, urgent] = [await shareWalk(author!), await shareWalk(author!)]
    await report(reporter!, 'walk', old, 'spam')
    await db.execute(`UPDATE moderation_cases SET due_at = now() - interval '9 hours' WHERE target_id = '${old}'`)
    await report(reporter!, 'walk', urgent, 'animal_abuse')
    expect(await isSeen(other!, urgent)).toBe(true)
    const detail = await caseOf('walk', urgent)
    expect(detail).toMatchObject({ is_urgent: true, is_overdue: false })
    expect(Date.parse(detail.due_at) - Date.parse(detail.opened_at)).toBe(4 * 3_600_000)
    const ids: string[] = []
    const admin = await signUpAdmin()
    for (let cursor: string | null = ''; cursor !== null;) {
      const { json } = await admin.get(`/admin/reports?limit=50${cursor && `&cursor=${cursor}`}`)
      ids.push(...json.items.map((it: { target_id: string }) => it.target_id))
      cursor = json.next_cursor
    }
    expect(ids.indexOf(urgent)).toBeGreaterThanOrEqual(0)
    expect(ids.indexOf(urgent)).toBeLessThan(ids.indexOf(old))
    expect(new Set(ids).size).toBe(ids.length)
    expect((await admin.get('/admin/reports/overdue-count')).json.count).toBeGreaterThan(0)
  })

  it('a report of a person hides nothing and puts them into the queue', async () => {
    const [author, reporter, other] = await people(3)
    expect((await report(reporter!, 'user', idOf(author!), 'harassment')).status).toBe(200)
    expect((await other!.get(`/users/${idOf(author!)}`)).status).toBe(200)
    expect(await caseOf('user', idOf(author!))).toMatchObject({
      is_hidden: false,
      snapshot: { text: expect.any(String) },
      author: { id: idOf(author!) },
    })
  })

  it('spam holds copies of the comment with it, and they are decided with it', async () => {
    const [author, walker, ...reporters] = await people(5)
    const walkId = await shareWalk(walker!)
    const said = await addComment(author!, walkId, '최저가!! 간식 할인')
    const copy = await addComment(author!, await shareWalk(walker!), '최저가 간식할인')
    const another = await addComment(author!, walkId, '귀여워요')
    const innocent = await addComment(walker!, walkId, '최저가 간식 할인')
    for (const by of reporters) expect((await report(by, 'comment', said, 'spam')).status).toBe(200)
    expect(await Promise.all([said, copy, another, innocent].map(isHeld))).toEqual([true, true, false, false])
    expect(await caseOf('comment', said)).toMatchObject({ held_alike: 1 })
    const admin = await signUpAdmin()
    await admin.patch(`/admin/reports/comment/${said}`, { action: 'remove' })
    const deleted = async () =>
      (
        await db.execute<{ id: string }>(sql`SELECT id FROM comments WHERE id IN (${said}, ${copy}, ${another}) AND deleted_at IS NOT NULL`)
      ).rows.map(({ id }) => id)
    expect((await deleted()).toSorted()).toEqual([said, copy].toSorted())
    await admin.patch(`/admin/reports/comment/${said}`, { action: 'restore' })
    expect(await deleted()).toEqual([])
    expect(await Promise.all([said, copy].map(isHeld))).toEqual([false, false])
  })

  it('thirty reporters at once make one case with exact counts', async () => {
    const [author, other, ...reporters] = await people(32)
    const id = await shareWalk(author!)
    const answers = await Promise.all(reporters.flatMap((by) => [1, 2].map(() => report(by, 'walk', id, 'animal_abuse'))))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(60)
    expect(await caseOf('walk', id)).toMatchObject({ report_count: 30, reasons: { animal_abuse: 30 }, is_hidden: false })
    expect(await isSeen(other!, id)).toBe(true)
  })

  it('thirty reporters at once hide spam once, and whoever comes after that finds nothing', async () => {
    const [author, other, ...reporters] = await people(32)
    const id = await shareWalk(author!)
    const answers = await Promise.all(reporters.map((by) => report(by, 'walk', id, 'spam')))
    const taken = answers.filter(({ status }) => status === 200).length
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(30 - taken)
    expect(taken).toBeGreaterThanOrEqual(3)
    expect(await caseOf('walk', id)).toMatchObject({ report_count: taken, reasons: { spam: taken }, is_hidden: true })
    expect(await isSeen(other!, id)).toBe(false)
  })

  it('what a moderator has found innocent is not hidden again until it changes', async () => {
    const [author, a, b, c, other] = await people(5)
    const admin = await signUpAdmin()
    const id = await shareWalk(author!)
    await report(a!, 'walk', id, 'harassment')
    await admin.patch(`/admin/reports/walk/${id}`, { action: 'dismiss' })
    await report(b!, 'walk', id, 'harassment')
    expect(await isSeen(other!, id)).toBe(true)
    expect(await caseOf('walk', id)).toMatchObject({ decision: 'dismiss', due_at: expect.any(String) })
    await admin.patch(`/admin/reports/walk/${id}`, { action: 'dismiss' })
    await author!.patch(`/walks/${id}`, { memo: '이제 다른 말' })
    await report(c!, 'walk', id, 'harassment')
    expect(await isSeen(other!, id)).toBe(false)
    expect((await caseOf('walk', id)).snapshot.text).toBe('이제 다른 말')
  })
})

import { expect, it } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'

const countRows = async (userId: string) =>
  Number((await createTestDeps().db.execute(`SELECT count(*) AS count FROM consents WHERE user_id = '${userId}'`)).rows[0]?.count)

it('keeps the latest decision a document, and every one before it', async () => {
  const owner = await signUp()
  expect((await owner.get('/users/me/consents')).json).toEqual([])
  const decide = (now: string, ...decisions: object[]) => owner.with({ now: () => new Date(now) }).post('/users/me/consents', decisions)
  const service = { document: 'service', version: '2026-01-01', agreed: true }
  const marketing = { document: 'marketing', version: '2026-01-01', agreed: true }
  await decide('2026-05-01T00:00:00Z', service, marketing)
  const { json, status } = await decide('2026-05-02T00:00:00Z', service, { ...marketing, agreed: false })
  expect(status).toBe(200)
  expect(json).toEqual([
    { ...service, agreed_at: '2026-05-01T00:00:00+00:00' },
    { ...marketing, agreed: false, agreed_at: '2026-05-02T00:00:00+00:00' },
  ])
  expect((await owner.get('/users/me/consents')).json).toEqual(json)
  expect(await countRows(owner.user.user_id)).toBe(3)
})

it('adds nothing when the same is said twice, also at once', async () => {
  const owner = await signUp()
  const decision = { document: 'location', version: '2026-01-01', agreed: true }
  await Promise.all([1, 2, 3].map(() => owner.post('/users/me/consents', [decision])))
  expect(await countRows(owner.user.user_id)).toBe(1)
})

it('keeps two different decisions of one moment', async () => {
  const owner = (await signUp()).with({ now: () => new Date('2026-05-01T00:00:00Z') })
  await owner.post('/users/me/consents', [{ document: 'privacy', version: '2026-01-01', agreed: true }])
  const { json } = await owner.post('/users/me/consents', [{ document: 'privacy', version: '2026-01-01', agreed: false }])
  expect(json).toMatchObject([{ agreed: false }])
})

it.each([
  [[]],
  [[{ document: 'cookies', version: '2026-01-01', agreed: true }]],
  [[1, 2].map(() => ({ document: 'service', version: '2026-01-01', agreed: true }))],
])('refuses %j', async (body) => {
  expect((await (await signUp()).post('/users/me/consents', body)).status).toBe(422)
})

it('takes no agreement to a version that was never published, and nothing of what is sent beside it', async () => {
  const owner = await signUp()
  const unknown = { document: 'marketing', version: '1999-01-01', agreed: true }
  expect(await owner.post('/users/me/consents', [{ document: 'service', version: '2026-01-01', agreed: true }, unknown])).toMatchObject({
    status: 422,
    json: { code: 'unknown_document_version', documents: ['marketing'] },
  })
  expect(await countRows(owner.user.user_id)).toBe(0)
})

it('takes a withdrawal of any version', async () => {
  const owner = await signUp()
  expect(await owner.post('/users/me/consents', [{ document: 'marketing', version: '1999-01-01', agreed: false }])).toMatchObject({
    status: 200,
    json: [{ agreed: false }],
  })
})

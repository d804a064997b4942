import { describe, expect, it } from 'vitest'
import { createApi, createTestDeps } from '../support/api.ts'
import { signUp } from '../support/login.ts'
import { publicRoutes, socketRoutes, userRoutes } from '../support/route-table.ts'

interface Operation {
  security?: unknown[]
}

it('knows every route of the document, and whether it is guarded', async () => {
  const { json } = await createApi().get('/openapi.json')
  const documented = Object.entries<Record<string, Operation>>(json.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { security }]) => `${method.toUpperCase()} ${path} ${security?.length ? 'guarded' : 'open'}`),
  )
  const known = [
    ...userRoutes.map(({ method, route }) => `${method} ${route} guarded`),
    ...[...publicRoutes, ...socketRoutes].map(({ method, route }) => `${method} ${route} open`),
  ]
  expect(known.toSorted()).toEqual(documented.toSorted())
})

describe.each(userRoutes)('$method $route', ({ method, route, stranger, prepare }) => {
  it('answers nobody without a token, with a broken one, after logging out, or after leaving', async () => {
    const [owner, leaver] = await Promise.all([signUp(), signUp()])
    const { path, body } = await prepare(owner)
    const unauthenticated = { status: 401, json: { code: 'unauthenticated' } }
    expect(await createApi().request(method, path, body)).toMatchObject(unauthenticated)
    const user = { ...owner.user, access_token: `${owner.user.access_token.slice(0, -4)}AAAA` }
    expect(await createApi({ user }).request(method, path, body)).toMatchObject(unauthenticated)

    await createTestDeps().db.execute(`UPDATE users SET deleted_at = now() WHERE id = '${leaver.user.user_id}'`)
    // Asking to be deleted again is no act of a deleted user: it repeats the answer that may have been lost.
    expect(await leaver.request(method, path, body)).toMatchObject(
      `${method} ${route}` === 'DELETE /users/me' ? { status: 202 } : unauthenticated,
    )

    await createTestDeps().db.execute(`UPDATE sessions SET revoked_at = now() WHERE user_id = '${owner.user.user_id}'`)
    expect(await owner.request(method, path, body)).toMatchObject(unauthenticated)
  })

  if (stranger === 'refused') {
    it('refuses everybody who is not an admin', async () => {
      const [owner, other] = await Promise.all([signUp(), signUp()])
      const { path, body } = await prepare(owner)
      expect(await other.request(method, path, body)).toMatchObject({ status: 403, json: { code: 'admin_required' } })
    })
  }

  if (stranger === 'missing') {
    it("answers a stranger as if the owner's thing were not there, exactly", async () => {
      const [owner, other] = await Promise.all([signUp(), signUp()])
      const { path, body } = await prepare(owner)
      const hidden = await other.request(method, path, body)
      expect(hidden.status).toBe(404)
      const missing = await other.request(
        method,
        route.replaceAll(/\{.+?\}/g, () => crypto.randomUUID()) + (path.includes('?') ? path.slice(path.indexOf('?')) : ''),
        body,
      )
      const { request_id: _, ...hiddenProblem } = hidden.json
      const { request_id: __, ...missingProblem } = missing.json
      expect(hiddenProblem).toEqual(missingProblem)
    })
  }
})

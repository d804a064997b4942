import { describe, expect, it } from 'vitest'
import { createApi } from '../support/api.ts'
import { signUp } from '../support/login.ts'
import { publicRoutes, userRoutes } from '../support/route-table.ts'

const MB = 1_048_576
/** All but these take 2 MB. */
const LARGER: Readonly<Record<string, number>> = {
  'POST /walks/{id}/complete': 8 * MB,
  'POST /walks/sync': 16 * MB,
  'POST /upload/pet-profile/{pet_id}': 5 * MB + 65_536,
  'POST /upload/walk-photo/{walk_id}': 10 * MB + 65_536,
  'POST /upload/image': 10 * MB + 65_536,
  'PUT /users/me/imports/{id}/file': 100 * MB,
}

const { json: document } = await createApi().get('/openapi.json')
const routes = [...userRoutes, ...publicRoutes].filter(({ method, route }) => document.paths[route][method.toLowerCase()].requestBody)

/** As its header declares it; what is sent is short. */
const declaring = (bytes: number) => ({ raw: '{}', headers: { 'Content-Type': 'application/json', 'Content-Length': String(bytes) } })

describe.each(routes)('$method $route', ({ method, route, prepare }) => {
  it('takes a body as large as its contract says, and refuses a larger one before it is read', async () => {
    const limit = document.paths[route][method.toLowerCase()].requestBody['x-max-bytes']
    expect(limit).toBe(LARGER[`${method} ${route}`] ?? 2 * MB)
    const owner = await signUp()
    const { path } = await prepare(owner)
    expect(await owner.request(method, path, undefined, declaring(limit + 1))).toMatchObject({
      status: 413,
      json: { code: 'body_too_large' },
    })
    expect((await owner.request(method, path, undefined, declaring(limit))).status).not.toBe(413)
  })
})

it('what has no contract takes little, whatever its path ends with', async () => {
  for (const path of ['/auth/apple/notifications', '/auth/kakao/unlink', '/payments/complete', '/upload/anything', '/pets/1/complete'])
    expect(await createApi().post(path, undefined, declaring(65_537))).toMatchObject({ status: 413, json: { code: 'body_too_large' } })
  expect((await createApi().post('/payments/complete', undefined, declaring(65_536))).status).toBe(404)
})

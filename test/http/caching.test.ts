import { expect, it } from 'vitest'
import { createApi } from '../support/api.ts'
import { signUp } from '../support/login.ts'

it('lets nobody on the way keep what is somebody’s own', async () => {
  const owner = await signUp()
  const refreshed = await createApi().post('/auth/refresh', { refresh_token: owner.user.refresh_token })
  for (const { status, headers } of [refreshed, await owner.get('/users/me'), await owner.get('/walks'), await createApi().get('/walks')])
    expect([status, headers.get('Cache-Control')]).toEqual([status, 'no-store'])
})

it('lets everybody keep what is the same for everybody', async () => {
  for (const path of ['/breeds', '/regions', '/openapi.json'])
    expect([path, (await createApi().get(path)).headers.get('Cache-Control')]).toEqual([path, expect.stringMatching(/^public/)])
})

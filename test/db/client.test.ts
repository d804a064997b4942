import { expect, it } from 'vitest'
import { createDb } from '../../src/db/client.ts'
import { cloud } from '../support/cloud.ts'
import { injectFault } from '../support/faults.ts'
import { signUp } from '../support/login.ts'

it('a request is answered at the deadline when Postgres takes longer, and the app may ask again', async () => {
  const db = createDb('postgres://app:app@db.localtest.me/app', { endpoint: cloud.neonEndpoint, deadlineMs: 500 })
  const person = await signUp()
  const place = crypto.randomUUID()
  const ask = () => person.with({ db }).get(`/places/${place}`)
  await injectFault({ host: 'neon', key: place, delay_ms: 1_500 })
  expect(await ask()).toMatchObject({ status: 503, json: { code: 'temporarily_unavailable' } })
  await expect.poll(ask, { timeout: 30_000 }).toMatchObject({ status: 404, json: { code: 'place_not_found' } })
})

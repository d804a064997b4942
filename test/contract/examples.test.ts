import { expect, it } from 'vitest'
import breeds from '../../seeds/breeds.tsv?raw'
import badges from '../../seeds/badges.tsv?raw'
import { createApi } from '../support/api.ts'
import { readDocument } from '../support/document.ts'
import { signUp } from '../support/login.ts'
import { addPet } from '../support/walks.ts'

const { document, operations } = await readDocument(createApi())
const exampleOf = (operationId: string) =>
  operations.find((one) => one.operationId === operationId)!.requestBody!.content['application/json']!.example as any

it('a body that the documentation fills in is taken by the server, though what it names may not exist', async () => {
  const refused: unknown[] = []
  let count = 0
  for (const { at, method, path, requestBody, parameters = [], security } of operations) {
    const media = requestBody?.content['application/json']
    if (!media) continue
    const person = security.length > 0 ? await signUp() : createApi()
    const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(parameters.find((one) => one.name === name)?.example))
    const { status, json } = await person.request(method.toUpperCase() as 'POST', address, media.example)
    count++
    // No example can hold what only a store can sign.
    if (json?.code === 'purchase_not_genuine') continue
    if ([400, 413, 415, 422].includes(status) || status >= 500) refused.push([at, status, json.code, json.errors ?? json.detail])
  }
  expect(refused).toEqual([])
  expect(count).toBeGreaterThan(20)
})

it('the times of examples suit the day on which they are read', async () => {
  const [host, guest] = await Promise.all([signUp(), signUp()])
  const walks = exampleOf('syncWalks').walks.map((walk: object) => ({ ...walk, id: crypto.randomUUID() }))
  const pet_id = await addPet(host)
  const synced = await host.post('/walks/sync', { walks: walks.map((walk: object) => ({ ...walk, pet_id })) })
  expect(synced.json.results.map(({ status }: { status: string }) => status)).toEqual(walks.map(() => 'completed'))
  const invited = await host.post('/invitations', { ...exampleOf('invite'), id: undefined, invitee_ids: [guest.user.user_id] })
  expect(invited.status).toBe(201)

  const later = await readDocument(createApi({ deps: { now: () => new Date('2027-03-02T20:00:00Z') } }))
  const examples = JSON.stringify(later.operations.map(({ requestBody, responses }) => [requestBody, responses]))
  expect(examples).not.toMatch(/"2026-1[12]-\d\dT/)
  expect(examples).toContain('"scheduled_at":"2027-03-04T18:30:00+09:00"')
  expect(examples).toContain(`"coord_times":[${Date.UTC(2027, 2, 2, 8, 30)},`)
})

it('examples name breeds and badges that there are', () => {
  const codes = [breeds, badges].flatMap((seeds) => seeds.split('\n').map((line) => line.split('\t')[0]))
  const named = JSON.stringify(document).match(/"code":"(?:dog|dist)_\w+"/g)!
  expect(named.length).toBeGreaterThan(2)
  expect(named.map((code) => code.slice(8, -1)).filter((code) => !codes.includes(code))).toEqual([])
})

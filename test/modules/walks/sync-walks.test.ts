import { expect, it } from 'vitest'
import { makeRide } from '../../../dev/tracks.ts'
import { injectFault } from '../../support/faults.ts'
import { signUp } from '../../support/login.ts'
import { addPet, completionBody, endingAt, freshSeed, freshTrack, startWalk } from '../../support/walks.ts'

const HOUR = 3_600_000

function offlineWalk(pet_id: string, hoursAgo: number, more: object = {}) {
  const track = freshTrack({ agoMs: hoursAgo * HOUR })
  return {
    id: crypto.randomUUID(),
    pet_id,
    started_at: new Date(Math.min(...track.time_ms)).toISOString(),
    ...completionBody(track),
    ...more,
  }
}

it('takes whole walks in one trip, and answers each as its completion would', async () => {
  const owner = await signUp()
  const pet = await addPet(owner)
  const walks = [2, 5, 8].map((hours) => offlineWalk(pet, hours))
  const { json, headers } = await owner.post('/walks/sync', { walks })
  expect(headers.get('Server-Timing')).toContain('db;desc="1"')
  expect(json.results.map(({ id, status }: { id: string; status: string }) => [id, status])).toEqual(
    walks.map(({ id }) => [id, 'completed']),
  )
  expect(json.results.every(({ completion }: { completion: { valid: boolean } }) => completion.valid)).toBe(true)
  expect((await owner.get('/walks')).json.items.map(({ id }: { id: string }) => id)).toEqual(walks.map(({ id }) => id))
  expect((await owner.get(`/pets/${pet}/stats`)).json.walk_count).toBe(3)
  expect((await owner.post('/walks/sync', { walks })).json).toEqual(json)
})

it('leaves out memos that others should not read, and loses no walk over them', async () => {
  const owner = await signUp()
  const pet = await addPet(owner)
  const memos = ['병신 같은 날씨', '바람이 시원했다', '010 1234 5678']
  const walks = memos.map((memo, i) => offlineWalk(pet, 2 + 3 * i, { memo }))
  const { json } = await owner.post('/walks/sync', { walks })
  expect(json.results.map(({ completion }: any) => [completion.valid, completion.memo_refused, completion.walk.memo])).toEqual([
    [true, 'objectionable_text', null],
    [true, null, '바람이 시원했다'],
    [true, 'personal_data', null],
  ])
  expect((await owner.post('/walks/sync', { walks })).json).toEqual(json)
})

it('lets no bad walk fail the others', async () => {
  const [owner, stranger] = await Promise.all([signUp(), signUp()])
  const pet = await addPet(owner)
  const good = offlineWalk(pet, 2)
  const known = offlineWalk(pet, 20)
  await owner.post('/walks/sync', { walks: [known] })
  const car = endingAt(makeRide(freshSeed(), 'car').track, Date.now() - 30 * HOUR)
  const { json } = await owner.post('/walks/sync', {
    walks: [
      { id: 'x' },
      offlineWalk(await addPet(stranger), 3),
      good,
      { ...offlineWalk(pet, 2), ...completionBody(freshTrack({ agoMs: 2 * HOUR })) },
      { ...known, goal: { distance_m: 1_000 } },
      { ...offlineWalk(pet, 30), ...completionBody(car), started_at: new Date(Math.min(...car.time_ms)).toISOString() },
      offlineWalk(pet, 24 * 31),
      'not a walk',
    ],
  })
  expect(json.results.map(({ status, problem, completion }: any) => problem?.code ?? `${status} ${completion.valid}`)).toEqual([
    'validation_failed',
    'pet_not_found',
    'completed true',
    'walk_overlap',
    'idempotency_conflict',
    'completed false',
    'walk_time_invalid',
    'validation_failed',
  ])
})

it('leaves the walk that is being walked alone', async () => {
  const owner = await signUp()
  const pet = await addPet(owner)
  const active = await startWalk(owner, [pet])
  const { json } = await owner.post('/walks/sync', { walks: [offlineWalk(pet, 5)] })
  expect(json.results[0].status).toBe('completed')
  expect((await owner.get('/walks/active')).json.id).toBe(active)
})

it('loses and doubles nothing when the answer is lost', async () => {
  const owner = await signUp()
  const pet = await addPet(owner)
  const walks = [2, 5].map((hours) => offlineWalk(pet, hours))
  await injectFault({ host: 'neon', cut: 'after', key: walks[1]!.id })
  expect((await owner.post('/walks/sync', { walks })).status).toBe(503)
  expect((await owner.post('/walks/sync', { walks })).json.results.map(({ status }: { status: string }) => status)).toEqual([
    'completed',
    'completed',
  ])
  expect((await owner.get(`/pets/${pet}/stats`)).json.walk_count).toBe(2)
})

it('takes at most twenty', async () => {
  const owner = await signUp()
  expect((await owner.post('/walks/sync', { walks: Array.from({ length: 21 }, () => ({})) })).status).toBe(422)
  expect((await owner.post('/walks/sync', { walks: [] })).status).toBe(422)
})

import { describe, expect, it } from 'vitest'
import { endForgottenWalks } from '../../../src/modules/walks/jobs.ts'
import { injectFault } from '../../support/faults.ts'
import { signUp } from '../../support/login.ts'
import { runTask } from '../../support/tasks.ts'
import { addPet, completionBody, freshTrack, startWalk, walk } from '../../support/walks.ts'

const HOUR = 3_600_000

describe('POST /walks', () => {
  it('starts a walk with one pet or several, and with a goal', async () => {
    const owner = await signUp()
    const pets = [await addPet(owner, { name: '초코' }), await addPet(owner, { name: '보리' })]
    const { json, status } = await owner.post('/walks', { pet_ids: pets.toReversed(), goal: { distance_m: 3_000 } })
    expect(status).toBe(201)
    expect(json).toMatchObject({ status: 'active', is_valid: null, goal: { distance_m: 3_000, duration_sec: null } })
    expect(json.pets.map(({ name }: { name: string }) => name)).toEqual(['보리', '초코'])
    expect((await owner.get('/walks/active')).json).toEqual(json)
  })

  it('has nothing to show while nobody walks', async () => {
    expect((await (await signUp()).get('/walks/active')).status).toBe(204)
  })

  it('is one walk for one id, however often and at once it is asked for', async () => {
    const owner = await signUp()
    const request = { id: crypto.randomUUID(), pet_id: await addPet(owner) }
    const answers = await Promise.all([1, 2, 3, 4].map(() => owner.post('/walks', request)))
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201])
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(await owner.post('/walks', { ...request, goal: { duration_sec: 600 } })).toMatchObject({
      status: 409,
      json: { code: 'idempotency_conflict' },
    })
  })

  it('is one walk for one Idempotency-Key', async () => {
    const owner = await signUp()
    const pet_id = await addPet(owner)
    const headers = { 'Idempotency-Key': 'morning' }
    const first = await owner.post('/walks', { pet_id }, { headers })
    expect(await owner.post('/walks', { pet_id }, { headers })).toMatchObject({ status: 201, json: first.json })
    expect(await owner.post('/walks', { pet_ids: [pet_id] }, { headers })).toMatchObject({
      status: 409,
      json: { code: 'idempotency_conflict' },
    })
  })

  it('has started when the answer was lost after the commit', async () => {
    const owner = await signUp()
    const request = { id: crypto.randomUUID(), pet_id: await addPet(owner) }
    await injectFault({ host: 'neon', cut: 'after', key: request.id })
    expect((await owner.post('/walks', request)).status).toBe(503)
    expect(await owner.post('/walks', request)).toMatchObject({ status: 201, json: { id: request.id } })
  })

  it('names the walk that is still being walked, also to one of two that start at once', async () => {
    const owner = await signUp()
    const pet_id = await addPet(owner)
    const answers = await Promise.all([1, 2].map(() => owner.post('/walks', { pet_id })))
    const [started, refused] = answers.toSorted((a, b) => a.status - b.status)
    expect(started?.status).toBe(201)
    expect(refused).toMatchObject({ status: 409, json: { code: 'walk_already_active', walk_id: started?.json.id } })
  })

  it('takes a walk of twelve hours for over, even before the cron says so', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const forgotten = await startWalk(owner.with({ now: () => new Date(Date.now() - 13 * HOUR) }), [pet])
    expect((await owner.get('/walks/active')).status).toBe(204)
    await startWalk(owner, [pet])
    expect((await owner.get(`/walks/${forgotten}`)).json).toMatchObject({ status: 'ended', auto_ended: true })
  })

  it('takes one that a phone was offline for as over, tells nobody that it was ended, and still takes its track', async () => {
    const owner = await signUp()
    const pet_id = await addPet(owner)
    const active = await startWalk(owner, [pet_id])
    const track = freshTrack({ agoMs: 30 * HOUR })
    const late = { id: crypto.randomUUID(), pet_id, started_at: new Date(Math.min(...track.time_ms)).toISOString() }
    const said = await owner.post('/walks', late)
    expect(said).toMatchObject({ status: 201, json: { id: late.id, status: 'ended', auto_ended: false, started_at: expect.any(String) } })
    expect(await owner.post('/walks', late)).toMatchObject({ status: 201, text: said.text })
    expect((await owner.get('/walks/active')).json).toMatchObject({ id: active })
    await runTask(endForgottenWalks, new Date())
    const { json } = await owner.get('/notifications')
    expect(json.items.filter(({ type }: { type: string }) => type === 'walk_auto_ended')).toEqual([])
    const completed = await owner.post(`/walks/${late.id}/complete`, completionBody(track))
    expect(completed).toMatchObject({ status: 200, json: { valid: true, walk: { id: late.id, auto_ended: false } } })
    expect((await owner.get('/walks/active')).json).toMatchObject({ id: active })
  })

  it("does not take anybody else's pet, nor anybody else's id", async () => {
    const [owner, stranger] = await Promise.all([signUp(), signUp()])
    const pet_id = await addPet(owner)
    expect(await stranger.post('/walks', { pet_id })).toMatchObject({ status: 404, json: { code: 'pet_not_found' } })
    const id = await startWalk(owner, [pet_id])
    expect(await stranger.post('/walks', { id, pet_id: await addPet(stranger) })).toMatchObject({
      status: 409,
      json: { code: 'idempotency_conflict' },
    })
  })

  it.each([
    ['in the future', new Date(Date.now() + HOUR).toISOString()],
    ['31 days ago', new Date(Date.now() - 31 * 24 * HOUR).toISOString()],
  ])('does not start %s', async (_, started_at) => {
    const owner = await signUp()
    expect(await owner.post('/walks', { pet_id: await addPet(owner), started_at })).toMatchObject({
      status: 422,
      json: { code: 'walk_time_invalid' },
    })
  })

  it.each([
    [{}],
    [{ pet_id: 'x' }],
    [{ pet_ids: [] }],
    [{ pet_id: crypto.randomUUID(), pet_ids: [crypto.randomUUID()] }],
    [{ pet_id: crypto.randomUUID(), goal: { distance_m: 1, duration_sec: 2 } }],
    [{ pet_id: crypto.randomUUID(), lat: 91, lng: 0 }],
  ])('says what is wrong with %o', async (body) => {
    const { status, json } = await (await signUp()).post('/walks', body)
    expect(status).toBe(422)
    expect(json.code).toBe('validation_failed')
    expect(json.errors.length).toBeGreaterThan(0)
  })
})

it('starts another walk as soon as one is completed', async () => {
  const owner = await signUp()
  const pet = await addPet(owner)
  const { id } = await walk(owner, [pet])
  expect(await startWalk(owner, [pet])).not.toBe(id)
})

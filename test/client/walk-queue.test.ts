import { describe, expect, it } from 'vitest'
import type { Storage, WalkOutcome } from '../../client/src/index.ts'
import { signUp } from '../support/login.ts'
import { createPhone, createStorage, type Phone } from '../support/phone.ts'
import { addPet, completionBody, freshTrack } from '../support/walks.ts'

const HOUR = 3_600_000
const down = async () => {
  throw new TypeError('Network request failed')
}

/** Somebody with a dog, and walks that nobody has heard of yet. */
async function walker() {
  const person = await signUp()
  const pet = await addPet(person)
  const wholeWalk = (agoMs: number) => {
    const track = freshTrack({ agoMs })
    const started_at = new Date(Math.min(...track.time_ms)).toISOString()
    return { id: crypto.randomUUID(), pet_id: pet, started_at, ...completionBody(track) }
  }
  return { person, pet, wholeWalk, phone: createPhone(person.user, { retries: 0 }), owner: person.user.user_id }
}

function queueOf(phone: Phone, storage: Storage, owner: string, onOutcome?: (outcome: WalkOutcome) => void | Promise<void>) {
  const outcomes: WalkOutcome[] = []
  const queue = phone.client.walkQueue({
    storage,
    owner,
    onOutcome: async (outcome) => {
      await onOutcome?.(outcome)
      outcomes.push(outcome)
    },
  })
  return { queue, outcomes }
}

describe('walks that wait', () => {
  it('are sent in their order when the network comes back, also by an app that was started again', async () => {
    const { phone, owner, wholeWalk } = await walker()
    const storage = createStorage()
    phone.network = down
    const before = queueOf(phone, storage, owner)
    const walks = [wholeWalk(9 * HOUR), wholeWalk(6 * HOUR), wholeWalk(3 * HOUR)]
    for (const walk of walks) await before.queue.sync(walk)
    await before.queue.run()
    before.queue.stop()
    expect(before.outcomes).toEqual([])

    const after = queueOf(phone, storage, owner)
    expect(await after.queue.waiting()).toEqual(walks.map(({ id }) => id))
    phone.network = (_, pass) => pass()
    await Promise.all([after.queue.run(), after.queue.run(), after.queue.run()])
    expect(after.outcomes.map(({ id, status }) => [id, status])).toEqual(walks.map(({ id }) => [id, 'completed']))
    expect(await after.queue.waiting()).toEqual([])
    expect([...storage.items.values()]).toEqual(['[]'])
    expect((await phone.client.get('/walks')).items).toHaveLength(3)
  })

  it('leave the queue when they are refused for good, and hold nobody up', async () => {
    const { phone, owner, wholeWalk } = await walker()
    const { queue, outcomes } = queueOf(phone, createStorage(), owner)
    const first = wholeWalk(2 * HOUR)
    const overlapping = { ...first, id: crypto.randomUUID() }
    const last = wholeWalk(5 * HOUR)
    const unknown = crypto.randomUUID()
    const { id: _, pet_id: __, started_at: ___, ...body } = first
    await queue.sync(first)
    await queue.complete(unknown, body)
    await queue.sync({ ...overlapping, pet_id: crypto.randomUUID() })
    await queue.sync({ ...wholeWalk(HOUR), ended_at: new Date(Date.now() + 10 * HOUR).toISOString() })
    await queue.sync(last)
    await expect.poll(() => queue.waiting(), { timeout: 20_000 }).toEqual([])
    expect(outcomes.map((outcome) => ('problem' in outcome ? outcome.problem.code : outcome.status))).toEqual([
      'completed',
      'walk_not_found',
      'pet_not_found',
      'walk_time_invalid',
      'completed',
    ])
  })

  it('are judged once, although an answer was lost and the app died before it was told', async () => {
    const { person, phone, pet, owner } = await walker()
    const track = freshTrack()
    const started_at = new Date(Math.min(...track.time_ms)).toISOString()
    const { id } = await phone.client.post('/walks', { body: { id: crypto.randomUUID(), pet_id: pet, started_at } })
    const storage = createStorage()
    let answers = 0
    phone.network = async (_, pass) => {
      const answer = await pass()
      if (answers++ === 0) throw new TypeError('Network request failed')
      return answer
    }
    const dying = queueOf(phone, storage, owner, () => {
      throw new Error('the app died')
    })
    await dying.queue.complete(id, completionBody(track))
    await dying.queue.run()
    await dying.queue.run()
    dying.queue.stop()
    expect(await dying.queue.waiting()).toEqual([id])
    const { queue, outcomes } = queueOf(phone, storage, owner)
    await queue.run()
    expect(outcomes).toMatchObject([{ id, status: 'completed', completion: { walk: { id } } }])
    expect(phone.sentTo(`/walks/${id}/complete`).length).toBeGreaterThanOrEqual(3)
    expect((await person.get('/walks')).json.items).toHaveLength(1)
  })

  it('stay while nobody is signed in, and when the API cannot be asked', async () => {
    const { phone, owner, wholeWalk } = await walker()
    const { queue, outcomes } = queueOf(phone, createStorage(), owner)
    const tokens = phone.tokens
    phone.tokens = null
    const walk = wholeWalk(HOUR)
    await queue.sync(walk)
    await queue.run()
    expect(await queue.waiting()).toEqual([walk.id])
    phone.tokens = tokens
    phone.network = async () => new Response('busy', { status: 503 })
    await queue.run()
    expect(outcomes).toEqual([])
    phone.network = (_, pass) => pass()
    await queue.run()
    expect(outcomes).toMatchObject([{ id: walk.id, status: 'completed' }])
  })

  it('of which one fails on the server do not hold up the others, and it comes again', async () => {
    const { phone, owner, wholeWalk } = await walker()
    const { queue, outcomes } = queueOf(phone, createStorage(), owner)
    const [bad, good] = [wholeWalk(5 * HOUR), wholeWalk(2 * HOUR)]
    const internal = { type: '/problems/internal', title: '', status: 500, detail: '', code: 'internal', request_id: '' }
    phone.network = async ({ body }, pass) =>
      JSON.stringify(body).includes(bad.id)
        ? new Response(JSON.stringify(internal), { status: 500, headers: { 'Content-Type': 'application/problem+json' } })
        : pass()
    await queue.sync(bad)
    await queue.sync(good)
    await expect.poll(() => queue.waiting(), { timeout: 20_000 }).toEqual([bad.id])
    expect(outcomes).toMatchObject([{ id: good.id, status: 'completed' }])
    phone.network = (_, pass) => pass()
    await queue.run()
    expect(outcomes).toHaveLength(2)
  })

  it('belong to who walked them', async () => {
    const { phone, owner, wholeWalk } = await walker()
    const storage = createStorage()
    phone.network = down
    const { queue } = queueOf(phone, storage, owner)
    await queue.sync(wholeWalk(HOUR))
    await queue.run()
    queue.stop()
    expect(await queueOf(phone, storage, crypto.randomUUID()).queue.waiting()).toEqual([])
  })

  it('that the phone’s storage has spoilt are told of, and no entry without a recording stays', async () => {
    const { phone, owner, wholeWalk } = await walker()
    const storage = createStorage()
    phone.network = down
    const before = queueOf(phone, storage, owner)
    const [spoilt, missing] = [wholeWalk(5 * HOUR), wholeWalk(HOUR)]
    await before.queue.sync(spoilt)
    await before.queue.sync(missing)
    await before.queue.run()
    before.queue.stop()
    for (const key of storage.items.keys()) {
      if (key.endsWith(spoilt.id)) storage.items.set(key, '{"kind":')
      if (key.endsWith(missing.id)) storage.items.delete(key)
    }
    const { queue, outcomes } = queueOf(phone, storage, owner)
    await queue.run()
    expect(outcomes).toEqual([{ id: spoilt.id, status: 'unreadable' }])
    expect(await queue.waiting()).toEqual([])
  })
})

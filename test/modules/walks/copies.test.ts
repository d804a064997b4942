import { describe, expect, it } from 'vitest'
import { fromPoints, pointAt } from '../../../dev/track-changes.ts'
import type { Track } from '../../../src/measuring/measure-track.ts'
import { compareArrivedWalks } from '../../../src/modules/walks/jobs.ts'
import { type Api, createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { completeMadeUp } from '../../support/measured-walks.ts'
import { runTask } from '../../support/tasks.ts'
import { addPet, endingAt, freshTrack, walk } from '../../support/walks.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const deps = createTestDeps()
const rowsOf = async (statement: string) => (await deps.db.execute(statement)).rows

const clear = (agoMs: number) => freshTrack({ agoMs, length_m: 2_000, phone: { sampling: '1s', spike: 0, dropouts: 0 } })
/** Without its first fifth, and at another time. */
function cut(track: Track, agoMs: number): Track {
  const points = Array.from(track.time_ms, (_, i) => pointAt(track, i))
  return endingAt(fromPoints(points.slice(Math.floor(points.length / 5)), track), Date.now() - agoMs)
}

const compareLater = (afterMs = 2 * MINUTE) => runTask(compareArrivedWalks, new Date(Date.now() + afterMs))
const verdict = async (api: Api, id: string) => {
  const { is_valid, is_ranked } = (await api.get(`/walks/${id}`)).json
  return { is_valid, is_ranked }
}
const RANKED = { is_valid: true, is_ranked: true }
const REFUSED = { is_valid: false, is_ranked: false }

describe('a copy that its own request did not refuse', () => {
  it('is refused a while later, where the request died after it had found the copy, and loses what it earned', async () => {
    const [owner, thief] = await Promise.all([signUp(), signUp()])
    const original = clear(3 * DAY)
    const victim = await walk(owner, [await addPet(owner)], { track: original })
    const pet = await addPet(thief)
    // The first batch starts the walk and the second completes it. The third would refuse it.
    let batches = 0
    const { db } = deps
    const batch = (statements: any) => (++batches > 2 ? Promise.reject(new Error('the Worker is gone')) : db.batch(statements))
    const dying = thief.with({ db: Object.create(db, { batch: { value: batch } }) as typeof db })
    const { id, status } = await walk(dying, [pet], { track: cut(original, HOUR) })
    expect(status).toBeGreaterThanOrEqual(500)
    expect(await verdict(thief, id)).toEqual(RANKED)
    const held = `SELECT 1 FROM user_badges WHERE user_id = '${thief.user.user_id}'`
    expect((await rowsOf(held)).length).toBeGreaterThan(0)
    // It may still be under way.
    await compareLater(0)
    expect(await verdict(thief, id)).toEqual(RANKED)
    expect((await compareLater())['copies']).toBeGreaterThanOrEqual(1)
    expect(await verdict(thief, id)).toEqual(REFUSED)
    expect(await verdict(owner, victim.id)).toEqual(RANKED)
    expect(await rowsOf(held)).toEqual([])
    expect((await thief.get('/notifications')).json.items).toEqual([])
    expect(await rowsOf(`SELECT distance_m::int FROM user_totals WHERE user_id = '${thief.user.user_id}'`)).toEqual([{ distance_m: 0 }])
    await compareLater()
    expect(await rowsOf(`SELECT walk_id FROM walk_traces WHERE NOT is_compared AND walk_id IN ('${id}', '${victim.id}')`)).toEqual([])
  })

  it('is refused where it came at the same instant as its original, and one of the two stays', async () => {
    const people = await Promise.all([signUp(), signUp()])
    const original = clear(3 * DAY)
    const tracks = [original, cut(original, HOUR)]
    const pets = await Promise.all(people.map((person) => addPet(person)))
    const walks = await Promise.all(people.map((person, k) => walk(person, [pets[k]!], { track: tracks[k]! })))
    // Neither saw the other, and each is believed.
    const ids = walks.map(({ id }) => `'${id}'`)
    await rowsOf(`UPDATE walks SET is_valid = true, is_ranked = true, reasons = '[]' WHERE id IN (${ids})`)
    await rowsOf(`UPDATE walk_traces SET is_compared = false WHERE walk_id IN (${ids})`)
    await compareLater()
    const verdicts = await Promise.all(people.map((person, k) => verdict(person, walks[k]!.id)))
    expect(verdicts.filter(({ is_valid }) => is_valid)).toHaveLength(1)
    const later = `SELECT is_valid FROM walks WHERE id IN (${ids}) ORDER BY completed_at DESC, id DESC LIMIT 1`
    expect(await rowsOf(later)).toEqual([{ is_valid: false }])
  })

  it('that was raised on appeal is left alone', async () => {
    const [owner, thief] = await Promise.all([signUp(), signUp()])
    const original = clear(3 * DAY)
    await walk(owner, [await addPet(owner)], { track: original })
    const { id } = await walk(thief, [await addPet(thief)], { track: cut(original, HOUR) })
    expect(await verdict(thief, id)).toEqual(REFUSED)
    await rowsOf(`UPDATE walks SET is_valid = true, is_ranked = true WHERE id = '${id}'`)
    await compareLater()
    expect(await verdict(thief, id)).toEqual(RANKED)
  })
})

describe('a walk that is restored', () => {
  it('is compared again, and comes back refused if it is a copy', async () => {
    const [owner, thief] = await Promise.all([signUp(), signUp()])
    const original = clear(3 * DAY)
    const mine = await walk(owner, [await addPet(owner)], { track: original })
    const stolen = await walk(thief, [await addPet(thief)], { track: cut(original, HOUR) })
    // As if it had been believed.
    await rowsOf(`UPDATE walks SET is_valid = true, is_ranked = true, reasons = '[]' WHERE id = '${stolen.id}'`)
    await thief.delete(`/walks/${stolen.id}`)
    const restored = await thief.post(`/walks/${stolen.id}/restore`)
    expect(restored).toMatchObject({ status: 200, json: { is_valid: false, is_ranked: false, reasons: [{ rule: 'replay' }] } })
    expect(await verdict(thief, stolen.id)).toEqual(REFUSED)
    await owner.delete(`/walks/${mine.id}`)
    expect((await owner.post(`/walks/${mine.id}/restore`)).json).toMatchObject(RANKED)
  })

  it('is not ranked where it would be too much again, and the other is ranked without it', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const begun = Date.now() - 2 * DAY
    const ids: string[] = []
    for (let k = 0; k < 3; k++) {
      const started_at = new Date(begun + k * 4 * HOUR)
      const made = { pet_ids: [pet], started_at, distance_m: 25_000, duration_sec: 3 * 3_600 }
      ids.push((await completeMadeUp(owner, made, new Date())).id)
    }
    const ranked = () => Promise.all(ids.map(async (id) => (await owner.get(`/walks/${id}`)).json?.is_ranked))
    expect(await ranked()).toEqual([true, true, false])
    await owner.delete(`/walks/${ids[0]}`)
    expect(await ranked()).toEqual([undefined, true, true])
    expect((await owner.get(`/walks/${ids[2]}`)).json.reasons).toEqual([])
    expect((await owner.post(`/walks/${ids[0]}/restore`)).json).toMatchObject({
      is_valid: true,
      is_ranked: false,
      reasons: [{ code: 'too_much_walked' }],
    })
    expect(await ranked()).toEqual([false, true, true])
  })
})

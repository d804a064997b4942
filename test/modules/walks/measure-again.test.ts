import { describe, expect, it } from 'vitest'
import { shiftTrack } from '../../../dev/track-changes.ts'
import { measureAgain } from '../../../src/modules/walks/jobs.ts'
import { judgeWalk } from '../../../src/modules/walks/review/queries.ts'
import { type Api, createTestDeps } from '../../support/api.ts'
import { bucketWith } from '../../support/buckets.ts'
import { signUp } from '../../support/login.ts'
import { runTask } from '../../support/tasks.ts'
import { addPet, endingAt, freshTrack, walk } from '../../support/walks.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const deps = createTestDeps()

const rowsOf = async (statement: string) => (await deps.db.execute(statement)).rows
const idOf = (api: Api) => api.user!.user_id

/** A walk of two days ago, so that neither midnight nor the end of a streak's day lies between its old and its new start by chance. */
const track = () => endingAt(freshTrack({ length_m: 2_000, phone: { sampling: '1s', spike: 0, dropouts: 0 } }), noonOf(2))
const noonOf = (daysAgo: number) => Math.floor((Date.now() - daysAgo * DAY) / DAY) * DAY + 3 * HOUR

/** Makes a walk what earlier rules made of it. */
async function asMeasuredBefore(walkId: string, columns: string, isValid = true): Promise<void> {
  await deps.db.execute(`DELETE FROM walk_traces WHERE walk_id = '${walkId}'`)
  // It leaves the day it is on before it comes to another.
  await deps.db.execute(`UPDATE walks SET is_valid = false WHERE id = '${walkId}'`)
  await refold(walkId)
  await deps.db.execute(`UPDATE walks SET measured_version = 1, is_valid = ${isValid}, ${columns} WHERE id = '${walkId}'`)
  await refold(walkId)
}

const refold = (walkId: string) => deps.db.execute(`SELECT fold_walk(id), fold_histogram(user_id) FROM walks WHERE id = '${walkId}'`)

async function factsOf(api: Api) {
  const of = `WHERE user_id = '${idOf(api)}'`
  return {
    totals: await rowsOf(`SELECT walk_count, distance_m::int, duration_sec::int FROM user_totals ${of}`),
    days: await rowsOf(`SELECT day, distance_m FROM user_days ${of} AND walk_count > 0 ORDER BY day`),
    streaks: await rowsOf(`SELECT first_day, last_day FROM streak_runs ${of} ORDER BY first_day`),
    starts: await rowsOf(
      `SELECT walk_id, started_at, ST_AsText(location, 5) AS location, is_place FROM walk_starts ${of} ORDER BY walk_id`,
    ),
    boards: await rowsOf(
      `SELECT period_key, area_code, distance_m FROM rankings ${of} AND walk_count > 0 AND period_key = 'all' ORDER BY 1, 2`,
    ),
  }
}

const shown = async (api: Api, id: string) => (await api.get(`/walks/${id}`)).json

describe('a walk that earlier rules measured', () => {
  it('gets its length, its start and its verdict by today’s rules, and all that follows from them', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const { id, json } = await walk(owner, [pet], { track: track() })
    expect(json).toMatchObject({ valid: true, ranked: true })
    const [facts, before] = [await factsOf(owner), await shown(owner, id)]
    // It began a day early, elsewhere, with half of its length, as a walk with a cached first fix did.
    await asMeasuredBefore(
      id,
      `started_at = started_at - interval '20 hours', distance_m = distance_m / 2, line = ST_Translate(line, 0.1, 0)`,
    )
    expect(await factsOf(owner)).not.toEqual(facts)
    expect((await runTask(measureAgain, new Date()))['measured']).toBeGreaterThan(0)
    expect(await factsOf(owner)).toEqual(facts)
    expect(await shown(owner, id)).toEqual(before)
    expect(await rowsOf(`SELECT measured_version FROM walks WHERE id = '${id}'`)).toEqual([{ measured_version: 2 }])
    expect(await rowsOf(`SELECT is_compared FROM walk_traces WHERE walk_id = '${id}'`)).toEqual([{ is_compared: false }])
    // It is measured once.
    expect(await runTask(measureAgain, new Date())).toEqual({ measured: 0, lost: 0, failed: 0 })
  })

  it('is ranked if it was refused wrongly', async () => {
    const owner = await signUp()
    const { id } = await walk(owner, [await addPet(owner)], { track: track() })
    const facts = await factsOf(owner)
    const reason = JSON.stringify([{ code: 'minimum_distance', effect: 'refused', detail: '짧아요.' }])
    await asMeasuredBefore(id, `is_ranked = false, distance_m = 0, reasons = '${reason}'`, false)
    expect((await factsOf(owner)).totals).toMatchObject([{ walk_count: 0 }])
    await runTask(measureAgain, new Date())
    expect(await shown(owner, id)).toMatchObject({ is_valid: true, is_ranked: true, reasons: [] })
    expect(await factsOf(owner)).toEqual(facts)
  })

  it('keeps the verdict of an appeal, and that of a copy', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const lowered = await walk(owner, [pet], { track: track() })
    await judgeWalk(
      deps.db,
      lowered.id,
      { is_valid: false, reasons: [{ code: 'reviewed', effect: 'refused', detail: '검토했어요.' }] },
      new Date(),
    )
    const copied = await walk(owner, [pet], { track: shiftTrack(track(), { time_ms: -DAY }) })
    await asMeasuredBefore(lowered.id, 'distance_m = 5', false)
    await asMeasuredBefore(
      copied.id,
      `is_ranked = false, reasons = '[{"code": "gps_spoofing", "rule": "replay", "effect": "unranked", "detail": "같아요."}]'`,
    )
    await runTask(measureAgain, new Date())
    expect(await shown(owner, lowered.id)).toMatchObject({ is_valid: false, distance_m: lowered.json.walk.distance_m })
    expect(await shown(owner, copied.id)).toMatchObject({ is_valid: true, is_ranked: false, reasons: [{ rule: 'replay' }] })
  })

  it('stays as it is where its recording is lost, and where it would overlap another walk, and is not asked for again', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const lost = await walk(owner, [pet], { track: track() })
    const other = await walk(owner, [pet], { track: shiftTrack(track(), { time_ms: -DAY }) })
    const overlapping = await walk(owner, [pet], { track: shiftTrack(track(), { time_ms: -2 * DAY }) })
    const [{ track_key }] = (await rowsOf(`SELECT track_key FROM walks WHERE id = '${lost.id}'`)) as [{ track_key: string }]
    await deps.bucket.delete(track_key)
    await asMeasuredBefore(lost.id, 'distance_m = 777')
    await asMeasuredBefore(overlapping.id, 'distance_m = 5', false)
    // Another valid walk lies now where the recording does.
    await deps.db.execute(`UPDATE walks SET started_at = started_at - interval '2 days' WHERE id = '${other.id}'`)
    const counted = await runTask(measureAgain, new Date())
    expect(counted['lost']).toBeGreaterThanOrEqual(1)
    expect(await shown(owner, lost.id)).toMatchObject({ is_valid: true, distance_m: 777 })
    expect(await shown(owner, overlapping.id)).toMatchObject({ is_valid: false })
    const ids = `'${lost.id}', '${overlapping.id}'`
    expect(await rowsOf(`SELECT id FROM walks WHERE id IN (${ids}) AND measured_version < 2`)).toEqual([])
  })

  it('waits for another night while R2 is down, and then goes on in as many messages as it takes', async () => {
    const owner = await signUp()
    const { id, json } = await walk(owner, [await addPet(owner)], { track: track() })
    // More than one message measures. Each has the recording of the one walk.
    await deps.db.execute(`
      INSERT INTO walks (id, user_id, status, started_at, ended_at, completed_at, created_at, request_hash, is_valid, reasons, distance_m, duration_sec, track_key)
      SELECT gen_random_uuid(), user_id, 'completed', started_at, ended_at, completed_at, created_at, '', false, '[]', 1, 1, track_key
      FROM walks, generate_series(1, 40) WHERE id = '${id}'`)
    await asMeasuredBefore(id, 'distance_m = 777')
    const waiting = async () => (await rowsOf(`SELECT id FROM walks WHERE user_id = '${idOf(owner)}' AND measured_version < 2`)).length
    const bucket = bucketWith({ get: () => Promise.reject(new Error('R2 is down')) })
    expect((await runTask(measureAgain, new Date(), createTestDeps({ bucket })))['measured']).toBe(0)
    expect(await waiting()).toBe(41)
    expect((await runTask(measureAgain, new Date()))['measured']).toBeGreaterThanOrEqual(41)
    expect(await waiting()).toBe(0)
    expect(await shown(owner, id)).toMatchObject({ distance_m: json.walk.distance_m })
  })
})

import { describe, expect, inject, it } from 'vitest'
import type { CaseBody } from '../../support/cases.ts'
import { MISSED } from '../../support/cases.ts'
import { signUp } from '../../support/login.ts'
import { addPet, startWalk } from '../../support/walks.ts'

/** Some cases share a made-up way, and would be copies of each other. Each so lies a kilometre north of the one before. */
const APART_DEG = 0.01

const timesOf = (body: CaseBody) => body.coord_times.map((time) => new Date(time).getTime())

/** The same body so much later and further north. */
function moved(body: CaseBody, byMs: number, northDeg: number) {
  const later = (time: string | number) => new Date(new Date(time).getTime() + byMs).toISOString()
  return {
    ...body,
    ...(body.ended_at && { ended_at: later(body.ended_at) }),
    coord_times: body.coord_times.map(later),
    route_geojson: {
      ...body.route_geojson,
      coordinates: body.route_geojson.coordinates.map(([lng = null, lat = null, ...more]) => [
        lng,
        lat === null ? null : lat + northDeg,
        ...more,
      ]),
    },
  }
}

const cases = inject('cases').filter(({ id }) => !MISSED.has(id))

describe.skipIf(cases.length === 0)('a case, as a phone sends it', () => {
  it.each(cases.map((one, k) => [one.id, one, k] as const))('%s', async (_, { must, start, complete, walk_a, walk_b }, k) => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const bodies = complete
      ? [{ body: complete, start }]
      : [walk_a, walk_b].flatMap((one) => (one ? [{ body: one.complete ?? one, start: one.start }] : []))
    const byMs = Date.now() - 60_000 - Math.max(...bodies.flatMap(({ body }) => timesOf(body)))
    let answer = { status: 0, json: {} as any }
    for (const { body, start: begun } of bodies) {
      const started_at = new Date((begun?.started_at ? Date.parse(begun.started_at) : timesOf(body)[0]!) + byMs).toISOString()
      const id = await startWalk(owner, [pet], { started_at })
      answer = await owner.post(`/walks/${id}/complete`, moved(body, byMs, k * APART_DEG))
      expect(answer.status).toBe(200)
    }
    const { valid, ranked, reasons, walk } = answer.json
    const found = JSON.stringify({ valid, ranked, distance_m: walk.distance_m, reasons })
    // Where riding or forging must be invalid, valid and not ranked is right as well.
    expect(must.valid ? valid : ranked, found).toBe(must.valid)
    if (must.distance_m && must.valid) expect(walk.distance_m, found).toBeGreaterThanOrEqual(must.distance_m[0])
    if (must.distance_m && must.valid === valid) expect(walk.distance_m, found).toBeLessThanOrEqual(must.distance_m[1])
    if (must.avg_speed_kmh) {
      expect(walk.avg_speed_kmh, found).toBeGreaterThanOrEqual(must.avg_speed_kmh[0])
      expect(walk.avg_speed_kmh, found).toBeLessThanOrEqual(must.avg_speed_kmh[1])
    }
  })
})

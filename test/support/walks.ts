import { expect } from 'vitest'
import { completionBody } from '../../dev/completion-body.ts'
import { fromPoints, pointAt, shiftTrack } from '../../dev/track-changes.ts'
import { makeWalk, type MakeOptions } from '../../dev/tracks.ts'
import type { Track } from '../../src/measuring/track.ts'
import type { Api } from './api.ts'
import { seedOfTest } from './draws.ts'

export { completionBody }

/** An honest walk that nobody has walked yet. It ends `agoMs` before `at`. */
export function freshTrack({ at = Date.now(), agoMs = 60_000, ...options }: { at?: number; agoMs?: number } & MakeOptions = {}): Track {
  return endingAt(makeWalk(freshSeed(), { is_hard: false, length_m: 1_200, ...options }).track, at - agoMs)
}

const CORNERS: readonly [east_m: number, north_m: number][] = [
  [0, 0],
  [1_400, 0],
  [1_700, 900],
  [600, 1_500],
  [-300, 800],
  [0, 0],
]

/** A walk so wide that it has a sketch however it is turned, which follows from its random id. */
export function wideTrack(options: Parameters<typeof freshTrack>[0] = {}): Track {
  const sides = CORNERS.slice(1).map(([x, y], i) => ({
    metres: Math.hypot(x - CORNERS[i]![0], y - CORNERS[i]![1]),
    heading: Math.atan2(y - CORNERS[i]![1], x - CORNERS[i]![0]),
  }))
  const way = {
    x: CORNERS.map(([x]) => x),
    y: CORNERS.map(([, y]) => y),
    along: CORNERS.map((_, i) => sides.slice(0, i).reduce((sum, { metres }) => sum + metres, 0)),
    turn: CORNERS.map((_, i) =>
      i === 0 || i === sides.length ? 0 : Math.abs(Math.sin((sides[i]!.heading - sides[i - 1]!.heading) / 2) * 2),
    ),
  }
  return freshTrack({ ...options, way })
}

const given = new Map<string, number>()

/** No two seeds of a run are equal. Each test gets the same seeds in every run, so a test that fails once fails again. */
export function freshSeed(): number {
  const { testPath = '', currentTestName = '' } = expect.getState()
  const test = `${testPath.split('/test/').at(-1)} ${currentTestName}`
  const count = (given.get(test) ?? 0) + 1
  given.set(test, count)
  return seedOfTest(count)
}

export function endingAt(track: Track, endMs: number): Track {
  return shiftTrack(track, { time_ms: Math.round(endMs - Math.max(...track.time_ms)) })
}

export async function addPet(api: Api, pet: object = {}): Promise<string> {
  const { json, status } = await api.post('/pets', { name: '초코', species: 'dog', weight_kg: 5, ...pet })
  if (status !== 201) throw new Error(`the pet was refused: ${JSON.stringify(json)}`)
  return json.id
}

export async function startWalk(api: Api, petIds: readonly string[], more: object = {}): Promise<string> {
  const { json, status } = await api.post('/walks', { pet_ids: petIds, ...more })
  if (status !== 201) throw new Error(`the walk was refused: ${JSON.stringify(json)}`)
  return json.id
}

/** Starts and completes a walk. Returns its id and the completion's answer. */
export async function walk(
  api: Api,
  petIds: readonly string[],
  { track = freshTrack(), more = {} }: { track?: Track; more?: object } = {},
) {
  const started_at = new Date(Math.min(...track.time_ms)).toISOString()
  const id = await startWalk(api, petIds, { started_at })
  return { id, track, ...(await api.post(`/walks/${id}/complete`, completionBody(track, more))) }
}

/** A track cut to its first `count` points. */
export function firstPoints(track: Track, count: number): Track {
  return fromPoints(
    Array.from({ length: Math.min(count, track.time_ms.length) }, (_, i) => pointAt(track, i)),
    track,
  )
}

import { randomUUID } from 'node:crypto'
import { completionBody } from '../../dev/completion-body.ts'
import { makeWalk, type MakeOptions, NOW_MS } from '../../dev/tracks.ts'
import { packTrack } from '../../src/modules/walks/recording/raw-track.ts'
import { measureTrack, type Track } from '../../src/measuring/measure-track.ts'
import { endingAt, firstPoints } from '../support/walks.ts'
import type { BenchContext } from './bench.ts'
import { type Cost, measureRequest, type Person, post } from './client.ts'

const BETWEEN_MS = 30 * 60_000
const OLDEST_MS = 28 * 86_400_000

/** An honest walk of exactly so many points, one a second, that the rules find valid. Each seed gives another walk. */
export function walkOf(points: number, seed: number, options: MakeOptions = {}): Track {
  for (let tried = seed; tried < seed + 100e6; tried += 1e6) {
    const phone = { sampling: '1s', dropouts: 0, ...options.phone } as const
    const { track } = makeWalk(tried, { is_hard: false, length_m: 1.6 * points, ...options, phone })
    const walk = firstPoints(track, points)
    if (walk.time_ms.length === points && measureTrack(walk, { now_ms: NOW_MS }).valid) return walk
  }
  throw new Error(`no valid walk of ${points} points comes of seed ${seed}`)
}

/** Gives each walk of a person a time of its own, from an hour ago backwards. */
export function createCalendar() {
  const free = new Map<string, number>()
  return ({ user_id }: Person, track: Track): Track => {
    const placed = endingAt(track, free.get(user_id) ?? Date.now() - 3_600_000)
    const start = Math.min(...placed.time_ms)
    if (start < Date.now() - OLDEST_MS) throw new Error('nobody walks that often in four weeks')
    free.set(user_id, start - BETWEEN_MS)
    return placed
  }
}

export interface Prepared {
  readonly person: Person
  readonly id: string
  readonly started_at: string
  readonly body: string
  /** The bytes that the raw track takes in R2. */
  readonly packed_bytes: number
}

/** Makes everything of a completion that can be made beforehand. */
export async function prepare(person: Person, track: Track): Promise<Prepared> {
  const started_at = new Date(Math.min(...track.time_ms)).toISOString()
  const { length } = await packTrack({ ...track, altitude_m: null })
  return { person, id: randomUUID(), started_at, body: JSON.stringify(completionBody(track)), packed_bytes: length }
}

/** Starts a walk and completes it. Only the completion is measured. A walk that is refused ends the bench, because it does less work. */
export async function complete(context: BenchContext, walk: Prepared): Promise<Cost> {
  const { cost, reasons } = await tryToComplete(context, walk)
  if (reasons) throw new Error(`an honest walk was refused: ${JSON.stringify(reasons)}`)
  return cost
}

/** `reasons` are those of a refusal, or null. */
export async function tryToComplete(
  context: BenchContext,
  { person, id, started_at, body, packed_bytes }: Prepared,
): Promise<{ cost: Cost; reasons: readonly { rule?: string }[] | null }> {
  await post(context.worker, '/walks', { id, pet_id: person.pet_id, started_at }, person.token)
  const request = { method: 'POST', path: `/walks/${id}/complete`, body, token: person.token } as const
  const cost = await measureRequest(context, request, { limits: 2, put: packed_bytes })
  const { valid, reasons } = JSON.parse(cost.text) as { valid: boolean; reasons: { rule?: string }[] }
  return { cost, reasons: valid ? null : reasons }
}

import { fromBase64 } from '../../../core/base64.ts'
import type { Deps } from '../../../deps.ts'
import { lowerToUnranked } from '../review/queries.ts'
import { listUncompared, markCompared, refuseCopy } from './queries.ts'
import { type Alike, findCopies, REPLAY_REASONS } from './rules.ts'

/**
 * Judges the copies among a walk and those that are like it. Answers whether the walk itself is a copy that is to be refused, which its caller does. Only where there
 * is a copy does this take trips: one for each.
 */
export async function judgeCopies(
  { db }: Pick<Deps, 'db'>,
  walk: { readonly id: string; readonly trace: Uint8Array },
  alike: readonly Alike[],
  now: Date,
): Promise<{ is_refused: boolean; trips: number }> {
  const copies = findCopies(walk, alike)
  let is_refused = false
  for (const { copy_id, effect } of copies) {
    if (effect === 'unranked') await lowerToUnranked(db, copy_id, [REPLAY_REASONS.unranked], now)
    else if (copy_id === walk.id) is_refused = true
    else await refuseCopy(db, copy_id, now)
  }
  return { is_refused, trips: copies.length }
}

/** A walk is compared with at most so many others (`walks_alike`). */
const ALIKE_MAX = 6
/** A message compares so many walks: six comparisons each take some milliseconds. */
const COMPARED_AT_ONCE = 12

/**
 * Compares walks once more that arrived a while ago. By then each of two copies that came at the same instant sees the other, and a request that died between finding a copy
 * and refusing it is over. It goes as far as `trips` reach, and answers the last walk if there may be more.
 */
export async function compareWalks(
  deps: Pick<Deps, 'db'>,
  { before, after, trips, now }: { before: Date; after: string | null; trips: number; now: Date },
): Promise<{ compared: number; copies: number; next: string | null }> {
  const walks = await listUncompared(deps.db, before, after, COMPARED_AT_ONCE)
  const done: string[] = []
  let left = trips - 2
  for (const { id, trace, alike } of walks) {
    if (left < ALIKE_MAX) break
    const judged = await judgeCopies(deps, { id, trace: fromBase64(trace) }, alike, now)
    if (judged.is_refused) await refuseCopy(deps.db, id, now)
    left -= judged.trips
    done.push(id)
  }
  if (done.length > 0) await markCompared(deps.db, done)
  const isMore = done.length < walks.length || walks.length === COMPARED_AT_ONCE
  return { compared: done.length, copies: trips - 2 - left, next: isMore ? (done.at(-1) ?? null) : null }
}

import { signedIn, type Actor } from '../../../core/actor.ts'
import { found } from '../../../core/errors.ts'
import type { Deps } from '../../../deps.ts'
import { walkNotFound } from '../../walks/errors.ts'
import { findLastWay, listSimilarWalks } from './queries.ts'
import type { LastWay, LastWayQuery, SimilarWalks } from './schema.ts'

const SIMILAR_MAX = 10

/** The way walked last, to be walked again. */
export async function getLastWay({ db }: Pick<Deps, 'db'>, actor: Actor, { lat, lng }: LastWayQuery): Promise<LastWay | null> {
  const near = lat !== undefined && lng !== undefined ? { lat, lng } : null
  return signedIn(await findLastWay(db, actor, near)).way
}

export async function getSimilarWalks({ db }: Pick<Deps, 'db'>, actor: Actor, walkId: string): Promise<SimilarWalks> {
  const { walk, others } = signedIn(await listSimilarWalks(db, actor, walkId, SIMILAR_MAX))
  const mine = found(walk, walkNotFound)
  return {
    walk: mine,
    others: others.map((other) => ({
      ...other,
      difference: {
        distance_m: mine.distance_m - other.distance_m,
        duration_sec: mine.duration_sec - other.duration_sec,
        avg_speed_kmh: Math.round((mine.avg_speed_kmh - other.avg_speed_kmh) * 10) / 10,
      },
    })),
  }
}

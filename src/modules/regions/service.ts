import { AppError } from '../../core/errors.ts'
import type { Deps } from '../../deps.ts'
import { keys } from '../../redis/keys.ts'
import { regionNotFound } from './errors.ts'
import { listRegions } from './queries.ts'
import { type ListedRegion, type Place, placeSchema } from './schema.ts'

export async function listRegionsBelow(
  { db }: Pick<Deps, 'db'>,
  parent: string | undefined,
): Promise<{ items: ListedRegion[]; next_cursor: null }> {
  const { is_known, items } = await listRegions(db, parent ?? null)
  if (!is_known) throw regionNotFound()
  return { items, next_cursor: null }
}

/** The dong at a coordinate. `null` at sea and abroad, `'unknown'` when Kakao cannot be asked. */
export async function findPlace(
  { cache, kakaoLocal }: Pick<Deps, 'cache' | 'kakaoLocal'>,
  at: { lat: number; lng: number },
): Promise<Place | null | 'unknown'> {
  const entry = keys.region(at.lat, at.lng)
  const { data: cached } = placeSchema.safeParse(await cache.get(entry.key))
  if (cached) return cached
  try {
    const place = await kakaoLocal.findRegion(at)
    if (place) await cache.set(entry, place)
    return place
  } catch (error) {
    if (error instanceof AppError) return 'unknown'
    throw error
  }
}

import { type SQL, sql } from 'drizzle-orm'
import type { Grade, Title } from '../grades/schema.ts'
import type { PetCard } from '../pets/schema.ts'
import type { WalkPhotoRow } from '../photos/schema.ts'
import type { Post } from '../social/posts/schema.ts'
import type { Walk, WalkDetail } from './schema.ts'
import type { Sketch } from './showing/sketch.ts'

/** What `presentWalk` shows a walk from. It holds more than anybody but the owner may see. */
export interface WalkRow extends Walk {
  readonly pets: WalkDetail['pets']
  readonly user: { id: string; nickname: string }
  readonly reasons: unknown
  readonly badges: WalkDetail['badges']
  readonly photos: WalkPhotoRow[]
  readonly company: WalkDetail['company']
  /** Whether anybody may see it. Its photos then need no signature. */
  readonly is_public: boolean
  readonly post: Post | null
  readonly sketch: Sketch | null
  /** Whether the map is open: its owner wants it, and nothing speaks against it any more. */
  readonly is_map_open: boolean
  /** The region as others may know it. */
  readonly shown_region: Walk['region']
  readonly hides_times: boolean
  /** Whether a live room showed the viewer its owner's position during it. */
  readonly was_seen_live: boolean
}

/** A walk's calories, by the mean of its pets' known weights. `walks` must be in scope. */
export const caloriesOf = (distanceM: SQL): SQL => sql`walk_calories(${distanceM}, (
          SELECT avg(pets.weight_kg)
          FROM walk_pets
          JOIN pets ON pets.id = walk_pets.pet_id
          WHERE walk_pets.walk_id = walks.id
        ))`

/** The clock by which a recording was measured: an imported one is measured as of its end, because it may be years old. `walks` must be in scope. */
export const measuredAt = sql`(CASE WHEN walks.source = 'imported' THEN walks.ended_at ELSE walks.completed_at END)`

/** A row of `walks` as `Walk` of schema.ts. `walks` must be in scope. */
export const walkJson = sql<Walk>`walk_json(walks.id)`

/** A row of `walks` as a `WalkRow`, or null when an outer join found no walk. `walks` and `viewer` must be in scope. */
export const walkRowJson = sql<WalkRow>`walk_row_json(walks.id, viewer.id)`

/** A walk as `presentCard` shows it in a list. It holds more than anybody but the owner may see. */
export interface CardRow
  extends
    Omit<
      Walk,
      'source' | 'status' | 'is_valid' | 'is_ranked' | 'auto_ended' | 'goal' | 'avg_speed_kmh' | 'shared_to_feed' | 'region' | 'weather'
    >,
    Pick<WalkRow, 'photos' | 'sketch' | 'is_map_open' | 'shown_region' | 'hides_times' | 'was_seen_live' | 'is_public'> {
  readonly user: {
    readonly id: string
    readonly nickname: string
    readonly pet: PetCard | null
    readonly grade: Grade
    readonly title: Title | null
  }
  readonly photo_count: number
  readonly following: boolean
  readonly post: Post
}

/** Shared walks, of a list of ids, as `CardRow`s in its order. */
export const walkCardsJson = (walkIds: SQL, viewerId: SQL, now: Date): SQL<CardRow[]> =>
  sql`walk_cards_json(${walkIds}, ${viewerId}, ${now.toISOString()})`

/** What `presentLatestWalk` shows somebody's latest shared walk from. */
export interface LatestWalkRow extends Pick<WalkRow, 'hides_times' | 'was_seen_live'> {
  readonly distance_m: number
  readonly posted_at: string
}

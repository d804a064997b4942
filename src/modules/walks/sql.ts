import { type SQL, sql } from 'drizzle-orm'
import type { WalkPhotoRow } from '../photos/schema.ts'
import type { Walk, WalkDetail } from './schema.ts'

/** What a walk is shown from: `Walk` and what only its owner, or the trimming for others, may see. */
export interface WalkRow extends Walk {
  readonly user: { id: string; nickname: string }
  readonly reasons: unknown
  readonly badges: WalkDetail['badges']
  readonly photos: WalkPhotoRow[]
  readonly company: WalkDetail['company']
}

/** A walk's estimate by the mean of its pets' known weights. `walks` must be in scope. */
export const caloriesOf = (distanceM: SQL): SQL => sql`walk_calories(${distanceM}, (
          SELECT avg(pets.weight_kg)
          FROM walk_pets
          JOIN pets ON pets.id = walk_pets.pet_id
          WHERE walk_pets.walk_id = walks.id
        ))`

/** A row of `walks`, which must be in scope by that name, as `Walk` of schema.ts. */
export const walkJson = sql<Walk>`walk_json(walks.id)`

/** The same as a `WalkRow`, which is what a detail needs; null where an outer join found no walk. `viewer` must be in scope. */
export const walkRowJson = sql<WalkRow>`walk_row_json(walks.id, viewer.id)`

import { type SQL, sql } from 'drizzle-orm'
import { earnedBadges } from '../badges/sql.ts'
import type { WalkPhotoRow } from '../photos/schema.ts'
import { walkPhotos } from '../photos/sql.ts'
import { regionJson } from '../regions/sql.ts'
import { isBlocked } from '../social/blocks/sql.ts'
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

/** The JSON of a row of `walks`, which must be in scope by that name. */
export const walkJson = sql`json_build_object(
        'id', walks.id,
        'status', walks.status,
        'is_valid', walks.is_valid,
        'auto_ended', walks.auto_ended,
        'started_at', walks.started_at,
        'ended_at', walks.ended_at,
        'pets', (
          SELECT coalesce(json_agg(json_build_object('id', pets.id, 'name', pets.name, 'species', pets.species) ORDER BY walk_pets.position), '[]')
          FROM walk_pets
          JOIN pets ON pets.id = walk_pets.pet_id
          WHERE walk_pets.walk_id = walks.id
        ),
        'goal', CASE WHEN coalesce(walks.goal_distance_m, walks.goal_duration_sec) IS NOT NULL
          THEN json_build_object('distance_m', walks.goal_distance_m, 'duration_sec', walks.goal_duration_sec) END,
        'distance_m', walks.distance_m,
        'duration_sec', walks.duration_sec,
        'avg_speed_kmh', walks.avg_speed_kmh,
        'calories', walks.calories,
        'memo', walks.memo,
        'shared_to_feed', walks.shared_to_feed,
        'region', (
          SELECT ${regionJson}
          FROM regions
          WHERE regions.code = walks.region_code
        ),
        'weather', walks.weather,
        'route_polyline', walks.route_polyline
      )`

/** Owner's name, reasons, badges and photos beside the walk: what a detail needs more than a list. `viewer` must be in scope. */
export const walkRowJson = sql`(${walkJson}::jsonb || jsonb_build_object(
        'user', (SELECT jsonb_build_object('id', users.id, 'nickname', users.nickname) FROM users WHERE users.id = walks.user_id),
        'reasons', coalesce(walks.reasons, '[]'),
        'badges', ${earnedBadges(sql`viewer.id`, sql`user_badges.walk_id = walks.id`)},
        'photos', ${walkPhotos(sql`walks.id`)},
        'company', (
          SELECT coalesce(json_agg(json_build_object('id', users.id, 'nickname', users.nickname) ORDER BY users.nickname), '[]')
          FROM users
          WHERE users.id = ANY (walks.together_with)
            AND walks.user_id = viewer.id
            AND users.deleted_at IS NULL
            AND NOT ${isBlocked(sql`viewer.id`, sql`users.id`)}
        )
      ))`

import { type SQL, sql } from 'drizzle-orm'
import { publicPhoto } from '../photos/sql.ts'

/** A pet's age in whole Seoul months as `{"years", "months"}`, or null. `pets` must be in scope. */
const petAge = (now: Date): SQL => sql`CASE WHEN pets.birth_date IS NOT NULL THEN (
          SELECT json_build_object('years', extract(year FROM lived)::int, 'months', extract(month FROM lived)::int)
          FROM age(seoul_day(${now.toISOString()}::timestamptz)::timestamp, pets.birth_date::timestamp) AS lived
        ) END`

/** A pet as everybody may see it, as key-value pairs for `json_build_object`. `pets` and, left-joined, `breeds` must be in scope. */
export const petCard = (now: Date): SQL => sql`
        'id', pets.id,
        'name', pets.name,
        'species', pets.species,
        'breed', CASE
          WHEN breeds.code IS NOT NULL THEN json_build_object('code', breeds.code, 'name', breeds.name)
          WHEN pets.breed IS NOT NULL THEN json_build_object('code', NULL, 'name', pets.breed)
        END,
        'size', pet_size_of(pets.chosen_size, breeds.size, pets.weight_kg),
        'age', ${petAge(now)},
        ${publicPhoto(sql`photos.pet_id = pets.id`)}`

import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import type { Creation } from '../../core/idempotency.ts'
import { giveBadges } from '../facts/sql.ts'
import { answerOf, type Db, firstRow, runBatch } from '../../db/client.ts'
import { petCard } from './sql.ts'
import { mayWrite, suspendedUntil } from '../social/suspensions/sql.ts'
import { deletePhotos } from '../photos/sql.ts'
import { lockViewer, viewer } from '../../db/viewer.ts'
import type { Pet, PetStats } from './schema.ts'

export interface NewPet extends Creation {
  readonly name: string
  readonly species: string
  readonly breed: string | null
  readonly chosen_size: string | null
  readonly birth_date: string | null
  readonly is_birth_date_approximate: boolean
  readonly weight_kg: number | null
  readonly is_overweight: boolean
  readonly has_heart_or_lung_condition: boolean
  readonly is_placeholder: boolean
}

/** The columns to change. An undefined one stays. `breed` is as the owner wrote it. */
export type PetChange = { readonly [column in Exclude<keyof NewPet, keyof Creation>]?: NewPet[column] | undefined } & {
  readonly is_primary?: true | undefined
}

/** A pet as its owner sees it. `pets` must be in scope. */
const petJson = (now: Date): SQL => sql`(${petCard(now)} || jsonb_build_object(
        'is_size_chosen', pets.chosen_size IS NOT NULL,
        'birth_date', pets.birth_date,
        'is_birth_date_approximate', pets.is_birth_date_approximate,
        'weight_kg', pets.weight_kg,
        'is_overweight', pets.is_overweight,
        'has_heart_or_lung_condition', pets.has_heart_or_lung_condition,
        'is_placeholder', pets.is_placeholder,
        'is_primary', pets.is_primary,
        'created_at', pets.created_at
      ))`

/** CTE `breed`: the breed of a species whose code or exact name is `word`. No row when the word is free text. */
const breedOf = (word: SQL, species: SQL): SQL => sql`breed AS (
      SELECT breeds.code
      FROM breeds
      WHERE breeds.species = ${species} AND ${word} IN (breeds.code, breeds.name)
      LIMIT 1
    )`

const selectPet = (actor: Actor, petId: string, now: Date): SQL => sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT ${petJson(now)}
      FROM pets
      WHERE pets.id = ${petId} AND pets.user_id = viewer.id AND pets.archived_at IS NULL
    ) AS pet,
    ${suspendedUntil(now)} AS suspended_until
    FROM viewer`

export interface InsertAnswer {
  /** The viewer's pet with that id, new or not, unless it has been deleted since. */
  readonly pet: Pet | null
  readonly request_hash: string | null
  readonly is_id_taken: boolean
}

/** Inserts a pet unless its id exists or the viewer has `limit` pets. The first pet is primary. */
export function insertPet(db: Db, actor: Actor, pet: NewPet, limit: number, now: Date): Promise<InsertAnswer | null> {
  return answerOf(db, {
    lock: lockViewer(actor),
    inserted: sql`
    WITH ${viewer(actor)}, owned AS (
      SELECT count(*) AS pet_count, coalesce(bool_or(pets.is_primary), false) AS has_primary
      FROM viewer
      JOIN pets ON pets.user_id = viewer.id
      WHERE pets.archived_at IS NULL
    ), ${breedOf(sql`${pet.breed}::text`, sql`${pet.species}`)}
    INSERT INTO pets (
      id, user_id, name, species, breed_code, breed, chosen_size, birth_date, is_birth_date_approximate, weight_kg, stated_weight_kg, is_overweight,
      has_heart_or_lung_condition, is_placeholder, is_primary, request_hash, created_at
    )
    SELECT ${pet.id}, viewer.id, ${pet.name}, ${pet.species}, breed.code, CASE WHEN breed.code IS NULL THEN ${pet.breed} END, ${pet.chosen_size}::pet_size,
           ${pet.birth_date}::date, ${pet.is_birth_date_approximate}, ${pet.weight_kg}::numeric, ${pet.weight_kg}::numeric, ${pet.is_overweight},
           ${pet.has_heart_or_lung_condition}, ${pet.is_placeholder},
           NOT owned.has_primary, ${pet.request_hash}, ${now.toISOString()}
    FROM viewer
    CROSS JOIN owned
    LEFT JOIN breed ON true
    WHERE owned.pet_count < ${limit}
    ON CONFLICT (id) DO NOTHING`,
    answer: sql`
    WITH ${viewer(actor)}
    SELECT CASE WHEN pets.id IS NOT NULL THEN ${petJson(now)} END AS pet,
           pets.request_hash,
           EXISTS (SELECT 1 FROM pets taken WHERE taken.id = ${pet.id}) AS is_id_taken
    FROM viewer
    LEFT JOIN pets ON pets.id = ${pet.id} AND pets.user_id = viewer.id AND pets.archived_at IS NULL`,
  })
}

export function listPets(db: Db, actor: Actor, now: Date): Promise<{ pets: Pet[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT coalesce(json_agg(${petJson(now)} ORDER BY pets.is_primary DESC, pets.created_at, pets.id), '[]')
      FROM pets
      WHERE pets.user_id = viewer.id AND pets.archived_at IS NULL
    ) AS pets
    FROM viewer`,
  )
}

export function findPet(db: Db, actor: Actor, petId: string, now: Date): Promise<{ pet: Pet | null } | null> {
  return firstRow(db, selectPet(actor, petId, now))
}

/** Changes a pet and answers it as it is then. If it becomes primary, the old primary loses that first. Whoever is suspended changes no name, which others read. */
export function updatePet(
  db: Db,
  actor: Actor,
  petId: string,
  change: PetChange,
  now: Date,
): Promise<{ pet: Pet | null; suspended_until: string | null } | null> {
  const mayEdit = sql`(${change.name === undefined} OR ${mayWrite(now)})`
  const columns = JSON.stringify(change)
  return answerOf(db, {
    lock: lockViewer(actor),
    unchosen: sql`
    WITH ${viewer(actor)}
    UPDATE pets
    SET is_primary = false
    FROM viewer, pets chosen
    WHERE pets.user_id = viewer.id
      AND pets.is_primary
      AND pets.archived_at IS NULL
      AND pets.id <> chosen.id
      AND chosen.id = ${petId}
      AND chosen.user_id = viewer.id
      AND chosen.archived_at IS NULL
      AND ${change.is_primary ?? false}
      AND ${mayEdit}`,
    edited: sql`
    WITH ${viewer(actor)}, edited AS (
      SELECT (jsonb_populate_record(pets, ${columns})).*, pets.species AS old_species
      FROM viewer
      JOIN pets ON pets.user_id = viewer.id
      WHERE pets.id = ${petId} AND pets.archived_at IS NULL AND ${mayEdit}
    ), ${breedOf(sql`(SELECT edited.breed FROM edited)`, sql`(SELECT edited.species FROM edited)`)}
    UPDATE pets
    SET name = edited.name,
        species = edited.species,
        breed_code = CASE WHEN ${columns}::jsonb ? 'breed' THEN (SELECT breed.code FROM breed) WHEN edited.species = edited.old_species THEN pets.breed_code END,
        breed = CASE
          WHEN ${columns}::jsonb ? 'breed' THEN CASE WHEN EXISTS (SELECT 1 FROM breed) THEN NULL ELSE edited.breed END
          WHEN edited.species = edited.old_species THEN pets.breed
        END,
        chosen_size = edited.chosen_size,
        birth_date = edited.birth_date,
        is_birth_date_approximate = edited.is_birth_date_approximate,
        weight_kg = edited.weight_kg,
        stated_weight_kg = CASE WHEN ${columns}::jsonb ? 'weight_kg' THEN edited.weight_kg ELSE pets.stated_weight_kg END,
        is_overweight = edited.is_overweight,
        has_heart_or_lung_condition = edited.has_heart_or_lung_condition,
        is_placeholder = edited.is_placeholder,
        is_primary = edited.is_primary
    FROM edited
    WHERE pets.id = edited.id`,
    ...(change.birth_date !== undefined && {
      birthdays: foldBirthdays(actor, petId),
      badges: sql`SELECT ${giveBadges(actor.user_id, now)}`,
    }),
    answer: selectPet(actor, petId, now),
  })
}

/** Counts birthday walks again after a pet's birth date has changed: only on days that were a birthday, or are one now. */
function foldBirthdays(actor: Actor, petId: string): SQL {
  return sql`
    SELECT fold_metrics(pets.user_id, pet_days.day)
    FROM pets
    JOIN pet_days ON pet_days.pet_id = pets.id
    LEFT JOIN metric_days ON metric_days.user_id = pets.user_id AND metric_days.day = pet_days.day AND metric_days.metric = 'birthday_walks'
    WHERE pets.id = ${petId}
      AND pets.user_id = ${actor.user_id}
      AND (metric_days.value > 0 OR is_birthday(pets.birth_date, pet_days.day))`
}

/**
 * Archives a pet and deletes its photo. If it was primary, the oldest remaining pet becomes primary. `outbox_ids` are to be announced. `is_known` is also
 * true for a pet that was archived before.
 */
export async function archivePet(
  db: Db,
  actor: Actor,
  petId: string,
  now: Date,
): Promise<{ is_known: boolean; outbox_ids: string[] } | null> {
  const { photos, answer } = await runBatch(db, {
    lock: lockViewer(actor),
    photos: sql<{ id: string }>`
    WITH ${viewer(actor)}, ${deletePhotos(sql`photos.pet_id = ${petId} AND photos.user_id = (SELECT viewer.id FROM viewer)`)}`,
    archived: sql`
    WITH ${viewer(actor)}
    UPDATE pets
    SET archived_at = ${now.toISOString()}, is_primary = false
    FROM viewer
    WHERE pets.id = ${petId} AND pets.user_id = viewer.id AND pets.archived_at IS NULL`,
    promoted: sql`
    WITH ${viewer(actor)}, oldest AS (
      SELECT pets.id
      FROM viewer
      JOIN pets ON pets.user_id = viewer.id
      WHERE pets.archived_at IS NULL
      ORDER BY pets.is_primary DESC, pets.created_at, pets.id
      LIMIT 1
    )
    UPDATE pets
    SET is_primary = true
    FROM oldest
    WHERE pets.id = oldest.id AND NOT pets.is_primary`,
    answer: sql<{ is_known: boolean }>`
    WITH ${viewer(actor)}
    SELECT EXISTS (SELECT 1 FROM pets WHERE pets.id = ${petId} AND pets.user_id = viewer.id) AS is_known
    FROM viewer`,
  })
  return answer[0] ? { ...answer[0], outbox_ids: photos.map(({ id }) => id) } : null
}

export function findPetStats(db: Db, actor: Actor, petId: string): Promise<{ stats: PetStats | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT json_build_object(
        'distance_m', coalesce(pet_totals.distance_m + pet_totals.imported_distance_m, 0),
        'duration_sec', coalesce(pet_totals.duration_sec + pet_totals.imported_duration_sec, 0),
        'walk_count', coalesce(pet_totals.walk_count + pet_totals.imported_walk_count, 0)
      )
      FROM pets
      LEFT JOIN pet_totals ON pet_totals.pet_id = pets.id
      WHERE pets.id = ${petId} AND pets.user_id = viewer.id AND pets.archived_at IS NULL
    ) AS stats
    FROM viewer`,
  )
}

import { refuseSuspended } from '../social/suspensions/service.ts'
import { signedIn, type Actor } from '../../core/actor.ts'
import { found } from '../../core/errors.ts'
import { idempotencyConflict, identifyCreation } from '../../core/idempotency.ts'
import { seoulDate } from '../../core/time.ts'
import { assertDecent } from '../../core/words/decent.ts'
import type { Deps } from '../../deps.ts'
import { announce } from '../../jobs/outbox.ts'
import { listBreeds } from './breeds.queries.ts'
import { birthDateInvalid, petLimitReached, petNotFound } from './errors.ts'
import { archivePet, findPet, findPetStats, insertPet, listPets, type PetChange, updatePet } from './queries.ts'
import { approximateBirthDate } from './rules.ts'
import { type CreatePet, type EditPet, type ListBreedsQuery, type ListedBreed, type Pet, PETS_MAX, type PetStats } from './schema.ts'

const BREEDS_LISTED_MAX = 50
const AGE_YEARS_MAX = 40

export async function createPet(
  { db, keyedIds, now }: Pick<Deps, 'db' | 'keyedIds' | 'now'>,
  actor: Actor,
  input: CreatePet,
  idempotency_key?: string,
): Promise<Pet> {
  assertDecent({ name: input.name, breed: input.breed })
  const at = now()
  const creation = await identifyCreation({ keyedIds }, { user_id: actor.user_id, route: 'POST /pets', body: input, idempotency_key })
  const pet = {
    ...creation,
    name: input.name,
    species: input.species,
    breed: input.breed ?? null,
    chosen_size: input.size ?? null,
    birth_date: null,
    is_birth_date_approximate: false,
    ...birthColumns(input, at),
    weight_kg: input.weight_kg ?? null,
    is_overweight: input.is_overweight ?? false,
    has_heart_or_lung_condition: input.has_heart_or_lung_condition ?? false,
    is_placeholder: input.is_placeholder,
  }
  const answer = signedIn(await insertPet(db, actor, pet, PETS_MAX, at))
  if (answer.pet && answer.request_hash === creation.request_hash) return answer.pet
  throw answer.is_id_taken ? idempotencyConflict() : petLimitReached()
}

export async function listMyPets({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor): Promise<{ items: Pet[]; next_cursor: null }> {
  const { pets } = signedIn(await listPets(db, actor, now()))
  return { items: pets, next_cursor: null }
}

export async function getPet({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, petId: string): Promise<Pet> {
  return found(signedIn(await findPet(db, actor, petId, now())).pet, petNotFound)
}

export async function editPet({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, petId: string, input: EditPet): Promise<Pet> {
  assertDecent({ name: input.name, breed: input.breed })
  const at = now()
  const { size, birth_date: _birthDate, age_years: _years, age_months: _months, ...asTheyAre } = input
  const change: PetChange = {
    ...asTheyAre,
    // Naming a pet fills in the form that was skipped, so it is no placeholder any more.
    is_placeholder: input.is_placeholder ?? (input.name === undefined ? undefined : false),
    chosen_size: size,
    ...birthColumns(input, at),
  }
  const answer = signedIn(await updatePet(db, actor, petId, change, at))
  const pet = found(answer.pet, petNotFound)
  if (input.name !== undefined) refuseSuspended(answer)
  return pet
}

export async function removePet(
  deps: Pick<Deps, 'db' | 'jobs' | 'now' | 'waitUntil' | 'wakeAt'>,
  actor: Actor,
  petId: string,
): Promise<void> {
  const { is_known, outbox_ids } = signedIn(await archivePet(deps.db, actor, petId, deps.now()))
  if (!is_known) throw petNotFound()
  deps.waitUntil(announce(deps, outbox_ids))
}

export async function getPetStats({ db }: Pick<Deps, 'db'>, actor: Actor, petId: string): Promise<PetStats> {
  return found(signedIn(await findPetStats(db, actor, petId)).stats, petNotFound)
}

export async function searchBreeds(
  { db }: Pick<Deps, 'db'>,
  { q = '', species }: ListBreedsQuery,
): Promise<{ items: ListedBreed[]; next_cursor: null }> {
  return { items: await listBreeds(db, { q, species: species ?? null, limit: BREEDS_LISTED_MAX }), next_cursor: null }
}

type Born = Pick<EditPet, 'birth_date' | 'age_years' | 'age_months'>

/** The two columns of the birth date, if the input has a birth date or an age. */
function birthColumns({ birth_date, age_years, age_months }: Born, now: Date) {
  const today = seoulDate(now)
  if (birth_date !== undefined) {
    const oldest = approximateBirthDate(today, { years: AGE_YEARS_MAX, months: 0 })
    if (birth_date !== null && (birth_date > today || birth_date < oldest)) throw birthDateInvalid()
    return { birth_date, is_birth_date_approximate: false }
  }
  if (age_years === undefined && age_months === undefined) return {}
  return { birth_date: approximateBirthDate(today, { years: age_years ?? 0, months: age_months ?? 0 }), is_birth_date_approximate: true }
}

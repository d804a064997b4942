import { type SQL, sql } from 'drizzle-orm'

/** A pet as everybody may see it, as `PetCard`. `pets` must be in scope. */
export const petCard = (now: Date): SQL => sql`pet_card(pets.id, ${now.toISOString()})`

/** The card of a person's primary pet, as others see it. It is null when the pet is a placeholder. */
export const primaryPetCard = (userId: SQL, now: Date): SQL => sql`primary_pet_card(${userId}, ${now.toISOString()})`

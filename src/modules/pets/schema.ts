import { z } from 'zod'
import { instantSchema, optional, roundedTo, uuidSchema, withDefault } from '../../core/fields.ts'
import { notBoth } from '../../core/form-rules.ts'
import { lineSchema, wordsSchema } from '../../core/text.ts'

const SPECIES = ['dog', 'cat', 'other'] as const
export const speciesSchema = z.enum(SPECIES).meta({ id: 'Species' })
const sizeSchema = z.enum(['small', 'medium', 'large']).meta({ id: 'PetSize' })
const breedSchema = z
  .object({ code: z.string().nullable(), name: z.string() })
  .meta({ id: 'PetBreed', description: '`code` is null where the breed is free text' })
const ageSchema = z.object({ years: z.int(), months: z.int() }).meta({ id: 'PetAge' })

const petFields = {
  id: uuidSchema,
  name: z.string(),
  species: speciesSchema,
  breed: breedSchema.nullable(),
  size: sizeSchema.nullable().meta({ description: "The owner's word, else the breed's size, else by weight (under 10 kg, under 25 kg)" }),
  age: ageSchema.nullable(),
  photo_url: z.string().nullable().meta({ description: 'A path on this API, for everybody to see' }),
  thumbnail_url: z.string().nullable().meta({ description: 'At most 200 pixels a side' }),
}

/** A pet as everybody may see it. */
export const petCardSchema = z.object(petFields).meta({ id: 'PetCard' })
export type PetCard = z.infer<typeof petCardSchema>

export const petSchema = z
  .object({
    ...petFields,
    is_size_chosen: z.boolean().meta({ description: 'Whether `size` is the owner’s word' }),
    birth_date: z.iso.date().nullable(),
    is_birth_date_approximate: z.boolean().meta({ description: 'It was worked out from an age' }),
    weight_kg: z.number().nullable(),
    is_overweight: z.boolean().meta({ description: 'As the owner says. Heat is harder on it' }),
    has_heart_or_lung_condition: z.boolean().meta({ description: 'As the owner says. Dust is harder on it' }),
    is_placeholder: z.boolean(),
    is_primary: z.boolean(),
    created_at: instantSchema,
  })
  .meta({ id: 'Pet' })
export type Pet = z.infer<typeof petSchema>

export const weightKgSchema = roundedTo(1).min(0.1).max(120).meta({ description: 'Rounded to one decimal' })

export const PET_NAME_MAX = 10
export const PETS_MAX = 10
const nameSchema = lineSchema(PET_NAME_MAX)
const breedTextSchema = lineSchema(30).meta({
  description: 'A code of GET /breeds, the exact name of a breed of the species, or free text',
})
const ageYearsSchema = z.int().min(0).max(40)
const ageMonthsSchema = z.int().min(0).max(11)

interface Born {
  birth_date?: unknown
  age_years?: number | undefined
  age_months?: number | undefined
}
const isBornOnce = ({ birth_date, age_years, age_months }: Born) =>
  birth_date === undefined || (age_years === undefined && age_months === undefined)
const BORN_ONCE_IN_JSON = [notBoth('birth_date', 'age_years'), notBoth('birth_date', 'age_months')]
const BORN_ONCE = { error: 'birth_date와 나이 중 하나만 보내 주세요', path: ['birth_date'] }

export const createPetSchema = z
  .strictObject({
    id: optional(uuidSchema),
    name: nameSchema,
    species: speciesSchema,
    breed: optional(breedTextSchema),
    size: optional(sizeSchema),
    birth_date: optional(z.iso.date()),
    age_years: optional(ageYearsSchema),
    age_months: optional(ageMonthsSchema),
    weight_kg: optional(weightKgSchema),
    is_overweight: optional(z.boolean()).meta({ description: 'false when it is left out' }),
    has_heart_or_lung_condition: optional(z.boolean()).meta({ description: 'false when it is left out' }),
    is_placeholder: withDefault(z.boolean(), false).meta({ description: 'Made for somebody who skipped the form' }),
  })
  .refine(isBornOnce, BORN_ONCE)
  .meta({
    id: 'CreatePet',
    description: 'Born on `birth_date`, or as old as `age_years` and `age_months` say, or of unknown age',
    allOf: BORN_ONCE_IN_JSON,
    example: {
      id: '0f8b6f3e-6a3d-4c1e-9b6a-2f1d7c5e8a40',
      name: '초코',
      species: 'dog',
      breed: '말티즈',
      birth_date: '2022-03-01',
      weight_kg: 4.2,
    },
  })
export type CreatePet = z.infer<typeof createPetSchema>

export const editPetSchema = z
  .strictObject({
    name: optional(nameSchema),
    species: optional(speciesSchema),
    breed: breedTextSchema.nullable().optional(),
    size: sizeSchema.nullable().optional().meta({ description: 'null: as the breed or the weight says' }),
    birth_date: z.iso.date().nullable().optional(),
    age_years: optional(ageYearsSchema),
    age_months: optional(ageMonthsSchema),
    weight_kg: weightKgSchema.nullable().optional(),
    is_overweight: optional(z.boolean()),
    has_heart_or_lung_condition: optional(z.boolean()),
    is_placeholder: optional(z.boolean()),
    is_primary: optional(z.literal(true)).meta({ description: 'Takes it from whichever has it' }),
  })
  .refine(isBornOnce, BORN_ONCE)
  .meta({
    id: 'EditPet',
    description:
      'Only what changes. Null empties a field that can be empty, and changes no other. `birth_date` and an age exclude each other',
    example: { name: '초코', weight_kg: 4.4 },
  })
export type EditPet = z.infer<typeof editPetSchema>

export const petStatsSchema = z.object({ distance_m: z.int(), duration_sec: z.int(), walk_count: z.int() }).meta({ id: 'PetStats' })
export type PetStats = z.infer<typeof petStatsSchema>

export const listBreedsQuery = z.object({
  q: wordsSchema.max(30).optional().meta({ description: 'A part of the name. All breeds when it is left out', example: '말티' }),
  species: speciesSchema.optional().meta({ description: 'Breeds of this species alone' }),
})
export type ListBreedsQuery = z.infer<typeof listBreedsQuery>

export const listedBreedSchema = z
  .object({ code: z.string(), species: speciesSchema, name: z.string(), name_en: z.string(), size: sizeSchema.nullable() })
  .meta({ id: 'Breed' })
export type ListedBreed = z.infer<typeof listedBreedSchema>

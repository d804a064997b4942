import { z } from 'zod'
import { pagesOf } from '../../core/cursor.ts'
import { instantSchema, latIn, lngIn, uuidSchema } from '../../core/fields.ts'

const MB = 1_048_576
export const PET_PROFILE_MAX_BYTES = 5 * MB
export const PHOTO_MAX_BYTES = 10 * MB
export const WALK_PHOTOS_MAX = 30
export const IMAGES_MAX = 100

const photoFields = {
  id: uuidSchema,
  photo_url: z.string().meta({ description: 'A path on this API. Of a walk that is not shared it holds for five minutes at most' }),
  thumbnail_url: z
    .string()
    .meta({ description: 'At most 400 pixels a side (200 for a pet). It is the photo itself when the service makes no thumbnails' }),
  width: z.int(),
  height: z.int(),
}

export const uploadedPhotoSchema = z.object(photoFields).meta({ id: 'UploadedPhoto' })
export type UploadedPhoto = z.infer<typeof uploadedPhotoSchema>

export const imageSchema = z.object({ ...photoFields, created_at: instantSchema }).meta({ id: 'Image' })
export type Image = z.infer<typeof imageSchema>
export const imagePages = pagesOf('images', z.tuple([z.string(), uuidSchema]))

export const walkPhotoSchema = z
  .object({
    ...photoFields,
    lat: z
      .number()
      .nullable()
      .meta({ description: 'Where and when it was taken is for the owner only: null for others, who see photos in their order' }),
    lng: z.number().nullable(),
    taken_at: instantSchema.nullable(),
  })
  .meta({ id: 'WalkPhoto' })

/** What `walk_photos` answers. */
export interface WalkPhotoRow {
  readonly id: string
  readonly object_key: string
  readonly has_thumbnails: boolean
  readonly width: number
  readonly height: number
  readonly lat: number | null
  readonly lng: number | null
  readonly taken_at: string | null
  /** Others do not see it, because reports or a moderator have hidden it. */
  readonly is_hidden: boolean
}

const LAT = 'Where it was taken, with `lng`. For a raw body: form fields of these names win'
/** These come in the query beside a raw body, or as form fields beside `file`. */
export const walkPhotoFields = z
  .object({
    lat: latIn.optional().meta({ description: LAT }),
    lng: lngIn.optional().meta({ description: 'With `lat`' }),
    taken_at: instantSchema.optional().meta({ description: 'When it was taken. A form field of this name wins' }),
  })
  .refine(({ lat, lng }) => (lat === undefined) === (lng === undefined), { error: '위도와 경도를 함께 보내 주세요', path: ['lat'] })
export type WalkPhotoFields = z.infer<typeof walkPhotoFields>

export const walkIdParam = z.object({ walk_id: uuidSchema })
export const petIdParam = z.object({ pet_id: uuidSchema })
export const photoParams = z.object({ id: uuidSchema, photo_id: uuidSchema })

const idText = z.string().toLowerCase()
/** Plain strings, so that a name this API never gives is a 404 and not a 422. */
export const mediaParams = z.object({
  kind: z.string().meta({ description: 'The first part of the address', example: 'walk-photos' }),
  user_id: idText.meta({ description: 'The second part of the address', example: '0f8b6f3e-6a3d-4c1e-9b6a-2f1d7c5e8a40' }),
  parent_id: idText.meta({ description: 'The third part of the address', example: '7c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f' }),
  name: z.string().meta({ description: 'The last part of the address', example: 'photo.jpg' }),
})
export type MediaParams = z.infer<typeof mediaParams>
export const mediaQuery = z.object({
  expires: z.string().optional().meta({ description: 'Of an address that has a signature' }),
  signature: z.string().optional().meta({ description: 'Of an address that has one: it opens the photos of a walk that is not shared' }),
})
export type MediaQuery = z.infer<typeof mediaQuery>

export const photoObjectSchema = z.object({ object_key: z.string().min(1), has_thumbnails: z.boolean() })

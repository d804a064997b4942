import { z } from 'zod'
import { pageQuery, pagesOf } from '../../../core/cursor.ts'
import { instantSchema, uuidSchema } from '../../../core/fields.ts'
import { walkPhotoSchema } from '../../photos/schema.ts'

const daySchema = z.iso.date().refine((day) => day >= '1900' && day < '2200', '날짜를 확인해 주세요')

export const albumQuery = pageQuery.extend({
  from: daySchema.optional().meta({ description: 'Photos of that Seoul day or later', example: '2026-11-01' }),
  to: daySchema.optional().meta({ description: 'Photos of that Seoul day or earlier', example: '2026-11-30' }),
})
export type AlbumQuery = z.infer<typeof albumQuery>

export const albumPhotoSchema = z
  .object({
    ...walkPhotoSchema.shape,
    lat: z.number().nullable(),
    walk_id: uuidSchema,
    created_at: instantSchema.meta({ description: 'When it was uploaded. It gives the photo its place where `taken_at` is null' }),
  })
  .meta({ id: 'AlbumPhoto' })
export type AlbumPhoto = z.infer<typeof albumPhotoSchema>

export const albumPages = pagesOf('album', z.tuple([z.string(), uuidSchema]))

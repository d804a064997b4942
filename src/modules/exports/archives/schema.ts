import { z } from 'zod'
import { instantSchema, optional, uuidSchema, withDefault } from '../../../core/fields.ts'

export const createExportSchema = z
  .strictObject({
    id: optional(uuidSchema).meta({ description: 'Made by the client. The same id again is the same archive' }),
    photos: withDefault(z.boolean(), true).meta({ description: 'Whether the pictures themselves are in it. Their rows always are' }),
  })
  .meta({ id: 'CreateExport', example: { photos: true } })
export type CreateExport = z.infer<typeof createExportSchema>

export const exportStateSchema = z.enum(['running', 'ready', 'failed', 'gone']).meta({
  id: 'ExportState',
  description: '`gone`: its file was deleted, a day after it was ready or by its owner',
})
export const exportFailureSchema = z.enum(['too_large', 'stalled']).meta({
  id: 'ExportFailure',
  description: '`too_large`: more than 2 GB or 50,000 files, and it may go without photos. `stalled`: ask again',
})

export const exportSchema = z
  .object({
    id: uuidSchema,
    state: exportStateSchema,
    photos: z.boolean(),
    progress: z.int().min(0).max(100).meta({ description: 'Percent' }),
    size_bytes: z.int().nullable().meta({ description: 'Null until it is ready' }),
    file_count: z.int().nullable().meta({ description: 'Null until it is ready' }),
    missing_count: z.int().meta({ description: 'Recordings and photos that are lost here, and so are not in it' }),
    created_at: instantSchema,
    ready_at: instantSchema.nullable(),
    expires_at: instantSchema.nullable().meta({ description: 'When its file is deleted' }),
    download_url: z.string().nullable().meta({ description: 'A path on this origin that works for whoever has it, until `expires_at`' }),
    failure: exportFailureSchema.nullable(),
  })
  .meta({
    id: 'Export',
    example: {
      id: '0b8f6d1e-1f6c-4a52-9d0a-3e1f5f0f2a11',
      state: 'ready',
      photos: true,
      progress: 100,
      size_bytes: 18_345_120,
      file_count: 812,
      missing_count: 0,
      created_at: '2026-11-30T02:00:00.000Z',
      ready_at: '2026-11-30T02:00:31.000Z',
      expires_at: '2026-12-01T02:00:31.000Z',
      download_url: '/exports/0b8f6d1e-1f6c-4a52-9d0a-3e1f5f0f2a11/archive.zip?expires=1796090431&signature=5c0f',
      failure: null,
    },
  })
export type Export = z.infer<typeof exportSchema>

export const downloadQuery = z.object({
  expires: z.string().meta({ description: 'As `download_url` has it' }),
  signature: z.string().meta({ description: 'As `download_url` has it' }),
})
export type DownloadQuery = z.infer<typeof downloadQuery>

/** A job of the outbox. */
export const makeExportSchema = z.object({ export_id: uuidSchema, slice: z.int().min(0) })

/** Where a slice begins. `after` is the key of the last row. `volume` counts the files of one part, from zero. */
export const cursorSchema = z.discriminatedUnion('step', [
  z.object({ step: z.literal('rows'), part: z.int(), volume: z.int(), after: z.string() }),
  z.object({ step: z.literal('tracks'), after: z.string() }),
  z.object({ step: z.literal('photos'), after: z.string() }),
  z.object({ step: z.literal('end') }),
])
export type Cursor = z.infer<typeof cursorSchema>

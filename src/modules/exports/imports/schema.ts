import { z } from 'zod'
import { pagesOf } from '../../../core/cursor.ts'
import { instantSchema, optional, uuidSchema } from '../../../core/fields.ts'
import { lineSchema } from '../../../core/text.ts'
import { fileReasons, importReasons } from './rules.ts'

const PETS_MAX = 10
const IMPORT_ID = '7d0f6c1e-52b4-4b0e-9d57-3a1c8e2f4b60'

const dateSchema = z.iso.date().meta({ description: 'A day in Seoul' })

export const createImportSchema = z
  .object({
    id: optional(uuidSchema).meta({ description: 'Made by the client. The same id again is the same import' }),
    kind: z
      .enum(['withbowwow', 'files'])
      .meta({ id: 'ImportKind', description: '`withbowwow` is an archive of one’s own, `files` are recordings of other apps' }),
    name: optional(lineSchema(200)).meta({ description: 'Of the file, as its owner knows it' }),
    from: optional(dateSchema).meta({ description: 'Walks that began before this day are left out' }),
    to: optional(dateSchema).meta({ description: 'Walks that began after this day are left out' }),
    pet_ids: optional(
      z
        .array(uuidSchema)
        .max(PETS_MAX)
        .refine((ids) => new Set(ids).size === ids.length, '같은 반려동물이 두 번 들어 있어요'),
    ).meta({
      description: 'Who walked along. Nobody where it is left out',
    }),
    include_runs: optional(z.boolean()).meta({ description: 'Whether runs are walks too' }),
  })
  .refine(({ from, to }) => !from || !to || from <= to, { error: '시작일이 종료일보다 늦어요', path: ['to'] })
  .meta({
    id: 'CreateImport',
    description: '`from`, `to`, `pet_ids` and `include_runs` are of `files` alone',
    example: { id: IMPORT_ID, kind: 'files', name: 'export_12345.zip', from: '2024-01-01' },
  })
export type CreateImport = z.infer<typeof createImportSchema>

export const importSchema = z
  .object({
    id: uuidSchema,
    kind: z.enum(['withbowwow', 'files']),
    state: z.enum(['waiting', 'running', 'done', 'failed']).meta({ id: 'ImportState', description: '`waiting` for the file' }),
    reason: z.enum(importReasons).meta({ id: 'ImportReason' }).nullable().meta({ description: 'Why it failed' }),
    detail: z.string().nullable().meta({ description: 'The reason, in Korean' }),
    name: z.string().nullable(),
    created_at: instantSchema,
    finished_at: instantSchema.nullable(),
    counts: z
      .object({ files: z.int(), waiting: z.int(), imported: z.int(), duplicate: z.int(), skipped: z.int(), failed: z.int() })
      .meta({ id: 'ImportCounts', description: 'Of `files`. Each track of a file counts' }),
    report: z.record(z.string(), z.unknown()).nullable().meta({
      description:
        'Of an archive alone. `files` says of each file of it how many rows it has, how many came back, and how many could not. `foreign` says why it is not one of ours, or not any more: only its tracks are taken then',
    }),
  })
  .meta({ id: 'Import' })
export type Import = z.infer<typeof importSchema>

export const importFileSchema = z
  .object({
    position: z.int(),
    track: z.int().meta({ description: 'In the file: 0 is the first' }),
    name: z.string(),
    state: z.enum(['waiting', 'imported', 'duplicate', 'skipped', 'failed']).meta({
      id: 'ImportFileState',
      description: '`skipped` files are no walk, and `failed` ones could not be read',
    }),
    reason: z.enum(fileReasons).meta({ id: 'ImportFileReason' }).nullable(),
    detail: z.string().nullable().meta({ description: 'The reason, in Korean' }),
    walk_id: uuidSchema.nullable().meta({ description: 'The walk that it became, or of which it is a duplicate' }),
  })
  .meta({ id: 'ImportFile' })
export type ImportFile = z.infer<typeof importFileSchema>

export const importPages = pagesOf('imports', z.tuple([z.string(), uuidSchema]))
export const importFilePages = pagesOf('import files', z.tuple([z.int(), z.int()]))

/** What is stored of the choices. */
export const optionsSchema = z.object({
  from: z.string().nullable(),
  to: z.string().nullable(),
  pet_ids: z.array(z.string()),
  include_runs: z.boolean(),
})
export type ImportOptions = z.infer<typeof optionsSchema>

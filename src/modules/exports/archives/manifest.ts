import { z } from 'zod'
import { uuidSchema } from '../../../core/fields.ts'

export const SCHEMA_VERSION = 1
export const MANIFEST_NAME = 'manifest.json'

const fileSchema = z.object({
  name: z.string().max(200),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  rows: z.int().min(0).nullable(),
})
export type ManifestFile = z.infer<typeof fileSchema>

export const manifestSchema = z.object({
  schema_version: z.int(),
  made_at: z.string().max(40),
  user_id: uuidSchema,
  files: z.array(fileSchema).max(65_000),
  mac: z.string().max(100),
})
export type Manifest = z.infer<typeof manifestSchema>

/** What the seal covers: all of the manifest but the seal, in one spelling. */
export function sealedText({ schema_version, made_at, user_id, files }: Omit<Manifest, 'mac'>): string {
  const lines = files.map(({ name, bytes, sha256, rows }) => JSON.stringify([name, bytes, sha256, rows]))
  return [JSON.stringify([schema_version, made_at, user_id]), ...lines].join('\n')
}

export function writeManifest({ files, ...rest }: Manifest): string {
  const { schema_version, made_at, user_id, mac } = rest
  const lines = files.map((file) => `  ${JSON.stringify(file)}`).join(',\n')
  return `{\n"schema_version": ${schema_version},\n"made_at": ${JSON.stringify(made_at)},\n"user_id": ${JSON.stringify(user_id)},\n"files": [\n${lines}\n],\n"mac": ${JSON.stringify(mac)}\n}\n`
}

import { unzipSync } from 'fflate'
import { sql } from 'drizzle-orm'
import { continueExport } from '../../src/modules/exports/archives/service.ts'
import { type Api, createTestDeps, type DepsOverrides } from './api.ts'
import { listRows } from './rows.ts'

/** Makes the slices of an archive that are left, as the queue would. */
export async function runSlices(exportId: string, deps: DepsOverrides = {}): Promise<number> {
  for (let slices = 0; ; slices++) {
    const [row] = await listRows(sql`SELECT slice FROM exports WHERE id = ${exportId} AND state = 'running'`)
    if (!row) return slices
    await continueExport(createTestDeps(deps), { export_id: exportId, slice: row.slice })
  }
}

export type Files = Record<string, Uint8Array>
export const textOf = (files: Files, name: string): string => new TextDecoder().decode(files[name])
export const jsonOf = (files: Files, name: string): any => JSON.parse(textOf(files, name))

/** Has an archive made and downloads it. */
export async function exportAll(person: Api, { body, deps = {} }: { body?: object; deps?: DepsOverrides } = {}) {
  const asked = await person.with(deps).post('/users/me/exports', body)
  if (asked.status !== 202) throw new Error(`the export was refused: ${JSON.stringify(asked.json)}`)
  const slices = await runSlices(asked.json.id, deps)
  const { json } = await person.with(deps).get(`/users/me/exports/${asked.json.id}`)
  if (json.state !== 'ready') throw new Error(`the export is not ready: ${JSON.stringify(json)}`)
  const { bytes } = await person.with(deps).get(json.download_url)
  return { id: asked.json.id as string, slices, row: json, zip: bytes, files: unzipSync(bytes) as Files }
}

import { runImportPart } from '../../src/modules/exports/imports/running.service.ts'
import { createTestDeps, type Api, type DepsOverrides } from './api.ts'

/** A queue that forgets, so that a test runs the parts itself. */
const silent = { sendBatch: async () => {} } as unknown as Queue

export interface ImportedFile {
  readonly name: string
  readonly track: number
  readonly state: string
  readonly reason: string | null
  readonly detail: string | null
  readonly walk_id: string | null
}

export async function beginImport(api: Api, bytes: Uint8Array, options: object = {}): Promise<string> {
  const { json, status } = await api.post('/users/me/imports', { kind: 'files', ...options })
  if (status !== 201) throw new Error(`the import was refused: ${JSON.stringify(json)}`)
  const quiet = api.with({ jobs: silent })
  const put = await quiet.put(`/users/me/imports/${json.id}/file`, bytes)
  if (put.status !== 202) throw new Error(`the file was refused: ${JSON.stringify(put.json)}`)
  return json.id
}

/** Runs the parts of an import that are left. */
export async function runImport(api: Api, importId: string, overrides: DepsOverrides = {}): Promise<any> {
  const deps = createTestDeps(overrides)
  const quiet = Object.create(deps, { jobs: { value: silent } }) as typeof deps
  for (;;) {
    const { rows } = await deps.db.execute<{ part: number; state: string }>(`SELECT part, state FROM imports WHERE id = '${importId}'`)
    if (rows[0]?.state !== 'running') break
    await runImportPart(quiet, importId, rows[0].part)
  }
  return (await api.get(`/users/me/imports/${importId}`)).json
}

/** Imports a file to its end. */
export async function importBytes(api: Api, bytes: Uint8Array, options: object = {}) {
  const id = await beginImport(api, bytes, options)
  const done = await runImport(api, id)
  return { id, done, files: await filesOf(api, id) }
}

export async function filesOf(api: Api, importId: string): Promise<ImportedFile[]> {
  const files: ImportedFile[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { json }: { json: any } = await api.get(`/users/me/imports/${importId}/files?limit=50${cursor && `&cursor=${cursor}`}`)
    files.push(...json.items)
    cursor = json.next_cursor
  }
  return files
}

import { unzipSync } from 'fflate'
import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../src/core/time.ts'
import { JOB } from '../../../src/jobs/types.ts'
import { sweepExports } from '../../../src/modules/exports/archives/jobs.ts'
import { continueExport } from '../../../src/modules/exports/archives/service.ts'
import { crc32 } from '../../../src/modules/exports/archives/zip.ts'
import { toCsv } from '../../../src/modules/exports/archives/csv.ts'
import { createTestDeps } from '../../support/api.ts'
import { exportAll, runSlices, textOf } from '../../support/exports.ts'
import { signUp } from '../../support/login.ts'
import { idOf } from '../../support/rooms.ts'
import { listRows } from '../../support/rows.ts'
import { deliverTask, runTask } from '../../support/tasks.ts'
import { addPet, walk } from '../../support/walks.ts'

const deps = createTestDeps()

/** A bucket that takes what it is given and then fails, or fails at once. */
const failing = (when: 'before' | 'after') =>
  Object.create(deps.bucket, {
    get: { value: (...of: Parameters<R2Bucket['get']>) => deps.bucket.get(...of) },
    put: {
      value: async (key: string, value: Blob) => {
        if (when === 'after') await deps.bucket.put(key, value)
        throw new Error('R2 is down')
      },
    },
  }) as R2Bucket

const objectsOf = async (userId: string) => (await deps.bucket.list({ prefix: `exports/${userId}/` })).objects.map(({ key }) => key)

describe('slices', () => {
  it('an attempt that dies before, at or after the put, and two attempts at once, leave no wrong byte', async () => {
    const person = await signUp()
    await walk(person, [await addPet(person)])
    const { json } = await person.post('/users/me/exports')
    const of = (slice: number) => ({ export_id: json.id as string, slice })
    for (let slice = 0; ; slice++) {
      const [row] = await listRows(sql`SELECT 1 FROM exports WHERE id = ${json.id} AND state = 'running'`)
      if (!row) break
      // A slice that has nothing to put is made at once.
      for (const when of ['before', 'after'] as const)
        await continueExport(createTestDeps({ bucket: failing(when) }), of(slice)).catch((error: unknown) =>
          expect(String(error)).toContain('R2 is down'),
        )
      const results = await Promise.allSettled([continueExport(deps, of(slice)), continueExport(deps, of(slice))])
      expect(results.some(({ status }) => status === 'fulfilled')).toBe(true)
      // Once it is over, the same message does nothing.
      await continueExport(deps, of(slice))
    }
    const [{ pieces }] = await listRows(sql`SELECT pieces FROM exports WHERE id = ${json.id}`)
    const ready = (await person.get(`/users/me/exports/${json.id}`)).json
    const files = unzipSync((await person.get(ready.download_url)).bytes)
    expect(Object.keys(files)).toHaveLength(ready.file_count)
    expect(JSON.parse(textOf(files, 'manifest.json')).files).toHaveLength(ready.file_count - 1)
    expect((await objectsOf(idOf(person))).length).toBeGreaterThan(pieces.length)
  })

  it('one that was given up is made no further, and its objects are deleted', async () => {
    const person = await signUp()
    const { json } = await person.post('/users/me/exports')
    await continueExport(deps, { export_id: json.id, slice: 0 })
    await person.delete(`/users/me/exports/${json.id}`)
    expect(await runSlices(json.id)).toBe(0)
    expect(await objectsOf(idOf(person))).toHaveLength(1)
    await runTask(sweepExports, new Date(Date.now() + HOUR_MS))
    expect(await objectsOf(idOf(person))).toEqual([])
  })

  it('one whose slice the queue has given up on has failed at once, and one that has gone on has not', async () => {
    const person = await signUp()
    const bury = async (id: string, slice: number) => {
      const [row] = await listRows(
        sql`SELECT id FROM outbox WHERE type = ${JOB.makeExport} AND payload = ${JSON.stringify({ export_id: id, slice })}::jsonb`,
      )
      for (let i = 0; i < 2; i++) await deliverTask({ outbox_id: row.id }, deps, { queue: 'jobs-dead' })
      return (await person.get(`/users/me/exports/${id}`)).json
    }
    const { json } = await person.post('/users/me/exports')
    await continueExport(deps, { export_id: json.id, slice: 0 })
    expect(await bury(json.id, 0)).toMatchObject({ state: 'running' })
    expect(await bury(json.id, 1)).toMatchObject({ state: 'failed', failure: 'stalled' })
    expect((await person.post('/users/me/exports')).status).toBe(202)
  })

  it('its day over, the file is deleted; standing still for hours, it has failed and may be asked for again', async () => {
    const person = await signUp()
    const { id, row } = await exportAll(person)
    await runTask(sweepExports, new Date(Date.now() + 25 * HOUR_MS))
    expect(await objectsOf(idOf(person))).toEqual([])
    expect((await person.get(`/users/me/exports/${id}`)).json).toMatchObject({ state: 'gone', download_url: null })
    expect((await person.get(row.download_url)).status).toBe(404)

    const other = await signUp()
    const { json } = await other.post('/users/me/exports')
    await runTask(sweepExports, new Date(Date.now() + 7 * HOUR_MS))
    expect((await other.get(`/users/me/exports/${json.id}`)).json).toMatchObject({ state: 'failed', failure: 'stalled' })
    expect((await other.post('/users/me/exports')).status).toBe(202)
  })
})

describe('what files are made of', () => {
  it('the CRC is that of the standard', () => {
    // The check value of CRC-32/ISO-HDLC.
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
    expect(crc32(new Uint8Array())).toBe(0)
  })

  it('no cell of a table is a formula', () => {
    const table = toCsv(
      ['a', 'b'],
      [
        { a: '=1+1', b: '@x' },
        { a: '-2', b: -2 },
        { a: 'a"b,c', b: '+82' },
        { a: '\t=1', b: null },
      ],
    )
    expect(table).toBe(`\uFEFFa,b\r\n'=1+1,'@x\r\n'-2,-2\r\n"a""b,c",'+82\r\n'\t=1,\r\n`)
  })
})

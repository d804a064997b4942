import pg from 'pg'
import { createArchiveSeals } from '../../src/core/archive-seals.ts'
import type { Deps } from '../../src/deps.ts'
import { continueExport } from '../../src/modules/exports/archives/service.ts'
import { packTrack } from '../../src/modules/walks/recording/raw-track.ts'
import { makeWalk } from '../../dev/tracks.ts'
import { directDb } from './backend-cpu.ts'
import { type BenchContext, type Row, rowOf, times } from './bench.ts'

const WALKS = 1_000
/** Different recordings. Each is many walks'. */
const RECORDINGS = 20
const LENGTH_M = 2_500
const WHOLE_BAR_S = 60
const SLICE_BAR_S = 10

/** An archive of a person with a thousand walks: the whole of it, and its slices. R2 is a map, so a deploy adds a trip for each recording. */
export async function benchExport({ databaseUrl, scale }: BenchContext): Promise<Row[]> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    const walks = times(WALKS, scale)
    const recordings = Array.from({ length: RECORDINGS }, (_, seed) =>
      packTrack(makeWalk(seed + 1, { is_hard: false, length_m: LENGTH_M }).track),
    )
    const bucket = fakeBucket(recordings)
    const exportId = await givePerson(client, walks)
    await client.query('ANALYZE')
    const seconds = await run(client, exportId, bucket)
    const { rows } = await client.query<{ bytes: number }>('SELECT bytes::float8 AS bytes FROM exports WHERE id = $1 AND state = $2', [
      exportId,
      'ready',
    ])
    const [done] = rows
    if (!done) throw new Error('the archive is not ready')
    const of = `${walks.toLocaleString('en')} walks`
    return [
      rowOf('export: the whole archive', of, [seconds.reduce((sum, each) => sum + each, 0)], { unit: 's', bar: WHOLE_BAR_S }),
      rowOf('export: its longest slice', `${of}, ${seconds.length} slices`, [Math.max(...seconds)], { unit: 's', bar: SLICE_BAR_S }),
      rowOf('export: the archive', of, [done.bytes], { unit: 'bytes' }),
    ]
  } finally {
    await client.end()
  }
}

async function run(client: pg.Client, export_id: string, bucket: R2Bucket): Promise<number[]> {
  const silent = { sendBatch: async () => {} } as unknown as Queue
  const deps = {
    archiveSeals: createArchiveSeals('a secret of the bench'),
    bucket,
    db: directDb(client),
    jobs: silent,
    pushes: silent,
    now: () => new Date(),
    wakeAt: async () => {},
  } as unknown as Deps
  const seconds: number[] = []
  for (let slice = 0; ; slice++) {
    const { rows } = await client.query('SELECT 1 FROM exports WHERE id = $1 AND state = $2', [export_id, 'running'])
    if (rows.length === 0) return seconds
    const startedAt = performance.now()
    await continueExport(deps, { export_id, slice })
    seconds.push((performance.now() - startedAt) / 1_000)
  }
}

/** Holds the recordings by the number at the end of their keys, and forgets what is put. */
function fakeBucket(recordings: readonly Uint8Array<ArrayBuffer>[]): R2Bucket {
  return {
    get: async (key: string) => {
      const content = recordings[Number(key.split('/').at(-1)) % recordings.length]
      return content ? { arrayBuffer: async () => content.slice().buffer } : null
    },
    put: async () => {},
  } as unknown as R2Bucket
}

/** Somebody with a pet and so many walks, of which an archive has been asked for. */
async function givePerson(client: pg.Client, walks: number): Promise<string> {
  const { rows } = await client.query<{ user_id: string; pet_id: string; export_id: string }>(
    'SELECT gen_random_uuid() AS user_id, gen_random_uuid() AS pet_id, gen_random_uuid() AS export_id',
  )
  const { user_id, pet_id, export_id } = rows[0]!
  await client.query('INSERT INTO users (id, nickname, created_at) VALUES ($1, $2, now())', [user_id, `x${user_id.slice(0, 8)}`])
  await client.query(
    `INSERT INTO pets (id, user_id, name, species, is_primary, request_hash, created_at) VALUES ($1, $2, '초코', 'dog', true, '', now())`,
    [pet_id, user_id],
  )
  await client.query(
    `INSERT INTO walks (id, user_id, status, started_at, ended_at, completed_at, created_at, request_hash, is_valid, distance_m, duration_sec, track_key, segments, reasons)
     SELECT gen_random_uuid(), $1, 'completed', at, at + interval '40 minutes', at + interval '41 minutes', at, '', true, 2500, 2400, 'tracks/u/w/' || n, '[]', '[]'
     FROM generate_series(1, $2::int) AS n
     CROSS JOIN LATERAL (SELECT now() - n * interval '12 hours' AS at) AS begun`,
    [user_id, walks],
  )
  await client.query('INSERT INTO walk_pets (walk_id, pet_id, position) SELECT id, $2, 0 FROM walks WHERE user_id = $1', [user_id, pet_id])
  await client.query(
    `INSERT INTO exports (id, user_id, request_hash, has_photos, created_at, moved_at, cursor)
     VALUES ($1, $2, '', true, now(), now(), '{"step": "rows", "part": 0, "volume": 0, "after": ""}')`,
    [export_id, user_id],
  )
  return export_id
}

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { zipSync } from 'fflate'
import { NOW_MS } from '../../dev/tracks.ts'
import type { Bytes, Chunks } from '../../src/modules/exports/imports/reading/bytes.ts'
import { readFile } from '../../src/modules/exports/imports/reading/file.ts'
import { rangeOf, readDirectory, unpackEntry } from '../../src/modules/exports/imports/reading/zip.ts'
import { measureRecording } from '../../src/modules/walks/recording/thinning.ts'
import { fit } from '../support/fit.ts'
import { gpx } from '../support/recordings.ts'
import { type Row, rowOf, times } from './bench.ts'
import { walkOf } from './walks.ts'

const FILES = 1_000
/** A quarter of an hour, a fix a second, so that a thousand of them are not more than an archive may hold. */
const POINTS = 900
const LONG_POINTS = 10_000
const MEMORY_BAR_BYTES = 64 * 1_048_576
const SAMPLE_EVERY = 20

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** A zip of a thousand GPX as an import reads it, on this process's thread: each unpacked, read and measured. And one long file of each kind. */
export async function benchImports({ scale }: { scale: number }): Promise<Row[]> {
  const count = times(FILES, scale)
  const archive = makeArchive(count)
  const entries = (await readDirectory(async (offset, length) => archive.slice(offset, offset + length), archive.length)) ?? []
  const before = memory()
  const ms: number[] = []
  const held: number[] = []
  for (const [i, entry] of entries.entries()) {
    const { offset, length } = rangeOf(entry)
    const began = process.threadCpuUsage()
    const tracks = await readFile(
      unpackEntry(entry, inChunks(archive.subarray(offset, offset + length)), () => undefined),
      () => undefined,
    )
    for (const { track } of tracks) measureRecording(track, { now_ms: NOW_MS })
    const { user, system } = process.threadCpuUsage(began)
    ms.push((user + system) / 1_000)
    if (i % SAMPLE_EVERY === 0) held.push(Math.max(0, memory() - before))
  }
  const long = walkOf(LONG_POINTS, 1)
  return [
    rowOf('import, CPU of one GPX in a zip', `${count.toLocaleString('en')} files of ${POINTS} points`, ms),
    {
      what: 'import, memory beside the archive',
      scale: `${count.toLocaleString('en')} files`,
      unit: 'bytes',
      median: Math.max(...held),
      p95: null,
      n: held.length,
      bar: MEMORY_BAR_BYTES,
    },
    await readRow('GPX', gpx(long), scale),
    await readRow('FIT', fit(long), scale),
  ]
}

/** Without what is garbage. */
function memory(): number {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

async function readRow(kind: string, bytes: Bytes, scale: number): Promise<Row> {
  const ms: number[] = []
  for (let i = 0; i < times(20, scale) + 3; i++) {
    const began = process.threadCpuUsage()
    await readFile(inChunks(bytes), () => undefined)
    const { user, system } = process.threadCpuUsage(began)
    ms.push((user + system) / 1_000)
  }
  return rowOf(`import, reading a ${kind}, CPU`, `${LONG_POINTS.toLocaleString('en')} points`, ms.slice(3))
}

function makeArchive(count: number): Bytes {
  const made = Array.from({ length: 20 }, (_, i) => gpx(walkOf(POINTS, i + 1)))
  return Uint8Array.from(
    zipSync(Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}.gpx`, made[i % made.length]!])), { level: 1 }),
  )
}

async function* inChunks(bytes: Bytes): Chunks {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}

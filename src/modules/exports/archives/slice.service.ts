import { fromBase64 } from '../../../core/base64.ts'
import type { Deps } from '../../../deps.ts'
import { TRIPS_MAX } from '../../../jobs/job.ts'
import { type Piece, toPieces, type Track } from '../../../measuring/measure-track.ts'
import { toGpx } from '../../walks/recording/gpx.ts'
import { unpackTrack } from '../../walks/recording/raw-track.ts'
import { findLine, type KeyedRow, listFiles, listPhotos, listRows, listTracks, type TrackRow } from './content.queries.ts'
import { toCsv } from './csv.ts'
import { DETAILS_A_TRIP, ROWS_A_TRIP, SLICE_BYTES, SLICE_TEXT_BYTES, VOLUME_BYTES } from './limits.ts'
import { MANIFEST_NAME, SCHEMA_VERSION, sealedText, writeManifest } from './manifest.ts'
import type { Part } from './part.queries.ts'
import { parts, volumeName } from './parts.queries.ts'
import type { Claimed } from './queries.ts'
import { readmeText } from './readme-text.ts'
import type { Cursor } from './schema.ts'
import { SliceWriter } from './writer.ts'
import { centralDirectory } from './zip.ts'

/** Trips that a slice makes besides: the consumer's two, the claim, the piece, what is written down, and two messages. */
const TRIPS_BESIDE = 8

/** In the archive. */
const GPX_FOLDER = 'tracks'

export interface Made {
  readonly writer: SliceWriter
  readonly next: Cursor | null
  /** Objects that are lost. */
  readonly missing: number
  readonly percent: number
}

type SliceDeps = Pick<Deps, 'db' | 'bucket' | 'archiveSeals'>

/** Writes the next files of an archive. Nothing is kept of it before the caller has put the bytes and written down what they are. */
export async function makeSlice(deps: SliceDeps, exportId: string, claimed: Claimed): Promise<Made> {
  const writer = new SliceWriter(claimed.bytes)
  const slice = { ...claimed, writer, trips: TRIPS_MAX - TRIPS_BESIDE }
  switch (claimed.cursor.step) {
    case 'rows':
      return makeRows(deps, slice, claimed.cursor)
    case 'tracks':
      return makeTracks(deps, slice, claimed.cursor.after)
    case 'photos':
      return makePhotos(deps, slice, claimed.cursor.after)
    case 'end':
      return makeEnd(deps, slice, exportId)
  }
}

interface Slice extends Claimed {
  readonly writer: SliceWriter
  readonly trips: number
}

const TRACKS: Cursor = { step: 'tracks', after: '' }

async function makeRows({ db }: SliceDeps, { user_id, trips, writer }: Slice, cursor: Extract<Cursor, { step: 'rows' }>): Promise<Made> {
  let { part: index, volume, after } = cursor
  for (let left = trips; left > 0;) {
    const part = parts[index]
    if (!part) return { writer, next: TRACKS, missing: 0, percent: 20 }
    if (writer.bytes >= SLICE_BYTES || writer.textBytes >= SLICE_TEXT_BYTES) break
    const file = await readVolume(db, user_id, part, after, left)
    left -= file.trips
    // A volume that trips cut short would be another one than the next archive has, so it is read again in a slice of its own.
    if (!file.isWhole && left <= 0 && file.trips < trips) break
    await writeVolume(writer, part, volume, file.rows)
    if (file.isLast) {
      index++
      volume = 0
      after = ''
    } else {
      volume++
      after = file.rows.at(-1)?.row_key ?? after
    }
  }
  return { writer, next: { step: 'rows', part: index, volume, after }, missing: 0, percent: Math.floor((20 * index) / parts.length) }
}

/** Rows of a file up to a volume's length. It ends where its length says, so that the same rows make the same volumes. */
async function readVolume(db: Deps['db'], userId: string, part: Part, start: string, tripsMax: number) {
  const limit = part.name === 'walk-details' ? DETAILS_A_TRIP : ROWS_A_TRIP
  const rows: KeyedRow[] = []
  let [length, trips, after] = [0, 0, start]
  while (trips < tripsMax) {
    const page = await listRows(db, userId, part, after, limit)
    trips++
    for (const row of page) {
      rows.push(row)
      length += row.content.length
      if (length >= VOLUME_BYTES) return { rows, trips, isLast: false, isWhole: true }
    }
    if (page.length < limit) return { rows, trips, isLast: true, isWhole: true }
    after = page.at(-1)?.row_key ?? after
  }
  return { rows, trips, isLast: false, isWhole: false }
}

async function writeVolume(writer: SliceWriter, { file, csv }: Part, volume: number, rows: readonly KeyedRow[]): Promise<void> {
  const lines = rows.map(({ content }) => content)
  const text = file.endsWith('.ndjson')
    ? lines.map((line) => `${line}\n`).join('')
    : `[\n${lines.join(',\n')}${lines.length > 0 ? '\n' : ''}]\n`
  await writer.addText(volumeName(file, volume), text, rows.length)
  if (csv) await writer.addText(volumeName(csv.file, volume), toCsv(csv.columns, lines.map(parseRow)), rows.length)
}

// `content` is what `json_build_object` has written.
const parseRow = (line: string) => JSON.parse(line) as Record<string, unknown>

async function makeTracks({ db, bucket }: SliceDeps, slice: Slice, start: string): Promise<Made> {
  const { user_id, created_at, trips, writer, walk_count, file_count } = slice
  const walks = await listTracks(db, user_id, created_at, start, trips)
  let [left, after, missing] = [trips - 1, start, 0]
  for (const walk of walks) {
    // A walk may need its recording and its line.
    if (left < 2 || writer.bytes >= SLICE_BYTES || writer.textBytes >= SLICE_TEXT_BYTES) break
    const raw = walk.spooled ? fromBase64(walk.spooled) : walk.track_key ? await readObject(bucket, walk.track_key) : null
    if (!walk.spooled && walk.track_key) left--
    const track = raw && readTrack(raw)
    if (raw) await writer.addBytes(`raw/${walk.id}.track`, raw)
    else if (walk.track_key) missing++
    if (!track) left--
    await writer.addText(
      `${GPX_FOLDER}/${walk.id}.gpx`,
      gpxOf(walk, track ? piecesOf(walk, track) : (await findLine(db, walk.id)).map(toPiece)),
    )
    after = walk.id
  }
  const isDone = walks.length < trips && after === (walks.at(-1)?.id ?? start)
  const next: Cursor = isDone ? (slice.has_photos ? { step: 'photos', after: '' } : { step: 'end' }) : { step: 'tracks', after }
  const written = file_count + writer.files.length
  return { writer, next, missing, percent: isDone ? 80 : Math.min(79, 20 + Math.floor((60 * written) / (2 * walk_count + parts.length))) }
}

const gpxOf = ({ pet_names, started_at }: TrackRow, pieces: readonly Piece[]) =>
  toGpx(pieces, { name: pet_names ? `${pet_names} 산책` : '산책', started_at })

const piecesOf = ({ started_at, measured_at }: TrackRow, track: Track) =>
  toPieces(track, { now_ms: Date.parse(measured_at), started_at_ms: Date.parse(started_at) })

function toPiece(line: readonly (readonly [number, number, number])[]): Piece {
  return {
    lng: Float64Array.from(line, ([lng]) => lng),
    lat: Float64Array.from(line, ([, lat]) => lat),
    time_ms: Float64Array.from(line, ([, , seconds]) => seconds * 1_000),
    altitude_m: new Float64Array(line.length).fill(Number.NaN),
  }
}

/** A recording that cannot be read is in the archive as it is, and its track is the measured line. */
function readTrack(raw: Uint8Array): Track | null {
  try {
    return unpackTrack(raw)
  } catch {
    return null
  }
}

/** Null for an object that is lost. When R2 fails it throws, and the slice is made again. */
async function readObject(bucket: R2Bucket, key: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const object = await bucket.get(key)
  return object && new Uint8Array(await object.arrayBuffer())
}

async function makePhotos({ db, bucket }: SliceDeps, { user_id, created_at, trips, writer }: Slice, start: string): Promise<Made> {
  const photos = await listPhotos(db, user_id, created_at, start, trips - 1)
  let [after, missing] = [start, 0]
  for (const { id, object_key } of photos) {
    if (writer.bytes >= SLICE_BYTES) break
    const photo = await readObject(bucket, object_key)
    if (photo) await writer.addBytes(`photos/${id}.${object_key.split('.').at(-1)}`, photo)
    else missing++
    after = id
  }
  const isDone = photos.length < trips - 1 && after === (photos.at(-1)?.id ?? start)
  return { writer, next: isDone ? { step: 'end' } : { step: 'photos', after }, missing, percent: isDone ? 98 : 90 }
}

/** The files that tell of the others, and the end of the zip. */
async function makeEnd({ db, archiveSeals }: SliceDeps, { user_id, created_at, writer }: Slice, exportId: string): Promise<Made> {
  await writer.addText('README.ko.txt', readmeText(parts))
  const before = await listFiles(db, exportId)
  const files = [...before, ...writer.files].map(({ name, bytes, sha256, row_count }) => ({ name, bytes, sha256, rows: row_count }))
  const manifest = { schema_version: SCHEMA_VERSION, made_at: new Date(created_at).toISOString(), user_id, files }
  await writer.addText(MANIFEST_NAME, writeManifest({ ...manifest, mac: await archiveSeals.sealManifest(sealedText(manifest)) }))
  writer.addRaw(centralDirectory([...before, ...writer.files], writer.end))
  return { writer, next: null, missing: 0, percent: 100 }
}

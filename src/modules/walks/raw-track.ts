import { z } from 'zod'
import type { Track } from './track.ts'

/** Degrees in steps of 1e-7 (a centimetre), metres in tenths, times in milliseconds: finer than any phone records. */
const DEGREE_STEPS = 1e7
const METRE_STEPS = 10

const integers = z.array(z.number().nullable())
const rawTrackSchema = z.object({
  version: z.literal(1),
  time_ms: integers,
  lat_e7: integers,
  lng_e7: integers,
  altitude_dm: integers.nullable(),
  accuracy_dm: integers.nullable(),
  is_mock: z.array(z.number()).nullable(),
})

/**
 * A track as it was sent, for R2: JSON of differences from point to point, gzipped (about 5 bytes a point). Kept whole, so that a better rule can
 * judge it again.
 */
export function packTrack(track: Track): Promise<Uint8Array<ArrayBuffer>> {
  const packed: z.infer<typeof rawTrackSchema> = {
    version: 1,
    time_ms: differences(track.time_ms, 1),
    lat_e7: differences(track.lat, DEGREE_STEPS),
    lng_e7: differences(track.lng, DEGREE_STEPS),
    altitude_dm: track.altitude_m && differences(track.altitude_m, METRE_STEPS),
    accuracy_dm: track.accuracy_m && differences(track.accuracy_m, METRE_STEPS),
    is_mock: track.is_mock && [...track.is_mock],
  }
  return readAll(new Blob([JSON.stringify(packed)]).stream().pipeThrough(new CompressionStream('gzip')))
}

/** Undoes `packTrack`; throws where the object is not one of ours. */
export async function unpackTrack(content: ReadableStream<Uint8Array>): Promise<Track> {
  const bytes = await readAll(content.pipeThrough(new DecompressionStream('gzip') as ReadableWritablePair<Uint8Array, Uint8Array>))
  const packed = rawTrackSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
  return {
    time_ms: sums(packed.time_ms, 1),
    lat: sums(packed.lat_e7, DEGREE_STEPS),
    lng: sums(packed.lng_e7, DEGREE_STEPS),
    altitude_m: packed.altitude_dm && sums(packed.altitude_dm, METRE_STEPS),
    accuracy_m: packed.accuracy_dm && sums(packed.accuracy_dm, METRE_STEPS),
    is_mock: packed.is_mock && Uint8Array.from(packed.is_mock),
  }
}

/** What is not a finite number becomes null and is stepped over. */
function differences(values: Float64Array, steps: number): (number | null)[] {
  let last = 0
  return Array.from(values, (exact) => {
    const value = Math.round(exact * steps)
    if (!Number.isFinite(value)) return null
    const difference = value - last
    last = value
    return difference
  })
}

function sums(values: readonly (number | null)[], steps: number): Float64Array {
  let last = 0
  return Float64Array.from(values, (value) => (value === null ? Number.NaN : (last += value) / steps))
}

async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

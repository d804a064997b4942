import { sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type Db, firstRow } from '../../db/client.ts'
import type { LatLng } from '../../core/geo.ts'
import { viewer } from '../../db/viewer.ts'
import { stationsNear } from './air/sql.ts'
import type { Asked, Found, Where } from './known.ts'
import type { KeptStations, NearbyStation } from './outlook/air.ts'
import { knownWeather } from './sql.ts'

/** All that a request for weather asks of Postgres. `has_region`: the viewer has a region of their own. */
export function findWeather(
  db: Db,
  actor: Actor,
  where: Where,
  asked: Asked,
  now: Date,
): Promise<{ found: Found; has_region: boolean } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT ${knownWeather(where, asked, now)} AS found, viewer.region_code IS NOT NULL AS has_region
    FROM viewer`,
  )
}

/** The stations from which the air of a place is chosen. */
// public: the place and the stations of its cell come from a statement that asked for the viewer, and the air is everybody's.
export async function listStations(db: Db, at: LatLng, kept: KeptStations, now: Date): Promise<NearbyStation[]> {
  const row = await firstRow<{ stations: NearbyStation[] }>(db, sql`SELECT ${stationsNear(at, kept, now)} AS stations`)
  return row?.stations ?? []
}

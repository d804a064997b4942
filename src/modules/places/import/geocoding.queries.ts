import { sql } from 'drizzle-orm'
import { answerOf, type Db } from '../../../db/client.ts'

/** Open places that the register puts nowhere and that nobody has looked for, in their order after `after`. */
export async function listUnplaced(db: Db, after: string | null, limit: number): Promise<{ id: string; address: string }[]> {
  const { rows } = await db.execute<{ id: string; address: string }>(sql`
    SELECT id, coalesce(road_address, lot_address) AS address
    FROM places
    WHERE location IS NULL AND is_open AND geocode_asked_at IS NULL
      AND coalesce(road_address, lot_address) IS NOT NULL
      AND (${after}::uuid IS NULL OR id > ${after}::uuid)
    ORDER BY id
    LIMIT ${limit}`)
  return rows
}

export interface Asked {
  readonly id: string
  /** As it was asked for. */
  readonly address: string
  readonly lat: number | null
  readonly lng: number | null
}

/** Writes down where addresses lie, and which of them nobody knows, unless the place has moved meanwhile. */
export async function placeAddresses(db: Db, asked: readonly Asked[], now: Date): Promise<number> {
  const at = now.toISOString()
  const given = JSON.stringify(asked)
  const row = await answerOf<{ placed: number }>(db, {
    answer: sql`
    WITH given AS (
      SELECT id, address, CASE WHEN lat IS NOT NULL THEN ST_SetSRID(ST_MakePoint(lng, lat), 4326)::geography END AS location
      FROM jsonb_to_recordset(${given}::jsonb) AS given (id uuid, address text, lat float8, lng float8)
    ), placed AS (
      UPDATE places
      SET geocode_asked_at = ${at},
          location = given.location,
          is_geocoded = given.location IS NOT NULL,
          region_code = CASE WHEN given.location IS NOT NULL THEN (
            SELECT regions.code FROM regions WHERE regions.level = 'sigungu' ORDER BY regions.center <-> given.location LIMIT 1
          ) END,
          updated_at = CASE WHEN given.location IS NOT NULL THEN ${at} ELSE places.updated_at END
      FROM given
      WHERE places.id = given.id AND places.location IS NULL AND coalesce(places.road_address, places.lot_address) = given.address
      RETURNING places.is_geocoded
    )
    SELECT count(*) FILTER (WHERE is_geocoded)::int AS placed FROM placed`,
    twins: sql`
    SELECT fold_place_twins(ARRAY(
      SELECT places.id
      FROM jsonb_to_recordset(${given}::jsonb) AS given (id uuid)
      JOIN places ON places.id = given.id
      WHERE places.is_geocoded
    ))`,
  })
  return row?.placed ?? 0
}

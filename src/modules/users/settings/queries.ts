import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { type Db, firstRow } from '../../../db/client.ts'
import { geographyPoint } from '../../../db/geography.ts'
import { liveRooms } from '../../rooms/recheck/sql.ts'
import { viewer } from '../../../db/viewer.ts'
import type { PrivacyZone } from '../schema.ts'
import type { EditSettings, StoredSettings } from './schema.ts'

export interface SettingsRow {
  readonly settings: StoredSettings
  readonly privacy_zone: PrivacyZone | null
}

/** The privacy zone as JSON, of a row that has its two columns. */
const zoneOf = (row: SQL): SQL => sql`CASE WHEN ${row}.privacy_zone_center IS NOT NULL THEN json_build_object(
      'lat', ST_Y(${row}.privacy_zone_center::geometry),
      'lng', ST_X(${row}.privacy_zone_center::geometry),
      'radius_m', ${row}.privacy_zone_radius_m
    ) END`

export function findSettings(db: Db, actor: Actor): Promise<SettingsRow | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT users.settings, ${zoneOf(sql`viewer`)} AS privacy_zone
    FROM viewer
    JOIN users ON users.id = viewer.id`,
  )
}

/** Merges the change into the stored settings. Groups are merged key by key. */
export function updateSettings(db: Db, actor: Actor, change: EditSettings): Promise<SettingsRow | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    UPDATE users
    SET settings = users.settings || (
      SELECT coalesce(
        jsonb_object_agg(change.key, CASE jsonb_typeof(change.value) WHEN 'object' THEN coalesce(users.settings -> change.key, '{}') || change.value ELSE change.value END),
        '{}'
      )
      FROM jsonb_each(${JSON.stringify(change)}) AS change
    )
    FROM viewer
    WHERE users.id = viewer.id
    RETURNING users.settings, ${zoneOf(sql`users`)} AS privacy_zone`,
  )
}

/** `null` removes the zone. `rooms` are the live rooms that must be told. */
export function updatePrivacyZone(db: Db, actor: Actor, zone: PrivacyZone | null, now: Date): Promise<{ rooms: string[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    UPDATE users
    SET privacy_zone_center = ${zone && geographyPoint(zone)}, privacy_zone_radius_m = ${zone && zone.radius_m}
    FROM viewer
    WHERE users.id = viewer.id
    RETURNING ${liveRooms(sql`users.id`, now)} AS rooms`,
  )
}

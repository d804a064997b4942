import { sql } from 'drizzle-orm'
import { asArray } from '../../../db/array.ts'
import { type Db, runBatch } from '../../../db/client.ts'
import { multiLine } from '../../../db/twkb.ts'
import type { Measurement } from '../../../measuring/measure-track.ts'
import { ownerOf, settling } from '../../facts/sql.ts'
import { measuredColumns } from '../completion/queries.ts'
import { type Stored, spooledTrack } from '../review/queries.ts'
import { MEASURED_VERSION } from '../rules.ts'
import { measuredAt } from '../sql.ts'
import type { StoredReason, Verdict } from './rules.ts'

/** A completed walk that today's rules have not measured. */
export interface Unmeasured extends Stored, Verdict<StoredReason> {
  readonly id: string
  /** When it began: as the server recorded it, or as the sync declared it. */
  readonly started_at: string
  readonly measured_at: string
}

/** Today's version as the index has it: an index of a part is only used where the statement itself says which part. */
const isMeasuredBefore = sql.raw(`walks.measured_version < ${MEASURED_VERSION}`)

/** Lists the next walks after `after` that were measured by earlier rules. */
export async function listUnmeasured(db: Db, after: string | null, limit: number): Promise<Unmeasured[]> {
  const { rows } = await db.execute<Unmeasured & Record<string, unknown>>(sql`
    SELECT walks.id, walks.track_key, walks.is_valid, walks.is_ranked, coalesce(walks.reasons, '[]') AS reasons, ${spooledTrack} AS spooled,
           coalesce(walks.claimed ->> 'started_at', to_json(walks.started_at) #>> '{}') AS started_at, to_json(${measuredAt}) AS measured_at
    FROM walks
    WHERE ${isMeasuredBefore} AND walks.track_key IS NOT NULL AND walks.deleted_at IS NULL
      AND walks.status = 'completed'
      AND (${after}::uuid IS NULL OR walks.id > ${after})
    ORDER BY walks.id
    LIMIT ${limit}`)
  return rows
}

/** Writes what a walk is by today's rules, and all that follows from it. */
export async function updateMeasured(
  db: Db,
  { id, is_valid, is_ranked }: Unmeasured,
  measured: { readonly measurement: Measurement; readonly route_polyline: string; readonly verdict: Verdict },
  now: Date,
): Promise<void> {
  const { measurement, route_polyline, verdict } = measured
  const columns = { ...measuredColumns(measurement, route_polyline), ...verdict, was: [is_valid, is_ranked] }
  await runBatch(
    db,
    settling(ownerOf(id), {
      measured: sql`SELECT measure_again(${id}::uuid, ${JSON.stringify(columns)}::jsonb, ${multiLine(measurement.line)}, ${now.toISOString()})`,
    }),
  )
}

/** Writes down that walks cannot be measured again. They stay as they are. */
export async function markUnmeasurable(db: Db, ids: readonly string[]): Promise<void> {
  await db.execute(sql`UPDATE walks SET measured_version = ${MEASURED_VERSION} WHERE id = ANY (${asArray(ids)}::uuid[])`)
}

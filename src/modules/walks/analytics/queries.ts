import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { fromBase64 } from '../../../core/base64.ts'
import { type Db, firstRow } from '../../../db/client.ts'
import { asTwkb, readMultiLine } from '../../../db/twkb.ts'
import { viewer } from '../../../db/viewer.ts'
import { isPremium } from '../../subscriptions/sql.ts'
import { type Stored, spooledTrack } from '../review/queries.ts'
import type { Segment } from '../schema.ts'
import { measuredAt } from '../sql.ts'
import type { Way } from './rules.ts'

export interface WalkFigures extends Stored {
  readonly segments: Segment[]
  readonly distance_m: number
  readonly avg_speed_kmh: number
  readonly max_speed_kmh: number | null
  readonly moving_sec: number | null
  readonly stopped_sec: number | null
  readonly ascent_m: number | null
  readonly descent_m: number | null
  readonly started_at: string
  readonly ended_at: string
  /** By which clock the recording was measured. */
  readonly measured_at: string
  readonly way: Way | null
}

/** Finds the measured figures of the viewer's own walk, and whether the viewer is premium. Heights and paces along the way tell others where it went. */
export async function findWalkFigures(
  db: Db,
  actor: Actor,
  walkId: string,
  now: Date,
): Promise<{ figures: WalkFigures | null; is_premium: boolean } | null> {
  const row = await firstRow<{ figures: (Omit<WalkFigures, 'way'> & { line: string | null }) | null; is_premium: boolean }>(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT json_build_object(
        'segments', coalesce(walks.segments, '[]'), 'distance_m', coalesce(walks.distance_m, 0), 'avg_speed_kmh', coalesce(walks.avg_speed_kmh, 0),
        'max_speed_kmh', walks.max_speed_kmh, 'moving_sec', walks.moving_sec, 'stopped_sec', walks.stopped_sec,
        'ascent_m', walks.ascent_m, 'descent_m', walks.descent_m,
        'started_at', walks.started_at, 'ended_at', coalesce(walks.ended_at, walks.started_at), 'measured_at', ${measuredAt},
        'track_key', walks.track_key, 'spooled', ${spooledTrack}, 'line', ${asTwkb(sql`walks.line`)}
      )
      FROM walks
      WHERE walks.id = ${walkId}
        AND walks.user_id = viewer.id
        AND walks.deleted_at IS NULL
        AND walks.status = 'completed'
    ) AS figures,
    ${isPremium(sql`viewer.id`, now)} AS is_premium
    FROM viewer`,
  )
  if (!row?.figures) return row && { figures: null, is_premium: row.is_premium }
  const { line, ...figures } = row.figures
  return { figures: { ...figures, way: line === null ? null : readMultiLine(fromBase64(line)) }, is_premium: row.is_premium }
}

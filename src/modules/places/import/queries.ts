import { sql } from 'drizzle-orm'
import { answerOf, type Db, firstRow, runBatch } from '../../../db/client.ts'
import type { ImportedSource } from '../kinds.ts'
import type { PlaceRow } from './rows.ts'

export interface Run {
  readonly id: string
  readonly kind: 'complete' | 'incremental'
  readonly changed_since: string | null
  /** The last page that was read. */
  readonly page: number
  readonly rows: number
  readonly total: number | null
  readonly failed_pages: number
  readonly started_at: string
  readonly is_over: boolean
}

export interface RunPlan {
  readonly source: ImportedSource
  readonly at: Date
  /** A complete run is due, unless it cannot be said and depends on the last one. */
  readonly is_complete: boolean
  /** Whether a source has incremental runs. */
  readonly has_incremental: boolean
  /** An older complete run than this calls for another. */
  readonly complete_before: Date
  readonly overlap_days: number
  readonly runs_kept_since: Date
}

/** Begins the run of a time, or goes on with it. Null when none is due. Old records of runs go on the way. */
export function startRun(db: Db, plan: RunPlan): Promise<Run | null> {
  const { source, is_complete, has_incremental, overlap_days } = plan
  const at = plan.at.toISOString()
  return firstRow(
    db,
    sql`
    WITH gone AS (
      DELETE FROM place_imports WHERE started_at < ${plan.runs_kept_since.toISOString()} AND source = ${source}
    ), last AS (
      SELECT max(started_at) FILTER (WHERE kind = 'complete') AS complete_at, max(started_at) AS done_at
      FROM place_imports
      WHERE source = ${source} AND state = 'done' AND started_at < ${at}
    ), planned AS (
      SELECT done_at, ${is_complete} OR complete_at IS NULL OR complete_at < ${plan.complete_before.toISOString()} AS is_complete FROM last
    )
    INSERT INTO place_imports AS run (source, kind, changed_since, started_at)
    SELECT ${source}::place_source,
           (CASE WHEN is_complete THEN 'complete' ELSE 'incremental' END)::place_import_kind,
           CASE WHEN NOT is_complete THEN done_at - ${overlap_days} * interval '1 day' END,
           ${at}::timestamptz
    FROM planned
    WHERE is_complete OR ${has_incremental}
    ON CONFLICT (source, started_at) DO UPDATE SET source = excluded.source
    RETURNING run.id, run.kind, to_json(run.changed_since) AS changed_since, run.page, run.rows, run.total, run.failed_pages,
              to_json(run.started_at) AS started_at, run.finished_at IS NOT NULL AS is_over`,
  )
}

export interface PageSaved {
  /** The page that the run has read last. Another message may have read this page as well, and then counts nothing. */
  readonly is_counted: boolean
  readonly added: number
  readonly changed: number
}

export interface PageToSave {
  readonly rows: readonly PlaceRow[]
  readonly received: number
  readonly total: number
  /** Whether the register says the total, and nobody has guessed it from the pages so far. */
  readonly is_total_stated: boolean
}

/** By the address that Kakao is asked about. */
const isSameAddress = sql`coalesce(known.road_address, known.lot_address) IS NOT DISTINCT FROM coalesce(excluded.road_address, excluded.lot_address)`

/** Pages of one source are saved one after the other, so that two runs at once do not wait for each other's rows in circles. */
const lockSource = (source: ImportedSource) => sql`SELECT pg_advisory_xact_lock(hashtext('places.import'), hashtext(${source}))`

/**
 * Saves one page of a run with the run's cursor. Only what is new or has changed is written. An older run overwrites nothing that a newer row has said. A page
 * counts as failed when it repeats another, because it has been answered in place of one that nobody has seen, and when the register has grown or shrunk
 * since the page before, because rows have then moved from page to page.
 */
export async function savePage(
  db: Db,
  run: Pick<Run, 'id' | 'page' | 'started_at'>,
  source: ImportedSource,
  { rows, received, total, is_total_stated }: PageToSave,
  now: Date,
): Promise<PageSaved> {
  const at = now.toISOString()
  const given = JSON.stringify(rows)
  const keys = sql`(SELECT source_key FROM jsonb_to_recordset(${given}::jsonb) AS given (source_key text))`
  const { saved, counted } = await runBatch(db, {
    lock: lockSource(source),
    saved: sql<{ added: number; changed: number }>`
    WITH given AS (
      SELECT DISTINCT ON (source_key) given.*,
             CASE WHEN lat IS NOT NULL THEN ST_SetSRID(ST_MakePoint(lng, lat), 4326)::geography END AS location
      FROM jsonb_to_recordset(${given}::jsonb) AS given (
        source_key text, kind place_kind, name text, is_open boolean, is_riverside boolean, lat float8, lng float8, road_address text, lot_address text,
        phone text, licensed_on date, closed_on date, source_x text, source_y text, source_updated_at timestamptz
      )
      ORDER BY source_key, source_updated_at DESC NULLS LAST
    ), news AS (
      SELECT given.*, known.id IS NULL AS is_new
      FROM given
      LEFT JOIN places known ON known.source = ${source} AND known.source_key = given.source_key
      WHERE known.id IS NULL
        OR (known.source_updated_at IS NULL OR given.source_updated_at IS NULL OR given.source_updated_at >= known.source_updated_at)
        AND (
          (given.kind, given.name, given.is_open, given.is_riverside, given.road_address, given.lot_address, given.phone, given.licensed_on,
           given.closed_on, given.source_x, given.source_y, given.source_updated_at)
          IS DISTINCT FROM
          (known.kind, known.name, known.is_open, known.is_riverside, known.road_address, known.lot_address, known.phone, known.licensed_on,
           known.closed_on, known.source_x, known.source_y, known.source_updated_at)
          OR given.location IS NOT NULL AND (known.is_geocoded OR known.location IS NULL OR NOT given.location::geometry ~= known.location::geometry)
        )
    ), written AS (
      INSERT INTO places AS known (
        source, source_key, kind, name, is_open, is_riverside, location, region_code, road_address, lot_address, phone, licensed_on, closed_on,
        source_x, source_y, source_updated_at, updated_at
      )
      SELECT ${source}::place_source, source_key, kind, name, is_open, is_riverside, location, home.code, road_address, lot_address, phone, licensed_on, closed_on,
             source_x, source_y, source_updated_at, ${at}::timestamptz
      FROM news
      LEFT JOIN LATERAL (
        SELECT regions.code FROM regions WHERE regions.level = 'sigungu' ORDER BY regions.center <-> news.location LIMIT 1
      ) AS home ON news.location IS NOT NULL
      ON CONFLICT (source, source_key) DO UPDATE
      SET kind = excluded.kind, name = excluded.name, is_open = excluded.is_open, is_riverside = excluded.is_riverside,
          road_address = excluded.road_address, lot_address = excluded.lot_address, phone = excluded.phone, licensed_on = excluded.licensed_on,
          closed_on = excluded.closed_on, source_x = excluded.source_x, source_y = excluded.source_y,
          source_updated_at = excluded.source_updated_at, updated_at = excluded.updated_at,
          -- What was found for an address holds until the register says where it is, or names another address.
          location = CASE WHEN excluded.location IS NULL AND ${isSameAddress} THEN known.location ELSE excluded.location END,
          region_code = CASE WHEN excluded.location IS NULL AND ${isSameAddress} THEN known.region_code ELSE excluded.region_code END,
          is_geocoded = known.is_geocoded AND excluded.location IS NULL AND ${isSameAddress},
          geocode_asked_at = CASE WHEN ${isSameAddress} THEN known.geocode_asked_at END
      WHERE known.source_updated_at IS NULL OR excluded.source_updated_at IS NULL OR excluded.source_updated_at >= known.source_updated_at
      RETURNING source_key
    )
    SELECT count(*) FILTER (WHERE news.is_new)::int AS added, count(*) FILTER (WHERE NOT news.is_new)::int AS changed
    FROM written
    JOIN news ON news.source_key = written.source_key`,
    seen: sql`
    WITH known AS (
      SELECT id, seen_at >= ${run.started_at}::timestamptz AS is_seen FROM places WHERE source = ${source} AND source_key IN ${keys}
    ), touched AS (
      UPDATE places SET seen_at = ${run.started_at} FROM known WHERE places.id = known.id AND known.is_seen IS NOT TRUE
    )
    UPDATE place_imports
    SET failed_pages = failed_pages + 1
    WHERE id = ${run.id} AND page = ${run.page} AND finished_at IS NULL AND (SELECT count(*) > 0 AND bool_and(is_seen IS TRUE) FROM known)`,
    twins: sql`
    SELECT fold_place_twins(ARRAY(
      SELECT id FROM places WHERE source = ${source} AND source_key IN ${keys} AND updated_at = ${at}
    ))`,
    counted: sql<{ id: string }>`
    UPDATE place_imports
    SET page = page + 1, rows = rows + ${received}, total = ${total},
        failed_pages = failed_pages + (CASE WHEN ${is_total_stated} AND kind = 'complete' AND total <> ${total} THEN 1 ELSE 0 END)
    WHERE id = ${run.id} AND page = ${run.page} AND finished_at IS NULL
    RETURNING id`,
  })
  return { is_counted: counted.length > 0, added: saved[0]?.added ?? 0, changed: saved[0]?.changed ?? 0 }
}

/** Notes that a page could not be read. */
export async function skipPage(db: Db, { id, page }: Pick<Run, 'id' | 'page'>): Promise<void> {
  await db.execute(sql`
    UPDATE place_imports SET page = page + 1, failed_pages = failed_pages + 1 WHERE id = ${id} AND page = ${page} AND finished_at IS NULL`)
}

export interface Limits {
  /** A share: what a complete run may lack of the one before. */
  readonly shrink: number
  /** A share: how many of the open places may close because a complete run has not seen them. */
  readonly closing: number
}

/**
 * Ends a run. Only a complete one that has seen every row closes the places that it has not seen, and it closes nothing when that would be too many: the
 * register, or what stands between, is then at fault.
 */
export async function finishRun(
  db: Db,
  { id }: Pick<Run, 'id'>,
  source: ImportedSource,
  { shrink, closing }: Limits,
  now: Date,
): Promise<{ state: 'done' | 'partial'; reason: string | null; closed: number }> {
  const at = now.toISOString()
  const closedNow = sql`
      SELECT places.id
      FROM places
      JOIN place_imports AS run ON run.id = ${id} AND run.state = 'done' AND run.kind = 'complete' AND run.finished_at = ${at}
      WHERE places.source = ${source} AND NOT places.is_open AND places.updated_at = ${at} AND (places.seen_at IS NULL OR places.seen_at < run.started_at)`
  const row = await answerOf<{ state: 'done' | 'partial'; reason: string | null; closed: number }>(db, {
    lock: lockSource(source),
    judged: sql`
    WITH run AS (
      SELECT * FROM place_imports WHERE id = ${id} AND finished_at IS NULL
    ), last AS (
      SELECT total
      FROM place_imports
      WHERE source = ${source} AND kind = 'complete' AND state = 'done'
      ORDER BY started_at DESC
      LIMIT 1
    ), open AS (
      SELECT count(*) AS count, count(*) FILTER (WHERE seen_at IS NULL OR seen_at < (SELECT started_at FROM run)) AS unseen
      FROM places
      WHERE source = ${source} AND is_open AND (SELECT kind FROM run) = 'complete'
    )
    UPDATE place_imports
    SET finished_at = ${at},
        reason = judged.reason,
        state = (CASE WHEN judged.reason IS NULL THEN 'done' ELSE 'partial' END)::place_import_state
    FROM (
      SELECT run.id,
             CASE
               WHEN run.failed_pages > 0 THEN 'pages_failed'
               WHEN run.kind = 'incremental' THEN NULL
               WHEN coalesce(run.total, 0) = 0 THEN 'empty'
               WHEN run.rows <> run.total THEN 'rows_missing'
               WHEN run.total < last.total * ${1 - shrink}::float8 THEN 'shrunk'
               WHEN open.unseen > open.count * ${closing}::float8 THEN 'too_many_missing'
             END AS reason
      FROM run
      CROSS JOIN open
      LEFT JOIN last ON true
    ) AS judged
    WHERE place_imports.id = judged.id`,
    closed: sql`
    UPDATE places
    SET is_open = false, updated_at = ${at}
    FROM place_imports AS run
    WHERE run.id = ${id} AND run.state = 'done' AND run.kind = 'complete' AND run.finished_at = ${at}
      AND places.source = ${source} AND places.is_open AND (places.seen_at IS NULL OR places.seen_at < run.started_at)`,
    twins: sql`SELECT fold_place_twins(ARRAY(${closedNow}))`,
    answer: sql`SELECT state, reason, (SELECT count(*)::int FROM (${closedNow}) AS closed) AS closed FROM place_imports WHERE id = ${id}`,
  })
  return row ?? { state: 'partial', reason: null, closed: 0 }
}

/** Notes that the vendor could not be asked at all. Nothing else changes. */
export async function failRun(db: Db, { id }: Pick<Run, 'id'>, reason: string, now: Date): Promise<void> {
  await db.execute(sql`
    UPDATE place_imports SET state = 'failed', reason = ${reason}, finished_at = ${now.toISOString()} WHERE id = ${id} AND finished_at IS NULL`)
}

export async function findAnyRun(db: Db): Promise<boolean> {
  const row = await firstRow<{ is_any: boolean }>(
    db,
    sql`SELECT EXISTS (SELECT FROM place_imports WHERE state IN ('done', 'partial')) AS is_any`,
  )
  return row?.is_any ?? false
}

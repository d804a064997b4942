import { type SQL, sql } from 'drizzle-orm'
import type { User } from '../../../core/actor.ts'
import { asArray } from '../../../db/array.ts'
import { badgesMoved, earnedBadges, movedBadges, standingBefore } from '../../badges/sql.ts'
import { isBlocked } from '../../social/blocks/sql.ts'
import { type Db, runBatch } from '../../../db/client.ts'
import { listCaused, notify } from '../../notifications/sql.ts'
import { findCompany, tellCompany } from '../company/queries.ts'
import { rankBefore, rankMove } from '../../rankings/sql.ts'
import { multiLine } from '../../../db/twkb.ts'
import { lockViewer, viewer } from '../../../db/viewer.ts'
import { walkRowJson, type WalkRow } from '../sql.ts'
import type { Measurement } from '../../../measuring/measure-track.ts'
import type { Completion } from '../schema.ts'
import type { MovedBadge } from '../../badges/schema.ts'
import { insertWalk, type NewWalk } from '../start/queries.ts'
import { awardBadges, foldWalk, foldHistogram } from '../../facts/sql.ts'

/** All that one completion writes. */
export interface MeasuredWalk {
  readonly id: string
  /** Present where the walk comes whole (sync): it is inserted first. */
  readonly start: NewWalk | null
  readonly measurement: Measurement
  readonly route_polyline: string
  /** Stands where the track has no usable fix. */
  readonly declared_ended_at: string
  readonly claimed: object
  readonly memo: string | null
  readonly shared_to_feed: boolean
  readonly track: { readonly key: string; readonly spool: string | null } | null
  /** Added to the reasons where the track turns out to be a copy of an earlier one. */
  readonly replay_reason: object
  /** Seoul Monday of the week whose goal is shown. */
  readonly monday: string
}

export interface CompletionRow {
  readonly walk: WalkRow | null
  readonly request_hash: string | null
  readonly is_id_taken: boolean
  readonly weekly_goal: Completion['weekly_goal'] | null
  readonly streak: Completion['streak'] | null
  readonly ranking: Completion['ranking']
  readonly badges_earned: Completion['badges_earned']
  readonly badges_moved: MovedBadge[]
}

/**
 * Completes walks of one person in one transaction and one trip. Each is left alone where it is completed already (its first answer is the answer)
 * or overlaps a valid one; the row tells which: `walk.status` is then not `completed`.
 */
export async function completeWalks(
  db: Db,
  actor: User,
  walks: readonly MeasuredWalk[],
  now: Date,
): Promise<{ rows: CompletionRow[]; told: string[]; company: string[] } | null> {
  const statementsOf = walks.map((walk) => [
    ...(walk.start ? [insertWalk(actor, walk.start, 'ended', now)] : []),
    ...(walk.track?.spool ? [spoolTrack(actor, walk.id, { key: walk.track.key, content: walk.track.spool }, now)] : []),
    completeWalk(actor, walk, now),
    findCompany(actor, now),
    foldWalk(actor, walk.id),
    sql`${awardBadges(actor, walk.id, now)} AND answer ? 'before'`,
    freezeAnswer(actor, walk, now),
    notifyRanks(actor, walk.id, now),
  ])
  const results = await runBatch<CompletionRow & { id: string }>(db, [
    lockViewer(actor),
    ...statementsOf.flat(),
    tellCompany(actor, sql`${asArray(walks.map(({ id }) => id))}::uuid[]`),
    listCaused(actor, now),
    foldHistogram(actor),
  ])
  const rows: CompletionRow[] = []
  // Of each walk's statements the last but one answers; before them all comes the lock.
  let at = 0
  for (const statements of statementsOf) {
    at += statements.length
    const row = results[at - 1]?.[0]
    if (!row) return null
    rows.push(row)
  }
  const [company = [], told = []] = results.slice(-3).map((listed) => listed.map(({ id }) => id))
  return { rows, told, company }
}

/** Keeps a raw track that R2 did not take, unless the walk is completed already. */
function spoolTrack(actor: User, walkId: string, track: { key: string; content: string }, now: Date): SQL {
  return sql`
    WITH ${viewer(actor)}
    INSERT INTO track_spool (walk_id, track_key, content, spooled_at)
    SELECT walks.id, ${track.key}, decode(${track.content}, 'base64'), ${now.toISOString()}
    FROM viewer
    JOIN walks ON walks.id = ${walkId} AND walks.user_id = viewer.id AND walks.status <> 'completed' AND walks.deleted_at IS NULL
    ON CONFLICT (walk_id) DO UPDATE
    SET track_key = excluded.track_key, content = excluded.content`
}

function completeWalk(actor: User, walk: MeasuredWalk, now: Date): SQL {
  const { measurement } = walk
  const startedAt = measurement.started_at_ms === null ? null : new Date(measurement.started_at_ms).toISOString()
  const endedAt = measurement.ended_at_ms === null ? walk.declared_ended_at : new Date(measurement.ended_at_ms).toISOString()
  const begunAt = sql`coalesce(${startedAt}, walks.started_at)`
  const isRefused = sql`(NOT ${measurement.valid} OR EXISTS (SELECT 1 FROM copied))`
  return sql`
    WITH ${viewer(actor)}, overlapping AS (
      SELECT 1
      FROM viewer
      JOIN walks ON walks.user_id = viewer.id
      WHERE walks.is_valid
        AND walks.deleted_at IS NULL
        AND walks.id <> ${walk.id}
        AND tstzrange(walks.started_at, walks.ended_at) && tstzrange(${startedAt}, ${endedAt})
    ), copied AS (${copiedFrom(walk, startedAt, endedAt)})
    UPDATE walks
    SET status = 'completed',
        completed_at = ${now.toISOString()},
        started_at = coalesce(${startedAt}, walks.started_at),
        ended_at = greatest(${endedAt}, ${startedAt}, CASE WHEN ${startedAt}::timestamptz IS NULL THEN walks.started_at END),
        auto_ended = walks.auto_ended OR ${measurement.auto_ended},
        is_valid = NOT ${isRefused},
        reasons = CASE WHEN EXISTS (SELECT 1 FROM copied) THEN ${JSON.stringify(walk.replay_reason)}::jsonb ELSE '[]' END || ${JSON.stringify(measurement.reasons)}::jsonb,
        distance_m = ${Math.round(measurement.distance_m)},
        duration_sec = ${Math.round(measurement.duration_sec)},
        moving_sec = ${Math.round(measurement.moving_sec)},
        stopped_sec = ${Math.round(measurement.stopped_sec)},
        avg_speed_kmh = ${measurement.avg_speed_kmh},
        max_speed_kmh = ${measurement.max_speed_kmh},
        ascent_m = ${Math.round(measurement.ascent_m)},
        descent_m = ${Math.round(measurement.descent_m)},
        calories = walk_calories(${Math.round(measurement.distance_m)}, (
          SELECT avg(pets.weight_kg) FROM walk_pets JOIN pets ON pets.id = walk_pets.pet_id WHERE walk_pets.walk_id = walks.id
        )),
        segments = ${JSON.stringify(measurement.segments)}::jsonb,
        route_polyline = ${walk.route_polyline || null},
        line = ${multiLine(measurement.line)},
        fingerprint = ${measurement.fingerprint && asArray(measurement.fingerprint)}::double precision[],
        fingerprint_key = ${fingerprintKey(measurement.fingerprint, 0)},
        claimed = ${JSON.stringify(walk.claimed)}::jsonb || jsonb_build_object('started_at', walks.started_at),
        track_key = ${walk.track?.key ?? null},
        memo = coalesce(${walk.memo}, walks.memo),
        shared_to_feed = ${walk.shared_to_feed},
        region_code = viewer.region_code,
        answer = ${standingBefore(sql`viewer.id`, begunAt, now)} || jsonb_build_object('ranking', ${rankBefore(begunAt, now)})
    FROM viewer
    WHERE walks.id = ${walk.id}
      AND walks.user_id = viewer.id
      AND walks.status <> 'completed'
      AND walks.deleted_at IS NULL
      AND NOT (${measurement.valid} AND EXISTS (SELECT 1 FROM overlapping))`
}

/** Two of the fingerprint's 16 slots, a third and two thirds in, make a point of the 4-D index; two more sift what it finds before all are compared. */
const KEY_SLOTS = [5, 10] as const
const SIFTING_SLOTS = [2, 13] as const
/** Degrees of 12 m: what noise leaves of a slot's mean, twice over. */
const REACH_DEG = { lat: 0.000108, lng: 0.000136 }

function fingerprintKey(fingerprint: readonly number[] | null, reach: -1 | 0 | 1): SQL {
  if (!fingerprint) return sql`NULL`
  const [lng1, lat1, lng2, lat2] = KEY_SLOTS.flatMap((slot) => [
    (fingerprint[2 * slot] ?? 0) + reach * REACH_DEG.lng,
    (fingerprint[2 * slot + 1] ?? 0) + reach * REACH_DEG.lat,
  ])
  return sql`ST_SetSRID(ST_MakePoint(${lng1}, ${lat1}, ${lng2}, ${lat2}), 4326)`
}

/**
 * The earlier walk this track is a copy of. Equal within a few metres over normalised time is a replay when the two lie at different times; two people
 * side by side walk at the same time, sometimes within a metre by chance, and are equal to half of one only where one phone's track was sent twice.
 */
function copiedFrom(walk: MeasuredWalk, startedAt: string | null, endedAt: string | null): SQL {
  const { fingerprint, valid } = walk.measurement
  if (!fingerprint || !valid) return sql`SELECT NULL WHERE false`
  return sql`
      SELECT earlier.id
      FROM walks earlier
      CROSS JOIN LATERAL fingerprint_deviation(earlier.fingerprint, ${asArray(fingerprint)}::double precision[]) AS apart
      WHERE earlier.fingerprint_key &&& ST_MakeLine(${fingerprintKey(fingerprint, -1)}, ${fingerprintKey(fingerprint, 1)})
        AND earlier.is_valid
        AND earlier.deleted_at IS NULL
        AND earlier.id <> ${walk.id}
        AND ${isNear(fingerprint, SIFTING_SLOTS[0])}
        AND ${isNear(fingerprint, SIFTING_SLOTS[1])}
        AND CASE WHEN tstzrange(earlier.started_at, earlier.ended_at) && tstzrange(${startedAt}, ${endedAt})
          THEN apart.median_m <= 0.5
          ELSE apart.median_m <= 3 AND apart.p90_m <= 6
        END
      LIMIT 1`
}

/** Whether one slot of `earlier` lies where ours does; SQL counts from one. */
function isNear(fingerprint: readonly number[], slot: number): SQL {
  return sql`abs(earlier.fingerprint[${sql.raw(String(2 * slot + 1))}] - ${fingerprint[2 * slot]}) < ${REACH_DEG.lng}
        AND abs(earlier.fingerprint[${sql.raw(String(2 * slot + 2))}] - ${fingerprint[2 * slot + 1]}) < ${REACH_DEG.lat}`
}

/**
 * Keeps what completion answers beyond the walk itself the first time it is asked, so that a phone that lost the answer gets the same. Until then the
 * column holds how things stood before.
 */
function freezeAnswer(actor: User, walk: MeasuredWalk, now: Date): SQL {
  return sql`
    WITH ${viewer(actor)}, week AS (
      SELECT viewer.weekly_goal_km AS goal_km, coalesce(sum(user_days.distance_m), 0)::int AS distance_m
      FROM viewer
      LEFT JOIN user_days ON user_days.user_id = viewer.id AND user_days.day BETWEEN ${walk.monday}::date AND ${walk.monday}::date + 6
      GROUP BY viewer.weekly_goal_km
    ), frozen AS (
      UPDATE walks
      SET answer = jsonb_build_object(
        'weekly_goal', jsonb_build_object('goal_km', week.goal_km, 'distance_m', week.distance_m, 'percent', week.distance_m / (week.goal_km * 10)),
        'streak', jsonb_build_object(
          'current', coalesce((SELECT days FROM current_streak(viewer.id, ${now.toISOString()})), 0),
          'best', coalesce((SELECT max(days) FROM streak_runs WHERE user_id = viewer.id), 0),
          'rest_day_used', EXISTS (
            SELECT 1
            FROM rest_days
            WHERE user_id = viewer.id
              AND day IN (streak_day(walks.started_at) - 1, streak_day(walks.started_at) + 1)
              AND NOT walks.answer -> 'before' -> 'rest_days' ? day::text
          )
        ),
        'ranking', ${rankMove(sql`walks.answer -> 'ranking'`, sql`viewer.id`)},
        'moved', ${movedBadges(sql`walks`, now)}
      )
      FROM viewer, week
      WHERE walks.id = ${walk.id} AND walks.user_id = viewer.id AND walks.status = 'completed' AND walks.answer ? 'before'
      RETURNING walks.answer
    )
    SELECT CASE WHEN walks.id IS NOT NULL THEN ${walkRowJson} END AS walk,
           walks.request_hash,
           EXISTS (SELECT 1 FROM walks taken WHERE taken.id = ${walk.id}) AS is_id_taken,
           told.answer -> 'weekly_goal' AS weekly_goal,
           told.answer -> 'streak' AS streak,
           nullif(told.answer -> 'ranking', 'null') AS ranking,
           ${earnedBadges(sql`viewer.id`, sql`user_badges.walk_id = walks.id AND user_badges.earned_at = walks.completed_at`)} AS badges_earned,
           ${badgesMoved(sql`told.answer -> 'moved'`)} AS badges_moved
    FROM viewer
    LEFT JOIN walks ON walks.id = ${walk.id} AND walks.user_id = viewer.id AND walks.deleted_at IS NULL
    CROSS JOIN LATERAL (SELECT coalesce((SELECT frozen.answer FROM frozen), walks.answer) AS answer) AS told`
}

/** Of those whom one walk passes, so many are told: the nearest. */
const OVERTAKEN_MAX = 10

/** Tells of what a walk has just moved on this week's board of the dong: who rose, into the first three or within the board, and those who were passed. */
function notifyRanks(actor: User, walkId: string, now: Date): SQL {
  const at = sql`${now.toISOString()}::timestamptz`
  const toSelf = (topic: SQL, facts: SQL, condition: SQL) =>
    sql`SELECT user_id, ${topic} AS topic, ${facts} AS facts, NULL::uuid AS sender_id FROM place WHERE ${condition}`
  const isNewInTop3 = sql`rank_after <= 3 AND coalesce(rank_before > 3, true)`
  return sql`
    WITH moved AS (
      SELECT walks.user_id, walks.id AS walk_id, walks.region_code AS area_code, walks.distance_m, answer #>> '{ranking,period_key}' AS period_key,
             (answer #>> '{ranking,rank_before}')::int AS rank_before, (answer #>> '{ranking,rank_after}')::int AS rank_after
      FROM walks
      WHERE walks.id = ${walkId} AND walks.user_id = ${actor.user_id} AND walks.is_valid AND walks.deleted_at IS NULL
        AND walks.completed_at = ${at}
        AND answer #>> '{ranking,scope}' = 'dong'
        AND answer #>> '{ranking,period_key}' = to_char(seoul_day(${at}), 'IYYY-"W"IW')
    ), place AS (
      SELECT moved.*, rankings.standing, rankings.standing - standing_of(moved.distance_m, 1) AS standing_before
      FROM moved
      JOIN rankings ON rankings.user_id = moved.user_id AND rankings.period_key = moved.period_key AND rankings.area_code = moved.area_code
    ), overtaken AS (
      SELECT passed.user_id, place.user_id AS sender_id
      FROM place
      CROSS JOIN LATERAL (
        SELECT rankings.user_id
        FROM rankings
        WHERE rankings.period_key = place.period_key AND rankings.area_code = place.area_code
          AND rankings.standing > greatest(place.standing_before, 0) AND rankings.standing < place.standing
          AND rankings.user_id <> place.user_id
        ORDER BY rankings.standing DESC
        LIMIT ${OVERTAKEN_MAX}
      ) AS passed
      WHERE NOT ${isBlocked(sql`passed.user_id`, sql`place.user_id`)}
    ), top3 AS (${notify('ranking_top3', toSelf(sql`period_key`, sql`'{}'::jsonb`, isNewInTop3), at)}
    ), up AS (${notify(
      'ranking_up',
      toSelf(sql`walk_id::text`, sql`jsonb_build_object('rank', rank_after)`, sql`rank_after < rank_before AND NOT (${isNewInTop3})`),
      at,
    )}
    ), down AS (${notify(
      'ranking_down',
      sql`SELECT user_id, concat(seoul_day(${at}), ':', sender_id) AS topic, '{}'::jsonb AS facts, sender_id FROM overtaken`,
      at,
    )}
    )
    SELECT 1 WHERE false`
}

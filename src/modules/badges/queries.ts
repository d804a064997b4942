import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { isBlocked } from '../social/blocks/sql.ts'
import { earnedBadge, earnedBadges } from './sql.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { viewer } from '../../db/viewer.ts'
import type { BadgeStanding } from './rules.ts'
import type { EarnedBadge } from './schema.ts'
import { isPremium } from '../subscriptions/sql.ts'

/** A `BadgeStanding`. `badges`, `viewer` and the viewer's row of `badge_values` as `stand` must be in scope. */
const standingJson = sql`json_build_object(
          'id', badges.id, 'code', badges.code, 'category', badges.category, 'name', badges.name, 'description', badges.description,
          'icon', badges.icon, 'metric', badges.metric, 'threshold', badges.threshold, 'difficulty', badges.difficulty, 'tier', badges.tier,
          'hint', badges.hint, 'is_secret', badges.is_secret, 'season_year', stand.season_year, 'from_day', stand.from_day,
          'until_day', stand.until_day, 'value', stand.value, 'earned', (
            SELECT coalesce(json_agg(json_build_object('season_year', held.season_year, 'earned_at', held.earned_at) ORDER BY held.season_year DESC), '[]')
            FROM user_badges held
            WHERE held.user_id = viewer.id AND held.badge_id = badges.id
          )
        )`

const standings = (now: Date): SQL => sql`badge_values(viewer.id, seoul_day(${now.toISOString()}), ${now.toISOString()}) AS stand`

export interface Collection {
  /** In the catalogue's order. */
  readonly badges: BadgeStanding[]
  readonly latest: EarnedBadge | null
  readonly is_premium: boolean
}

/** Every badge, with the viewer's progress. */
export function listStandings(db: Db, actor: Actor, now: Date): Promise<Collection | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
             SELECT coalesce(json_agg(${standingJson} ORDER BY badges.sort_order, badges.code), '[]')
             FROM ${standings(now)}
             JOIN badges ON badges.id = stand.badge_id
           ) AS badges,
           ${earnedBadges(sql`viewer.id`, sql`user_badges.user_id = viewer.id`)} -> 0 AS latest,
           ${isPremium(sql`viewer.id`, now)} AS is_premium
    FROM viewer`,
  )
}

const HOLDERS = sql`(SELECT count(DISTINCT held.user_id) FROM user_badges held WHERE held.badge_id = badges.id)`
const WALKERS = sql`(SELECT count(*) FROM user_totals WHERE user_totals.walk_count > 0)`

export interface StandingDetail {
  readonly badge: BadgeStanding
  readonly won: {
    readonly walk_id: string | null
    readonly pets: { id: string; name: string }[]
    readonly first_walk_at: string | null
    readonly walk_count: number
    readonly day_count: number
  } | null
  readonly holders: number
  readonly walkers: number
  /** The metric's gain in the last `pace_days` days: 14, or fewer when the season began later. */
  readonly gained: number
  readonly pace_days: number
  readonly is_today_done: boolean
  readonly history: { walk_id: string; started_at: string; gained: number }[]
}

/** Whether no earlier walk of the season visited that place. */
const isFirstVisit = sql`NOT EXISTS (
              SELECT 1
              FROM place_visits earlier
              JOIN walks before ON before.id = earlier.walk_id
              WHERE earlier.user_id = walks.user_id
                AND earlier.place_id = place_visits.place_id
                AND earlier.day >= stand.from_day
                AND (before.started_at, before.id) < (walks.started_at, walks.id)
            )`

/** What a walk added to the badge's metric. `walks`, `badges` and `stand` must be in scope. */
const gain = sql`coalesce(CASE badges.metric
            WHEN 'walk_count' THEN 1
            WHEN 'season_walk_count' THEN 1
            WHEN 'distance_m' THEN walks.distance_m
            WHEN 'season_distance_m' THEN walks.distance_m
            WHEN 'longest_walk_m' THEN walks.distance_m
            WHEN 'duration_sec' THEN walks.duration_sec
            WHEN 'unique_places' THEN (SELECT walk_starts.is_place::int FROM walk_starts WHERE walk_starts.walk_id = walks.id)
            WHEN 'season_parks' THEN (${visits(sql`places.kind = 'park' AND ${isFirstVisit}`)})
            WHEN 'season_nature_places' THEN (${visits(sql`places.kind IN ('park', 'mountain') AND ${isFirstVisit}`)})
            WHEN 'season_beach_walks' THEN least(1, (${visits(sql`places.kind = 'beach'`)}))
            WHEN 'season_snow_walks' THEN (SELECT gained.value FROM walk_gains(walks) AS gained WHERE gained.metric = 'snow_walks')
            ELSE (SELECT gained.value FROM walk_gains(walks) AS gained WHERE gained.metric = badges.metric)
          END, 0)`

function visits(condition: SQL): SQL {
  return sql`SELECT count(*)::int FROM place_visits JOIN places ON places.id = place_visits.place_id AND places.counts_for_badges WHERE place_visits.walk_id = walks.id AND ${condition}`
}

/** One badge, with the viewer's progress and its history. */
export function findStanding(
  db: Db,
  actor: Actor,
  badgeId: string,
  now: Date,
): Promise<{ detail: StandingDetail | null; is_premium: boolean } | null> {
  const at = now.toISOString()
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
             SELECT json_build_object(
               'badge', ${standingJson},
               'won', (
                 SELECT json_build_object(
                   'walk_id', (SELECT walks.id FROM walks WHERE walks.id = held.walk_id AND walks.deleted_at IS NULL), 'first_walk_at', held.first_walk_at, 'walk_count', held.walk_count, 'day_count', held.day_count,
                   'pets', (
                     SELECT coalesce(json_agg(json_build_object('id', pets.id, 'name', pets.name) ORDER BY walk_pets.position), '[]')
                     FROM walk_pets
                     JOIN pets ON pets.id = walk_pets.pet_id
                     WHERE walk_pets.walk_id = held.walk_id
                   )
                 )
                 FROM user_badges held
                 WHERE held.user_id = viewer.id AND held.badge_id = badges.id
                   AND (held.season_year = stand.season_year OR seoul_day(${at}) > stand.until_day)
                 ORDER BY held.season_year DESC
                 LIMIT 1
               ),
               'holders', coalesce(badge_rarity.holders, ${HOLDERS}),
               'walkers', coalesce(badge_rarity.walkers, ${WALKERS}),
               'gained', (
                 SELECT coalesce(sum(CASE WHEN badges.metric = 'streak_days' THEN 1 ELSE ${gain} END), 0)
                 FROM walks
                 WHERE walks.user_id = viewer.id AND walks.is_valid AND walks.deleted_at IS NULL AND walks.source = 'recorded'
                   AND walks.started_at >= greatest(seoul_day(${at}) - 13, stand.from_day)::timestamp AT TIME ZONE 'Asia/Seoul'
               ),
               'pace_days', least(14, seoul_day(${at}) - stand.from_day + 1),
               'is_today_done', EXISTS (SELECT 1 FROM current_streak(viewer.id, ${at}) WHERE last_day = streak_day(${at})),
               'history', (
                 SELECT coalesce(json_agg(json_build_object('walk_id', counted.id, 'started_at', counted.started_at, 'gained', counted.gained) ORDER BY counted.started_at DESC), '[]')
                 FROM (
                   SELECT walks.id, walks.started_at, added.gained
                   FROM walks
                   -- OFFSET keeps the planner from evaluating the expression twice, once for each place that reads it.
                   CROSS JOIN LATERAL (SELECT ${gain} AS gained OFFSET 0) AS added
                   WHERE walks.user_id = viewer.id AND walks.is_valid AND walks.deleted_at IS NULL AND walks.source = 'recorded'
                     AND added.gained > 0
                     AND (stand.from_day IS NULL OR seoul_day(walks.started_at) BETWEEN stand.from_day AND stand.until_day)
                   ORDER BY walks.started_at DESC
                   LIMIT 10
                 ) AS counted
               )
             )
             FROM ${standings(now)}
             JOIN badges ON badges.id = stand.badge_id
             LEFT JOIN badge_rarity ON badge_rarity.badge_id = badges.id
             WHERE badges.id = ${badgeId}
           ) AS detail,
           ${isPremium(sql`viewer.id`, now)} AS is_premium
    FROM viewer`,
  )
}

/** Counts the holders of every badge, and the people whom they are a share of. Answers the number of badges. */
export async function updateRarity(db: Db, now: Date): Promise<number> {
  const { rowCount } = await db.execute(sql`
    INSERT INTO badge_rarity (badge_id, holders, walkers, counted_at)
    SELECT badges.id, coalesce(held.holders, 0), ${WALKERS}, ${now.toISOString()}
    FROM badges
    LEFT JOIN (SELECT badge_id, count(DISTINCT user_id) AS holders FROM user_badges GROUP BY badge_id) AS held ON held.badge_id = badges.id
    ON CONFLICT (badge_id) DO UPDATE
    SET holders = excluded.holders, walkers = excluded.walkers, counted_at = excluded.counted_at`)
  return rowCount
}

export interface EarnedPage {
  readonly after: { readonly earned_at: string; readonly id: string; readonly season_year: number } | null
  readonly limit: number
}

/** Somebody's earned badges, newest first, one more than `limit`. `badges` is null when there is no such person. */
export function listEarnedBadges(
  db: Db,
  actor: Actor,
  userId: string,
  { after, limit }: EarnedPage,
): Promise<{ badges: EarnedBadge[] | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT (
        SELECT coalesce(json_agg(page.badge ORDER BY page.earned_at DESC, page.badge_id DESC, page.season_year DESC), '[]')
        FROM (
          SELECT ${earnedBadge(sql`viewer.id`)} AS badge, shown.earned_at, user_badges.badge_id, user_badges.season_year
          FROM user_badges
          CROSS JOIN LATERAL shown_earned_at(user_badges, viewer.id) AS shown (earned_at)
          JOIN badges ON badges.id = user_badges.badge_id
          WHERE user_badges.user_id = person.id
            AND (
              ${after === null}
              OR (shown.earned_at, user_badges.badge_id, user_badges.season_year) < (${after?.earned_at ?? null}::timestamptz, ${after?.id ?? null}::uuid, ${after?.season_year ?? null}::int)
            )
          ORDER BY shown.earned_at DESC, user_badges.badge_id DESC, user_badges.season_year DESC
          LIMIT ${limit + 1}
        ) AS page
      )
      FROM users person
      WHERE person.id = ${userId} AND person.deleted_at IS NULL AND NOT ${isBlocked(sql`viewer.id`, sql`person.id`)}
    ) AS badges
    FROM viewer`,
  )
}

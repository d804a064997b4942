import type { BadgeMetric } from '../../../src/modules/badges/schema.ts'
import type { Line } from './line.ts'

const walks = (what: string, where = 'true') =>
  `SELECT ${what} AS value FROM first_design.walks WHERE user_id = $1 AND is_valid AND ${where}`
const hour = `extract(hour FROM started_at AT TIME ZONE 'Asia/Seoul')`
const day = `to_char(started_at AT TIME ZONE 'Asia/Seoul', 'MM-DD')`
/** $2 and $3 are the season of a badge. A season that goes over the new year is left out, as a first version forgets it. */
const season = `${day} BETWEEN $2 AND $3 AND extract(year FROM started_at AT TIME ZONE 'Asia/Seoul') = extract(year FROM now() AT TIME ZONE 'Asia/Seoul')`
const visits = (what: string, kinds: string) => `
  SELECT ${what} AS value FROM first_design.visits JOIN first_design.walks ON walks.id = visits.walk_id WHERE visits.user_id = $1 AND visits.kind IN (${kinds}) AND is_valid AND ${season}`

/** What a badge counts, asked of all walks of somebody for each badge. The streak is counted in the application. */
const VALUES: Partial<Record<BadgeMetric, string>> = {
  walk_count: walks('count(*)'),
  distance_m: walks('sum(distance_m)'),
  duration_sec: walks('sum(duration_sec)'),
  longest_walk_m: walks('max(distance_m)'),
  unique_places: walks('count(DISTINCT (round(start_lat::numeric * 200), round(start_lng::numeric * 200)))', 'start_lat IS NOT NULL'),
  early_bird_walks: walks('count(*)', `${hour} BETWEEN 4 AND 5`),
  night_owl_walks: walks('count(*)', `(${hour} >= 22 OR ${hour} < 4)`),
  rain_walks: walks('count(*)', `weather = 'rain'`),
  snow_walks: walks('count(*)', `weather = 'snow'`),
  new_year_walks: walks('count(*)', `${day} = '01-01'`),
  together_walks: walks('count(*)', 'is_together'),
  birthday_walks: `
    SELECT count(DISTINCT walks.id) AS value
    FROM first_design.walks
    JOIN first_design.walk_pets ON walk_pets.walk_id = walks.id
    JOIN first_design.pets ON pets.id = walk_pets.pet_id
    WHERE walks.user_id = $1 AND is_valid AND to_char(pets.birth_date, 'MM-DD') = ${day}`,
  walk_photos: 'SELECT count(*) AS value FROM first_design.photos WHERE user_id = $1',
  weekly_dong_wins: 'SELECT count(*) AS value FROM first_design.champions WHERE user_id = $1',
  season_walk_count: walks('count(*)', season),
  season_distance_m: walks('sum(distance_m)', season),
  season_snow_walks: walks('count(*)', `weather = 'snow' AND ${season}`),
  season_parks: visits('count(DISTINCT place_id)', `'park'`),
  season_beach_walks: visits('count(DISTINCT walks.id)', `'beach'`),
  season_nature_places: visits('count(DISTINCT place_id)', `'park', 'mountain'`),
}

interface Badge {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly metric: BadgeMetric
  readonly threshold: number
  readonly tier: string
  readonly season_start: string | null
  readonly season_end: string | null
}

/** Goes through the catalogue: for each badge that is open a sum over all walks, and where it is reached, a row and a notification. */
export async function awardAsFirstDesigned(
  line: Line,
  userId: string,
  { is_premium, best_streak, at }: { is_premium: boolean; best_streak: number; at: Date },
): Promise<{ values: Map<BadgeMetric, number>; earned: string[] }> {
  const badges = await line.ask<Badge>('catalogue', 'SELECT * FROM first_design.badges ORDER BY code')
  const held = await line.ask<{ badge_id: string }>('held badges', 'SELECT badge_id FROM first_design.user_badges WHERE user_id = $1', [
    userId,
  ])
  const holds = new Set(held.map(({ badge_id }) => badge_id))
  const values = new Map<BadgeMetric, number>()
  const earned: string[] = []
  for (const badge of badges) {
    if (holds.has(badge.id) || (badge.tier === 'premium' && !is_premium)) continue
    const sql = VALUES[badge.metric]
    if (!sql && badge.metric !== 'streak_days') throw new Error(`the first design does not know the metric ${badge.metric}`)
    const parameters = badge.season_start === null || !sql?.includes('$2') ? [userId] : [userId, badge.season_start, badge.season_end]
    const value = sql
      ? Number((await line.one<{ value: string | null }>(`value of ${badge.code}`, sql, parameters)).value ?? 0)
      : best_streak
    values.set(badge.metric, value)
    if (value < badge.threshold) continue
    await line.ask(
      `earn ${badge.code}`,
      'INSERT INTO first_design.user_badges (user_id, badge_id, season_year, earned_at) VALUES ($1, $2, 0, $3)',
      [userId, badge.id, at],
    )
    await line.ask(
      'notify',
      `INSERT INTO first_design.notifications (id, user_id, type, created_at) VALUES (gen_random_uuid(), $1, 'badge', $2)`,
      [userId, at],
    )
    earned.push(badge.code)
  }
  return { values, earned }
}

import type pg from 'pg'

/**
 * The tables of the first design, filled from the same people and walks. They hold rows and no folds: nothing is counted before somebody asks. Keys, foreign keys
 * and the columns of lists have the indexes that a first version gives them.
 */
export async function fillFirstDesign(client: pg.Client): Promise<void> {
  await client.query('DROP SCHEMA IF EXISTS first_design CASCADE; CREATE SCHEMA first_design')
  const copies: Record<string, string> = {
    users: `SELECT id, nickname, region_code, weekly_goal_km, walk_unit, settings, suspended_until, created_at, deleted_at FROM users`,
    sessions: `SELECT id, user_id, expires_at, revoked_at FROM sessions`,
    subscriptions: `SELECT user_id, starts_at, ends_at FROM premium_periods WHERE revoked_at IS NULL`,
    pets: `SELECT id, user_id, name, species, breed, birth_date, weight_kg, is_primary FROM pets WHERE archived_at IS NULL`,
    regions: `SELECT code, sido, sigungu, dong FROM regions`,
    walks: `
      SELECT id, user_id, status::text AS status, started_at, ended_at, distance_m, duration_sec, calories, coalesce(is_valid, false) AS is_valid, shared_to_feed, shared_at,
             audience::text AS audience, memo, region_code, route_polyline, weather ->> 'pty' AS weather, cardinality(together_with) > 0 AS is_together,
             ST_Y(ST_StartPoint(ST_GeometryN(line, 1))) AS start_lat, ST_X(ST_StartPoint(ST_GeometryN(line, 1))) AS start_lng
      FROM walks WHERE deleted_at IS NULL`,
    walk_pets: `SELECT walk_id, pet_id, position FROM walk_pets`,
    photos: `SELECT id, user_id, walk_id, object_key, created_at FROM photos WHERE walk_id IS NOT NULL`,
    visits: `SELECT place_visits.walk_id, place_visits.user_id, place_visits.place_id, places.kind::text AS kind FROM place_visits JOIN places ON places.id = place_visits.place_id`,
    champions: `SELECT user_id, monday FROM weekly_dong_wins`,
    likes: `SELECT walk_id, user_id, author_id, created_at FROM likes`,
    comments: `SELECT id, walk_id, user_id, author_id, content, created_at FROM comments WHERE deleted_at IS NULL`,
    follows: `SELECT follower_id, followee_id, created_at FROM follows`,
    blocks: `SELECT blocker_id, blocked_id FROM blocks`,
    hides: `SELECT user_id, walk_id FROM feed_hides`,
    badges: `SELECT id, code, category::text AS category, name, metric::text AS metric, threshold, tier::text AS tier, season_start, season_end FROM badges`,
    user_badges: `SELECT user_id, badge_id, season_year, earned_at FROM user_badges`,
    notifications: `SELECT id, user_id, type::text AS type, created_at, read_at FROM notifications`,
  }
  for (const [table, select] of Object.entries(copies)) await client.query(`CREATE TABLE first_design.${table} AS ${select}`)
  await client.query(`
    CREATE TABLE first_design.tracks (walk_id uuid PRIMARY KEY, points jsonb NOT NULL);
    CREATE TABLE first_design.totals (user_id uuid PRIMARY KEY, walk_count int, distance_m bigint, duration_sec bigint, calories bigint);
    CREATE TABLE first_design.pet_totals (pet_id uuid PRIMARY KEY, walk_count int, distance_m bigint, duration_sec bigint);
    CREATE TABLE first_design.streaks (user_id uuid PRIMARY KEY, current int, best int);
    CREATE TABLE first_design.ranks (user_id uuid, period text, scope text, rank int, PRIMARY KEY (user_id, period, scope))`)
  const indexes = `
    users (id) · sessions (id) · pets (id) · pets (user_id) · subscriptions (user_id) · regions (code) · walks (id) · walks (user_id) · walks (started_at) · walks (region_code)
    · walks (shared_at) · walk_pets (walk_id) · walk_pets (pet_id) · photos (walk_id) · photos (user_id) · visits (user_id) · champions (user_id) · likes (walk_id, user_id) · likes (user_id)
    · comments (walk_id) · comments (user_id) · follows (follower_id, followee_id) · follows (followee_id) · blocks (blocker_id) · blocks (blocked_id) · hides (user_id)
    · badges (id) · user_badges (user_id) · notifications (user_id)`
  for (const index of indexes.split('·')) await client.query(`CREATE INDEX ON first_design.${index.trim()}`)
  await client.query('VACUUM ANALYZE')
}

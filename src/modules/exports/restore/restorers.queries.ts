import { type SQL, sql } from 'drizzle-orm'
import { pathIn } from '../../../core/folders.ts'
import { isBlocked } from '../../social/blocks/sql.ts'

/** How rows of a file come back. In `possible` and `values` a row is `given`. Its column `json` has all members of the file. */
export type Restorer =
  | {
      readonly possible: (me: SQL) => SQL
      /** Columns that the file does not have, or that become something else. `mark` names the import. */
      readonly values?: (me: SQL, mark: SQL) => Readonly<Record<string, SQL>>
      /** A further CTE, which reads `made`. */
      readonly after?: (me: SQL) => SQL
    }
  | { readonly statement: (me: SQL, lines: SQL) => SQL }

/** An id of a row that somebody else has. */
const isTaken = (table: string, me: SQL) =>
  sql`EXISTS (SELECT 1 FROM ${sql.raw(table)} taken WHERE taken.id = given.id AND taken.user_id <> ${me})`
const isMine = (table: string, id: SQL, me: SQL) =>
  sql`EXISTS (SELECT 1 FROM ${sql.raw(table)} mine WHERE mine.id = ${id} AND mine.user_id = ${me})`
/** Somebody who is here, and with whom there is no block. */
const isReachable = (id: SQL, me: SQL) => sql`EXISTS (
      SELECT 1
      FROM users other
      WHERE other.id = ${id} AND other.id <> ${me} AND other.deleted_at IS NULL AND other.banned_at IS NULL AND NOT ${isBlocked(me, sql`other.id`)}
    )`
const isOpenPost = (me: SQL) => sql`EXISTS (
      SELECT 1
      FROM posts
      WHERE posts.walk_id = given.walk_id AND (posts.author_id = ${me} OR posts.is_open AND NOT ${isBlocked(me, sql`posts.author_id`)})
    )`
const authorOf = sql`(SELECT posts.author_id FROM posts WHERE posts.walk_id = given.walk_id)`
const ofMe = (me: SQL) => ({ user_id: me })

/** By the name of the part. */
export const restorers: Readonly<Record<string, Restorer>> = {
  account: {
    statement: (me, lines) => sql`
    WITH given AS MATERIALIZED (
      SELECT given.* FROM ${lines} CROSS JOIN LATERAL jsonb_populate_record(NULL::users, line.content::jsonb) AS given
    ), changed AS (
      UPDATE users
      SET created_at = least(users.created_at, given.created_at),
          nickname = CASE WHEN choice.is_free THEN given.nickname ELSE users.nickname END,
          nickname_chosen_at = CASE WHEN choice.is_free THEN given.nickname_chosen_at ELSE users.nickname_chosen_at END,
          region_code = coalesce(users.region_code, given.region_code),
          weekly_goal_km = CASE WHEN users.weekly_goal_km = 20 THEN given.weekly_goal_km ELSE users.weekly_goal_km END,
          walk_unit = CASE WHEN users.walk_unit = 'km' THEN given.walk_unit ELSE users.walk_unit END,
          privacy_zone_radius_m = CASE WHEN users.privacy_zone_center IS NULL THEN given.privacy_zone_radius_m ELSE users.privacy_zone_radius_m END,
          privacy_zone_center = coalesce(users.privacy_zone_center, given.privacy_zone_center)
      FROM given
      CROSS JOIN LATERAL (
        SELECT NOT EXISTS (SELECT 1 FROM users taken WHERE lower(taken.nickname) = lower(given.nickname) AND taken.id <> ${me})
           AND (SELECT own.nickname_chosen_at FROM users own WHERE own.id = ${me}) IS NULL AS is_free
      ) AS choice
      WHERE users.id = ${me}
      RETURNING choice.is_free
    )
    SELECT count(*)::int AS restored, 0 AS dropped FROM changed`,
  },
  settings: {
    statement: (me, lines) => sql`
    WITH changed AS (
      UPDATE users
      SET settings = (line.content::jsonb -> 'settings') || users.settings
      FROM ${lines}
      WHERE users.id = ${me}
      RETURNING 1
    )
    SELECT count(*)::int AS restored, 0 AS dropped FROM changed`,
  },
  pets: {
    possible: (me) => sql`NOT ${isTaken('pets', me)}`,
    values: (me, mark) => ({
      user_id: me,
      request_hash: mark,
      is_primary: sql`given.is_primary AND NOT EXISTS (SELECT 1 FROM pets mine WHERE mine.user_id = ${me} AND mine.is_primary AND mine.archived_at IS NULL)`,
    }),
  },
  health: {
    possible: (me) => sql`${isMine('pets', sql`given.pet_id`, me)} AND NOT EXISTS (
      SELECT 1 FROM health_records taken JOIN pets ON pets.id = taken.pet_id WHERE taken.id = given.id AND pets.user_id <> ${me}
    )`,
    values: (_, mark) => ({ request_hash: mark }),
  },
  company: { possible: () => sql`true`, values: ofMe },
  walks: {
    possible: (me) => sql`NOT ${isTaken('walks', me)}`,
    values: (me, mark) => ({
      user_id: me,
      request_hash: mark,
      track_key: sql`CASE WHEN given.json ->> 'recording' <> '' THEN ${pathIn('tracks')} || '/' || ${me}::text || '/' || given.id || '/' || (given.json ->> 'recording') END`,
    }),
    after: (me) => sql`with_pets AS (
      INSERT INTO walk_pets (walk_id, pet_id, position)
      SELECT made.id, pets.id, pet.number - 1
      FROM made
      JOIN given ON given.id = made.id
      CROSS JOIN LATERAL jsonb_array_elements_text(given.json -> 'pet_ids') WITH ORDINALITY AS pet (id, number)
      JOIN pets ON pets.id = pet.id::uuid AND pets.user_id = ${me}
      ON CONFLICT DO NOTHING
    )`,
  },
  'walk-details': {
    statement: (me, lines) => sql`
    WITH given AS MATERIALIZED (
      SELECT (line.content::jsonb ->> 'walk_id')::uuid AS id, line.content::jsonb AS json FROM ${lines}
    ), changed AS (
      UPDATE walks
      SET segments = nullif(given.json -> 'segments', 'null'), claimed = nullif(given.json -> 'claimed', 'null'),
          answer = nullif(given.json -> 'answer', 'null'),
          line = ST_SetSRID(ST_GeomFromTWKB(decode(given.json ->> 'line', 'base64')), 4326)
      FROM given
      WHERE walks.id = given.id AND walks.user_id = ${me} AND walks.request_hash LIKE 'restored %' AND walks.segments IS NULL AND walks.line IS NULL
      RETURNING walks.id, walks.distance_m
    ), traced AS (
      INSERT INTO walk_traces (walk_id, cells, trace, richness, distance_m)
      SELECT changed.id, ARRAY(SELECT cell::int FROM jsonb_array_elements_text(given.json -> 'cells') AS cell), decode(given.json ->> 'trace', 'base64'),
             (given.json ->> 'richness')::int, changed.distance_m
      FROM changed
      JOIN given ON given.id = changed.id
      WHERE given.json ->> 'trace' IS NOT NULL
      ON CONFLICT DO NOTHING
    )
    SELECT count(*)::int AS restored, 0 AS dropped FROM changed`,
  },
  badges: {
    possible: () => sql`EXISTS (SELECT 1 FROM badges WHERE badges.id = given.badge_id)`,
    values: (me) => ({
      user_id: me,
      walk_id: sql`(SELECT walks.id FROM walks WHERE walks.id = given.walk_id AND walks.user_id = ${me})`,
      is_representative: sql`given.is_representative AND NOT EXISTS (SELECT 1 FROM user_badges mine WHERE mine.user_id = ${me} AND mine.is_representative)`,
    }),
  },
  'badges-near': { possible: () => sql`EXISTS (SELECT 1 FROM badges WHERE badges.id = given.badge_id)`, values: ofMe },
  // A new account that has come so far by itself keeps its own day, as with all that is there.
  grades: {
    possible: () => sql`EXISTS (SELECT 1 FROM grades WHERE grades.level = given.level)`,
    values: (me) => ({ user_id: me, walk_id: sql`(SELECT walks.id FROM walks WHERE walks.id = given.walk_id AND walks.user_id = ${me})` }),
  },
  titles: {
    possible: () => sql`EXISTS (SELECT 1 FROM titles WHERE titles.code = given.title_code)`,
    values: ofMe,
    after: (me) => sql`shown AS (
      UPDATE users
      SET title_code = made.title_code
      FROM made
      JOIN given ON given.title_code = made.title_code AND (given.json ->> 'is_shown')::bool
      WHERE users.id = ${me} AND users.title_code IS NULL
    )`,
  },
  'dong-wins': { possible: () => sql`EXISTS (SELECT 1 FROM regions WHERE regions.code = given.region_code)`, values: ofMe },
  favorites: { possible: () => sql`EXISTS (SELECT 1 FROM places WHERE places.id = given.place_id)`, values: ofMe },
  // `republishCourses` publishes them again, when the walks have said where their owner is hidden.
  courses: {
    possible: (me) => sql`NOT EXISTS (SELECT 1 FROM courses taken WHERE taken.id = given.id AND taken.owner_id IS DISTINCT FROM ${me})`,
    values: (me, mark) => ({ kind: sql`'own'::course_kind`, owner_id: me, request_hash: mark }),
  },
  'course-favorites': { possible: () => sql`EXISTS (SELECT 1 FROM courses WHERE courses.id = given.course_id)`, values: ofMe },
  // A bridge that was premium's stays as it was: the periods of premium do not come back, so walks alone would not make it again.
  streak: {
    statement: (me, lines) => sql`
    WITH given AS MATERIALIZED (
      SELECT given.* FROM ${lines} CROSS JOIN LATERAL jsonb_populate_record(NULL::streak_runs, line.content::jsonb) AS given
    ), possible AS MATERIALIZED (
      SELECT given.*
      FROM given
      WHERE NOT EXISTS (
        SELECT 1
        FROM streak_runs run
        WHERE run.user_id = ${me} AND run.last_day >= given.first_day AND run.first_day <= given.last_day
          AND NOT (run.first_day >= given.first_day AND run.last_day <= given.last_day)
      )
    ), within AS (
      DELETE FROM streak_runs run
      USING possible
      WHERE run.user_id = ${me} AND run.first_day > possible.first_day AND run.last_day <= possible.last_day
    ), made AS (
      INSERT INTO streak_runs (user_id, first_day, last_day, days)
      SELECT ${me}, possible.first_day, possible.last_day, possible.days
      FROM possible
      ON CONFLICT (user_id, first_day) DO UPDATE SET last_day = excluded.last_day, days = excluded.days
      RETURNING 1
    )
    SELECT count(*)::int AS restored, ((SELECT count(*) FROM given) - (SELECT count(*) FROM possible))::int AS dropped FROM made`,
  },
  'rest-days': { possible: () => sql`true`, values: ofMe },
  photos: {
    possible: (me) => sql`NOT ${isTaken('photos', me)}
      AND (given.pet_id IS NULL OR ${isMine('pets', sql`given.pet_id`, me)})
      AND (given.walk_id IS NULL OR ${isMine('walks', sql`given.walk_id`, me)})
      AND NOT is_closed_by_moderation('photo', given.id)`,
    values: (me) => ({
      user_id: me,
      object_key: sql`(given.json ->> 'folder') || '/' || ${me}::text || '/' || (given.json ->> 'path')`,
      has_thumbnails: sql`false`,
    }),
  },
  // Blocks come first, and what a block ends ends.
  follows: { possible: (me) => isReachable(sql`given.followee_id`, me), values: (me) => ({ follower_id: me }) },
  blocks: {
    possible: (me) => sql`EXISTS (SELECT 1 FROM users other WHERE other.id = given.blocked_id AND other.id <> ${me})`,
    values: (me) => ({ blocker_id: me }),
    after: (me) => sql`unfollowed AS (
      DELETE FROM follows
      USING made
      WHERE (follows.follower_id, follows.followee_id) IN ((${me}, made.blocked_id), (made.blocked_id, ${me}))
    )`,
  },
  likes: { possible: isOpenPost, values: (me) => ({ user_id: me, author_id: authorOf }) },
  reactions: { possible: isOpenPost, values: (me) => ({ user_id: me, author_id: authorOf }) },
  'hidden-posts': { possible: () => sql`EXISTS (SELECT 1 FROM walks WHERE walks.id = given.walk_id)`, values: ofMe },
  dismissed: {
    possible: (me) => sql`EXISTS (SELECT 1 FROM users other WHERE other.id = given.other_id AND other.id <> ${me})`,
    values: ofMe,
  },
}

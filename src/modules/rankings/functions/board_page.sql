-- A board as a viewer may see it, in the shape of `BoardRow` of modules/rankings/queries.ts. It is NULL when there is no such area, and when a viewer without a home named no
-- area. The page begins after a key, or `above_me` people above the viewer, or at the top. People with a block between them and the viewer are left out, and still count for
-- ranks. Without premium it is the snapshot of a week, and only in the viewer's own dong or sigungu. It is PL/pgSQL, which keeps its plans, because planning would take longer
-- than the rest.
CREATE OR REPLACE FUNCTION board_page(
  for_viewer uuid, of_period text, period_before text, is_weekly boolean, in_scope ranking_scope, in_region text,
  after_standing bigint, after_walk_at timestamptz, after_user uuid, above_me int, page_size int, at timestamptz
) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  has_premium CONSTANT boolean := is_premium(for_viewer, at);
  home CONSTANT text := (SELECT region_code FROM users WHERE id = for_viewer);
  asked record;
  is_allowed boolean;
  of_snapshot int;
  taken_at timestamptz := at;
  mine record;
  above record;
  hidden int;
  me jsonb;
  items jsonb := '[]';
BEGIN
  SELECT area.area_code, area.scope, area.is_home INTO asked
  FROM (
    SELECT around.area_code, around.scope, true AS is_home
    FROM areas_around(home) AS around
    WHERE in_region IS NULL AND (around.scope = in_scope OR (around.scope = 'sigungu' AND in_scope = 'dong'))
    UNION ALL
    SELECT code, level::text::ranking_scope, EXISTS (SELECT 1 FROM areas_around(home) AS around WHERE around.area_code = code)
    FROM regions
    WHERE code = in_region AND level::text = in_scope::text
  ) AS area
  ORDER BY area.scope
  LIMIT 1;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF NOT has_premium THEN
    SELECT snapshot, snapshot_at INTO of_snapshot, taken_at FROM ranking_periods WHERE period_key = of_period;
    of_snapshot := coalesce(of_snapshot, 0);
  END IF;
  is_allowed := has_premium OR (is_weekly AND asked.scope <> 'nation' AND asked.is_home);
  IF is_allowed THEN
    SELECT standing, last_walk_at, ranked_above(of_snapshot, of_period, asked.area_code, standing) + 1 AS rank INTO mine
    FROM place_of(for_viewer, of_snapshot, of_period, asked.area_code);
    IF FOUND THEN
      me := jsonb_build_object(
        'rank', mine.rank,
        'change', rank_change(for_viewer, period_before, asked.area_code, mine.rank),
        'distance_m', mine.standing >> 20,
        'walk_count', mine.standing & ((1 << 20) - 1),
        'gap_to_next_m', (next_standing(of_snapshot, of_period, asked.area_code, mine.standing) >> 20) - (mine.standing >> 20)
      );
      IF above_me IS NOT NULL THEN
        SELECT * INTO above
        FROM ranking_place_above(of_snapshot, of_period, asked.area_code, mine.standing, mine.last_walk_at, for_viewer, above_me + 1);
        after_standing := above.standing;
        after_walk_at := above.last_walk_at;
        after_user := above.user_id;
      END IF;
    END IF;
  END IF;
  IF is_allowed AND page_size > 0 THEN
    -- Hidden people count for ranks, so as many more rows are read and then left out.
    SELECT count(*) INTO hidden
    FROM (
      SELECT blocked_id AS user_id FROM blocks WHERE blocker_id = for_viewer UNION SELECT blocker_id FROM blocks WHERE blocked_id = for_viewer
    ) AS other
    -- LATERAL with LIMIT looks each of them up by key. With a plain join the planner may read the whole table.
    CROSS JOIN LATERAL (
      SELECT 1 FROM rankings WHERE rankings.user_id = other.user_id AND period_key = of_period AND area_code = asked.area_code LIMIT 1
    ) AS standing;
    SELECT coalesce(jsonb_agg(jsonb_build_object(
      'rank', page.rank,
      'change', rank_change(page.user_id, period_before, asked.area_code, page.rank),
      'user', jsonb_build_object('id', users.id, 'nickname', users.nickname),
      'pet', primary_pet_card(users.id, at),
      'distance_m', page.standing >> 20,
      'walk_count', page.standing & ((1 << 20) - 1),
      'is_me', users.id = for_viewer,
      'standing', page.standing,
      'last_walk_at', page.last_walk_at
    ) ORDER BY page.standing DESC, page.last_walk_at, page.user_id), '[]') INTO items
    FROM (
      SELECT read.*
      FROM ranking_page(of_snapshot, of_period, asked.area_code, after_standing, after_walk_at, after_user, page_size + hidden) AS read
      WHERE NOT is_blocked(for_viewer, read.user_id)
      ORDER BY read.standing DESC, read.last_walk_at, read.user_id
      LIMIT page_size
    ) AS page
    JOIN users ON users.id = page.user_id;
  END IF;
  RETURN jsonb_build_object(
    'is_allowed', is_allowed,
    'scope', asked.scope,
    'region', region_json(asked.area_code),
    'is_live', of_snapshot IS NULL,
    'as_of', taken_at,
    'participants', CASE WHEN is_allowed THEN participants(of_snapshot, of_period, asked.area_code) ELSE 0 END,
    'me', me,
    'items', items
  );
END
$$;

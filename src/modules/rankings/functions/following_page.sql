-- The board of those whom somebody follows, and themselves, in the shape of `BoardRow` of modules/rankings/queries.ts. It is live, and made when it is asked for: the standings of
-- these people on the board of the nation, which holds all that counts of a week. At most `shown_max` people are listed. The page begins after a key, or `above_me` people
-- above the viewer, or at the top. People with a block between them and the viewer are left out, as on other boards.
CREATE OR REPLACE FUNCTION following_page(
  for_viewer uuid, of_period text, shown_max int, after_standing bigint, after_walk_at timestamptz, after_user uuid, above_me int, page_size int, at timestamptz
) RETURNS jsonb
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  people CONSTANT uuid[] := following_people(for_viewer);
BEGIN
  RETURN (
    WITH placed AS MATERIALIZED (
      SELECT rankings.user_id, rankings.standing, rankings.last_walk_at
      FROM rankings
      WHERE rankings.user_id = ANY (people) AND rankings.period_key = of_period AND rankings.area_code = nation() AND rankings.standing > 0
    ), top AS MATERIALIZED ( -- a rank among the first is a rank among all
      SELECT placed.* FROM placed ORDER BY placed.standing DESC, placed.last_walk_at, placed.user_id LIMIT shown_max
    ), ranked AS MATERIALIZED (
      SELECT top.*, row_number() OVER (ORDER BY top.standing DESC, top.last_walk_at, top.user_id) AS place, rank() OVER (ORDER BY top.standing DESC) AS rank
      FROM top
    ), mine AS MATERIALIZED (
      SELECT own.standing, 1 + count(above.standing) AS rank, min(above.standing) AS next_standing,
             (SELECT ranked.place FROM ranked WHERE ranked.user_id = for_viewer) AS place
      FROM placed AS own
      LEFT JOIN placed AS above ON above.standing > own.standing
      WHERE own.user_id = for_viewer
      GROUP BY own.standing
    ), page AS (
      SELECT listed.*
      FROM (
        SELECT ranked.*
        FROM ranked
        WHERE page_size > 0
          AND (above_me IS NULL OR ranked.place >= coalesce((SELECT coalesce(mine.place, shown_max) - above_me FROM mine), 1))
          AND (
            after_standing IS NULL
            OR ranked.standing < after_standing
            OR (ranked.standing = after_standing AND (ranked.last_walk_at, ranked.user_id) > (after_walk_at, after_user))
          )
        ORDER BY ranked.place
        -- OFFSET keeps the order, so nobody is asked about beyond the page.
        OFFSET 0
      ) AS listed
      WHERE NOT is_blocked(for_viewer, listed.user_id)
      LIMIT page_size
    )
    SELECT jsonb_build_object(
      'is_allowed', true,
      'scope', 'following',
      'region', NULL,
      'is_live', true,
      'as_of', at,
      'participants', (SELECT count(*) FROM placed),
      'me', (
        SELECT jsonb_build_object(
          'rank', mine.rank,
          'change', NULL,
          'distance_m', mine.standing >> 20,
          'walk_count', mine.standing & ((1 << 20) - 1),
          'gap_to_next_m', (mine.next_standing >> 20) - (mine.standing >> 20)
        )
        FROM mine
      ),
      'items', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
          'rank', page.rank,
          'change', NULL,
          'user', jsonb_build_object('id', users.id, 'nickname', users.nickname),
          'pet', primary_pet_card(users.id, at),
          'distance_m', page.standing >> 20,
          'walk_count', page.standing & ((1 << 20) - 1),
          'is_me', users.id = for_viewer,
          'standing', page.standing,
          'last_walk_at', page.last_walk_at
        ) ORDER BY page.place), '[]')
        FROM page
        JOIN users ON users.id = page.user_id
      )
    )
  );
END
$$;

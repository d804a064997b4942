-- Who of those whom somebody follows walked on each day of a week, and themselves, as a list of days. Days of recorded walks count, also of walks that no board shows. Whoever
-- follows more than `people_max` sees the `people_max` who stand highest on the week's board. Of a day at most `named_max` people are named, the viewer first. Whoever hides
-- the times of their walks is named when a day is over, because on the day itself the minute in which they appear would tell the time.
CREATE OR REPLACE FUNCTION following_days(for_viewer uuid, of_period text, monday date, people_max int, named_max int, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  people uuid[] := following_people(for_viewer);
  today CONSTANT date := seoul_day(at);
BEGIN
  IF cardinality(people) > people_max + 1 THEN
    people := for_viewer || ARRAY(
      SELECT rankings.user_id
      FROM rankings
      WHERE rankings.user_id = ANY (people) AND rankings.user_id <> for_viewer
        AND rankings.period_key = of_period AND rankings.area_code = nation() AND rankings.standing > 0
      ORDER BY rankings.standing DESC, rankings.last_walk_at, rankings.user_id
      LIMIT people_max
    );
  END IF;
  RETURN (
    WITH walked AS MATERIALIZED (
      SELECT user_days.day, user_days.user_id, users.nickname,
             count(*) OVER (PARTITION BY user_days.day) AS people,
             row_number() OVER (PARTITION BY user_days.day ORDER BY user_days.user_id <> for_viewer, known.place) AS n
      FROM unnest(people) WITH ORDINALITY AS known (id, place)
      JOIN user_days ON user_days.user_id = known.id AND user_days.day BETWEEN monday AND monday + 6 AND user_days.walk_count > 0
      JOIN users ON users.id = known.id AND users.deleted_at IS NULL AND users.banned_at IS NULL
      WHERE user_days.day < today OR users.id = for_viewer OR users.settings -> 'hide_walk_times' IS DISTINCT FROM 'true'
    ), cards AS MATERIALIZED (
      SELECT known.user_id, primary_pet_card(known.user_id, at) AS card
      FROM (SELECT DISTINCT walked.user_id FROM walked WHERE walked.n <= named_max OFFSET 0) AS known
      WHERE NOT is_blocked(for_viewer, known.user_id)
    )
    SELECT jsonb_agg(jsonb_build_object(
      'day', monday + days.n,
      'walker_count', coalesce((SELECT walked.people FROM walked WHERE walked.day = monday + days.n LIMIT 1), 0),
      'people', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
          'user', jsonb_build_object('id', walked.user_id, 'nickname', walked.nickname), 'pet', cards.card, 'is_me', walked.user_id = for_viewer
        ) ORDER BY walked.n), '[]')
        FROM walked
        JOIN cards ON cards.user_id = walked.user_id
        WHERE walked.day = monday + days.n AND walked.n <= named_max
      )
    ) ORDER BY days.n)
    FROM generate_series(0, 6) AS days (n)
  );
END
$$;

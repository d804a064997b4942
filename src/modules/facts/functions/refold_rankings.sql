-- Rewrites every place of one person: after they left or came back, or where the nightly check found a difference.
CREATE OR REPLACE FUNCTION refold_rankings(of_user uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE rankings
  SET walk_count = 0, distance_m = 0, shown_standing = 0
  WHERE user_id = of_user AND standing > 0 AND NOT is_closed(period_key);
  -- A day of each month, and of each week that may be open.
  PERFORM fold_rankings(of_user, day)
  FROM (
    SELECT month AS day FROM area_months WHERE user_id = of_user
    UNION
    SELECT date_trunc('month', seoul_day(started_at)::timestamp)::date FROM walks WHERE user_id = of_user AND is_valid AND deleted_at IS NULL AND source = 'recorded'
    UNION
    SELECT date_trunc('week', seoul_day(started_at)::timestamp)::date
    FROM walks
    WHERE user_id = of_user AND is_valid AND deleted_at IS NULL AND source = 'recorded' AND NOT is_closed(to_char(seoul_day(started_at), 'IYYY-"W"IW'))
  ) AS days;
  PERFORM fold_histogram(of_user);
END
$$;

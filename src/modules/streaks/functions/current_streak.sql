-- The streak run that ends today or yesterday, or one that a rest day can still carry over yesterday. No row where there is none.
CREATE OR REPLACE FUNCTION current_streak(of_user uuid, at timestamptz) RETURNS SETOF streak_runs
LANGUAGE sql STABLE ROWS 1 AS $$
  SELECT latest.*
  FROM (SELECT * FROM streak_runs WHERE user_id = of_user AND first_day <= streak_day(at) ORDER BY first_day DESC LIMIT 1) AS latest
  WHERE latest.last_day >= streak_day(at) - 1 OR (latest.last_day = streak_day(at) - 2 AND can_rest_on(of_user, streak_day(at) - 1))
$$;

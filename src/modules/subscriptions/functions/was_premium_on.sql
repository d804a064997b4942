-- Whether a period, for as long as it stood, covered some of that streak day; one that was revoked before it began covered none.
CREATE OR REPLACE FUNCTION was_premium_on(of_user uuid, streak_day date) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1
    FROM premium_periods
    WHERE user_id = of_user
      AND greatest(starts_at, (streak_day + time '04:00') AT TIME ZONE 'Asia/Seoul')
        < least(ends_at, revoked_at, (streak_day + 1 + time '04:00') AT TIME ZONE 'Asia/Seoul')
  )
$$;

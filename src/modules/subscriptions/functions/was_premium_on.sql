-- Whether a period covered some part of a streak day, for as long as it was valid. A period that was revoked before it began covered nothing.
CREATE OR REPLACE FUNCTION was_premium_on(of_user uuid, streak_day date) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (
    SELECT 1
    FROM premium_periods
    WHERE user_id = of_user
      AND greatest(starts_at, (streak_day + time '04:00') AT TIME ZONE 'Asia/Seoul')
        < least(ends_at, revoked_at, (streak_day + 1 + time '04:00') AT TIME ZONE 'Asia/Seoul')
  );
END
$$;

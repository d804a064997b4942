-- Whether a rest day could bridge that day, if it were the only one missed.
CREATE OR REPLACE FUNCTION can_rest_on(of_user uuid, day date) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN was_premium_on(of_user, can_rest_on.day)
     AND NOT EXISTS (
       SELECT 1 FROM rest_days WHERE user_id = of_user AND month = date_trunc('month', can_rest_on.day::timestamp)::date
     );
END
$$;

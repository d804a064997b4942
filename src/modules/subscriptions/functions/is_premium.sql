-- Whether somebody is premium at an instant.
CREATE OR REPLACE FUNCTION is_premium(of_user uuid, at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM premium_periods WHERE user_id = of_user AND revoked_at IS NULL AND starts_at <= at AND ends_at > at);
END
$$;

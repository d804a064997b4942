-- Whether others see of somebody's walks the day and no time.
CREATE OR REPLACE FUNCTION hides_walk_times(of_user uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT settings -> 'hide_walk_times' IS NOT DISTINCT FROM 'true' FROM users WHERE id = of_user);
END
$$;

-- The live rank in an area, or NULL for somebody without a walk there.
CREATE OR REPLACE FUNCTION live_rank(of_user uuid, of_period text, in_area text) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT ranked_above(NULL, of_period, in_area, own.standing) + 1
    FROM place_of(of_user, NULL, of_period, in_area) AS own
  );
END
$$;

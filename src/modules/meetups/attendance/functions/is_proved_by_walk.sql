-- Whether a valid walk of somebody began within an hour of the start of a date, and passes within 300 m of its place. It is measured on the globe, because a host may name a place
-- for which Korea's plane has no point: then nobody's walk could be completed.
CREATE OR REPLACE FUNCTION is_proved_by_walk(of_user uuid, starts_at timestamptz, place geography) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (
    SELECT 1
    FROM walks
    WHERE walks.user_id = of_user AND walks.is_valid AND walks.deleted_at IS NULL AND walks.source = 'recorded'
      AND walks.started_at BETWEEN is_proved_by_walk.starts_at - interval '1 hour' AND is_proved_by_walk.starts_at + interval '1 hour'
      AND ST_DWithin(ST_Force2D(walks.line)::geography, place, 300)
  );
END
$$;

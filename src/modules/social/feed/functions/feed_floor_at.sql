-- The instant of a floor. Before there is one, fourteen days before `at`.
CREATE OR REPLACE FUNCTION feed_floor_at(floor jsonb, at timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN coalesce((floor ->> 'posted_at')::timestamptz, at - interval '14 days');
END
$$;

-- Waiting ends two hours before the start, so that nobody is called at the last minute. Free seats are then first come.
CREATE OR REPLACE FUNCTION is_waiting_over(starts_at timestamptz, at timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT starts_at - at <= interval '2 hours'
$$;

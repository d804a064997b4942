-- When the live room of a meetup's date opens, by its start.
CREATE OR REPLACE FUNCTION room_opens_at(starts_at timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT starts_at - interval '30 minutes'
$$;

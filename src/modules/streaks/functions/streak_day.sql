-- The streak day (04:00 to 04:00 in Seoul) of an instant.
CREATE OR REPLACE FUNCTION streak_day(at timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (at AT TIME ZONE 'Asia/Seoul' - interval '4 hours')::date $$;

-- Seoul's calendar day (00:00 to 24:00) of an instant.
CREATE OR REPLACE FUNCTION seoul_day(at timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (at AT TIME ZONE 'Asia/Seoul')::date $$;

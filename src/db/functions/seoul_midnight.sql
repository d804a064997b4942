-- When Seoul's calendar day of an instant began.
CREATE OR REPLACE FUNCTION seoul_midnight(at timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (at AT TIME ZONE 'Asia/Seoul')::date::timestamp AT TIME ZONE 'Asia/Seoul' $$;

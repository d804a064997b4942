-- The instant some months after another, by Seoul's calendar and clock. A month that is too short ends on its last day, so later months must be counted from the same anchor.
CREATE OR REPLACE FUNCTION month_after(anchor timestamptz, months int) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ((anchor AT TIME ZONE 'Asia/Seoul') + make_interval(months => months)) AT TIME ZONE 'Asia/Seoul'
$$;

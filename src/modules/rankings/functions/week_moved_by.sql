-- The week whose board a walk moves: its own week as long as that is open, else the present week.
CREATE OR REPLACE FUNCTION week_moved_by(started_at timestamptz, at timestamptz) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN (
    SELECT to_char(CASE WHEN at < closes_at THEN seoul_day(started_at) ELSE seoul_day(at) END, 'IYYY-"W"IW')
    FROM ranking_periods_of(seoul_day(started_at))
    WHERE period_key LIKE '%-W%'
  );
END
$$;

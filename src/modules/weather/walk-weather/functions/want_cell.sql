-- Notes that somebody wants the weather of a cell, once an hour at most. A cell that was forgotten begins again.
CREATE OR REPLACE FUNCTION want_cell(in_nx smallint, in_ny smallint, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO weather_cells AS known (nx, ny, wanted_at, next_read_at)
  VALUES (in_nx, in_ny, at, date_trunc('hour', at + interval '48 minutes') + interval '12 minutes')
  ON CONFLICT (nx, ny) DO UPDATE SET
    wanted_at = excluded.wanted_at,
    wants = CASE WHEN known.wanted_at > at - interval '26 hours' THEN known.wants ELSE 0 END + 1,
    next_read_at = CASE WHEN known.wanted_at > at - interval '26 hours' THEN known.next_read_at ELSE excluded.next_read_at END
  WHERE known.wanted_at < at - interval '1 hour';
END
$$;

-- Dates of meetups around a place that somebody may see, soonest first, after a place in that list. It looks along the cells around the place in slices of time, each twice
-- as long as the one before, so that it reads few rows where there are many meetups, and few slices where there are few.
CREATE OR REPLACE FUNCTION meetups_near(
  for_viewer uuid, near geography, radius_m int, of_category meetup_category, of_size pet_size,
  from_at timestamptz, until_at timestamptz, after_at timestamptz, after_id uuid, page_size int
) RETURNS TABLE (occurrence_id uuid, starts_at timestamptz)
LANGUAGE plpgsql STABLE ROWS 20 SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  -- A metre is at most so many degrees, of latitude and of longitude.
  tall double precision := radius_m / 110000.0;
  wide double precision := radius_m / 110000.0 / greatest(cos(radians(least(abs(ST_Y(near::geometry)) + 1, 90))), 0.01);
  cells int[];
  since timestamptz := greatest(from_at, after_at);
  last_at timestamptz;
  slice interval := interval '12 hours';
  found int := 0;
  more int;
BEGIN
  cells := ARRAY(
    SELECT y * 10000 + x
    FROM generate_series(floor((ST_Y(near::geometry) - tall) * 20)::int, floor((ST_Y(near::geometry) + tall) * 20)::int) AS y
    CROSS JOIN generate_series(floor((ST_X(near::geometry) - wide) * 20)::int, floor((ST_X(near::geometry) + wide) * 20)::int) AS x
  );
  SELECT max(meetup_occurrences.starts_at) INTO last_at FROM meetup_occurrences WHERE cancelled_at IS NULL;
  WHILE found < page_size AND since <= last_at AND (until_at IS NULL OR since < until_at) LOOP
    IF of_category IS NULL THEN
      RETURN QUERY
      SELECT soonest.id, soonest.starts_at
      FROM (
        SELECT occurrence.id, occurrence.meetup_id, occurrence.starts_at
        FROM meetup_occurrences occurrence
        WHERE occurrence.cell = ANY (cells)
          AND occurrence.cancelled_at IS NULL
          AND occurrence.starts_at >= since
          AND occurrence.starts_at < least(since + slice, until_at)
          AND (after_at IS NULL OR (occurrence.starts_at, occurrence.id) > (after_at, after_id))
          AND (of_size IS NULL OR occurrence.size_filter IS NULL OR occurrence.size_filter = of_size)
          AND ST_DWithin(occurrence.location, near, radius_m)
        ORDER BY occurrence.starts_at, occurrence.id
        -- Who may see it is asked in the order of the list, until the page is full.
        OFFSET 0
      ) AS soonest
      WHERE sees_meetup(for_viewer, soonest.meetup_id)
      LIMIT page_size - found;
    ELSE
      -- The same of one category, by an index of its own: where there are many dates and none of it, all would be read.
      RETURN QUERY
      SELECT soonest.id, soonest.starts_at
      FROM (
        SELECT occurrence.id, occurrence.meetup_id, occurrence.starts_at
        FROM meetup_occurrences occurrence
        WHERE occurrence.category = of_category
          AND occurrence.cell = ANY (cells)
          AND occurrence.cancelled_at IS NULL
          AND occurrence.starts_at >= since
          AND occurrence.starts_at < least(since + slice, until_at)
          AND (after_at IS NULL OR (occurrence.starts_at, occurrence.id) > (after_at, after_id))
          AND (of_size IS NULL OR occurrence.size_filter IS NULL OR occurrence.size_filter = of_size)
          AND ST_DWithin(occurrence.location, near, radius_m)
        ORDER BY occurrence.starts_at, occurrence.id
        OFFSET 0
      ) AS soonest
      WHERE sees_meetup(for_viewer, soonest.meetup_id)
      LIMIT page_size - found;
    END IF;
    GET DIAGNOSTICS more = ROW_COUNT;
    found := found + more;
    since := since + slice;
    slice := slice * 2;
  END LOOP;
END
$$;

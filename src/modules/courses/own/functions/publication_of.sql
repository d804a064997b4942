-- An own course as it would be if it were published between two places, and whether it may be: `ok`, `no_place`, `not_between`, `too_close` or `pair_taken`. What is asked before
-- and what is done are this one answer, so the preview is what appears.
CREATE OR REPLACE FUNCTION publication_of(course courses, from_place uuid, to_place uuid, at timestamptz, OUT verdict text, OUT published courses)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  -- One that was merged into another means that one.
  start places := (SELECT led FROM places JOIN places AS led ON led.id = coalesce(places.duplicate_of, places.id) WHERE places.id = from_place);
  finish places := (SELECT led FROM places JOIN places AS led ON led.id = coalesce(places.duplicate_of, places.id) WHERE places.id = to_place);
BEGIN
  published := course;
  IF start.location IS NULL OR finish.location IS NULL OR NOT start.is_open OR NOT finish.is_open THEN
    verdict := 'no_place';
    RETURN;
  END IF;
  IF start.id <> finish.id THEN
    published.published_line := way_between(
      course.line,
      ST_Transform(coalesce(start.area, start.location)::geometry, 5179),
      ST_Transform(coalesce(finish.area, finish.location)::geometry, 5179)
    );
  ELSE
    published.published_line := NULL;
  END IF;
  IF published.published_line IS NULL THEN
    verdict := 'not_between';
    RETURN;
  END IF;
  -- Sending the same again changes nothing.
  IF course.published_at IS NULL OR (course.from_place_id, course.to_place_id) IS DISTINCT FROM (start.id, finish.id) THEN
    published.published_at := at;
  END IF;
  published.from_place_id := start.id;
  published.to_place_id := finish.id;
  published.published_grid := ST_Transform(published.published_line, 5179);
  published.published_distance_m := round(ST_Length(published.published_line::geography, false));
  verdict := CASE
    WHEN nears_hidden(course.owner_id, published.published_grid, course.line) THEN 'too_close'
    WHEN EXISTS (
      SELECT 1
      FROM courses
      WHERE owner_id = course.owner_id AND id <> course.id AND published_at IS NOT NULL
        AND LEAST(from_place_id, to_place_id) = LEAST(start.id, finish.id)
        AND GREATEST(from_place_id, to_place_id) = GREATEST(start.id, finish.id)
    ) THEN 'pair_taken'
    ELSE 'ok'
  END;
END
$$;

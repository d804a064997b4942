-- Brings walk_starts up to date after one walk came or went. Whether a start is a new place depends only on the places before it, so starts are judged again in the
-- order of time, and only those near a change. A valid walk without a line has no start.
CREATE OR REPLACE FUNCTION fold_places(changed_walk_id uuid) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  judged walk_starts;
  is_new boolean;
  pending uuid[];
BEGIN
  DELETE FROM walk_starts
  USING walks
  WHERE walk_starts.walk_id = changed_walk_id AND walks.id = changed_walk_id AND NOT (walks.is_valid AND walks.deleted_at IS NULL AND walks.source = 'recorded')
  RETURNING walk_starts.* INTO judged;
  IF judged.is_place THEN
    pending := starts_near(judged, false);
  ELSE
    INSERT INTO walk_starts (walk_id, user_id, started_at, location, is_place)
    SELECT id, user_id, started_at, ST_Force2D(ST_StartPoint(ST_GeometryN(line, 1)))::geography, false
    FROM walks
    WHERE id = changed_walk_id AND is_valid AND deleted_at IS NULL AND source = 'recorded' AND NOT ST_IsEmpty(line)
    ON CONFLICT (walk_id) DO NOTHING
    RETURNING ARRAY[walk_id] INTO pending;
  END IF;
  LOOP
    SELECT * INTO judged FROM walk_starts WHERE walk_id = ANY (pending) ORDER BY started_at, walk_id LIMIT 1;
    EXIT WHEN NOT FOUND;
    pending := array_remove(pending, judged.walk_id);
    is_new := NOT EXISTS (
      SELECT 1
      FROM walk_starts place
      WHERE place.user_id = judged.user_id
        AND place.is_place
        AND (place.started_at, place.walk_id) < (judged.started_at, judged.walk_id)
        AND ST_DWithin(place.location, judged.location, 500)
    );
    CONTINUE WHEN is_new = judged.is_place;
    UPDATE walk_starts SET is_place = is_new WHERE walk_id = judged.walk_id;
    IF is_new THEN
      -- It can only unseat later places near it; what it covers need not be judged any more.
      pending := starts_near(judged, true) || ARRAY(
        SELECT walk_id FROM walk_starts WHERE walk_id = ANY (pending) AND (is_place OR NOT ST_DWithin(location, judged.location, 500))
      );
    ELSE
      pending := pending || starts_near(judged, false);
    END IF;
  END LOOP;
END
$$;

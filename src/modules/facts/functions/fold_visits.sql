-- Rewrites which places that count for badges lie within 100 m of a valid walk's line.
CREATE OR REPLACE FUNCTION fold_visits(changed_walk_id uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM place_visits WHERE walk_id = changed_walk_id;
  INSERT INTO place_visits (walk_id, place_id, user_id, day)
  SELECT walks.id, places.id, walks.user_id, seoul_day(walks.started_at)
  FROM walks
  JOIN places ON places.counts_for_badges AND ST_DWithin(places.area, walks.line::geography, 100)
  WHERE walks.id = changed_walk_id AND walks.is_valid AND walks.deleted_at IS NULL AND walks.source = 'recorded';
END
$$;

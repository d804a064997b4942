-- Writes what measuring a completed walk again has made of it, and all that follows from it. `given` holds columns of `walks`, the members of its trace, and the verdict that
-- the walk had (`was`). A walk that was judged or measured meanwhile is left alone. So is one that would now overlap another valid walk, and that stays as it is. Lock the
-- person's row before, and end the transaction with `fold_histogram`.
CREATE OR REPLACE FUNCTION measure_again(of_walk uuid, given jsonb, on_line geometry, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  measured CONSTANT walks := jsonb_populate_record(NULL::walks, given);
  walk walks;
  now_starts timestamptz;
  now_ends timestamptz;
BEGIN
  SELECT * INTO walk
  FROM walks
  WHERE id = of_walk AND status = 'completed' AND deleted_at IS NULL
    AND measured_version < measured.measured_version
    AND jsonb_build_array(is_valid, is_ranked) = given -> 'was';
  IF NOT FOUND THEN
    RETURN;
  END IF;
  now_starts := coalesce(measured.started_at, walk.started_at);
  now_ends := greatest(coalesce(measured.ended_at, walk.ended_at), now_starts);
  IF measured.is_valid AND EXISTS (
    SELECT 1
    FROM walks other
    WHERE other.user_id = walk.user_id AND other.is_valid AND other.deleted_at IS NULL AND other.id <> of_walk
      AND (other.source = 'recorded' OR walk.source = 'imported')
      AND tstzrange(other.started_at, other.ended_at) && tstzrange(now_starts, now_ends)
  ) THEN
    UPDATE walks SET measured_version = measured.measured_version WHERE id = of_walk;
    RETURN;
  END IF;
  IF measured.is_valid AND walk.source = 'recorded' THEN
    PERFORM make_room(walk.user_id, now_starts, now_ends, at);
  END IF;
  -- No fold moves a start or takes a walk from another day. So the walk leaves first, and comes again with its new start.
  UPDATE walks SET is_valid = false WHERE id = of_walk;
  IF seoul_day(now_starts) = seoul_day(walk.started_at) AND streak_day(now_starts) = streak_day(walk.started_at) THEN
    PERFORM fold_places(of_walk);
  ELSE
    PERFORM fold_walk(of_walk);
  END IF;
  UPDATE walks
  SET started_at = now_starts,
      ended_at = now_ends,
      auto_ended = walk.auto_ended OR measured.auto_ended,
      is_valid = measured.is_valid,
      is_ranked = measured.is_ranked AND source = 'recorded',
      is_beyond_doubt = NULL,
      measured_version = measured.measured_version,
      reasons = measured.reasons,
      distance_m = measured.distance_m,
      duration_sec = measured.duration_sec,
      moving_sec = measured.moving_sec,
      stopped_sec = measured.stopped_sec,
      avg_speed_kmh = measured.avg_speed_kmh,
      max_speed_kmh = measured.max_speed_kmh,
      ascent_m = measured.ascent_m,
      descent_m = measured.descent_m,
      calories = walk_calories(measured.distance_m, (
        SELECT avg(pets.weight_kg) FROM walk_pets JOIN pets ON pets.id = walk_pets.pet_id WHERE walk_pets.walk_id = of_walk
      )),
      segments = measured.segments,
      route_polyline = measured.route_polyline,
      line = on_line,
      -- Others keep the sketch they have seen: a second one would tell more. A walk that had no route is drawn now.
      sketch = nullif(sketch, '[]')
  WHERE id = of_walk;
  DELETE FROM walk_traces WHERE walk_id = of_walk;
  IF given ? 'trace' AND walk.source = 'recorded' THEN
    INSERT INTO walk_traces (walk_id, cells, trace, richness, distance_m)
    SELECT of_walk, trace.cells, decode(given ->> 'trace', 'base64'), trace.richness, trace.distance_m
    FROM jsonb_to_record(given) AS trace (cells int[], richness int, distance_m int);
  END IF;
  PERFORM settle_walk(of_walk, at);
END
$$;

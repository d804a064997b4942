-- Stores a valid walk that was recorded elsewhere, with all that follows from it. `given` holds columns of `walks`, and `of_walk` is made of its owner and its track. Answers
-- `{state, reason, walk_id}`: `duplicate` where the track is here already, or another valid walk lies at its time. One that its owner has deleted comes back. Lock the
-- person's row before, and end the transaction with `fold_histogram`.
CREATE OR REPLACE FUNCTION import_walk(of_walk uuid, of_user uuid, given jsonb, on_line geometry, with_pets uuid[], at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  measured CONSTANT walks := jsonb_populate_record(NULL::walks, given);
  known walks;
  other uuid;
BEGIN
  SELECT * INTO known FROM walks WHERE id = of_walk FOR NO KEY UPDATE;
  IF known.id IS NOT NULL AND known.deleted_at IS NULL THEN
    RETURN jsonb_build_object('state', 'duplicate', 'reason', 'same_track', 'walk_id', of_walk);
  END IF;
  SELECT id INTO other
  FROM walks
  WHERE user_id = of_user AND is_valid AND deleted_at IS NULL
    AND tstzrange(started_at, ended_at) && tstzrange(measured.started_at, measured.ended_at)
  ORDER BY source, started_at
  LIMIT 1;
  IF FOUND THEN
    RETURN jsonb_build_object('state', 'duplicate', 'reason', 'same_time', 'walk_id', other);
  END IF;
  IF known.id IS NOT NULL THEN
    UPDATE walks SET deleted_at = NULL WHERE id = of_walk;
  ELSE
    INSERT INTO walks (
      id, user_id, status, source, started_at, ended_at, completed_at, created_at, request_hash, memo, auto_ended, is_valid, is_ranked,
      measured_version, reasons, distance_m, duration_sec, moving_sec, stopped_sec, avg_speed_kmh, max_speed_kmh, ascent_m, descent_m,
      segments, route_polyline, line, sketch, track_key
    )
    VALUES (
      of_walk, of_user, 'completed', 'imported', measured.started_at, measured.ended_at, at, at, measured.request_hash, measured.memo,
      measured.auto_ended, true, false, measured.measured_version, measured.reasons, measured.distance_m, measured.duration_sec,
      measured.moving_sec, measured.stopped_sec, measured.avg_speed_kmh, measured.max_speed_kmh, measured.ascent_m, measured.descent_m,
      measured.segments, measured.route_polyline, on_line, measured.sketch, measured.track_key
    );
    INSERT INTO walk_pets (walk_id, pet_id, position)
    SELECT of_walk, pets.id, with_pet.position
    FROM unnest(with_pets) WITH ORDINALITY AS with_pet (id, position)
    JOIN pets ON pets.id = with_pet.id AND pets.user_id = of_user AND pets.archived_at IS NULL;
    UPDATE walks
    SET calories = walk_calories(walks.distance_m, (
      SELECT avg(pets.weight_kg) FROM walk_pets JOIN pets ON pets.id = walk_pets.pet_id WHERE walk_pets.walk_id = of_walk
    ))
    WHERE id = of_walk;
  END IF;
  PERFORM settle_walk(of_walk, at);
  RETURN jsonb_build_object('state', 'imported', 'walk_id', of_walk);
END
$$;

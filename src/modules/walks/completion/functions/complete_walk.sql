-- Completes a walk as it was measured, brings all that follows from it up to date, and answers `CompletionRow` of modules/walks/completion/queries.ts. `given` holds columns
-- of `walks` and the members that are read from it below. `replay_reason` is given by the deploy before, and nothing reads it. A walk that is completed already, or
-- overlaps a valid one, stays as it is. Imported walks give way. Lock the person's row before, and end the transaction with `fold_histogram`. PL/pgSQL keeps its plans, and planning would take as
-- long as the rest.
CREATE OR REPLACE FUNCTION complete_walk(of_walk uuid, of_user uuid, in_region text, given jsonb, on_line geometry, replay_reason jsonb, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  measured CONSTANT walks := jsonb_populate_record(NULL::walks, given);
  walk walks;
  is_excess boolean;
  before jsonb;
  company uuid[];
  alike jsonb;
BEGIN
  -- The row is locked, because the cron that ends forgotten walks does not lock the person.
  SELECT * INTO walk FROM walks WHERE id = of_walk AND user_id = of_user AND deleted_at IS NULL FOR NO KEY UPDATE;
  -- What a phone remembers from before the walk is no part of it. Only this row knows when the walk began, so the track is measured once more.
  IF walk.status <> 'completed' AND given -> 'asks_start' = 'true' AND measured.started_at < walk.started_at - interval '1 minute' THEN
    RETURN jsonb_build_object('began_at', walk.started_at, 'told', ARRAY[]::uuid[], 'company', ARRAY[]::uuid[], 'alike', '[]'::jsonb);
  END IF;
  IF walk.status <> 'completed' AND NOT (measured.is_valid AND EXISTS (
    SELECT 1
    FROM walks
    WHERE user_id = of_user AND is_valid AND deleted_at IS NULL AND source = 'recorded' AND id <> of_walk
      AND tstzrange(started_at, ended_at) && tstzrange(measured.started_at, measured.ended_at)
  )) THEN
    -- The track says where and when the walk began. Without a fix the phone's word stands.
    IF (measured.kma_nx, measured.kma_ny, date_trunc('hour', measured.started_at)) IS DISTINCT FROM (walk.kma_nx, walk.kma_ny, date_trunc('hour', walk.started_at))
      AND measured.kma_nx IS NOT NULL THEN
      walk.kma_nx := measured.kma_nx;
      walk.kma_ny := measured.kma_ny;
      walk.weather := NULL;
    END IF;
    walk.started_at := coalesce(measured.started_at, walk.started_at);
    IF walk.weather IS NULL THEN
      SELECT weather, due_at INTO walk.weather, walk.weather_due_at FROM walk_weather(walk.kma_nx, walk.kma_ny, walk.started_at, at);
    END IF;
    walk.ended_at := greatest(measured.ended_at, walk.started_at);
    walk.distance_m := measured.distance_m;
    walk.duration_sec := measured.duration_sec;
    is_excess := measured.is_valid AND given ? 'excess_reason' AND exceeds_a_body(walk);
    IF measured.is_valid THEN
      PERFORM make_room(of_user, walk.started_at, walk.ended_at, at);
    END IF;
    before := standing_before(of_user, in_region, walk.started_at, at);
    UPDATE walks
    SET status = 'completed',
        completed_at = at,
        started_at = walk.started_at,
        ended_at = walk.ended_at,
        auto_ended = walk.auto_ended OR measured.auto_ended,
        is_valid = measured.is_valid,
        is_ranked = measured.is_valid AND NOT is_excess AND coalesce(measured.is_ranked, true),
        measured_version = coalesce(measured.measured_version, walk.measured_version),
        reasons = CASE WHEN is_excess THEN jsonb_build_array(given -> 'excess_reason') ELSE '[]' END || measured.reasons,
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
        sketch = measured.sketch,
        claimed = measured.claimed || jsonb_build_object('started_at', walks.started_at),
        track_key = measured.track_key,
        memo = coalesce(measured.memo, walk.memo),
        -- Whoever is suspended walks as always, and shares nothing.
        shared_to_feed = measured.shared_to_feed AND NOT EXISTS (SELECT 1 FROM users WHERE id = of_user AND suspended_until > at),
        shared_at = CASE WHEN measured.shared_to_feed THEN coalesce(walks.shared_at, at) END,
        audience = coalesce(measured.audience, walks.audience),
        region_code = in_region,
        kma_nx = walk.kma_nx,
        kma_ny = walk.kma_ny,
        weather = walk.weather,
        weather_due_at = walk.weather_due_at
    WHERE id = of_walk;
    IF given ? 'trace' THEN
      INSERT INTO walk_traces (walk_id, cells, trace, richness, distance_m)
      SELECT of_walk, trace.cells, decode(given ->> 'trace', 'base64'), trace.richness, trace.distance_m
      FROM jsonb_to_record(given) AS trace (cells int[], richness int, distance_m int);
    END IF;
    PERFORM find_company(of_user, at);
    PERFORM answer_walk(of_walk, before, settle_walk(of_walk, at), at);
    PERFORM notify_ranks(of_walk, at);
    walk.track_key := measured.track_key;
    company := ARRAY(SELECT tell_company(of_user, ARRAY[of_walk]));
    alike := CASE WHEN measured.is_valid THEN walks_alike(of_walk) END;
  END IF;
  RETURN jsonb_build_object(
    'completion', CASE WHEN walk.id IS NOT NULL THEN completion_json(of_walk, of_user) END,
    'request_hash', walk.request_hash,
    'track_key', walk.track_key,
    'is_id_taken', walk.id IS NOT NULL OR EXISTS (SELECT 1 FROM walks WHERE id = of_walk),
    'told', ARRAY(SELECT caused_notifications(of_user, at)),
    'company', coalesce(company, '{}'),
    'alike', coalesce(alike, '[]'),
    'weather_due_at', (SELECT weather_due_at FROM walks WHERE id = of_walk AND status = 'completed')
  );
END
$$;

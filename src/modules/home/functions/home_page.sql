-- All that the first screen shows somebody, as `HomeRow` of modules/home/service.ts. A section that fails is NULL and named in `failures` with its SQLSTATE, and the others
-- stand: each is a block of its own, which costs a savepoint and no trip. `weather` and `nearby` are about a point, or the home region where it is NULL. `asked` holds what
-- the sections are given by their own domains. Every section keeps its plans, because planning would take longer than the rest.
CREATE OR REPLACE FUNCTION home_page(for_viewer uuid, home_region text, around geography, asked jsonb, at timestamptz) RETURNS json
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET jit = off AS $$
DECLARE
  unread jsonb;
  primary_pet jsonb;
  weather json;
  week json;
  streak jsonb;
  badges jsonb;
  board jsonb;
  recent_walks jsonb;
  invitations int;
  requests int;
  middle geography := around;
  nearby jsonb;
  courses jsonb;
  last_way json;
  has_premium boolean;
  had_premium boolean;
  active_walk jsonb;
  failures jsonb := '[]';
BEGIN
  BEGIN
    unread := unread_counts(for_viewer, at);
    primary_pet := (SELECT pet_card(pets.id, at) FROM pets WHERE pets.user_id = for_viewer AND pets.is_primary AND pets.archived_at IS NULL);
  EXCEPTION WHEN OTHERS THEN
    failures := failures || jsonb_build_object('section', 'header', 'sqlstate', SQLSTATE);
  END;
  BEGIN
    IF jsonb_typeof(asked -> 'weather') = 'object' THEN
      weather := known_weather(for_viewer, home_region, around, asked -> 'weather', at);
    END IF;
  EXCEPTION WHEN OTHERS THEN
    failures := failures || jsonb_build_object('section', 'weather', 'sqlstate', SQLSTATE);
  END;
  BEGIN
    week := week_json(for_viewer, at);
  EXCEPTION WHEN OTHERS THEN
    failures := failures || jsonb_build_object('section', 'week', 'sqlstate', SQLSTATE);
  END;
  BEGIN
    streak := streak_json(for_viewer, at);
  EXCEPTION WHEN OTHERS THEN
    failures := failures || jsonb_build_object('section', 'streak', 'sqlstate', SQLSTATE);
  END;
  BEGIN
    badges := badges_in_progress(for_viewer, at, (asked ->> 'badges')::int);
  EXCEPTION WHEN OTHERS THEN
    failures := failures || jsonb_build_object('section', 'badges_in_progress', 'sqlstate', SQLSTATE);
  END;
  BEGIN
    board := home_board(for_viewer, asked ->> 'period_key', asked ->> 'period_key_before', (asked ->> 'standings')::int, at);
  EXCEPTION WHEN OTHERS THEN
    failures := failures || jsonb_build_object('section', 'ranking', 'sqlstate', SQLSTATE);
  END;
  BEGIN
    recent_walks := latest_walks_json(for_viewer, (asked ->> 'walks')::int);
  EXCEPTION WHEN OTHERS THEN
    failures := failures || jsonb_build_object('section', 'recent_walks', 'sqlstate', SQLSTATE);
  END;
  BEGIN
    invitations := count_open_invitations(for_viewer, at);
    requests := count_requests(for_viewer, at);
  EXCEPTION WHEN OTHERS THEN
    failures := failures || jsonb_build_object('section', 'pending', 'sqlstate', SQLSTATE);
  END;
  BEGIN
    IF around IS NULL THEN
      SELECT regions.center INTO middle FROM regions WHERE regions.code = home_region;
    END IF;
    IF middle IS NOT NULL THEN
      nearby := nearest_places(for_viewer, middle, (asked ->> 'radius_m')::int, (asked ->> 'wider_m')::int, (asked ->> 'places')::int);
    END IF;
  EXCEPTION WHEN OTHERS THEN
    failures := failures || jsonb_build_object('section', 'nearby', 'sqlstate', SQLSTATE);
  END;
  BEGIN
    IF home_region IS NOT NULL THEN
      courses := courses_near_region(for_viewer, (asked ->> 'courses')::int, at);
    END IF;
  EXCEPTION WHEN OTHERS THEN
    failures := failures || jsonb_build_object('section', 'courses', 'sqlstate', SQLSTATE);
  END;
  BEGIN
    last_way := last_way_json(for_viewer, around, (asked ->> 'last_walks')::int);
  EXCEPTION WHEN OTHERS THEN
    failures := failures || jsonb_build_object('section', 'last_way', 'sqlstate', SQLSTATE);
  END;
  BEGIN
    has_premium := is_premium(for_viewer, at);
    had_premium := has_premium OR EXISTS (SELECT 1 FROM premium_periods WHERE premium_periods.user_id = for_viewer);
  EXCEPTION WHEN OTHERS THEN
    failures := failures || jsonb_build_object('section', 'ads_free', 'sqlstate', SQLSTATE);
  END;
  BEGIN
    active_walk := active_walk_json(for_viewer, (asked ->> 'began_after')::timestamptz);
  EXCEPTION WHEN OTHERS THEN
    failures := failures || jsonb_build_object('section', 'active_walk', 'sqlstate', SQLSTATE);
  END;
  RETURN json_build_object(
    'unread', unread, 'primary_pet', primary_pet, 'weather', weather, 'week', week, 'streak', streak, 'badges', badges, 'board', board, 'recent_walks', recent_walks,
    'invitations', invitations, 'requests', requests, 'nearby', nearby, 'courses', courses, 'last_way', last_way, 'has_premium', has_premium, 'had_premium', had_premium, 'active_walk', active_walk,
    'failures', failures
  );
END
$$;

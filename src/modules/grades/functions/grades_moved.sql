-- What a walk has brought its owner since `before` (from `grades_reached`): the highest new grade or null, and the new titles.
CREATE OR REPLACE FUNCTION grades_moved(of_user uuid, before jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  now_reached CONSTANT jsonb := grades_reached(of_user);
BEGIN
  IF before IS NULL OR before = now_reached THEN
    RETURN '{"grade_up": null, "titles_unlocked": []}';
  END IF;
  RETURN jsonb_build_object(
    'grade_up', CASE WHEN now_reached -> 'level' <> before -> 'level' THEN grade_json(of_user) END,
    'titles_unlocked', (
      SELECT coalesce(jsonb_agg(title_json(titles.code) ORDER BY titles.sort_order), '[]')
      FROM titles
      WHERE now_reached -> 'titles' ? titles.code AND NOT before -> 'titles' ? titles.code
    )
  );
END
$$;

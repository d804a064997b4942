-- Raises a person to the grade that the distance of their recorded walks has reached. A grade is never lowered, so a walk that is deleted later takes none away. Several levels
-- may be reached at once. Lock the person's row before, and fold the walk.
CREATE OR REPLACE FUNCTION raise_grade(of_user uuid, by_walk uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO user_grades (user_id, level, reached_at, walk_id)
  SELECT of_user, grades.level, at, by_walk
  FROM user_totals
  JOIN grades ON grades.required_m <= user_totals.distance_m
  WHERE user_totals.user_id = of_user
    AND grades.level > (SELECT coalesce(max(user_grades.level), 1) FROM user_grades WHERE user_grades.user_id = of_user)
  ON CONFLICT (user_id, level) DO NOTHING;
END
$$;

-- What a person has reached, to be compared before and after a walk: {level, titles}.
CREATE OR REPLACE FUNCTION grades_reached(of_user uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN jsonb_build_object(
    'level', (SELECT coalesce(max(user_grades.level), 1) FROM user_grades WHERE user_grades.user_id = of_user),
    'titles', (SELECT coalesce(jsonb_agg(user_titles.title_code), '[]') FROM user_titles WHERE user_titles.user_id = of_user)
  );
END
$$;

-- A person's grade, as `Grade` of modules/grades/schema.ts. Everybody has the first one from the beginning.
CREATE OR REPLACE FUNCTION grade_json(of_user uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT jsonb_build_object('level', grades.level, 'name', grades.name, 'icon', grades.icon)
    FROM grades
    WHERE grades.level = (SELECT coalesce(max(user_grades.level), 1) FROM user_grades WHERE user_grades.user_id = of_user)
  );
END
$$;

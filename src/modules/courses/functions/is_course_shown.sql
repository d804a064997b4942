-- Whether an own course is shown to people who have nothing to do with its author.
CREATE OR REPLACE FUNCTION is_course_shown(course courses, at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN course.published_at IS NOT NULL
    AND EXISTS (
      SELECT 1
      FROM users
      WHERE id = course.owner_id AND deleted_at IS NULL AND banned_at IS NULL AND (suspended_until IS NULL OR suspended_until <= at)
    )
    AND NOT is_closed_by_moderation('course', course.id)
    AND NOT nears_hidden(course.owner_id, course.published_grid, course.line);
END
$$;

-- Whether somebody sees a course now. One of somebody else is seen as long as it is published, nothing of it has come near to where its author is hidden since, its author is
-- there, is not suspended and not blocked, and neither moderation nor a report of the viewer's own has closed it. This is asked whenever a course is shown, so that a new zone
-- hides at once what it must.
CREATE OR REPLACE FUNCTION sees_course(for_viewer uuid, of_course uuid, at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
  course courses;
BEGIN
  SELECT * INTO course FROM courses WHERE id = of_course;
  IF NOT FOUND THEN
    RETURN false;
  ELSIF course.kind = 'derived' THEN
    RETURN course.gone_at IS NULL;
  ELSIF course.owner_id = for_viewer THEN
    RETURN course.deleted_at IS NULL;
  END IF;
  RETURN is_course_shown(course, at)
    AND NOT is_blocked(for_viewer, course.owner_id)
    AND NOT has_reported(for_viewer, 'course', course.id);
END
$$;

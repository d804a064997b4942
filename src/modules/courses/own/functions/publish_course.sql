-- Publishes somebody's own course, as `PublishVerdict` of modules/courses/own/queries.ts says. The author is locked, so of several at once the second sees the first.
CREATE OR REPLACE FUNCTION publish_course(of_user uuid, of_course uuid, from_place uuid, to_place uuid, at timestamptz) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  asked record;
BEGIN
  SELECT (publication_of(courses, from_place, to_place, at)).* INTO asked
  FROM courses
  WHERE id = of_course AND owner_id = of_user AND deleted_at IS NULL;
  IF NOT FOUND THEN
    RETURN 'missing';
  ELSIF EXISTS (SELECT 1 FROM users WHERE id = of_user AND suspended_until > at) THEN
    RETURN 'suspended';
  ELSIF NOT is_premium(of_user, at) THEN
    RETURN 'not_premium';
  ELSIF asked.verdict <> 'ok' THEN
    RETURN asked.verdict;
  END IF;
  UPDATE courses
  SET published_at = (asked.published).published_at,
      from_place_id = (asked.published).from_place_id,
      to_place_id = (asked.published).to_place_id,
      published_line = (asked.published).published_line,
      published_grid = (asked.published).published_grid,
      published_distance_m = (asked.published).published_distance_m
  WHERE id = of_course;
  RETURN 'ok';
END
$$;

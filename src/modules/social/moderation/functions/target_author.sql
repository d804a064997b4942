-- The author of a thing, whoever may see it, or NULL.
CREATE OR REPLACE FUNCTION target_author(of_type moderation_target, of_target uuid) RETURNS uuid
LANGUAGE plpgsql STABLE AS $$
BEGIN
  CASE of_type
    WHEN 'user' THEN
      RETURN (SELECT id FROM users WHERE id = of_target);
    WHEN 'walk' THEN
      RETURN (SELECT user_id FROM walks WHERE id = of_target);
    WHEN 'comment' THEN
      RETURN (SELECT user_id FROM comments WHERE id = of_target);
    WHEN 'photo' THEN
      RETURN (SELECT user_id FROM photos WHERE id = of_target AND walk_id IS NOT NULL);
    WHEN 'meetup' THEN
      RETURN (SELECT host_id FROM meetups WHERE id = of_target);
    WHEN 'course' THEN
      RETURN (SELECT owner_id FROM courses WHERE id = of_target);
    ELSE
      RETURN NULL;
  END CASE;
END
$$;

-- The author of a thing that somebody may see, their own or another person's, or NULL.
CREATE OR REPLACE FUNCTION visible_target(for_viewer uuid, of_type moderation_target, of_target uuid) RETURNS uuid
LANGUAGE plpgsql STABLE AS $$
BEGIN
  CASE of_type
    WHEN 'user' THEN
      RETURN (SELECT id FROM users WHERE id = of_target AND deleted_at IS NULL AND (id = for_viewer OR NOT is_blocked(for_viewer, id)));
    WHEN 'walk' THEN
      RETURN (SELECT user_id FROM walks WHERE id = of_target AND deleted_at IS NULL AND (user_id = for_viewer OR sees_post(for_viewer, id)));
    WHEN 'comment' THEN
      RETURN (
        SELECT comments.user_id
        FROM comments
        JOIN users ON users.id = comments.user_id AND users.deleted_at IS NULL
        WHERE comments.id = of_target AND comments.deleted_at IS NULL
          AND (comments.user_id = for_viewer OR (comments.held_at IS NULL AND NOT is_blocked(for_viewer, comments.user_id)))
          AND sees_post(for_viewer, comments.walk_id)
      );
    WHEN 'photo' THEN
      RETURN (
        SELECT photos.user_id
        FROM photos
        JOIN walks ON walks.id = photos.walk_id AND walks.deleted_at IS NULL
        WHERE photos.id = of_target
          AND (photos.user_id = for_viewer OR (NOT is_closed_by_moderation('photo', photos.id) AND sees_post(for_viewer, walks.id)))
      );
    WHEN 'meetup' THEN
      RETURN (SELECT host_id FROM meetups WHERE id = of_target AND sees_meetup(for_viewer, id));
    WHEN 'course' THEN
      RETURN (SELECT owner_id FROM courses WHERE id = of_target AND kind = 'own' AND sees_course(for_viewer, id, now()));
    ELSE
      RETURN NULL;
  END CASE;
END
$$;

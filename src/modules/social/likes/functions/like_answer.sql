-- How many people like a walk now, or NULL for one that somebody may not see, and whether it is their own.
CREATE OR REPLACE FUNCTION like_answer(for_viewer uuid, of_walk uuid, is_seen boolean) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN jsonb_build_object(
    'likes', (SELECT like_count FROM posts WHERE walk_id = of_walk AND is_seen),
    'is_own', EXISTS (SELECT 1 FROM walks WHERE id = of_walk AND user_id = for_viewer AND deleted_at IS NULL)
  );
END
$$;

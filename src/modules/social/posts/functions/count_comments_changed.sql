-- Trigger on comments: one that is deleted, held or released counts no more, or again.
CREATE OR REPLACE FUNCTION count_comments_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM count_on_posts(ARRAY(
    SELECT gone.walk_id
    FROM gone
    JOIN made USING (id)
    WHERE coalesce(gone.deleted_at, gone.held_at) IS NULL AND coalesce(made.deleted_at, made.held_at) IS NOT NULL
  ), 0, -1);
  PERFORM count_on_posts(ARRAY(
    SELECT made.walk_id
    FROM gone
    JOIN made USING (id)
    WHERE coalesce(gone.deleted_at, gone.held_at) IS NOT NULL AND coalesce(made.deleted_at, made.held_at) IS NULL
  ), 0, 1);
  RETURN NULL;
END
$$;

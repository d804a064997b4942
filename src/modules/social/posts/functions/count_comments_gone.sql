-- Trigger on comments.
CREATE OR REPLACE FUNCTION count_comments_gone() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM count_on_posts(ARRAY(SELECT walk_id FROM gone WHERE deleted_at IS NULL AND held_at IS NULL), 0, -1);
  RETURN NULL;
END
$$;

-- Trigger on comments. Only those count that others may see.
CREATE OR REPLACE FUNCTION count_comments_made() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM count_on_posts(ARRAY(SELECT walk_id FROM made WHERE deleted_at IS NULL AND held_at IS NULL), 0, 1);
  RETURN NULL;
END
$$;

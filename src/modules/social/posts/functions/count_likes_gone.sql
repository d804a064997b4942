-- Trigger on likes.
CREATE OR REPLACE FUNCTION count_likes_gone() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM count_on_posts(ARRAY(SELECT walk_id FROM gone), -1, 0);
  RETURN NULL;
END
$$;

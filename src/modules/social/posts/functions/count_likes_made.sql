-- Trigger on likes. Rows are counted in the order of their walks, so that two statements never wait for each other in a circle.
CREATE OR REPLACE FUNCTION count_likes_made() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM count_on_posts(ARRAY(SELECT walk_id FROM made), 1, 0);
  RETURN NULL;
END
$$;

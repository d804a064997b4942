-- Whether somebody does not want to see a post, or may not meet its author.
CREATE OR REPLACE FUNCTION is_left_out(of_viewer uuid, of_walk uuid, of_author uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM feed_hides WHERE user_id = of_viewer AND walk_id = of_walk) OR is_blocked(of_viewer, of_author);
END
$$;

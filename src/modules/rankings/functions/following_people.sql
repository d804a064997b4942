-- Whom the board of those one follows is about: oneself first, and everybody one follows. A block ends both follows.
CREATE OR REPLACE FUNCTION following_people(for_viewer uuid) RETURNS uuid[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN for_viewer || ARRAY(SELECT followee_id FROM follows WHERE follower_id = for_viewer);
END
$$;

-- Trigger on follows.
CREATE OR REPLACE FUNCTION count_follows_made() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM count_follows(ARRAY(SELECT follower_id FROM made), ARRAY(SELECT followee_id FROM made), 1);
  RETURN NULL;
END
$$;

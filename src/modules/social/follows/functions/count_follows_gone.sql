-- Trigger on follows.
CREATE OR REPLACE FUNCTION count_follows_gone() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM count_follows(ARRAY(SELECT follower_id FROM gone), ARRAY(SELECT followee_id FROM gone), -1);
  RETURN NULL;
END
$$;

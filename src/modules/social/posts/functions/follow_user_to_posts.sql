-- Trigger: the posts of a person who leaves or is banned close at once, and open again when they come back.
CREATE OR REPLACE FUNCTION follow_user_to_posts() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fold_post(walk_id) FROM posts WHERE author_id = NEW.id ORDER BY walk_id;
  RETURN NULL;
END
$$;

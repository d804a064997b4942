-- Takes a like back, also while its person is suspended, and answers as `like_answer`. The triggers of `likes` count it.
CREATE OR REPLACE FUNCTION unlike_walk(by_user uuid, of_walk uuid) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  is_seen boolean;
BEGIN
  PERFORM 1 FROM posts WHERE walk_id = of_walk FOR NO KEY UPDATE;
  is_seen := sees_post(by_user, of_walk);
  IF is_seen THEN
    DELETE FROM likes WHERE walk_id = of_walk AND user_id = by_user;
  END IF;
  RETURN like_answer(by_user, of_walk, is_seen);
END
$$;

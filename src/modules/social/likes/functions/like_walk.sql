-- Likes a walk, tells its owner, and answers as `LikeAnswer` of modules/social/likes/queries.ts, with the notifications that wait to be pushed as `told`: NULL for an account
-- that is no more. It is one function, because the plans of a function are kept. It is volatile, so each statement sees what came while it waited for the post. The
-- triggers of `likes` count it.
CREATE OR REPLACE FUNCTION like_walk(by_user uuid, of_walk uuid, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  post posts;
  liker record;
  is_seen boolean;
  told_id uuid;
BEGIN
  SELECT * INTO post FROM posts WHERE walk_id = of_walk FOR NO KEY UPDATE;
  SELECT coalesce(suspended_until > at, false) AS is_suspended, suspended_until, suspended_reason INTO liker
  FROM users
  WHERE id = by_user AND deleted_at IS NULL;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  is_seen := sees_post(by_user, of_walk);
  IF is_seen AND NOT liker.is_suspended AND post.is_open AND post.author_id <> by_user THEN
    INSERT INTO likes (walk_id, user_id, author_id, created_at) VALUES (of_walk, by_user, post.author_id, at) ON CONFLICT DO NOTHING;
    IF FOUND THEN
      told_id := notify_like(post.author_id, of_walk, by_user, at);
    END IF;
  END IF;
  RETURN like_answer(by_user, of_walk, is_seen) || jsonb_build_object(
    'suspended_until', CASE WHEN liker.is_suspended THEN concat_ws(' ', to_json(liker.suspended_until) #>> '{}', liker.suspended_reason) END,
    'told', (SELECT coalesce(jsonb_agg(id), '[]') FROM notifications WHERE id = told_id AND created_at = at AND push_state = 'waiting')
  );
END
$$;

-- Who likes a walk, newest first.
SET LOCAL lock_timeout = '5s';

CREATE INDEX likes_walk ON likes (walk_id, created_at DESC, user_id DESC);

-- A notification of likes keeps the last three people. How many there are stands in the post.
UPDATE notifications
SET facts = jsonb_set(facts, '{likers}', jsonb_path_query_array(facts, '$.likers[last - 2 to last]'))
WHERE type = 'like' AND jsonb_path_exists(facts, '$.likers[3]');

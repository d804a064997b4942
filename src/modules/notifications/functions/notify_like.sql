-- Notifies of a like, together with the earlier likes of the same walk. The row keeps the last three people, because how many there are stands in the post.
-- It becomes unread again and is pushed only once. A row that is unread and less than a minute old is left alone, so that many likes at once write it once: such
-- a like only adds its person as long as there are fewer than three. Taking a like back changes nothing here.
CREATE OR REPLACE FUNCTION notify_like(of_user uuid, of_walk uuid, by_user uuid, at timestamptz) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
  told_id uuid;
BEGIN
  INSERT INTO notifications AS told (user_id, type, topic, facts, sender_id, created_at, push_at, sweep_at)
  SELECT of_user, 'like', of_walk::text, jsonb_build_object('walk_id', of_walk, 'likers', jsonb_build_array(by_user)), by_user, at, at, at + interval '1 minute'
  WHERE of_user <> by_user
  ON CONFLICT (user_id, type, topic) DO UPDATE
  SET facts = jsonb_set(told.facts, '{likers}', jsonb_path_query_array(told.facts, '$.likers[last - 1 to last]') || to_jsonb(by_user)),
      sender_id = by_user,
      created_at = CASE
        WHEN told.read_at IS NULL AND told.removed_at IS NULL AND told.created_at > at - interval '1 minute' THEN told.created_at
        ELSE at
      END,
      read_at = NULL, removed_at = NULL
  WHERE NOT told.facts -> 'likers' ? by_user::text
    AND NOT (
      told.read_at IS NULL AND told.removed_at IS NULL AND told.created_at > at - interval '1 minute' AND jsonb_path_exists(told.facts, '$.likers[2]')
    )
  RETURNING id INTO told_id;
  RETURN told_id;
END
$$;

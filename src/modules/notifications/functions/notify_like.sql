-- Notifies of a like, together with the earlier likes of the same walk. It becomes unread again and is pushed only once. Taking a like back changes nothing here.
CREATE OR REPLACE FUNCTION notify_like(of_user uuid, of_walk uuid, by_user uuid, at timestamptz) RETURNS uuid
LANGUAGE sql AS $$
  INSERT INTO notifications AS told (user_id, type, topic, facts, sender_id, created_at, push_at, sweep_at)
  SELECT of_user, 'like', of_walk::text, jsonb_build_object('walk_id', of_walk, 'likers', jsonb_build_array(by_user)), by_user, at, at, at + interval '1 minute'
  WHERE of_user <> by_user
  ON CONFLICT (user_id, type, topic) DO UPDATE
  SET facts = jsonb_set(told.facts, '{likers}', told.facts -> 'likers' || to_jsonb(by_user)),
      sender_id = excluded.sender_id, created_at = excluded.created_at, read_at = NULL, removed_at = NULL
  WHERE NOT told.facts -> 'likers' ? by_user::text
  RETURNING id
$$;

-- Whose name a notification of likes shows: the latest of its people whom its receiver may see, and rather one who still likes the walk. NULL when they may see none.
CREATE OR REPLACE FUNCTION shown_liker(for_user uuid, of_facts jsonb) RETURNS uuid
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT users.id
    FROM jsonb_array_elements_text(jsonb_path_query_array(of_facts, '$.likers[last - 2 to last]')) WITH ORDINALITY AS kept (id, position)
    JOIN users ON users.id = uuid_of(kept.id) AND users.deleted_at IS NULL
    WHERE NOT is_blocked(for_user, users.id)
    ORDER BY EXISTS (SELECT 1 FROM likes WHERE likes.walk_id = uuid_of(of_facts ->> 'walk_id') AND likes.user_id = users.id) DESC, kept.position DESC
    LIMIT 1
  );
END
$$;

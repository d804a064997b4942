-- Takes somebody whose account is being destroyed out of the notifications of their likes. A notification of others as well stays, in the name of the latest of them.
CREATE OR REPLACE FUNCTION forget_liker(of_user uuid) RETURNS bigint
LANGUAGE sql AS $$
  WITH forgotten AS (
    UPDATE notifications
    SET facts = jsonb_set(facts, '{likers}', (facts -> 'likers') - of_user::text),
        sender_id = coalesce(uuid_of(((facts -> 'likers') - of_user::text) ->> -1), sender_id)
    FROM likes
    WHERE likes.user_id = of_user AND notifications.user_id = likes.author_id AND notifications.type = 'like' AND notifications.topic = likes.walk_id::text
      AND facts -> 'likers' ? of_user::text
    RETURNING 1
  )
  SELECT count(*) FROM forgotten
$$;

-- How many notifications of each type somebody has not read, of those that their centre shows: without those in the name of somebody who has left or is blocked.
CREATE OR REPLACE FUNCTION unread_counts(of_user uuid, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  hidden CONSTANT uuid[] := blocked_with(of_user);
  is_banned CONSTANT boolean := EXISTS (SELECT 1 FROM users WHERE id = of_user AND banned_at IS NOT NULL);
BEGIN
  RETURN (
    SELECT coalesce(jsonb_object_agg(unread.type, unread.count), '{}')
    FROM (
      SELECT notifications.type, count(*) AS count
      FROM notifications
      LEFT JOIN users AS sender
        ON sender.id = CASE WHEN notifications.type = 'like' THEN shown_liker(notifications.user_id, notifications.facts) ELSE notifications.sender_id END
        AND sender.deleted_at IS NULL
      WHERE notifications.user_id = of_user
        AND notifications.removed_at IS NULL
        AND notifications.read_at IS NULL
        AND notifications.created_at > at - interval '30 days'
        AND notifications.created_at <= at
        AND (notifications.sender_id IS NULL OR (sender.banned_at IS NULL AND sender.id <> ALL (hidden) AND NOT is_banned))
      GROUP BY notifications.type
    ) AS unread
  );
END
$$;

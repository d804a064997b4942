-- Brings a person's suspension and ban up to date with the actions about them that were not undone. Whoever is banned has no session and gets no push any more. The person
-- is locked first, and the next statement sees what came while it waited, so of two decisions at once the later one sees both.
CREATE OR REPLACE FUNCTION fold_person(of_user uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM users WHERE id = of_user FOR NO KEY UPDATE;
  UPDATE users
  SET suspended_until = stands.until, suspended_reason = stands.reason, banned_at = stands.banned_at
  FROM (
    SELECT max(done.created_at + make_interval(days => done.days)) AS until,
           (array_agg(done.reason ORDER BY done.created_at + make_interval(days => done.days) DESC) FILTER (WHERE done.action = 'suspend'))[1] AS reason,
           min(done.created_at) FILTER (WHERE done.action = 'ban') AS banned_at
    FROM moderation_actions AS done
    WHERE done.author_id = of_user AND done.action IN ('suspend', 'ban')
      AND NOT EXISTS (SELECT 1 FROM moderation_actions AS later WHERE later.undoes = done.id)
  ) AS stands
  WHERE users.id = of_user
    AND (users.suspended_until, users.suspended_reason, users.banned_at) IS DISTINCT FROM (stands.until, stands.reason, stands.banned_at);
  IF EXISTS (SELECT 1 FROM users WHERE id = of_user AND banned_at = at) THEN
    UPDATE sessions SET revoked_at = at, revoked_reason = 'banned' WHERE user_id = of_user AND revoked_at IS NULL;
    DELETE FROM push_tokens WHERE user_id = of_user;
  END IF;
END
$$;

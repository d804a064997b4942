-- Follows somebody and notifies them, once a day (`of_day`), unless a limit refuses it. It answers as `FollowAnswer` of modules/social/follows/queries.ts, with the notifications
-- that wait to be pushed as `told`: NULL for an account that is no more. It is one function, because the plans of a function are kept. It is volatile, so each statement
-- sees what came while it waited for the locks. The triggers of `follows` count it.
CREATE OR REPLACE FUNCTION follow_person(by_user uuid, of_user uuid, max_total int, max_daily int, at timestamptz, of_day text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  follower record;
  is_known boolean;
  followed int;
  told uuid[] := '{}';
BEGIN
  PERFORM 1 FROM users WHERE id = by_user FOR NO KEY UPDATE;
  PERFORM lock_pairs(by_user, ARRAY[of_user]);
  SELECT coalesce(suspended_until > at, false) AS is_suspended, suspended_until, suspended_reason INTO follower
  FROM users
  WHERE id = by_user AND deleted_at IS NULL;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  is_known := EXISTS (SELECT 1 FROM users WHERE id = of_user AND deleted_at IS NULL AND NOT is_blocked(by_user, id));
  SELECT count(*) INTO followed FROM follows WHERE follower_id = by_user;
  IF by_user <> of_user AND is_known AND NOT follower.is_suspended AND followed < max_total
    AND (SELECT coalesce(sum(follows), 0) FROM follow_marks WHERE follower_id = by_user AND made_at > at - interval '1 day') < max_daily
  THEN
    INSERT INTO follows (follower_id, followee_id, created_at) VALUES (by_user, of_user, at) ON CONFLICT DO NOTHING;
    IF FOUND THEN
      followed := followed + 1;
      INSERT INTO follow_marks AS mark (follower_id, made_at, follows) VALUES (by_user, at, 1)
      ON CONFLICT (follower_id, made_at) DO UPDATE SET follows = mark.follows + 1;
      WITH made AS (
        INSERT INTO notifications (user_id, type, topic, facts, sender_id, created_at, push_at, sweep_at)
        VALUES (of_user, 'follow', by_user || ' ' || of_day, jsonb_build_object('user_id', by_user), by_user, at, at, at + interval '1 minute')
        ON CONFLICT (user_id, type, topic) DO NOTHING
        RETURNING id
      )
      SELECT coalesce(array_agg(id), '{}') INTO told FROM made;
    END IF;
  END IF;
  RETURN jsonb_build_object(
    'suspended_until', CASE WHEN follower.is_suspended THEN concat_ws(' ', to_json(follower.suspended_until) #>> '{}', follower.suspended_reason) END,
    'is_known', is_known,
    'is_following', EXISTS (SELECT 1 FROM follows WHERE follower_id = by_user AND followee_id = of_user),
    'follows', followed,
    'told', to_jsonb(told)
  );
END
$$;

-- Adds to the counts of people, once for each time that somebody is named. Rows are locked in the order of their ids, so that two transactions never wait for each other in
-- a circle. Somebody whose account is being destroyed gets no row.
CREATE OR REPLACE FUNCTION count_follows(followers uuid[], followees uuid[], delta int) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO user_counts (user_id)
  SELECT users.id FROM users WHERE delta > 0 AND users.id = ANY (followers || followees) ORDER BY users.id
  ON CONFLICT DO NOTHING;
  PERFORM 1 FROM user_counts WHERE user_id = ANY (followers || followees) ORDER BY user_id FOR NO KEY UPDATE;
  UPDATE user_counts
  SET following_count = following_count + delta * changed.following, follower_count = follower_count + delta * changed.followed
  FROM (
    SELECT named.user_id, count(*) FILTER (WHERE named.is_follower)::int AS following, count(*) FILTER (WHERE NOT named.is_follower)::int AS followed
    FROM (
      SELECT unnest(followers) AS user_id, true AS is_follower
      UNION ALL
      SELECT unnest(followees), false
    ) AS named
    GROUP BY named.user_id
  ) AS changed
  WHERE user_counts.user_id = changed.user_id;
END
$$;

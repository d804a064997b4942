-- Whether somebody follows so many that reading all posts by time, filtered by whom they follow, is faster than looking at each one's (measured: near 1,000).
CREATE OR REPLACE FUNCTION follows_many(of_user uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN coalesce((SELECT following_count > 1000 FROM user_counts WHERE user_id = of_user), false);
END
$$;

-- Whether somebody follows more than so many, so that reading all posts by time, filtered by whom they follow, is faster than looking at each one's.
CREATE OR REPLACE FUNCTION follows_many(of_user uuid, most int) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN coalesce((SELECT following_count > most FROM user_counts WHERE user_id = of_user), false);
END
$$;

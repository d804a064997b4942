-- Unlocks the titles whose badges somebody holds. A title stays when a badge is taken back. A season's badge counts in whichever edition it was earned, and once.
CREATE OR REPLACE FUNCTION unlock_titles(of_user uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO user_titles (user_id, title_code, unlocked_at)
  SELECT of_user, titles.code, at
  FROM (
    SELECT coalesce(jsonb_agg(DISTINCT badges.code), '[]') AS codes
    FROM user_badges
    JOIN badges ON badges.id = user_badges.badge_id
    WHERE user_badges.user_id = of_user
  ) AS held
  JOIN titles ON held.codes @> coalesce(titles.needs -> 'badges', '[]') AND jsonb_array_length(held.codes) >= coalesce((titles.needs ->> 'badge_count')::int, 0)
  ON CONFLICT (user_id, title_code) DO NOTHING;
END
$$;

-- Writes home and pet of somebody into their habits, if they have any.
CREATE OR REPLACE FUNCTION renew_traits(of_user uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE walk_habits
  SET dong_code = traits.dong_code, sigungu_code = traits.sigungu_code, breed_code = traits.breed_code, size = traits.size
  FROM habit_traits(of_user) AS traits
  WHERE walk_habits.user_id = of_user
    AND (walk_habits.dong_code, walk_habits.sigungu_code, walk_habits.breed_code, walk_habits.size)
      IS DISTINCT FROM (traits.dong_code, traits.sigungu_code, traits.breed_code, traits.size);
END
$$;

-- Writes home and pet of somebody into their habits, and their hour unless they hide it, if they have any.
CREATE OR REPLACE FUNCTION renew_traits(of_user uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE walk_habits
  SET dong_code = traits.dong_code, sigungu_code = traits.sigungu_code, breed_code = traits.breed_code, size = traits.size, mean_hour = traits.mean_hour
  FROM (
    SELECT home_and_pet.*, CASE WHEN (SELECT settings -> 'hide_walk_times' IS DISTINCT FROM 'true' FROM users WHERE id = of_user) THEN mean_hour_of(habits.hour_x, habits.hour_y) END AS mean_hour
    FROM habit_traits(of_user) AS home_and_pet
    JOIN walk_habits AS habits ON habits.user_id = of_user
  ) AS traits
  WHERE walk_habits.user_id = of_user
    AND (walk_habits.dong_code, walk_habits.sigungu_code, walk_habits.breed_code, walk_habits.size, walk_habits.mean_hour)
      IS DISTINCT FROM (traits.dong_code, traits.sigungu_code, traits.breed_code, traits.size, traits.mean_hour);
END
$$;

-- What of somebody's home and pet counts where people are recommended. The home is as others may know it (`home_areas`). The pet is the first that others see: the primary
-- one, or the oldest where that is a placeholder.
CREATE OR REPLACE FUNCTION habit_traits(of_user uuid) RETURNS TABLE (dong_code text, sigungu_code text, breed_code text, size pet_size)
LANGUAGE plpgsql STABLE ROWS 1 AS $$
BEGIN
  RETURN QUERY
  SELECT home.dong_code, home.sigungu_code, pet.breed_code, pet.size
  FROM users
  LEFT JOIN LATERAL home_areas(users.region_code) AS home ON true
  LEFT JOIN LATERAL (
    SELECT pets.breed_code,
           pet_size_of(pets.chosen_size, (SELECT breeds.size FROM breeds WHERE breeds.code = pets.breed_code), pets.weight_kg) AS size
    FROM pets
    WHERE pets.user_id = users.id AND pets.archived_at IS NULL AND NOT pets.is_placeholder
    ORDER BY pets.is_primary DESC, pets.created_at, pets.id
    LIMIT 1
  ) AS pet ON true
  WHERE users.id = of_user;
END
$$;

-- Whether somebody has a pet that a meetup is for.
CREATE OR REPLACE FUNCTION pet_fits(of_user uuid, of_meetup meetups) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (
    SELECT 1
    FROM pets
    LEFT JOIN breeds ON breeds.code = pets.breed_code
    WHERE pets.user_id = of_user AND pets.archived_at IS NULL AND NOT pets.is_placeholder
      AND (of_meetup.size_filter IS NULL OR pet_size_of(pets.chosen_size, breeds.size, pets.weight_kg) = of_meetup.size_filter)
      AND (of_meetup.breed_code IS NULL OR pets.breed_code = of_meetup.breed_code)
  );
END
$$;

-- A pet as everybody may see it, as `PetCard` of modules/pets/schema.ts. Its age is in whole Seoul months.
CREATE OR REPLACE FUNCTION pet_card(of_pet uuid, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT jsonb_build_object(
      'id', pets.id,
      'name', pets.name,
      'species', pets.species,
      'breed', CASE
        WHEN breeds.code IS NOT NULL THEN jsonb_build_object('code', breeds.code, 'name', breeds.name)
        WHEN pets.breed IS NOT NULL THEN jsonb_build_object('code', NULL, 'name', pets.breed)
      END,
      'size', pet_size_of(pets.chosen_size, breeds.size, pets.weight_kg),
      'age', CASE WHEN pets.birth_date IS NOT NULL THEN (
        SELECT jsonb_build_object('years', extract(year FROM lived)::int, 'months', extract(month FROM lived)::int)
        FROM age(seoul_day(at)::timestamp, pets.birth_date::timestamp) AS lived
      ) END,
      'photo_url', '/media/' || photos.object_key,
      -- `thumbnailKey` of core/media.ts makes the same name.
      'thumbnail_url', '/media/' || CASE WHEN photos.has_thumbnails THEN replace(photos.object_key, '.', '_200.') ELSE photos.object_key END
    )
    FROM pets
    LEFT JOIN breeds ON breeds.code = pets.breed_code
    LEFT JOIN photos ON photos.pet_id = pets.id
    WHERE pets.id = of_pet
  );
END
$$;

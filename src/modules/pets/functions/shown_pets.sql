-- Pets as everybody may see them, with their card as `PetCard` of modules/pets/schema.ts. Its age is in whole Seoul months. It is SQL without a setting, so Postgres writes
-- it into the statement that selects from it, and a page of cards calls no function for each.
CREATE OR REPLACE FUNCTION shown_pets(at timestamptz)
RETURNS TABLE (id uuid, user_id uuid, is_primary_shown boolean, card jsonb)
LANGUAGE sql STABLE AS $$
  SELECT pets.id, pets.user_id, pets.is_primary AND pets.archived_at IS NULL AND NOT pets.is_placeholder, jsonb_build_object(
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
  -- OFFSET looks one breed up by its code, where Postgres would rather read all.
  LEFT JOIN LATERAL (SELECT code, name, size FROM breeds WHERE code = pets.breed_code OFFSET 0) AS breeds ON true
  LEFT JOIN photos ON photos.pet_id = pets.id
$$;

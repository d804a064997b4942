-- Who walked along, in the order in which its owner named them, as `pets` of `Walk` in modules/walks/schema.ts.
CREATE OR REPLACE FUNCTION walked_pets_json(of_walk uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', pets.id, 'name', pets.name, 'species', pets.species) ORDER BY walk_pets.position), '[]')
    FROM walk_pets
    JOIN pets ON pets.id = walk_pets.pet_id
    WHERE walk_pets.walk_id = of_walk
  );
END
$$;

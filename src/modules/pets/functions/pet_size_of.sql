-- A pet's size: the owner's choice, else the breed's, else by weight.
CREATE OR REPLACE FUNCTION pet_size_of(chosen pet_size, breed_size pet_size, weight_kg numeric) RETURNS pet_size
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(chosen, breed_size, CASE
    WHEN weight_kg < 10 THEN 'small'::pet_size
    WHEN weight_kg < 25 THEN 'medium'::pet_size
    WHEN weight_kg >= 25 THEN 'large'::pet_size
  END)
$$;

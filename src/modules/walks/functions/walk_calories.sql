-- The energy estimate that people see (docs/product.md#walks).
CREATE OR REPLACE FUNCTION walk_calories(distance_m int, pet_weight_kg numeric) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT round(distance_m / 1000.0 * (20 + 3 * sqrt(coalesce(pet_weight_kg, 10))))::int
$$;

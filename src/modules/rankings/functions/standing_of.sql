-- Distance first, then walks, as one number: whoever has the same shares a rank.
CREATE OR REPLACE FUNCTION standing_of(distance_m int, walk_count int) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT distance_m::bigint << 20 | walk_count $$;

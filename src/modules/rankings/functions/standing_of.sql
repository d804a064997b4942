-- Distance and number of walks as one number, distance first. Equal standings share a rank.
CREATE OR REPLACE FUNCTION standing_of(distance_m int, walk_count int) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT distance_m::bigint << 20 | walk_count $$;

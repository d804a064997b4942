-- The width of the bin that a distance lies in. All distances in one bin begin with the same digits.
CREATE OR REPLACE FUNCTION bin_width(digits int, distance_m int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (10 ^ greatest(0, length(distance_m::text) - digits))::int $$;

-- The lower end of the bin that a distance lies in.
CREATE OR REPLACE FUNCTION bin_floor(digits int, distance_m int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT distance_m - distance_m % bin_width(digits, distance_m) $$;

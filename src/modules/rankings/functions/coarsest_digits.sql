-- The number of digits that a board's widest bins go by.
CREATE OR REPLACE FUNCTION coarsest_digits(in_area text) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN in_area = nation() THEN 1 ELSE 2 END $$;

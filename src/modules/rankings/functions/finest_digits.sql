-- The number of digits that a board's narrowest bins go by.
CREATE OR REPLACE FUNCTION finest_digits(in_area text) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN in_area = nation() THEN 3 ELSE 2 END $$;

-- How many people are said to walk somewhere: 5, 10, 20 or 50 and more. Nobody is told more.
CREATE OR REPLACE FUNCTION heat_band(people bigint) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN people >= 50 THEN 4 WHEN people >= 20 THEN 3 WHEN people >= 10 THEN 2 ELSE 1 END::smallint
$$;

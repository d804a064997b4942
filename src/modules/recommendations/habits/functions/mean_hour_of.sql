-- The hour of a mean on the circle of 24 hours. NULL where the starts are too spread to have one: a resultant shorter than 0.2.
CREATE OR REPLACE FUNCTION mean_hour_of(x double precision, y double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN x ^ 2 + y ^ 2 >= 0.04 THEN mod((degrees(atan2(y, x)) / 15 + 24)::numeric, 24)::float8 END
$$;

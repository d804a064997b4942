-- Of two readings of one hour the wetter counts, because the first may be from before the rain began. What is unknown says nothing.
CREATE OR REPLACE FUNCTION wetter_of(one precipitation, other precipitation) RETURNS precipitation
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT kind
  FROM unnest('{rain_snow,snow,rain,shower,drizzle_snow,flurry,drizzle,none}'::precipitation[]) WITH ORDINALITY AS wetness (kind, place)
  WHERE kind IN (one, other)
  ORDER BY place
  LIMIT 1
$$;

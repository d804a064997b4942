-- The length of a set of time ranges, in seconds.
CREATE OR REPLACE FUNCTION seconds_in(spans tstzmultirange) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(sum(extract(epoch FROM upper(span) - lower(span))), 0)::double precision FROM unnest(spans) AS span
$$;

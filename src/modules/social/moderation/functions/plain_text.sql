-- A text by which copies of it are found: without case, spaces and signs.
CREATE OR REPLACE FUNCTION plain_text(of_text text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_replace(lower(normalize(of_text, NFKC)), '[[:space:][:punct:]]', '', 'g')
$$;

-- What two spellings of one place's name have in common.
CREATE OR REPLACE FUNCTION place_name_key(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT lower(regexp_replace(name, '\s', '', 'g'))
$$;

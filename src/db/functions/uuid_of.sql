-- An id as somebody else wrote it down; NULL where it is none. Compared as text, ids would be looked for without an index.
CREATE OR REPLACE FUNCTION uuid_of(word text) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN word ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN word::uuid END
$$;

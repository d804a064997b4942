-- An id that somebody else wrote as text, or NULL if it is no UUID. The cast lets an index find the row.
CREATE OR REPLACE FUNCTION uuid_of(word text) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN word ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN word::uuid END
$$;

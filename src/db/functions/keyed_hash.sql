-- HMAC-SHA-256 of a text, with the key's two halves of src/core/keyed-hashes.ts.
CREATE OR REPLACE FUNCTION keyed_hash(inner_pad bytea, outer_pad bytea, words text) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT sha256(outer_pad || sha256(inner_pad || convert_to(words, 'UTF8'))) $$;

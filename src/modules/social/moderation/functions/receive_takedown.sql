-- Takes a demand, and answers its case number. The same demand within a day is the same case, also when it comes twice at once.
CREATE OR REPLACE FUNCTION receive_takedown(
  new_id uuid, hash text, of_claimant text, at_contact text, of_url text, of_type moderation_target, of_target uuid, on_ground takedown_ground,
  saying text, at timestamptz
) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  known text;
  number CONSTANT text := 'TD-' || upper(left(replace(new_id::text, '-', ''), 12));
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('takedown ' || hash, 0));
  SELECT case_number INTO known FROM takedowns WHERE request_hash = hash AND created_at > at - interval '1 day' ORDER BY created_at DESC LIMIT 1;
  IF known IS NOT NULL THEN
    RETURN known;
  END IF;
  INSERT INTO takedowns (id, case_number, request_hash, claimant_name, contact, url, target_type, target_id, ground, statement, created_at)
  VALUES (new_id, number, hash, of_claimant, at_contact, of_url, of_type, of_target, on_ground, saying, at);
  RETURN number;
END
$$;

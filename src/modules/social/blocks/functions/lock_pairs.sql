-- Makes changes between one person and each of others wait for each other until the transaction ends. Two pairs may have one key, and then wait without need.
CREATE OR REPLACE FUNCTION lock_pairs(one uuid, others uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  pair bigint;
BEGIN
  FOR pair IN
    SELECT DISTINCT hashtextextended(least(one, other)::text || greatest(one, other)::text, 0) AS pair_key FROM unnest(others) AS named (other) ORDER BY pair_key
  LOOP
    PERFORM pg_advisory_xact_lock(pair);
  END LOOP;
END
$$;

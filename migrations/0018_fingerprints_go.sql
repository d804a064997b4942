-- Copies are found by the traces of walks alone (`walks_alike`), whole ones as well as parts.
SET LOCAL lock_timeout = '5s';

ALTER TABLE walks DROP fingerprint, DROP fingerprint_key; -- and the index on the key
-- A new database never had those that stood in files.
DROP FUNCTION IF EXISTS copied_from(uuid, walks), fingerprint_key(double precision[], int), fingerprint_deviation(double precision[], double precision[]);

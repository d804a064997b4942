-- A charge is known by what it pays for, so whoever asks Toss for the same period again cannot charge twice.
CREATE OR REPLACE FUNCTION charge_order_id(of_subscription uuid, of_period int) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT 'sub-' || replace(of_subscription::text, '-', '') || '-' || of_period $$;

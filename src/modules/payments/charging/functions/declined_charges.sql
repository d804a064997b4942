-- Charges that were declined, and when they are given up: when the three days of grace are over, or an hour later where a last try is still on its way. The first ones first.
CREATE OR REPLACE FUNCTION declined_charges(at_most int) RETURNS TABLE (subscription_id uuid, period_no int, over_at timestamptz)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT charges.subscription_id, charges.period_no, greatest(charges.starts_at + interval '3 days', charges.next_at + interval '1 hour')
  FROM charges
  WHERE charges.state = 'declined'
  ORDER BY charges.starts_at
  LIMIT at_most;
END
$$;

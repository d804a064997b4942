-- Makes a charge that was declined due at once.
CREATE OR REPLACE FUNCTION charge_now(of_subscription uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE charges
  SET next_at = at, dispatched_until = NULL
  FROM subscriptions it
  WHERE it.id = of_subscription AND charges.subscription_id = it.id AND charges.period_no = it.period_no AND charges.state = 'declined';
END
$$;

-- Makes a charge that was declined due at once. Answers the period, or NULL when there is nothing to be charged.
CREATE OR REPLACE FUNCTION charge_now(of_subscription uuid, at timestamptz) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  of_period int;
BEGIN
  UPDATE charges
  SET next_at = at, dispatched_until = NULL
  FROM subscriptions it
  WHERE it.id = of_subscription AND it.auto_renew AND charges.subscription_id = it.id AND charges.period_no = it.period_no AND charges.state = 'declined'
  RETURNING charges.period_no INTO of_period;
  RETURN of_period;
END
$$;

-- Makes a declined charge due at once, for its person has given another card. The period stays as it is. Answers the period, or NULL when there is nothing to be charged.
-- The caller has locked the owner.
CREATE OR REPLACE FUNCTION charge_now(of_subscription uuid, at timestamptz) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  of_period int;
BEGIN
  UPDATE charges
  SET next_at = at, dispatched_until = NULL
  FROM subscriptions
  WHERE subscriptions.id = of_subscription AND subscriptions.auto_renew AND charges.subscription_id = subscriptions.id AND charges.period_no = subscriptions.period_no
    AND charges.state = 'declined' AND at < charges.starts_at + interval '3 days'
  RETURNING charges.period_no INTO of_period;
  RETURN of_period;
END
$$;

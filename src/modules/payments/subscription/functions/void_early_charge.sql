-- Takes back the charge of a period that has not begun, if it was never sent. Where the subscription still renews, it is opened again on the terms of then.
CREATE OR REPLACE FUNCTION void_early_charge(of_subscription uuid, at timestamptz, counts_sandbox boolean) RETURNS void
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  UPDATE charges
  SET state = 'void', settled_at = at, next_at = NULL, dispatched_until = NULL
  FROM subscriptions
  WHERE subscriptions.id = of_subscription AND charges.subscription_id = of_subscription AND charges.period_no = subscriptions.period_no
    AND charges.state = 'due' AND charges.attempt = 0 AND charges.starts_at > at;
  IF FOUND THEN PERFORM fold_subscription(of_subscription, at, counts_sandbox); END IF;
END
$$;

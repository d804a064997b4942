-- Ends a subscription whose first charge was declined. Whoever asked was told so, and nothing is charged later.
CREATE OR REPLACE FUNCTION end_failed_start(of_subscription uuid, at timestamptz, counts_sandbox boolean) RETURNS void
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  UPDATE charges
  SET state = 'given_up', next_at = NULL, settled_at = coalesce(settled_at, at)
  WHERE subscription_id = of_subscription AND period_no = 0 AND NOT has_grace AND state = 'declined';
  UPDATE subscriptions
  SET auto_renew = false
  WHERE id = of_subscription AND auto_renew AND period_no = 0
    AND EXISTS (SELECT 1 FROM charges WHERE subscription_id = of_subscription AND period_no = 0 AND NOT has_grace AND state = 'given_up');
  IF FOUND THEN PERFORM fold_subscription(of_subscription, at, counts_sandbox); END IF;
END
$$;

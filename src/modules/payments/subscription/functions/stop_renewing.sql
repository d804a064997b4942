-- Ends the renewals of a subscription at Toss. What is paid or tried stays. A charge that was not sent, or was declined, is void, and grace ends. One whose outcome is not known
-- yet keeps its row, so that it is settled. The caller has locked the owner and the subscription.
CREATE OR REPLACE FUNCTION stop_renewing(of_subscription uuid, at timestamptz, counts_sandbox boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE subscriptions SET auto_renew = false, cancelled_at = at WHERE id = of_subscription;
  UPDATE charges
  SET state = 'void', settled_at = at, next_at = NULL, dispatched_until = NULL
  WHERE subscription_id = of_subscription AND state IN ('due', 'declined');
  PERFORM fold_subscription(of_subscription, at, counts_sandbox);
END
$$;

-- Takes back a period of a subscription at Toss from an instant on, and nothing of any other period. Where none follows it, the subscription ends: nothing is charged any
-- more, and a charge that was not sent is void. The caller has locked the rows of the owners. Answers whether anything changed.
CREATE OR REPLACE FUNCTION take_back_period(of_subscription uuid, of_ref text, from_at timestamptz, share real, of_event text, at timestamptz, counts_sandbox boolean) RETURNS boolean
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  period record;
BEGIN
  PERFORM 1 FROM subscriptions WHERE id = of_subscription FOR UPDATE;
  SELECT * INTO period FROM known_periods(of_subscription) AS known WHERE known.ref = of_ref;
  IF NOT FOUND OR period.revoked_at IS NOT NULL THEN RETURN false; END IF;
  INSERT INTO period_facts (subscription_id, ref, fact_at, event_id, tells_revocation, revoked_at, revoked_share)
  VALUES (of_subscription, of_ref, at, of_event, true, from_at, share)
  ON CONFLICT DO NOTHING;
  IF period.next_starts_at IS NULL THEN
    UPDATE subscriptions SET auto_renew = false, next_plan = NULL, cancelled_at = coalesce(cancelled_at, at) WHERE id = of_subscription;
    UPDATE charges SET state = 'void', settled_at = at, next_at = NULL WHERE subscription_id = of_subscription AND state IN ('due', 'declined');
  END IF;
  PERFORM fold_subscription(of_subscription, at, counts_sandbox);
  RETURN true;
END
$$;

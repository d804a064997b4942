-- Ends subscriptions at Toss that nobody has cancelled: those whose charge was declined until the grace was over, and those that may not be charged again, because their
-- person has not agreed to the price, or is gone. Up to `at_most` of each. Answers how many were listed and ended, and the notifications.
CREATE OR REPLACE FUNCTION end_subscriptions(at timestamptz, at_most int, counts_sandbox boolean) RETURNS TABLE (listed int, ended int, told uuid[])
LANGUAGE plpgsql AS $$
DECLARE
  ending record;
  it subscriptions%ROWTYPE;
BEGIN
  listed := 0;
  ended := 0;
  told := '{}';
  FOR ending IN
    (
      SELECT declined.subscription_id, declined.period_no, subscriptions.user_id, NULL::timestamptz AS ends_at, false AS is_trial
      FROM declined_charges(at_most) AS declined
      JOIN subscriptions ON subscriptions.id = declined.subscription_id
      WHERE declined.over_at <= at
    )
    UNION ALL
    SELECT renewal.subscription_id, NULL, renewal.user_id, renewal.ends_at, renewal.is_trial
    FROM upcoming_renewals(at, false, 10 * at_most, at_most) AS renewal
  LOOP
    listed := listed + 1;
    -- An owner who is gone has no row to be locked.
    IF ending.user_id IS NOT NULL THEN
      PERFORM 1 FROM users WHERE id = ending.user_id FOR NO KEY UPDATE SKIP LOCKED;
      CONTINUE WHEN NOT FOUND;
    END IF;
    SELECT * INTO it FROM subscriptions WHERE id = ending.subscription_id FOR UPDATE SKIP LOCKED;
    CONTINUE WHEN NOT FOUND;
    IF ending.period_no IS NULL THEN
      -- Read again under the locks, because a consent may just have come.
      CONTINUE WHEN NOT it.auto_renew OR it.ends_at <> ending.ends_at OR ending.user_id IS NOT NULL AND (SELECT is_agreed AND amount_won IS NOT NULL FROM charge_terms(it.id))
        AND NOT it.is_revoked AND NOT EXISTS (
          SELECT 1 FROM charges WHERE subscription_id = it.id AND period_no = it.period_no AND NOT (state = 'void' AND attempt = 0)
        );
    ELSE
      UPDATE charges
      SET state = 'given_up', settled_at = starts_at + interval '3 days', next_at = NULL, dispatched_until = NULL
      WHERE subscription_id = it.id AND period_no = ending.period_no AND state = 'declined' AND (next_at IS NULL OR next_at <= at - interval '1 hour');
      CONTINUE WHEN NOT FOUND;
    END IF;
    UPDATE subscriptions SET auto_renew = false WHERE id = it.id;
    PERFORM fold_subscription(it.id, at, counts_sandbox);
    ended := ended + 1;
    told := told || tell_payer(ending.user_id, CASE WHEN ending.is_trial THEN 'trial_ended' ELSE 'subscription_ended' END, it.id::text, '{}', at);
  END LOOP;
  told := array_remove(told, NULL);
  RETURN NEXT;
END
$$;

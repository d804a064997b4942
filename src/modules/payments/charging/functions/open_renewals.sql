-- Opens the charges of renewals whose period ends within twenty minutes, up to `at_most`. They are sent when the period ends, and by then access goes on without a hole.
-- A subscription that somebody changes at the moment waits for the next time. Answers how many were listed and opened, and when the first is to be sent.
CREATE OR REPLACE FUNCTION open_renewals(at timestamptz, at_most int, counts_sandbox boolean) RETURNS TABLE (listed int, opened int, first_at timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
  due record;
  it subscriptions%ROWTYPE;
  terms record;
  to_month int;
BEGIN
  listed := 0;
  opened := 0;
  FOR due IN SELECT * FROM upcoming_renewals(at + interval '20 minutes', true, 10 * at_most, at_most)
  LOOP
    listed := listed + 1;
    PERFORM 1 FROM users WHERE id = due.user_id AND deleted_at IS NULL AND banned_at IS NULL FOR NO KEY UPDATE SKIP LOCKED;
    CONTINUE WHEN NOT FOUND;
    SELECT * INTO it FROM subscriptions WHERE id = due.subscription_id FOR UPDATE SKIP LOCKED;
    CONTINUE WHEN NOT FOUND OR NOT it.auto_renew OR it.is_revoked OR it.superseded_at IS NOT NULL OR it.ends_at <> due.ends_at;
    -- Only what is read under the locks counts.
    SELECT * INTO terms FROM charge_terms(it.id);
    CONTINUE WHEN NOT terms.is_agreed OR terms.amount_won IS NULL;

    IF it.anchor_at IS NULL THEN
      it.anchor_at := it.ends_at;
      UPDATE subscriptions SET anchor_at = it.anchor_at WHERE id = it.id;
    END IF;
    to_month := it.months + (SELECT interval_months FROM plans WHERE code = terms.plan);
    INSERT INTO charges AS known (subscription_id, period_no, order_id, plan, amount_won, from_month, to_month, starts_at, ends_at, has_grace, next_at)
    VALUES (
      it.id, it.period_no, charge_order_id(it.id, it.period_no), terms.plan, terms.amount_won, it.months, to_month, month_after(it.anchor_at, it.months),
      month_after(it.anchor_at, to_month), true, month_after(it.anchor_at, it.months)
    )
    ON CONFLICT (subscription_id, period_no) DO UPDATE
    SET state = 'due', plan = excluded.plan, amount_won = excluded.amount_won, from_month = excluded.from_month, to_month = excluded.to_month, starts_at = excluded.starts_at,
        ends_at = excluded.ends_at, has_grace = true, next_at = excluded.next_at, dispatched_until = NULL, settled_at = NULL
    WHERE known.state = 'void' AND known.attempt = 0;
    CONTINUE WHEN NOT FOUND;
    PERFORM fold_subscription(it.id, at, counts_sandbox);
    opened := opened + 1;
    first_at := least(first_at, month_after(it.anchor_at, it.months));
  END LOOP;
  RETURN NEXT;
END
$$;

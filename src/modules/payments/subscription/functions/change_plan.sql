-- Sets the plan of the next period of a subscription at Toss, or withdraws the change. Choosing a plan is a consent to its price. Withdrawing is none, because the price of the
-- present plan may be about to rise. A charge that was opened early on the old terms is opened again. The caller has locked the row of `of_user`.
CREATE OR REPLACE FUNCTION change_plan(of_user uuid, to_plan text, version text, at timestamptz, counts_sandbox boolean) RETURNS text
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  it subscriptions%ROWTYPE;
BEGIN
  SELECT * INTO it FROM subscriptions WHERE id = toss_subscription_of(of_user, at) FOR UPDATE;
  IF NOT FOUND OR NOT it.auto_renew THEN RETURN 'none'; END IF;
  IF NOT EXISTS (SELECT 1 FROM plans WHERE code = to_plan AND (is_active OR code = it.plan)) THEN RETURN 'unknown_plan'; END IF;
  IF to_plan = coalesce(it.next_plan, it.plan) THEN RETURN 'done'; END IF;
  UPDATE subscriptions SET next_plan = nullif(to_plan, plan) WHERE id = it.id;
  IF to_plan <> it.plan THEN
    INSERT INTO payment_consents (user_id, person_ref, subscription_id, kind, is_agreed, plan, document_version, price_after, method, agreed_at)
    SELECT of_user, it.person_ref, it.id, 'auto_renewal', true, to_plan, version, plan_prices.price_won, 'toss', at
    FROM plan_prices
    WHERE plan_prices.plan = to_plan AND plan_prices.starts_at <= greatest(it.ends_at, at)
    ORDER BY plan_prices.starts_at DESC
    LIMIT 1;
  END IF;
  PERFORM void_early_charge(it.id, at, counts_sandbox);
  RETURN 'done';
END
$$;

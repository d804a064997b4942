-- Opens the charge of a subscription without a trial, due at once. Its periods count from this instant. There is no grace, because nothing has been paid yet. A repeat
-- changes nothing. The caller has locked the owner.
CREATE OR REPLACE FUNCTION open_first_charge(of_subscription uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  it subscriptions%ROWTYPE;
  to_month int;
BEGIN
  SELECT * INTO it FROM subscriptions WHERE id = of_subscription AND provider = 'toss' FOR UPDATE;
  IF NOT FOUND OR it.period_no > 0 OR it.anchor_at IS NOT NULL THEN RETURN; END IF;
  SELECT interval_months INTO STRICT to_month FROM plans WHERE code = it.plan;
  UPDATE subscriptions SET anchor_at = at WHERE id = of_subscription;
  INSERT INTO charges (subscription_id, period_no, order_id, plan, amount_won, from_month, to_month, starts_at, ends_at, has_grace, next_at)
  SELECT it.id, 0, charge_order_id(it.id, 0), it.plan, plan_prices.price_won, 0, to_month, at, month_after(at, to_month), false, at
  FROM plan_prices
  WHERE plan_prices.plan = it.plan AND plan_prices.starts_at <= at
  ORDER BY plan_prices.starts_at DESC
  LIMIT 1
  ON CONFLICT (subscription_id, period_no) DO NOTHING;
END
$$;

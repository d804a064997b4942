-- Opens the first charge of a subscription without a trial. It has no grace, because nothing was paid yet.
CREATE OR REPLACE FUNCTION open_first_charge(of_subscription uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO charges (subscription_id, period_no, order_id, plan, amount_won, from_month, to_month, starts_at, ends_at, has_grace, next_at)
  SELECT it.id, 0, concat('sub-', replace(it.id::text, '-', ''), '-0'), it.plan,
         (SELECT plan_prices.price_won FROM plan_prices WHERE plan_prices.plan = it.plan AND plan_prices.starts_at <= at ORDER BY plan_prices.starts_at DESC LIMIT 1),
         0, plans.interval_months, at, month_after(at, plans.interval_months), false, at
  FROM subscriptions it
  JOIN plans ON plans.code = it.plan
  WHERE it.id = of_subscription
  ON CONFLICT DO NOTHING;
END
$$;

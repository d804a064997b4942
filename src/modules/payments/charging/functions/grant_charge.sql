-- The period of a charge is paid: its row, the ledger, the facts and the subscription say so, once. Somebody who has cancelled or left meanwhile gets all of it back, and
-- the period gives them nothing. A first period that could be charged only later begins with the payment, because nothing was open before. `settle_charge` has locked the rows.
CREATE OR REPLACE FUNCTION grant_charge(it subscriptions, charge charges, payment jsonb, at timestamptz, counts_sandbox boolean) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  is_wanted CONSTANT boolean := it.auto_renew AND EXISTS (SELECT 1 FROM users WHERE id = it.user_id AND deleted_at IS NULL AND banned_at IS NULL);
  refund_id CONSTANT uuid := gen_random_uuid();
  paid_at CONSTANT timestamptz := least(coalesce((payment ->> 'approved_at')::timestamptz, at), at);
BEGIN
  IF charge.state = 'done' THEN RETURN '{"state": "done"}'; END IF;
  IF NOT charge.has_grace AND paid_at > charge.starts_at + interval '1 hour' THEN
    charge.starts_at := paid_at;
    charge.ends_at := month_after(paid_at, charge.to_month);
    UPDATE subscriptions SET anchor_at = paid_at WHERE id = it.id;
    UPDATE charges SET starts_at = charge.starts_at, ends_at = charge.ends_at WHERE subscription_id = it.id AND period_no = charge.period_no;
  END IF;
  UPDATE charges
  SET state = 'done', lease_until = NULL, next_at = NULL, dispatched_until = NULL, settled_at = at, payment_key = payment ->> 'payment_key',
      receipt_url = payment ->> 'receipt_url', decline_code = NULL
  WHERE subscription_id = it.id AND period_no = charge.period_no;
  UPDATE charge_attempts
  SET outcome = 'done', code = NULL, trace_id = coalesce(payment ->> 'trace_id', trace_id)
  WHERE order_id = charge.order_id AND attempt = charge.attempt;
  INSERT INTO payments (provider, transaction_id, kind, user_id, person_ref, subscription_id, order_id, product_id, amount_won, currency, method, at, receipt_url, source_event)
  SELECT 'toss', payment ->> 'payment_key', 'charge', it.user_id, it.person_ref, it.id, charge.order_id, plans.product_id, charge.amount_won, 'KRW', payment ->> 'method',
         coalesce((payment ->> 'approved_at')::timestamptz, at), payment ->> 'receipt_url', charge.order_id
  FROM plans
  WHERE plans.code = charge.plan
  ON CONFLICT (provider, transaction_id, kind) DO NOTHING;
  INSERT INTO period_facts (subscription_id, ref, fact_at, event_id, kind, plan, starts_at, ends_at, amount_won, currency, tells_revocation)
  VALUES (it.id, charge.period_no::text, at, charge.order_id, 'paid', charge.plan, charge.starts_at, charge.ends_at, charge.amount_won, 'KRW', true);
  UPDATE subscriptions
  SET period_no = charge.period_no + 1, months = charge.to_month, plan = charge.plan, next_plan = nullif(coalesce(next_plan, plan), charge.plan)
  WHERE id = it.id;
  IF NOT is_wanted THEN
    INSERT INTO period_facts (subscription_id, ref, fact_at, event_id, tells_revocation, revoked_at, revoked_share)
    VALUES (it.id, charge.period_no::text, at, 'refund-' || refund_id, true, at, 1);
    INSERT INTO refunds (id, user_id, payment_key, order_id, subscription_id, period_no, amount_won, reason, basis, next_at, created_at)
    VALUES (refund_id, it.user_id, payment ->> 'payment_key', charge.order_id, it.id, charge.period_no, charge.amount_won, '해지한 뒤에 결제됨', 'cancelled_charge', at, at);
  END IF;
  PERFORM fold_subscription(it.id, at, counts_sandbox);
  RETURN jsonb_build_object(
    'state', 'done', 'wake_at', CASE WHEN NOT is_wanted THEN at END,
    'told', tell_payer(it.user_id, 'payment_done', concat_ws(':', it.id, charge.period_no), jsonb_build_object('price_won', charge.amount_won), at)
  );
END
$$;

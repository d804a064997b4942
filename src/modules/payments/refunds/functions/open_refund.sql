-- Opens the refund that somebody asks for, of a charge or an order of theirs at Toss, and takes back at once what it paid for. Within seven days the first paid period and
-- goods are given back whole while they are unused. Otherwise a period is ended, and goods are kept. Answers {outcome, refund, store, outbox_id}: `opened`, `known` when the
-- same request was made before, `conflict` when its id was used for another, `missing`, `store` when a store has to be asked, `account` when it was paid into an account,
-- which Toss cannot pay back without knowing one, and `refused` when nothing is left to be given back.
CREATE OR REPLACE FUNCTION open_refund(of_user uuid, of_order text, of_refund uuid, why text, at timestamptz, counts_sandbox boolean) RETURNS jsonb
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  known refunds%ROWTYPE;
  charge payments%ROWTYPE;
  period record;
  period_no int;
  left_won int;
  amount int;
  is_whole boolean;
  message uuid;
BEGIN
  PERFORM 1 FROM users WHERE id = of_user FOR NO KEY UPDATE;
  SELECT * INTO known FROM refunds WHERE id = of_refund;
  IF FOUND THEN
    RETURN jsonb_build_object('outcome', CASE WHEN known.order_id = of_order AND known.user_id = of_user THEN 'known' ELSE 'conflict' END, 'refund', to_jsonb(known));
  END IF;
  SELECT *
  INTO charge
  FROM payments
  WHERE user_id = of_user AND coalesce(order_id, transaction_id) = of_order AND kind = 'charge'
  ORDER BY at
  LIMIT 1;
  IF NOT FOUND THEN RETURN jsonb_build_object('outcome', 'missing'); END IF;
  IF charge.provider <> 'toss' THEN RETURN jsonb_build_object('outcome', 'store', 'store', charge.provider); END IF;
  IF charge.method = '가상계좌' THEN RETURN jsonb_build_object('outcome', 'account'); END IF;

  PERFORM 1 FROM subscriptions WHERE id = charge.subscription_id FOR UPDATE;
  left_won := (SELECT sum(amount_won) FROM payments WHERE provider = 'toss' AND order_id = of_order)
    - (SELECT coalesce(sum(amount_won), 0) FROM refunds WHERE order_id = of_order AND state IN ('due', 'sending', 'unknown'));
  is_whole := at <= charge.at + interval '7 days' AND is_unused(of_user, charge.product_id, charge.at);
  IF charge.subscription_id IS NULL THEN
    amount := CASE WHEN is_whole THEN left_won ELSE 0 END;
  ELSE
    period_no := coalesce((SELECT charges.period_no FROM charges WHERE charges.order_id = of_order), 0);
    SELECT * INTO period FROM known_periods(charge.subscription_id) AS known_period WHERE known_period.ref = period_no::text;
    is_whole := is_whole AND period_no = 0;
    amount := CASE
      WHEN period.revoked_at IS NOT NULL OR period.ends_at <= at THEN 0
      WHEN is_whole THEN left_won
      ELSE least(termination_refund(charge.amount_won, period.starts_at, period.ends_at, at), left_won)
    END;
  END IF;
  IF coalesce(amount, 0) <= 0 THEN RETURN jsonb_build_object('outcome', 'refused'); END IF;

  INSERT INTO refunds (id, user_id, payment_key, order_id, subscription_id, period_no, amount_won, reason, basis, next_at, dispatched_until, created_at)
  SELECT of_refund, of_user, coalesce(orders.payment_key, charge.transaction_id), of_order, charge.subscription_id, period_no, amount, why,
         CASE WHEN is_whole THEN 'withdrawal'::refund_basis ELSE 'termination' END, at, at + interval '10 minutes', at
  FROM (VALUES (1)) AS one
  LEFT JOIN orders ON orders.id = of_order
  RETURNING * INTO known;
  UPDATE purchases SET revoked_at = at, fact_at = at WHERE provider = 'toss' AND environment = 'production' AND ref = of_order AND revoked_at IS NULL;
  IF charge.subscription_id IS NOT NULL THEN
    PERFORM take_back_period(charge.subscription_id, period_no::text, at, (amount::numeric / charge.amount_won)::real, 'refund-' || of_refund, at, counts_sandbox);
  END IF;
  INSERT INTO outbox (type, payload) VALUES ('payments.refund', jsonb_build_object('refund_id', of_refund)) RETURNING id INTO message;
  RETURN jsonb_build_object('outcome', 'opened', 'refund', to_jsonb(known), 'outbox_id', message);
END
$$;
